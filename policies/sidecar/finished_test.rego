package sidecar_test

# Every state of a main under every policy; the sidecar runs.

_main(policy, state) := _judged(_pod(policy, state, _running))

test_kept_when_main_runs if {
	every policy in ["Never", "OnFailure"] {
		verdict := _main(policy, _running)
		_decided(verdict) == ["wait", "main-running"]
		verdict.message == "waiting for main main (running)"
		verdict.earned == null
		verdict.after == null
		verdict.again == null
		verdict.complete == "no"
		_left_over(verdict) == set()
	}
}

test_verdict_of_a_running_main_is_whole if {
	_main("Never", _running).containers == [
		{
			"name": "main",
			"role": "main",
			"why": "not a sidecar by sidecar-reaper/sidecars",
			"containerID": "x://main-1",
			"state": "running",
			"left_over": false,
			"ways": [],
			"grace": 30,
		},
		{
			"name": "proxy",
			"role": "sidecar",
			"why": "a sidecar by sidecar-reaper/sidecars",
			"containerID": "x://proxy-1",
			"state": "running",
			"left_over": false,
			"ways": [],
			"grace": 30,
		},
	]
}

test_kept_when_another_main_runs if {
	pod := _pod_of("Never", [_container("a", _exited(0)), _container("b", _running), _container("c", _waiting("ImagePullBackOff")), _container("proxy", _running)])
	verdict := _judged(pod)
	_decided(verdict) == ["wait", "main-running"]
	verdict.message == "waiting for main b (running), main c (ImagePullBackOff)"
}

test_thousand_mains_do_not_flood_the_sentence if {
	mains := [_container($"m{n}", _running) | some n in numbers.range(1, 1000)]
	verdict := _judged(_pod_of("Never", array.concat(mains, [_container("proxy", _running)])))
	endswith(verdict.message, "main m10 (running) and 990 more")
}

test_kept_when_main_waits if {
	verdict := _main("Never", _waiting("ImagePullBackOff"))
	_decided(verdict) == ["wait", "main-waiting"]
	verdict.message == "waiting for main main (ImagePullBackOff)"
	_main("Never", {"waiting": {}}).message == "waiting for main main (waiting)"
}

test_kept_when_a_main_waits_and_the_other_ended if {
	pod := _pod_of("Never", [_container("a", _exited(0)), _container("b", _waiting("ContainerCreating")), _container("proxy", _running)])
	_judged(pod).reason == "main-waiting"
}

test_kept_when_main_waits_to_restart if {
	main := _container_with("main", _waiting("CrashLoopBackOff"), {}, {"lastState": _exited(1)})
	verdict := _judged(_pod_of("OnFailure", [main, _container("proxy", _running)]))
	_decided(verdict) == ["wait", "main-will-restart"]
	verdict.message == "waiting for main main (restarting: CrashLoopBackOff)"
	_of(verdict, "main").state == "restarting"
}

test_ended_when_main_ended_for_good_under_never if {
	every code in [0, 1, 137, 143, 255] { _main("Never", _exited(code)).decision == "end" }
}

test_earned_is_succeeded_only_when_every_main_exited_zero if {
	_main("Never", _exited(0)).earned == "Succeeded"
	_main("Never", _exited(1)).earned == "Failed"
	two := _pod_of("Never", [_container("a", _exited(0)), _container("b", _exited(2)), _container("proxy", _running)])
	_judged(two).earned == "Failed"
}

test_on_failure_only_exit_zero_is_finished if {
	_main("OnFailure", _exited(0)).decision == "end"
	verdict := _main("OnFailure", _exited(3))
	_decided(verdict) == ["wait", "main-will-restart"]
	verdict.message == "waiting for main main (exited 3, will restart)"
}

test_kept_when_main_always_restarts if {
	every state in [_exited(0), _exited(1), _running] {
		verdict := _main("Always", state)
		_decided(verdict) == ["leave", "restarts-always"]
		contains(verdict.message, "main main is restarted whatever its exit code")
	}
}

test_kept_when_the_pod_has_no_or_an_unknown_policy if {
	pod := object.union(_stuck, {"spec": {"restartPolicy": "Sometimes"}})
	_judged(pod).reason == "main-will-restart"
	without := object.union(object.remove(_stuck, ["spec"]), {"spec": object.remove(_stuck.spec, ["restartPolicy"])})
	_judged(without).reason == "restarts-always"
}

test_always_of_a_sidecar_does_not_matter_for_the_mains if {
	pod := _pod_of("Never", [_container("main", _exited(0)), _container_with("proxy", _running, {"restartPolicy": "Always"}, {})])
	_judged(pod).decision == "end"
}

test_kept_when_the_state_of_a_main_is_unknown if {
	states := [{}, {"terminated": {}}, {"terminated": {"exitCode": 0}}, {"terminated": {"finishedAt": _minute_ago}}, {"terminated": {"exitCode": "0", "finishedAt": _minute_ago}}]
	every state in states {
		verdict := _main("Never", state)
		_decided(verdict) == ["wait", "status-unknown"]
		verdict.message == "waiting for the status of main"
		_of(verdict, "main").state == "unknown"
	}
}

test_last_state_alone_says_nothing_of_the_present if {
	main := _container_with("main", {}, {}, {"lastState": _exited(0)})
	_judged(_pod_of("Never", [main, _container("proxy", _running)])).reason == "status-unknown"
}

test_kept_when_the_state_of_a_sidecar_is_unknown if {
	_decided(_judged(_pod("Never", _exited(0), {}))) == ["wait", "status-unknown"]
}

test_unknown_main_is_named_beside_a_running_one if {
	pod := _pod_of("Never", [_container("a", {}), _container("b", _running), _container("proxy", _running)])
	_judged(pod).message == "waiting for main a (no status), main b (running)"
}

test_kept_when_there_is_no_status if {
	pod := object.union(object.remove(_stuck, ["status"]), {"status": {}})
	verdict := _judged(pod)
	_decided(verdict) == ["wait", "status-unknown"]
	verdict.message == "waiting for the status of main, proxy"
	_of(verdict, "main").containerID == null
}

test_kept_when_there_is_no_phase if {
	pod := object.union(object.remove(_stuck, ["status"]), {"status": object.remove(_stuck.status, ["phase"])})
	verdict := _judged(pod)
	_decided(verdict) == ["wait", "status-unknown"]
	verdict.message == "waiting for the pod's phase"
}

# Init containers.

test_kept_when_an_init_container_has_not_succeeded if {
	states := [_running, _waiting("PodInitializing"), _exited(1), {}]
	every state in states {
		verdict := _judged(_inits(_stuck, [_container("first", _exited(0)), _container("setup", state)]))
		_decided(verdict) == ["wait", "init-running"]
		verdict.message == "waiting for init container setup"
	}
}

test_ended_when_init_containers_succeeded_beside_a_native_sidecar if {
	pod := _inits(_stuck, [_container("setup", _exited(0)), _container_with("mesh", _running, {"restartPolicy": "Always"}, {})])
	verdict := _judged(pod)
	verdict.decision == "end"
	verdict.complete == "first"
	array.slice(verdict.containers, 0, 2) == [
		{
			"name": "setup",
			"role": "init",
			"why": "an init container",
			"containerID": "x://setup-1",
			"state": "terminated",
			"left_over": false,
			"ways": [],
			"grace": 0,
		},
		{
			"name": "mesh",
			"role": "native",
			"why": "an init container with restartPolicy Always: the kubelet ends it",
			"containerID": "x://mesh-1",
			"state": "running",
			"left_over": false,
			"ways": [],
			"grace": 0,
		},
	]
}

test_init_containers_are_shown_while_the_main_runs if {
	verdict := _judged(_inits(_pod("Never", _running, _running), [_container("setup", _exited(0))]))
	[c.name | some c in verdict.containers] == ["setup", "main", "proxy"]
}

# Settle.

test_kept_until_the_settle_delay_is_over if {
	early := _judged_in(_stuck, {}, {"now": _minute_ago + 1.9})
	_decided(early) == ["wait", "settling"]
	early.again == _minute_ago + 2
	early.earned == "Succeeded"
	early.message == "the mains succeeded, proxy left over; the settle delay of 2 s is not over"
	_told(early) == {}
	early.after == null
	early.complete == "no"
	_judged_in(_stuck, {}, {"now": _minute_ago + 2}).decision == "end"
	_judged_in(_stuck, {"settle": 0}, {"now": _minute_ago}).decision == "end"
}

test_settle_of_the_pod_wins_over_the_settings if {
	pod := _annotated(_stuck, {"sidecar-reaper/settle": "1m1s"})
	_judged(pod).again == _now + 1
	_judged_with(_annotated(_stuck, {"sidecar-reaper/settle": "0s"}), {"settle": 3600}).decision == "end"
}

test_settle_counts_from_the_last_main if {
	late := {"terminated": {"exitCode": 0, "finishedAt": _now - 1}}
	pod := _pod_of("Never", [_container("a", late), _container("b", _exited(0)), _container("proxy", _running)])
	_judged(pod).again == _now + 1
}

_noticed(type, status, at) := object.union(_stuck, {"status": {"conditions": [{"type": type, "status": status, "lastTransitionTime": at}]}})

test_settle_counts_from_when_the_kubelet_noticed if {
	_judged(_noticed("ContainersReady", "False", _now - 1)).again == _now + 1
	_decided(_judged(_noticed("ContainersReady", "False", _now - 1))) == ["wait", "settling"]
	_judged(_noticed("ContainersReady", "False", _now - 2)).decision == "end"
	_judged(_noticed("ContainersReady", "False", _minute_ago - 3600)).decision == "end"
	_judged(_noticed("ContainersReady", "True", _now)).decision == "end"
	_judged(_noticed("Ready", "False", _now)).decision == "end"
	_judged(_noticed("ContainersReady", "False", null)).decision == "end"
	_judged(_noticed("ContainersReady", "False", _now + 60)).again == _now + 62
	_judged(_noticed("ContainersReady", "False", _now + 61)).decision == "end"
	_judged_with(_noticed("ContainersReady", "False", _now), {"settle": 0}).decision == "end"
}

_ended_in(seconds) := _judged(_pod("Never", {"terminated": {"exitCode": 0, "finishedAt": _now + seconds}}, _running))

test_clock_ahead_is_waited_for_and_warned_about if {
	_decided(_ended_in(61)) == ["wait", "settling"]
	_ended_in(61).again == _now + 63
	_ended_in(61).warnings == [{
		"code": "clock-skew",
		"container": null,
		"message": "the last main ended 61 s in the future: the clocks of node and server differ",
	}]
	_ended_in(60).warnings == []
	_decided(_ended_in(60)) == ["wait", "settling"]
}

test_no_clock_is_judged_while_a_main_runs if {
	ahead := {"terminated": {"exitCode": 0, "finishedAt": _now + 3600}}
	_judged(_pod_of("Never", [_container("a", ahead), _container("b", _running), _container("proxy", _running)])).warnings == []
}

test_kept_when_a_main_failed_and_the_settings_leave_it if {
	verdict := _judged_with(_pod("Never", _exited(1), _running), {"onMainFailure": "leave"})
	_decided(verdict) == ["leave", "main-failed"]
	verdict.earned == "Failed"
	_judged_with(_stuck, {"onMainFailure": "leave"}).decision == "end"
}

package sidecar_test

_sidecar(policy, state) := _judged(_pod(policy, _exited(0), state))

_backing_off := _container_with("proxy", _waiting("CrashLoopBackOff"), {}, {"lastState": _exited(1)})

_crash_looping := _pod_of("OnFailure", [_container("main", _exited(0)), _backing_off])

_not_started(reason) := object.union(_pod("Never", _exited(0), _waiting(reason)), {"status": {"phase": "Pending"}})

test_kept_when_nothing_is_left_over if {
	verdict := _sidecar("Never", _exited(0))
	_decided(verdict) == ["leave", "nothing-left-over"]
	verdict.earned == "Succeeded"
	verdict.complete == "no"
	_sidecar("Never", _exited(1)).reason == "nothing-left-over"
	_sidecar("OnFailure", _exited(0)).reason == "nothing-left-over"
}

test_completed_when_the_sidecar_crash_loops if {
	verdict := _judged(_crash_looping)
	verdict.decision == "end"
	verdict.complete == "first"
	verdict.after == "Succeeded"
	_of(verdict, "proxy").state == "restarting"
	_left_over(verdict) == {"proxy"}
	_told(verdict) == {}
}

test_completed_when_the_sidecar_is_about_to_restart if {
	verdict := _sidecar("OnFailure", _exited(1))
	verdict.decision == "end"
	_left_over(verdict) == {"proxy"}
	verdict.complete == "first"
}

test_completed_when_the_sidecar_never_started if {
	every reason in ["ImagePullBackOff", "ContainerCreating"] {
		verdict := _judged(_not_started(reason))
		verdict.decision == "end"
		verdict.complete == "first"
		_left_over(verdict) == {"proxy"}
	}
}

test_completed_when_one_sidecar_could_be_told_and_the_other_could_not if {
	pod := _pod_of("OnFailure", [_container("main", _exited(0)), _backing_off, _container("other", _running)])
	annotated := _detailed(_annotated(pod, {"sidecar-reaper/sidecars": "proxy,other"}), {"other": {"exit": 0}})
	verdict := _judged(annotated)
	verdict.complete == "first"
	_told(verdict) == {"other": [object.union(_term, {"exit": 0})]}
	_judged_with(annotated, _only_signal).reason == "cannot-be-told"
}

test_refused_when_what_does_not_run_cannot_be_completed if {
	crashing := _judged_with(_crash_looping, _only_signal)
	_decided(crashing) == ["refuse", "cannot-be-told"]
	crashing.message == "sidecar proxy does not run, so nothing can be told to it; allow the way complete in the setting ways"
	_left_over(crashing) == {"proxy"}
	_decided(_judged_with(_not_started("ImagePullBackOff"), _only_signal)) == ["refuse", "cannot-be-told"]
}

test_kept_when_the_sidecar_is_still_being_started_and_cannot_be_completed if {
	every reason in ["ContainerCreating", "PodInitializing", ""] {
		verdict := _judged_with(_not_started(reason), _only_signal)
		_decided(verdict) == ["wait", "sidecar-starting"]
		contains(verdict.message, "sidecar proxy is still being started; allow the way complete")
	}
	without_reason := _pod("Never", _exited(0), {"waiting": {}})
	_judged_with(without_reason, _only_signal).reason == "sidecar-starting"
}

test_sentence_names_all_that_is_left_over if {
	pod := _pod_of("Never", [_container("main", _exited(0)), _container("b", _running), _container("a", _running)])
	verdict := _judged(_annotated(pod, {"sidecar-reaper/sidecars": "a,b"}))
	verdict.message == "the mains succeeded, a, b left over; the pod becomes Succeeded"
}

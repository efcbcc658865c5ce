package sidecar_test

# Which ways, in which order.

_clean := _detailed(_stuck, {"proxy": {"exit": 0}})

_dirty := _detailed(_stuck, {"proxy": {"exit": 143}})

_term_0 := object.union(_term, {"exit": 0})

test_clean_way_comes_before_completing if {
	verdict := _judged(_clean)
	verdict.complete == "last"
	verdict.after == "Succeeded"
	_told(verdict) == {"proxy": [_term_0]}
}

test_completing_comes_before_a_way_that_is_not_known_to_be_clean if {
	every pod in [_stuck, _dirty] {
		verdict := _judged(pod)
		verdict.complete == "first"
		verdict.after == "Succeeded"
		_told(verdict) == {}
	}
}

test_clean_ways_of_some_are_the_fallback_of_completing if {
	pod := _pod_of("Never", [_container("main", _exited(0)), _container("proxy", _running), _container("other", _running)])
	verdict := _judged(_detailed(_annotated(pod, {"sidecar-reaper/sidecars": "proxy,other"}), {"proxy": {"exit": 0}}))
	verdict.complete == "first"
	_told(verdict) == {"proxy": [_term_0]}
}

test_nothing_is_told_where_only_completing_is_allowed if {
	verdict := _judged_with(_clean, {"ways": ["complete"]})
	verdict.decision == "end"
	verdict.complete == "first"
	_told(verdict) == {}
}

test_only_told_where_completing_is_not_allowed if {
	verdict := _judged_with(_clean, _only_signal)
	verdict.decision == "end"
	verdict.complete == "no"
	verdict.after == "Succeeded"
	_told(verdict) == {"proxy": [_term_0]}
}

test_completing_comes_last_when_the_mains_failed if {
	verdict := _judged(_pod("Never", _exited(1), _running))
	verdict.complete == "last"
	verdict.earned == "Failed"
	verdict.after == "Failed"
	verdict.message == "the mains failed, proxy left over; the pod becomes Failed"
	_told(verdict) == {"proxy": [_term]}
	_judged_with(_pod("Never", _exited(1), _running), {"ways": ["complete"]}).complete == "last"
}

# Unknown exit codes.

test_unknown_exit_is_tried_where_the_pod_lists_the_sidecar if {
	annotations := [
		{"sidecar-reaper/sidecars": "proxy"}, {"sidecar-reaper/mains": "main"}, {"nrmitchi.com/sidecars": "proxy"},
		{"riskified.com/main_sidecars": "main"},
	]
	every annotation in annotations {
		verdict := _judged_with(_only_annotated(_stuck, annotation), _only_signal)
		verdict.decision == "end"
		verdict.complete == "no"
		verdict.after == "Unknown"
		verdict.message == "the mains succeeded, proxy left over; what the pod becomes is not known"
		_told(verdict) == {"proxy": [_term]}
	}
}

test_refused_when_the_exit_is_unknown_and_the_pod_does_not_list_the_sidecar if {
	verdict := _judged_with(_bare(_stuck), {"ways": ["signal"], "sidecars": ["proxy"]})
	_decided(verdict) == ["refuse", "unknown-exit"]
	verdict.message == concat("", [
		"nobody knows the exit code of sidecar proxy, and one that is not 0 makes the pod Failed; its Job may run the main again; ",
		"allow the way complete in the setting ways, or say the code in annotation sidecar-reaper/containers",
	])
	verdict.complete == "no"
	verdict.after == null
	argo := _only_annotated(_stuck, {"workflows.argoproj.io/kill-cmd-proxy": "[]"})
	_judged_with(argo, {"ways": ["signal"], "controllersGone": ["argo"]}).reason == "unknown-exit"
}

test_unknown_exit_is_tried_for_anybody_where_a_dirty_end_is_accepted if {
	verdict := _judged_with(_bare(_stuck), {"ways": ["signal"], "sidecars": ["proxy"], "onDirtyExit": "end"})
	verdict.decision == "end"
	verdict.after == "Unknown"
	_told(verdict) == {"proxy": [_term]}
}

# Dirty exit codes.

test_refused_when_the_exit_fails_the_pod if {
	verdict := _judged_with(_dirty, _only_signal)
	_decided(verdict) == ["refuse", "dirty-exit"]
	verdict.message == concat("", [
		"ending sidecar proxy makes the pod Failed; its Job may run the main again; ",
		"allow the way complete in the setting ways",
	])
}

test_refused_when_the_exit_restarts_the_sidecar if {
	verdict := _judged_with(_detailed(_pod("OnFailure", _exited(0), _running), {"proxy": {"exit": 143}}), _only_signal)
	_decided(verdict) == ["refuse", "dirty-exit"]
	verdict.message == "ending sidecar proxy restarts it; allow the way complete in the setting ways"
}

test_dirty_end_where_the_settings_accept_it if {
	accepted := {"ways": ["signal"], "onDirtyExit": "end"}
	failing := _judged_with(_dirty, accepted)
	failing.decision == "end"
	failing.after == "Failed"
	failing.message == "the mains succeeded, proxy left over; the pod becomes Failed; its Job may run the main again"
	_told(failing) == {"proxy": [object.union(_term, {"exit": 143})]}
	restarting := _judged_with(_detailed(_pod("OnFailure", _exited(0), _running), {"proxy": {"exit": 143}}), accepted)
	restarting.after == "Running"
	restarting.message == "the mains succeeded, proxy left over; the sidecar will be restarted"
}

test_completing_wins_even_where_a_dirty_end_is_accepted if {
	verdict := _judged_with(_dirty, {"onDirtyExit": "end"})
	verdict.complete == "first"
	_told(verdict) == {}
}

# What cannot be reached.

test_signal_of_a_host_pid_pod_is_not_offered if {
	pod := object.union(_clean, {"spec": {"hostPID": true}})
	verdict := _judged_with(pod, _only_signal)
	_decided(verdict) == ["refuse", "no-way"]
	verdict.message == "none of the ways signal reaches sidecar proxy; allow the way complete in the setting ways"
	_judged(pod).complete == "first"
	_told(_judged(pod)) == {}
	_judged(object.union(_clean, {"spec": {"hostPID": false}})).complete == "last"
	_told(_judged(object.union(_clean, {"spec": {"hostPID": "no", "hostNetwork": "no"}}))) == _told(_judged(_clean))
}

test_own_process_is_told_in_a_shared_process_namespace if {
	_told(_judged(object.union(_clean, {"spec": {"shareProcessNamespace": true}}))).proxy[0].process == "own"
	_told(_judged(object.union(_clean, {"spec": {"shareProcessNamespace": false}}))).proxy[0].process == "pid1"
	_told(_judged(object.union(_clean, {"spec": {"shareProcessNamespace": "no"}}))).proxy[0].process == "pid1"
}

test_refused_when_only_a_way_is_allowed_that_nobody_knows if {
	verdict := _judged_with(_clean, {"ways": ["exec", "http"]})
	_decided(verdict) == ["refuse", "no-way"]
	verdict.message == "none of the ways exec, http reaches sidecar proxy; allow the way complete in the setting ways"
}

# Which signal.

_stopped_by(signal) := _pod_of("Never", [_container("main", _exited(0)), _container_with("proxy", _running, {"lifecycle": {"stopSignal": signal}}, {})])

test_stop_signal_of_the_container_is_sent if {
	_told(_judged_with(_stopped_by("SIGQUIT"), _only_signal)).proxy[0].signal == "QUIT"
}

test_no_way_when_the_stop_signal_cannot_be_sent if {
	_judged_with(_stopped_by("SIGRTMIN+3"), _only_signal).reason == "no-way"
	_judged_with(_stopped_by("SIGKILL"), _only_signal).reason == "no-way"
}

_mesh(spec) := _bare(_pod_of("Never", [
	_container("main", _exited(0)),
	_container_with("mesh-proxy", _running, object.union({"image": "mesh/proxy"}, spec), {}),
]))

test_signal_and_exit_of_the_catalogue_win_over_the_stop_signal if {
	verdict := _judged(_mesh({"lifecycle": {"stopSignal": "SIGQUIT"}}))
	_told(verdict) == {"mesh-proxy": [{"way": "signal", "signal": "INT", "process": "pid1", "exit": 0}]}
	verdict.complete == "last"
}

test_signal_of_the_annotation_wins_and_its_exit_is_unknown if {
	verdict := _judged_with(
		_annotated(_detailed(_mesh({}), {"mesh-proxy": {"signal": "TERM"}}), {"sidecar-reaper/sidecars": "mesh-proxy"}),
		_only_signal,
	)
	_told(verdict) == {"mesh-proxy": [_term]}
	same := _judged(_detailed(_mesh({}), {"mesh-proxy": {"signal": "INT"}}))
	_told(same)["mesh-proxy"][0].exit == 0
}

test_exit_of_the_annotation_wins_over_the_catalogue if {
	_judged_with(_detailed(_mesh({}), {"mesh-proxy": {"exit": 1}}), _only_signal).reason == "dirty-exit"
}

test_catalogue_is_read_for_a_sidecar_that_an_annotation_lists if {
	_told(_judged(_annotated(_mesh({}), {"sidecar-reaper/sidecars": "mesh-proxy"})))["mesh-proxy"][0].signal == "INT"
}

package sidecar_test

# What the sidecar's exit does to the pod: policy × exit code × what the mains earned. Without the way complete a clean
# exit is told, an unknown one is tried, a dirty one is refused.

_effect(policy, main, exit) := verdict.reason if {
	verdict := _judged_with(_detailed(_pod(policy, _exited(main), _running), {"proxy": exit}), _only_signal)
}

_after(policy, main, exit) := verdict.after if {
	verdict := _judged_with(_detailed(_pod(policy, _exited(main), _running), {"proxy": exit}), _only_signal)
}

test_exit_zero_is_clean if {
	every policy in ["Never", "OnFailure"] { _after(policy, 0, {"exit": 0}) == "Succeeded" }
}

test_exit_that_is_not_zero_is_dirty if {
	every policy in ["Never", "OnFailure"] { _effect(policy, 0, {"exit": 143}) == "dirty-exit" }
}

test_exit_that_nobody_knows_is_unknown if {
	every policy in ["Never", "OnFailure"] { _after(policy, 0, {}) == "Unknown" }
}

test_no_exit_is_dirty_when_the_mains_failed_under_never if {
	every exit in [{}, {"exit": 0}, {"exit": 1}, {"exit": 255}] { _after("Never", 1, exit) == "Failed" }
}

_own(pod_policy, main, proxy) := _pod_of(pod_policy, [
	_container_with("main", _exited(main), {"restartPolicy": "Never"}, {}),
	_container_with("proxy", _running, proxy, {}),
])

_signalled(pod, exit) := _judged_with(_detailed(pod, {"proxy": exit}), _only_signal)

test_own_policy_of_the_sidecar_counts_when_the_mains_failed if {
	failing := {"restartPolicy": "OnFailure"}
	_signalled(_own("Never", 1, failing), {"exit": 1}).reason == "dirty-exit"
	_signalled(_own("Never", 1, failing), {"exit": 0}).after == "Failed"
	_signalled(_own("Never", 1, failing), {}).after == "Unknown"
	_signalled(_own("OnFailure", 1, {"restartPolicy": "Never"}), {"exit": 1}).after == "Failed"
}

test_sidecar_that_always_restarts_is_never_told if {
	every main in [0, 1] {
		every exit in [{}, {"exit": 0}, {"exit": 1}] {
			verdict := _signalled(_own("Never", main, {"restartPolicy": "Always"}), exit)
			_decided(verdict) == ["refuse", "dirty-exit"]
		}
	}
	verdict := _judged(_detailed(_own("Always", 0, {}), {"proxy": {"exit": 0}}))
	verdict.complete == "first"
	_told(verdict) == {}
}

test_sidecar_that_always_restarts_is_told_where_a_dirty_end_is_accepted if {
	verdict := _judged_with(_own("Never", 0, {"restartPolicy": "Always"}), {"ways": ["signal"], "onDirtyExit": "end"})
	verdict.after == "Running"
}

_on_7(action) := {"restartPolicy": "Never", "restartPolicyRules": [_rule(action, "In", [7])]}

test_rule_of_the_sidecar_counts_like_its_policy if {
	_signalled(_own("Never", 0, _on_7("Restart")), {"exit": 0}).after == "Succeeded"
	_signalled(_own("Never", 1, _on_7("Restart")), {"exit": 7}).reason == "dirty-exit"
	_signalled(_own("Never", 1, _on_7("Restart")), {"exit": 8}).after == "Failed"
	_signalled(_own("Never", 1, _on_7("Restart")), {}).reason == "unknown-exit"
	_signalled(_own("Never", 1, {"restartPolicyRules": []}), {}).after == "Failed"
	unclear := {"restartPolicy": "Never", "restartPolicyRules": [_rule("Restart", "Between", [7])]}
	_signalled(_own("Never", 0, unclear), {"exit": 0}).reason == "unknown-exit"
}

test_harm_is_named_for_rules_too if {
	verdict := _judged_with(_bare(_own("Never", 0, _on_7("Restart"))), {"ways": ["signal"], "sidecars": ["proxy"]})
	contains(verdict.message, "one that is not 0 restarts it")
}

test_harm_is_that_of_the_sidecar_and_not_of_another_container if {
	verdict := _judged_with(_bare(_own("OnFailure", 0, {"restartPolicy": "Never"})), {"ways": ["signal"], "sidecars": ["proxy"]})
	contains(verdict.message, "one that is not 0 makes the pod Failed")
}

# A sidecar that failed by itself.

_beside_failed(policy, spec) := _detailed(
	_annotated(
		_pod_of(policy, [_container("main", _exited(0)), _container("proxy", _running), _container_with("dead", _exited(1), spec, {})]),
		{"sidecar-reaper/sidecars": "proxy,dead"},
	),
	{"proxy": {"exit": 0}},
)

test_only_completing_saves_a_pod_whose_sidecar_failed_by_itself if {
	verdict := _judged(_beside_failed("Never", {}))
	verdict.complete == "first"
	verdict.after == "Succeeded"
	_told(verdict) == {}
	refused := _judged_with(_beside_failed("Never", {}), _only_signal)
	_decided(refused) == ["refuse", "dirty-exit"]
	refused.message == concat("", [
		"sidecar dead failed by itself, so the pod becomes Failed and its Job may run the main again; ",
		"allow the way complete in the setting ways",
	])
	accepted := _judged_with(_beside_failed("Never", {}), {"ways": ["signal"], "onDirtyExit": "end"})
	accepted.after == "Failed"
	accepted.decision == "end"
}

test_sidecar_that_failed_by_itself_and_restarts_is_left_over if {
	_left_over(_judged(_beside_failed("OnFailure", {}))) == {"proxy", "dead"}
	_left_over(_judged(_beside_failed("OnFailure", {"restartPolicy": "Never"}))) == {"proxy"}
}

test_sidecar_that_ended_well_dooms_nothing if {
	pod := _pod_of("Never", [_container("main", _exited(0)), _container("proxy", _running), _container("done", _exited(0))])
	annotated := _detailed(_annotated(pod, {"sidecar-reaper/sidecars": "proxy,done"}), {"proxy": {"exit": 0}})
	_judged(annotated).complete == "last"
}

test_sidecar_that_failed_by_itself_changes_nothing_when_the_mains_failed if {
	pod := _pod_of("Never", [_container("main", _exited(1)), _container("proxy", _running), _container("dead", _exited(1))])
	_judged_with(_annotated(pod, {"sidecar-reaper/sidecars": "proxy,dead"}), _only_signal).after == "Failed"
}

test_known_harm_is_foretold_before_unknown_harm if {
	pod := _pod_of("Never", [_container("main", _exited(0)), _container("proxy", _running), _container("other", _running)])
	annotated := _detailed(_annotated(pod, {"sidecar-reaper/sidecars": "proxy,other"}), {"proxy": {"exit": 1}})
	_judged_with(annotated, {"ways": ["signal"], "onDirtyExit": "end"}).after == "Failed"
	on_failure := object.union(annotated, {"spec": {"restartPolicy": "OnFailure"}})
	_judged_with(on_failure, {"ways": ["signal"], "onDirtyExit": "end"}).after == "Running"
	clean := _detailed(_annotated(pod, {"sidecar-reaper/sidecars": "proxy,other"}), {"proxy": {"exit": 0}})
	_judged_with(clean, _only_signal).after == "Unknown"
}

# Two listed sidecars whose exit nobody knows: proxy runs, dead was told and exited.
_half_told(claim) := _annotated(
	_pod_of("Never", [_container("main", _exited(0)), _container("proxy", _running), _container("dead", _exited(143))]),
	{"sidecar-reaper/sidecars": "proxy,dead", "sidecar-reaper/claim": json.marshal(claim)},
)

test_ending_that_began_is_finished_although_the_first_exit_failed_the_pod if {
	every by in ["this", "other"] {
		verdict := _judged_with(_half_told(_claim(by, _now - 1000, {"proxy": "x://proxy-1", "dead": "x://dead-1"})), _only_signal)
		verdict.decision == "end"
		verdict.after == "Failed"
		_told(verdict) == {"proxy": [_term]}
	}
}

test_ending_that_began_is_not_told_on_where_completing_saves_the_pod if {
	verdict := _judged(_detailed(_half_told(_claim("this", _minute_ago, {"dead": "x://dead-1"})), {"proxy": {"exit": 0}}))
	verdict.complete == "first"
	verdict.after == "Succeeded"
	_told(verdict) == {}
}

test_refused_when_the_sidecar_that_failed_is_not_the_one_that_was_told if {
	every containers in [{}, {"dead": "x://dead-0"}, {"proxy": "x://proxy-1"}] {
		_judged_with(_half_told(_claim("this", _minute_ago, containers)), _only_signal).reason == "dirty-exit"
	}
}

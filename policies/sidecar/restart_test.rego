package sidecar_test

# KEP-5307 and KEP-5532: container-level restart policies and rules.

_rule(action, operator, values) := {"action": action, "exitCodes": {"operator": operator, "values": values}}

# A pod whose main has these fields, exited with that code.
_ruled(policy, code, spec) := _pod_of(policy, [_container_with("main", _exited(code), spec, {}), _container("proxy", _running)])

test_policy_of_the_main_wins_over_that_of_the_pod if {
	_judged(_ruled("Always", 1, {"restartPolicy": "Never"})).decision == "end"
	_judged(_ruled("Always", 0, {"restartPolicy": "OnFailure"})).decision == "end"
	_judged(_ruled("Always", 1, {"restartPolicy": "OnFailure"})).reason == "main-will-restart"
	_judged(_ruled("OnFailure", 1, {"restartPolicy": "Never"})).decision == "end"
	_judged(_ruled("Never", 1, {"restartPolicy": "OnFailure"})).reason == "main-will-restart"
	_judged(_ruled("Never", 0, {"restartPolicy": "Always"})).reason == "restarts-always"
}

test_rule_restarts_the_main_only_on_its_exit_codes if {
	on_42 := {"restartPolicy": "Never", "restartPolicyRules": [_rule("Restart", "In", [41, 42])]}
	_judged(_ruled("Never", 42, on_42)).reason == "main-will-restart"
	_judged(_ruled("Never", 1, on_42)).decision == "end"
	_judged(_ruled("Never", 0, on_42)).decision == "end"
	but_42 := {"restartPolicy": "Never", "restartPolicyRules": [_rule("Restart", "NotIn", [0, 42])]}
	_judged(_ruled("Never", 42, but_42)).decision == "end"
	_judged(_ruled("Never", 1, but_42)).reason == "main-will-restart"
}

test_any_of_several_rules_restarts_the_main if {
	rules := {"restartPolicy": "Never", "restartPolicyRules": [_rule("Restart", "In", [1]), _rule("Restart", "In", [2])]}
	_judged(_ruled("Never", 2, rules)).reason == "main-will-restart"
	_judged(_ruled("Never", 3, rules)).decision == "end"
}

test_without_a_rule_that_matches_the_policy_decides if {
	rules := {"restartPolicy": "OnFailure", "restartPolicyRules": [_rule("Restart", "In", [0])]}
	_judged(_ruled("Never", 0, rules)).reason == "main-will-restart"
	_judged(_ruled("Never", 1, rules)).reason == "main-will-restart"
}

test_kept_when_a_rule_that_may_match_is_not_understood if {
	rules := [
		_rule("Restart", "Between", [1, 2]), _rule("Sing", "In", [5]), {"action": "Restart"},
		{"action": "Restart", "exitCodes": {"operator": "NotIn"}}, {"exitCodes": {"operator": "In", "values": [5]}},
	]
	every rule in rules {
		_judged(_ruled("Never", 5, {"restartPolicy": "Never", "restartPolicyRules": [rule]})).reason == "main-will-restart"
	}
}

_all_on_7 := {"restartPolicy": "Never", "restartPolicyRules": [_rule("RestartAllContainers", "In", [7])]}

# Containers main and proxy have ended or run; other has ended with that code and has these fields.
_beside(code, spec) := _pod_of("Never", [
	_container("main", _exited(0)),
	_container("proxy", _running),
	_container_with("other", _exited(code), spec, {}),
])

test_kept_when_main_exits_with_a_code_that_restarts_all if {
	_judged(_ruled("Never", 7, _all_on_7)).reason == "main-will-restart"
}

test_kept_when_a_sidecar_exited_with_a_code_that_restarts_all if {
	verdict := _judged(_annotated(_beside(7, _all_on_7), {"sidecar-reaper/sidecars": "proxy,other"}))
	_decided(verdict) == ["wait", "main-will-restart"]
	verdict.message == "a restart rule restarts all containers of this pod"
}

test_kept_when_an_init_container_exited_with_a_code_that_restarts_all if {
	native := _container_with("mesh", _exited(7), object.union(_all_on_7, {"restartPolicy": "Always"}), {})
	_judged(_inits(_stuck, [native])).reason == "main-will-restart"
}

test_completed_when_a_sidecar_exited_with_another_code if {
	verdict := _judged(_annotated(_beside(8, _all_on_7), {"sidecar-reaper/sidecars": "proxy,other"}))
	verdict.decision == "end"
	verdict.complete == "first"
}

test_sidecar_that_restarts_itself_restarts_no_main if {
	itself := {"restartPolicy": "Never", "restartPolicyRules": [_rule("Restart", "In", [7]), _rule("RestartAllContainers", "In", [8])]}
	verdict := _judged(_annotated(_beside(7, itself), {"sidecar-reaper/sidecars": "proxy,other"}))
	verdict.decision == "end"
	_left_over(verdict) == {"proxy", "other"}
}

test_kept_when_all_containers_are_restarting if {
	_with_condition({"type": "AllContainersRestarting", "status": "True"}).reason == "main-will-restart"
	_with_condition({"type": "AllContainersRestarting", "status": "False"}).decision == "end"
}

# Wherever such a rule is, nothing is told: only completing is safe.

_detailed_rules := [
	_detailed(_ruled("Never", 0, _all_on_7), {"proxy": {"exit": 0}}),
	_detailed(_pod_of("Never", [_container("main", _exited(0)), _container_with("proxy", _running, _all_on_7, {})]), {"proxy": {"exit": 0}}),
	_detailed(_inits(_stuck, [_container_with("setup", _exited(0), _all_on_7, {})]), {"proxy": {"exit": 0}}),
	_detailed(_ruled("Never", 0, {"restartPolicyRules": [_rule("Sing", "In", [7])]}), {"proxy": {"exit": 0}}),
	_detailed(_ruled("Never", 0, {"restartPolicyRules": [{"exitCodes": {"operator": "In", "values": [7]}}]}), {"proxy": {"exit": 0}}),
]

test_only_completed_when_a_rule_may_restart_all if {
	every pod in _detailed_rules {
		verdict := _judged(pod)
		verdict.decision == "end"
		verdict.complete == "first"
		_told(verdict) == {}
	}
}

test_kept_when_a_rule_may_restart_all_and_completing_is_not_allowed if {
	every pod in _detailed_rules {
		_decided(_judged_with(pod, _only_signal)) == ["wait", "restart-rule"]
		_decided(_judged_with(pod, {"ways": ["signal"], "onDirtyExit": "end"})) == ["wait", "restart-rule"]
	}
}

test_rule_that_restarts_one_container_leaves_the_ways if {
	pod := _detailed(_ruled("Never", 0, {"restartPolicyRules": [_rule("Restart", "In", [7])]}), {"proxy": {"exit": 0}})
	_told(_judged(pod)) == {"proxy": [object.union(_term, {"exit": 0})]}
}

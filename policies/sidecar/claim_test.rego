package sidecar_test

_claim(by, at, containers) := {"by": by, "at": at, "way": "signal", "containers": containers}

_claimed(pod, claim) := _annotated(pod, {"sidecar-reaper/claim": json.marshal(claim)})

_here := {"proxy": "x://proxy-1"}

test_kept_when_another_sweep_claimed_the_pod if {
	verdict := _judged(_claimed(_stuck, _claim("other", _minute_ago, _here)))
	_decided(verdict) == ["wait", "claimed"]
	verdict.again == _minute_ago + 300
	verdict.message == "another sweep has been ending proxy for 60 s"
	verdict.warnings == []
	_left_over(verdict) == {"proxy"}
	_told(verdict) == {}
}

test_ended_when_the_claim_is_as_old_as_the_deadline if {
	_judged(_claimed(_stuck, _claim("other", _now - 299.9, _here))).reason == "claimed"
	_judged(_claimed(_stuck, _claim("other", _now - 300, _here))).decision == "end"
	_judged_with(_claimed(_stuck, _claim("other", _minute_ago, _here)), {"podDeadline": 60}).decision == "end"
}

test_ended_when_the_claim_is_our_own if _judged(_claimed(_stuck, _claim("this", _minute_ago, _here))).decision == "end"

test_claim_of_a_clock_a_little_ahead_counts if _judged(_claimed(_stuck, _claim("other", _now + 60, _here))).reason == "claimed"

test_unreadable_claim_is_ignored_with_a_warning if {
	claims := [
		_claim("other", _now + 61, _here),
		_claim(1, _minute_ago, _here),
		_claim("other", "yesterday", _here),
		_claim("other", null, _here),
		_claim("other", _minute_ago, ["proxy"]),
		{"at": _minute_ago, "containers": _here},
		[],
	]
	every claim in claims {
		verdict := _judged(_claimed(_stuck, claim))
		verdict.decision == "end"
		verdict.warnings == [{
			"code": "bad-claim",
			"container": null,
			"message": "sidecar-reaper/claim can't be read, or lies in the future, and is ignored",
		}]
	}
	_codes(_judged(_annotated(_stuck, {"sidecar-reaper/claim": "{"}))) == ["bad-claim"]
}

test_completed_first_when_it_was_told_in_vain if {
	clean := _detailed(_stuck, {"proxy": {"exit": 0}})
	_judged(clean).complete == "last"
	_judged(_claimed(clean, _claim("other", _now - 300, _here))).complete == "first"
	_judged(_claimed(clean, _claim("this", _now - 300, _here))).complete == "last"
	_judged(_claimed(clean, _claim("other", _now - 300, {"proxy": "x://proxy-0"}))).complete == "last"
	failed := _pod("Never", _exited(1), _running)
	_judged(failed).complete == "last"
	_judged(_claimed(failed, _claim("other", _now - 300, _here))).complete == "first"
	_judged_with(_claimed(clean, _claim("other", _now - 300, _here)), _only_signal).complete == "no"
	_told(_judged_with(_claimed(clean, _claim("other", _now - 300, _here)), _only_signal)) == {"proxy": [object.union(_term, {"exit": 0})]}
}

# An exit code that nobody knows is tried once where it may restart the sidecar.

_old_claim(containers) := _claim("other", _now - 1000, containers)

_restarted(policy, last) := _pod_of(policy, [_container("main", _exited(0)), _container_with("proxy", _running, {}, {"lastState": last})])

_failed_at(at) := {"terminated": {"exitCode": 143, "finishedAt": at}}

test_unknown_exit_is_tried_once_under_on_failure if {
	first := _judged_with(_pod("OnFailure", _exited(0), _running), _only_signal)
	first.decision == "end"
	_told(first) == {"proxy": [_term]}
	_decided(_judged_with(_restarted("OnFailure", _failed_at(_minute_ago)), _only_signal)) == ["refuse", "unknown-exit"]
	_decided(_judged_with(_claimed(_pod("OnFailure", _exited(0), _running), _old_claim({"proxy": "x://proxy-0"})), _only_signal)) == ["refuse", "unknown-exit"]
}

test_unknown_exit_is_tried_where_it_was_not_told_before if {
	pods := [
		_restarted("OnFailure", _failed_at(_minute_ago - 1)),
		_restarted("OnFailure", _exited(0)),
		_claimed(_pod("OnFailure", _exited(0), _running), _old_claim(_here)),
		_claimed(_pod("OnFailure", _exited(0), _running), _old_claim({"other": "x://proxy-0"})),
	]
	every pod in pods { _judged_with(pod, _only_signal).decision == "end" }
}

test_unknown_exit_is_tried_again_where_it_restarts_nothing if {
	_judged_with(_restarted("Never", _failed_at(_minute_ago)), _only_signal).decision == "end"
}

_ruled_sidecar(last) := _pod_of("Never", [_container("main", _exited(0)), _container_with("proxy", _running, _restart_on_143, {"lastState": last})])

_restart_on_143 := {"restartPolicy": "Never", "restartPolicyRules": [_rule("Restart", "In", [143])]}

test_unknown_exit_is_never_tried_where_a_rule_may_restart_the_sidecar if {
	_judged_with(_ruled_sidecar({}), _only_signal).reason == "unknown-exit"
	_judged_with(_ruled_sidecar(_failed_at(_minute_ago)), _only_signal).reason == "unknown-exit"
	_judged_with(_ruled_sidecar({}), {"ways": ["signal"], "onDirtyExit": "end"}).decision == "end"
}

test_unknown_exit_is_tried_again_where_a_dirty_end_is_accepted if {
	_judged_with(_restarted("OnFailure", _failed_at(_minute_ago)), {"ways": ["signal"], "onDirtyExit": "end"}).decision == "end"
}

package sidecar_test

import data.sidecar

_said(text) := _judged(_annotated(_stuck, {"sidecar-reaper/containers": text}))

test_details_give_exit_signal_and_grace if {
	verdict := _judged(_detailed(_stuck, {"proxy": {"exit": 0, "signal": "USR1", "grace": "1m30s"}}))
	_told(verdict) == {"proxy": [{"way": "signal", "signal": "USR1", "process": "pid1", "exit": 0}]}
	_of(verdict, "proxy").grace == 90
	_of(verdict, "main").grace == 30
	verdict.warnings == []
}

test_grace_is_shown_while_the_main_runs if {
	verdict := _judged(_detailed(_pod("Never", _running, _running), {"proxy": {"grace": "5s"}}))
	_of(verdict, "proxy").grace == 5
}

test_grace_is_the_pods_unless_said_otherwise if {
	_of(_judged(object.union(_stuck, {"spec": {"terminationGracePeriodSeconds": 7}})), "proxy").grace == 7
}

test_every_allowed_signal_is_taken if {
	every signal in ["TERM", "INT", "QUIT", "HUP", "USR1", "USR2"] {
		_told(_judged(_detailed(_stuck, {"proxy": {"exit": 0, "signal": signal}}))).proxy[0].signal == signal
	}
}

test_exit_codes_from_0_to_255_are_taken if {
	every code in [0, 255] { _judged(_detailed(_stuck, {"proxy": {"exit": code}})).decision == "end" }
}

test_refused_when_a_detail_is_bad if {
	bad := {
		`proxy.exit is -1, expected an exit code from 0 to 255`: {"exit": -1},
		`proxy.exit is 256, expected an exit code from 0 to 255`: {"exit": 256},
		`proxy.exit is 0.5, expected an exit code from 0 to 255`: {"exit": 0.5},
		`proxy.exit is "0", expected an exit code from 0 to 255`: {"exit": "0"},
		`proxy.exit is null, expected an exit code from 0 to 255`: {"exit": null},
		`proxy.signal is "KILL", expected one of HUP, INT, QUIT, TERM, USR1, USR2`: {"signal": "KILL"},
		`proxy.signal is "SIGTERM", expected one of HUP, INT, QUIT, TERM, USR1, USR2`: {"signal": "SIGTERM"},
		`proxy.signal is 15, expected one of HUP, INT, QUIT, TERM, USR1, USR2`: {"signal": 15},
		`proxy.grace is 30, expected a duration such as 30s`: {"grace": 30},
		`proxy.grace is "30", expected a duration such as 30s`: {"grace": "30"},
		`proxy.grace is "", expected a duration such as 30s`: {"grace": ""},
		`proxy.speed is "high", expected one of the keys exit, grace, signal`: {"speed": "high"},
	}
	every message, detail in bad {
		verdict := _judged(_detailed(_stuck, {"proxy": detail}))
		_decided(verdict) == ["refuse", "bad-annotation"]
		verdict.message == $"sidecar-reaper/containers: {message}"
		verdict.warnings == [{"code": "bad-annotation", "container": null, "message": verdict.message}]
	}
}

test_refused_when_a_detail_is_no_object if {
	_said(`{"proxy": 0}`).message == "sidecar-reaper/containers: proxy is 0, expected an object with exit, signal or grace"
	_said(`{"proxy": "TERM"}`).reason == "bad-annotation"
	_said(`{"proxy": ["TERM"]}`).message == `sidecar-reaper/containers: proxy is ["TERM"], expected an object with exit, signal or grace`
	_said(`{"proxy": false}`).message == "sidecar-reaper/containers: proxy is false, expected an object with exit, signal or grace"
}

test_refused_when_the_details_are_no_json_object if {
	texts := [
		``, ` `, `x`, `0`, `[]`, `"x"`, `{`, `{"proxy": {"exit": 0}`, `{"proxy": {"exit": 0},}`, `{"proxy": {"exit": 0}} x`, `{"a" 1}`,
		`{"proxy": {"exit": 1e9999}}`, `{"proxy": {"exit": 1e-999999999}}`, `{"proxy": {"exit": 01}}`, `{"proxy": {"exit": }}`,
		`{"proxy": {"exit": 1 2}}`, `{"proxy": {"a": {"a": {}}}}`, `{"proxy": [[]]}`, `{"\ud800": {}}`, `{proxy: {"exit": 0}}`,
	]
	every text in texts {
		verdict := _said(text)
		_decided(verdict) == ["refuse", "bad-annotation"]
		startswith(verdict.message, "sidecar-reaper/containers is not a JSON object, expected for example {")
	}
}

test_json_may_have_spaces_anywhere if {
	_told(_said(" {\n\t\"proxy\" : { \"exit\" :\r0 , \"signal\":\"INT\" } } ")).proxy[0].signal == "INT"
	_said(`{}`).decision == "end"
	_said(`{"proxy": {}}`).decision == "end"
}

test_bad_value_for_a_name_without_container_is_refused_too if {
	verdict := _judged(_detailed(_stuck, {"gone": {"exit": "x"}}))
	_decided(verdict) == ["refuse", "bad-annotation"]
	_codes(verdict) == ["bad-annotation", "name-without-container"]
}

test_details_for_a_name_without_container_are_a_warning if {
	verdict := _judged(_detailed(_stuck, {"gone": {"exit": 0}, "proxy": {"exit": 0}}))
	verdict.decision == "end"
	verdict.warnings == [{
		"code": "name-without-container",
		"container": null,
		"message": "sidecar-reaper/containers names gone, but the pod has no such container",
	}]
}

test_bad_annotation_is_a_warning_while_the_main_runs if {
	verdict := _judged(_annotated(_pod("Never", _running, _running), {"sidecar-reaper/settle": "soon"}))
	verdict.reason == "main-running"
	_codes(verdict) == ["bad-annotation"]
}

test_nothing_left_over_needs_no_good_annotation if {
	_judged(_annotated(_pod("Never", _exited(0), _exited(0)), {"sidecar-reaper/settle": "soon"})).reason == "nothing-left-over"
}

test_refused_when_settle_is_no_duration if {
	every text in ["", "2", "soon", "-2s", "1.5s", "2s1m", "1s1s", "5 s", "s", "1234567890s", "2d"] {
		verdict := _judged(_annotated(_stuck, {"sidecar-reaper/settle": text}))
		_decided(verdict) == ["refuse", "bad-annotation"]
		verdict.message == $"sidecar-reaper/settle is \"{text}\", expected a duration such as 5s or 1m30s"
	}
}

test_durations_are_read_as_the_settings_read_them if {
	durations := {"0s": 0, "500ms": 0.5, "2s": 2, "1m30s": 90, "1h": 3600, "1h1m1s1ms": 3661.001, "999999999s": 999999999, "5m": 300, "5ms": 0.005}
	every text, seconds in durations { sidecar._seconds(text) == seconds }
}

test_several_bad_values_are_told_at_once if {
	verdict := _judged(_annotated(_detailed(_stuck, {"proxy": {"exit": -1}}), {"sidecar-reaper/settle": "x"}))
	verdict.message == concat("; ", [
		"sidecar-reaper/containers: proxy.exit is -1, expected an exit code from 0 to 255",
		`sidecar-reaper/settle is "x", expected a duration such as 5s or 1m30s`,
	])
	count(verdict.warnings) == 2
}

test_at_most_five_bad_values_are_told if {
	_judged(_detailed(_stuck, {$"c{n}": 0 | some n in numbers.range(1, 100)})).message == concat("; ", [message |
		some n in ["1", "10", "100", "11", "12"]
		message := $"sidecar-reaper/containers: c{n} is 0, expected an object with exit, signal or grace"
	])
}

test_thousand_bad_values_do_not_flood_the_message if {
	verdict := _judged(_detailed(_stuck, {$"c{n}": 0 | some n in numbers.range(1, 1000)}))
	verdict.message == "sidecar-reaper/containers: c1 is 0, expected an object with exit, signal or grace; 999 more values"
}

test_long_value_is_cut_in_the_message if {
	long := concat("", ["x" | some _ in numbers.range(1, 1000)])
	count(_judged(_annotated(_stuck, {"sidecar-reaper/settle": long})).message) < 200
	count(_judged(_detailed(_stuck, {long: {long: long}})).message) < 300
}

test_command_of_one_container_is_a_warning if {
	_codes(_judged(_detailed(_stuck, {"proxy": {"command": ["/bin/quit"]}}))) == ["command-ignored"]
}

test_commands_of_annotations_are_ignored_with_a_warning if {
	verdict := _judged(_detailed(_stuck, {"proxy": {"exit": 0, "command": ["/bin/quit"]}, "main": {"quit": "http://localhost/"}}))
	verdict.decision == "end"
	_told(verdict) == {"proxy": [object.union(_term, {"exit": 0})]}
	verdict.warnings == [{
		"code": "command-ignored",
		"container": null,
		"message": "sidecar-reaper/containers: command and quit of main, proxy are ignored: they would run with the reaper's rights",
	}]
}

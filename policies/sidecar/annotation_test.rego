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
		`proxy.speed is "high", expected one of the keys command, exit, grace, quit, signal`: {"speed": "high"},
	}
	every message, detail in bad {
		verdict := _judged(_detailed(_stuck, {"proxy": detail}))
		_decided(verdict) == ["refuse", "bad-annotation"]
		verdict.message == $"sidecar-reaper/containers: {message}"
		verdict.warnings == [{"code": "bad-annotation", "container": null, "message": verdict.message}]
	}
}

test_refused_when_a_detail_is_no_object if {
	_said(`{"proxy": 0}`).message == "sidecar-reaper/containers: proxy is 0, expected an object with command, exit, grace, quit, signal"
	_said(`{"proxy": "TERM"}`).reason == "bad-annotation"
	_said(`{"proxy": ["TERM"]}`).message == `sidecar-reaper/containers: proxy is ["TERM"], expected an object with command, exit, grace, quit, signal`
	_said(`{"proxy": false}`).message == "sidecar-reaper/containers: proxy is false, expected an object with command, exit, grace, quit, signal"
}

test_refused_when_the_details_are_no_json_object if {
	texts := [
		``, ` `, `x`, `0`, `[]`, `"x"`, `{`, `{"proxy": {"exit": 0}`, `{"proxy": {"exit": 0},}`, `{"proxy": {"exit": 0}} x`, `{"a" 1}`,
		`{"proxy": {"exit": 1e9999}}`, `{"proxy": {"exit": 1e-999999999}}`, `{"proxy": {"exit": 01}}`, `{"proxy": {"exit": }}`,
		`{"proxy": {"exit": 1 2}}`, `{"proxy": {"a": {"a": {}}}}`, `{"proxy": [[]]}`, `{proxy: {"exit": 0}}`,
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
		message := $"sidecar-reaper/containers: c{n} is 0, expected an object with command, exit, grace, quit, signal"
	])
}

test_thousand_bad_values_do_not_flood_the_message if {
	verdict := _judged(_detailed(_stuck, {$"c{n}": 0 | some n in numbers.range(1, 1000)}))
	verdict.message == "sidecar-reaper/containers: c1 is 0, expected an object with command, exit, grace, quit, signal; 999 more values"
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
	[w | some w in verdict.warnings; w.code == "command-ignored"] == [{
		"code": "command-ignored",
		"container": null,
		"message": "sidecar-reaper/containers: command and quit of main, proxy are ignored: they would run with the reaper's rights; the setting annotationCommands can allow it",
	}]
}

test_refused_when_the_details_have_an_escape if {
	verdict := _said(`{"pro\u0078y": {"exit": 0}}`)
	_decided(verdict) == ["refuse", "bad-annotation"]
	startswith(verdict.message, `sidecar-reaper/containers has an escape (\), and none is taken, expected for example`)
}

test_refused_when_the_details_are_too_long if {
	spaces := concat("", [" " | some _ in numbers.range(1, 16383)])
	long := concat("", ["{}", spaces])
	_said(long).reason == "bad-annotation"
	startswith(_said(long).message, "sidecar-reaper/containers is longer than 16384 characters, expected")
	_said(substring(long, 0, 16384)).decision == "end"
}

test_refused_when_the_details_say_something_twice if {
	texts := [
		`{"proxy": {"exit": 0}, "proxy": {"exit": 7}}`, `{"proxy": {"exit": 0, "exit": 7}}`,
		`{"a": 0, "a": 1, "proxy": {"exit": 0}}`,
	]
	every text in texts { contains(_said(text).message, "sidecar-reaper/containers says something twice, expected every name once") }
	_said(`{"proxy": {"exit": 0, "grace": "1s"}, "a:b": {"signal": "INT"}}`).decision == "end"
}

test_details_of_no_sidecar_are_a_warning if {
	pod := _inits(_stuck, [_container_with("mesh", _running, {"restartPolicy": "Always"}, {})])
	[warning] := _judged(_detailed(pod, {"main": {"exit": 3}, "mesh": {"grace": "5s"}})).warnings
	warning.code == "not-a-sidecar"
	warning.message == "sidecar-reaper/containers describes main, mesh, which is no sidecar to be ended; it is ignored"
}

# Commands and quit URLs, where the settings allow them.

_allowed := {"annotationCommands": "allow"}

test_command_and_quit_come_before_the_signal_where_they_are_allowed if {
	details := {"proxy": {"exit": 0, "command": ["/proxy", "quit"], "quit": "http://localhost:9091/quitquitquit"}}
	verdict := _judged_with(_detailed(_stuck, details), _allowed)
	verdict.warnings == []
	_told(verdict) == {"proxy": [
		{"way": "exec", "argv": ["/proxy", "quit"], "exit": 0},
		{"way": "http", "method": "POST", "port": 9091, "path": "/quitquitquit", "exit": 0},
		object.union(_term, {"exit": 0}),
	]}
}

test_command_with_unknown_exit_comes_after_complete if {
	verdict := _judged_with(_detailed(_stuck, {"proxy": {"command": ["/proxy", "quit"]}}), _allowed)
	verdict.complete == "first"
	_told(verdict) == {}
	only_exec := _judged_with(_detailed(_stuck, {"proxy": {"command": ["/proxy", "quit"]}}), object.union(_allowed, {"ways": ["exec"]}))
	_told(only_exec) == {"proxy": [{"way": "exec", "argv": ["/proxy", "quit"], "exit": null}]}
}

test_every_quit_url_of_the_pod_itself_is_taken if {
	urls := {
		"http://localhost": ["POST", 80, "/"],
		"http://127.0.0.1:1/": ["POST", 1, "/"],
		"GET http://[::1]:65535/a?b=c": ["GET", 65535, "/a?b=c"],
		"POST http://localhost/x": ["POST", 80, "/x"],
	}
	every url, call in urls {
		told := _told(_judged_with(_detailed(_stuck, {"proxy": {"exit": 0, "quit": url}}), _allowed))
		told.proxy[0] == {"way": "http", "method": call[0], "port": call[1], "path": call[2], "exit": 0}
	}
}

test_refused_when_a_command_or_a_quit_url_is_bad if {
	bad := [
		{"command": []}, {"command": "sh"}, {"quit": "http://example.com/quit"}, {"quit": "http://localhost.example.com/quit"},
		{"quit": "http://localhost@example.com/"}, {"quit": "https://localhost/"}, {"quit": "http://localhost:0/"},
		{"quit": "http://localhost:65536/"}, {"quit": "http://localhost:123456/"}, {"quit": "PUT http://localhost/"},
		{"quit": "http://localhost/a b"}, {"quit": "localhost:80"}, {"quit": 80},
	]
	every detail in bad { _decided(_judged_with(_detailed(_stuck, {"proxy": detail}), _allowed)) == ["refuse", "bad-annotation"] }
	command := _judged_with(_detailed(_stuck, {"proxy": {"command": []}}), _allowed).message
	command == "sidecar-reaper/containers: proxy.command is [], expected a list of words, the program first"
	quit := _judged_with(_detailed(_stuck, {"proxy": {"quit": 1}}), _allowed).message
	quit == "sidecar-reaper/containers: proxy.quit is 1, expected a URL on localhost such as http://localhost:9091/quitquitquit, by POST, or GET and the URL"
}

test_no_quit_url_in_the_network_of_the_host if {
	pod := object.union(_detailed(_stuck, {"proxy": {"exit": 0, "quit": "http://localhost/"}}), {"spec": {"hostNetwork": true}})
	_told(_judged_with(pod, _allowed)) == {"proxy": [object.union(_term, {"exit": 0})]}
}

_argo_gone := {"controllersGone": ["argo"]}

_kill(command) := _only_annotated(_stuck, {"workflows.argoproj.io/kill-cmd-proxy": command, "sidecar-reaper/containers": `{"proxy": {"exit": 0}}`})

test_kill_command_of_argo_is_taken_where_it_is_allowed if {
	told := _told(_judged_with(_kill(`["sh", "-c", "kill -%d 1"]`), object.union(_allowed, _argo_gone)))
	told.proxy[0] == {"way": "exec", "argv": ["sh", "-c", "kill -15 1"], "exit": 0}
	_told(_judged_with(_kill(`[]`), object.union(_allowed, _argo_gone))) == {"proxy": [object.union(_term, {"exit": 0})]}
}

test_kill_command_of_argo_is_ignored_with_a_warning_where_commands_are_denied if {
	verdict := _judged_with(_kill(`["true"]`), _argo_gone)
	_told(verdict) == {"proxy": [object.union(_term, {"exit": 0})]}
	[warning] := verdict.warnings
	warning.code == "command-ignored"
	startswith(warning.message, "workflows.argoproj.io/kill-cmd of proxy is ignored: it would run with the reaper's rights")
}

test_kill_command_of_argo_that_cannot_be_read_is_ignored_with_a_warning if {
	verdict := _judged_with(_kill(`sh -c`), object.union(_allowed, _argo_gone))
	_told(verdict) == {"proxy": [object.union(_term, {"exit": 0})]}
	verdict.warnings == [{
		"code": "bad-annotation",
		"container": "proxy",
		"message": "workflows.argoproj.io/kill-cmd-proxy is not a JSON list of words without escapes, and is ignored",
	}]
}

test_kill_command_of_argo_does_not_count_while_argo_is_there if {
	pod := _annotated(_kill(`["true"]`), {"sidecar-reaper/sidecars": "proxy"})
	_told(_judged_with(pod, _allowed)) == {"proxy": [object.union(_term, {"exit": 0})]}
}

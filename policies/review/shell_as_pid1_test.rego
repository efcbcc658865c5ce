package review_test

_shell(proxy) := _of("shell-as-pid1", _found(_job([_main, _with(_proxy, proxy)], {})))

_script(script) := _shell({"command": ["sh", "-c", script]})

test_shell_as_pid1_is_deaf if {
	[finding] := _shell({"command": ["/bin/sh", "-ec", "while true; do sync; sleep 9; done"]})
	finding.severity == "warning"
	finding.message == "Job backup: a shell is PID 1 of proxy, and ignores TERM: its end takes the whole grace and its exit code is 137"
	finding.path == ["spec", "template", "spec", "containers", 1, "command", 2]
	every script in ["a; b & wait", "a | b", `a "x;"; (b)`, "a\nwait"] { [["shell-as-pid1", "warning", "proxy"]] == _rules(_script(script)) }
}

test_shell_as_pid1_may_be_deaf_before_a_last_program if {
	[finding] := _script("setup && proxy --port 1")
	finding.severity == "info"
	finding.message == "Job backup: a shell may stay PID 1 of proxy and ignore TERM (dash does), then its end takes the whole grace and its exit code is 137"
	finding.fix.patch == [{"op": "replace", "path": "/spec/template/spec/containers/1/command/2", "value": "setup && exec proxy --port 1"}]
	[args] := _shell({"command": ["bash", "-c"], "args": ["a; b > log 2>&1"]})
	args.fix.patch[0] == {"op": "replace", "path": "/spec/template/spec/containers/1/args/0", "value": "a; exec b > log 2>&1"}
	[both] := _shell({"command": ["bash"], "args": ["-c", "a\nb\n"]})
	both.fix.patch[0] == {"op": "replace", "path": "/spec/template/spec/containers/1/args/1", "value": "a\nexec b"}
}

test_shell_as_pid1_has_no_patch_where_the_last_program_has_quotes if {
	[finding] := _script(`a; b "x; y"`)
	finding.severity == "info"
	finding.fix.patch == []
}

test_fine_when_the_shell_gives_way_or_listens if {
	every script in ["setup; exec proxy", "exec proxy", "trap 'exit 0' TERM; sleep 9 & wait", "proxy --port 1", `proxy "a; b" 'c | d' 2>&1`] {
		_script(script) == []
	}
	_shell({"command": ["proxy", "-c", "a; b"]}) == []
	_shell({"command": ["sh", "start.sh"]}) == []
	shared := object.union(_job([_main, _with(_proxy, {"command": ["sh", "-c", "a; b"]})], {}), {"spec": {"template": {"spec": {"shareProcessNamespace": true}}}})
	_of("shell-as-pid1", _found(shared)) == []
	count(_of("shell-as-pid1", _found(object.union(shared, {"spec": {"template": {"spec": {"shareProcessNamespace": "off"}}}})))) == 1
}

test_shell_as_pid1_of_a_native_sidecar if {
	manifest := object.union(_job([_main], {}), {"spec": {"template": {"spec": {"initContainers": [
		{"name": "init", "command": ["sh", "-c", "a | b"]},
		{"name": "logs", "restartPolicy": "Always", "command": ["sh", "-c", "a | b"]},
	]}}}})
	_rules(_found(manifest)) == [["shell-as-pid1", "warning", "logs"]]
}

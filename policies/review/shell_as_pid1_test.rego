package review_test

_shell(proxy) := _of("shell-as-pid1", _found(_job([_main, _with(_proxy, proxy)], {})))

test_shell_as_pid1_is_deaf if {
	[finding] := _shell({"command": ["/bin/sh", "-ec", "setup && proxy --port 1"]})
	finding.message == "Job backup: a shell is PID 1 of proxy, and ignores TERM: its end takes the whole grace and its exit code is 137"
	finding.path == ["spec", "template", "spec", "containers", 1, "command", 2]
	finding.fix.patch == [{"op": "replace", "path": "/spec/template/spec/containers/1/command/2", "value": "setup && exec proxy --port 1"}]
	[args] := _shell({"command": ["bash", "-c"], "args": ["a; b"]})
	args.fix.patch[0] == {"op": "replace", "path": "/spec/template/spec/containers/1/args/0", "value": "a; exec b"}
	[both] := _shell({"command": ["bash"], "args": ["-c", "a\nb\n"]})
	both.fix.patch[0] == {"op": "replace", "path": "/spec/template/spec/containers/1/args/1", "value": "a\nexec b"}
}

test_shell_as_pid1_has_no_patch_where_no_command_is_the_last if {
	every script in ["while true; do sleep 1; done", "a; b & wait", "a; b > log", "a; cd b"] {
		[finding] := _shell({"command": ["sh", "-c", script]})
		finding.fix.patch == []
	}
}

test_fine_when_the_shell_gives_way_or_listens if {
	every script in ["setup; exec proxy", "exec proxy", "trap 'exit 0' TERM; sleep 9 & wait", "proxy --port 1"] {
		_shell({"command": ["sh", "-c", script]}) == []
	}
	_shell({"command": ["proxy", "-c", "a; b"]}) == []
	_shell({"command": ["sh", "start.sh"]}) == []
	shared := object.union(_job([_main, _with(_proxy, {"command": ["sh", "-c", "a; b"]})], {}), {"spec": {"template": {"spec": {"shareProcessNamespace": true}}}})
	_of("shell-as-pid1", _found(shared)) == []
}

test_shell_as_pid1_of_a_native_sidecar if {
	manifest := object.union(_job([_main], {}), {"spec": {"template": {"spec": {"initContainers": [
		{"name": "init", "command": ["sh", "-c", "a; b"]},
		{"name": "logs", "restartPolicy": "Always", "command": ["sh", "-c", "a; b"]},
	]}}}})
	_rules(_found(manifest)) == [["shell-as-pid1", "warning", "logs"]]
}

package review_test

test_dirty_exit_when_the_code_would_count_under_never if {
	[finding] := _of("dirty-exit", _found_with(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"}), {"ways": ["signal"]}))
	finding.severity == "error"
	finding.path == ["spec", "template", "spec", "containers", 1]
	finding.message == "Job backup: proxy exits with 143 after TERM, which makes the pod Failed, and the Job may run the main again; no reaper without the way complete ends it cleanly"
	startswith(finding.fix.text, "make proxy a native sidecar")
}

test_dirty_exit_when_it_would_be_restarted_under_on_failure if {
	manifest := object.union(_job([_main, _proxy], {}), {"spec": {"template": {"spec": {"restartPolicy": "OnFailure"}}}})
	[finding] := _of("dirty-exit", _found_with(manifest, {"ways": ["signal"]}))
	contains(finding.message, "which restarts it, and counts against the Job's backoffLimit")
}

test_dirty_exit_when_the_settings_end_it_all_the_same if {
	every policy in ["Never", "OnFailure"] {
		manifest := object.union(_job([_main, _proxy], {}), {"spec": {"template": {"spec": {"restartPolicy": policy}}}})
		count(_of("dirty-exit", _found_with(manifest, {"ways": ["signal"], "onDirtyExit": "end"}))) == 1
	}
}

test_no_dirty_exit_where_the_pod_is_completed if {
	_of("dirty-exit", _found(_job([_main, _proxy], {}))) == []
	_of("dirty-exit", _found_with(_job([_main, _proxy], {}), {"ways": ["signal", "complete"]})) == []
}

test_no_dirty_exit_where_its_own_quit_is_on if {
	_of("dirty-exit", _found_with(_job([_main, _with(_proxy, {"args": ["--quit"]})], {}), {"ways": ["exec", "signal"]})) == []
	_of("dirty-exit", _found_with(_job([_main, _keeper], {}), {"ways": ["signal"]})) == []
}

test_dirty_exit_is_said_of_those_only_that_have_no_clean_way if {
	annotations := {"mesh/quit": "true", "sidecar-reaper/containers": `{"mesh-proxy": {"exit": 3}}`}
	containers := [_main, _with(_proxy, {"args": ["--quit"]}), _mesh]
	_rules(_of("dirty-exit", _found_with(_job(containers, annotations), {"ways": ["signal", "exec"]}))) == []
	_rules(_of("dirty-exit", _found_with(_job(containers, object.remove(annotations, ["mesh/quit"])), {"ways": ["signal", "exec"]}))) == [["dirty-exit", "error", "mesh-proxy"]]
	_of("dirty-exit", _found_with(_job(containers, object.union(annotations, {"sidecar-reaper/ignore": "true"})), {"ways": ["signal"]})) == []
}

test_no_dirty_exit_where_the_annotation_knows_better if {
	annotations := {"sidecar-reaper/containers": `{"proxy": {"exit": 0}}`}
	_of("dirty-exit", _found_with(_job([_main, _proxy], annotations), {"ways": ["signal"]})) == []
}

test_dirty_exit_is_mended_by_its_own_quit_where_that_may_be_used if {
	_mending({}) == {"op": "add", "path": "/spec/template/spec/containers/1/env/-", "value": {"name": "QUIT", "value": "true"}}
	_mending({"env": []}) == {"op": "add", "path": "/spec/template/spec/containers/1/env/-", "value": {"name": "QUIT", "value": "true"}}
	_mending({"args": ["db"]}) == {"op": "add", "path": "/spec/template/spec/containers/1/args/-", "value": "--quit"}
	_mending({"command": ["/proxy"]}) == {"op": "add", "path": "/spec/template/spec/containers/1/command/-", "value": "--quit"}
	_mending({"args": ["--", "db"]}).value == {"name": "QUIT", "value": "true"}
	_mending({"command": ["/bin/sh", "-c", "proxy db"]}).value == {"name": "QUIT", "value": "true"}
}

_mending(proxy) := patch[count(patch) - 1] if {
	[finding] := _of("dirty-exit", _found_with(_job([_main, _with(_proxy, proxy)], {}), {"ways": ["exec", "signal"]}))
	patch := finding.fix.patch
}

test_dirty_exit_when_a_main_ends_its_sidecar_by_signal if {
	[finding] := _of("dirty-exit", _found(_ending("work; pkill -f proxy")))
	finding.message == "Job backup: main ends proxy by TERM, after which that exits with 143, which makes the pod Failed, and the Job may run the main again"
	count(_of("dirty-exit", _found(_ending("work; killall -TERM /bin/proxy")))) == 1
}

test_no_dirty_exit_when_a_main_signals_something_else if {
	every script in ["work; pkill -9 proxy", "work; pkill other", "kill 7", "pkill"] { _of("dirty-exit", _found(_ending(script))) == [] }
	every shared in [false, "false", "off", 1] { # which the API server refuses
		alone := object.union(_ending("work; pkill proxy"), {"spec": {"template": {"spec": {"shareProcessNamespace": shared}}}})
		_of("dirty-exit", _found(alone)) == []
	}
}

_ending(script) := object.union(
	_job([_with(_main, {"command": ["sh", "-c", script]}), _proxy], {}),
	{"spec": {"template": {"spec": {"shareProcessNamespace": true}}}},
)

test_dirty_exit_of_what_a_webhook_adds_is_said_of_the_template if {
	annotations := {"mesh/inject": "true", "sidecar-reaper/containers": `{"mesh-proxy": {"exit": 3}}`}
	[finding] := _of("dirty-exit", _found_with(_job([_main], annotations), {"ways": ["signal"]}))
	finding.path == ["spec", "template", "metadata"]
	finding.fix == {
		"text": "let Mesh proxy add mesh-proxy as a native sidecar (Mesh 2 or newer)",
		"patch": [{"op": "add", "path": "/spec/template/metadata/annotations/mesh~1native", "value": "true"}],
	}
}

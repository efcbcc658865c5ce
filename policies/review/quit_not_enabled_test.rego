package review_test

_relies(main, annotations) := [[f.message, f.fix] | some f in _of("quit-not-enabled", _found(_job([_with(_main, main), _keeper, _proxy], annotations)))]

test_quit_not_enabled_when_a_main_calls_it if {
	[[message, fix]] := _relies({"args": ["work && curl -X POST http://localhost:8200/quit"]}, {})
	message == "Job backup: main relies on a call that keeper does not take without annotation keeper/quit: true"
	fix == {
		"text": "set annotation keeper/quit: true",
		"patch": [{"op": "add", "path": "/spec/template/metadata/annotations/keeper~1quit", "value": "true"}],
	}
	[[other, _]] := _relies({"lifecycle": {"preStop": {"exec": {"command": ["/bin/proxy", "shutdown"]}}}}, {})
	other == "Job backup: main relies on a call that proxy does not take without --quit=true or env QUIT=true"
}

test_fine_when_nobody_calls_it if {
	_relies({"args": ["curl http://localhost:9999/quit"]}, {}) == []
	_relies({"args": ["curl http://localhost:8200/quit"]}, {"keeper/quit": "true"}) == []
}

test_quit_not_enabled_has_no_patch_where_someone_says_no if {
	[[_, fix]] := _relies({"args": ["curl http://localhost:8200/quit"]}, {"keeper/quit": "false"})
	fix.patch == []
}

_relied(annotations, settings) := [[f.container, f.message] | some f in _of("quit-not-enabled", _found_with(_job([_main, _keeper, _proxy], annotations), settings))]

test_quit_not_enabled_when_only_it_may_be_used if {
	_relied({}, {"ways": ["http", "exec"]}) == [
		["keeper", "Job backup: the setting ways (exec, http) relies on a call that keeper does not take without annotation keeper/quit: true"],
		["proxy", "Job backup: the setting ways (exec, http) relies on a call that proxy does not take without --quit=true or env QUIT=true"],
	]
	_relied({}, {"ways": ["http", "exec", "complete"]}) == []
}

test_quit_not_enabled_when_an_annotation_calls_it if {
	annotations := {"sidecar-reaper/containers": `{"keeper": {"quit": "http://localhost:8200/quit"}}`}
	[[container, message]] := _relied(annotations, {"annotationCommands": "allow"})
	container == "keeper"
	startswith(message, "Job backup: annotation sidecar-reaper/containers relies on a call")
	_relied(annotations, {"annotationCommands": "deny"}) == []
}

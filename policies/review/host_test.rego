package review_test

_on_host(containers, spec, settings) := _rules([f |
	some f in _found_with(object.union(_job(containers, {}), {"spec": {"template": {"spec": spec}}}), settings)
	startswith(f.rule, "host-")
])

test_host_pid_keeps_signals_away if {
	_on_host([_main, _proxy], {"hostPID": true}, {}) == [["host-pid", "info", null]]
	_on_host([_main, _proxy], {"hostPID": true}, {"ways": ["exec", "signal"]}) == [["host-pid", "warning", null]]
	_on_host([_main, _proxy], {"hostPID": true}, {"ways": ["exec"]}) == []
	_on_host([_main, _proxy], {"hostPID": false}, {}) == []
	_on_host([_main], {"hostPID": true}, {}) == []
}

test_host_network_keeps_calls_away if {
	_on_host([_main, _keeper], {"hostNetwork": true}, {}) == [["host-network", "info", null]]
	_on_host([_main, _keeper], {"hostNetwork": true}, {"ways": ["http"]}) == [["host-network", "warning", null]]
	_on_host([_main, _keeper], {"hostNetwork": true}, {"ways": ["signal"]}) == []
	_on_host([_main, _keeper], {"hostNetwork": false}, {}) == []
	_on_host([_main, _proxy], {"hostNetwork": true}, {}) == []
}

test_host_findings_say_what_and_where if {
	manifest := object.union(_job([_main, _proxy], {}), {"spec": {"template": {"spec": {"hostPID": true}}}})
	[finding] := _of("host-pid", _found(manifest))
	finding.message == "Job backup has hostPID: no signal is sent to proxy"
	finding.path == ["spec", "template", "spec", "hostPID"]
	finding.fix.patch == [{"op": "remove", "path": "/spec/template/spec/hostPID"}]
}

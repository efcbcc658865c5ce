package doctor_test

_with_init(init, annotations) := object.union(_pod([_main], annotations), {"spec": {"initContainers": [init]}})

_mark := {"mesh/native": "true"}

test_stripped_where_the_vendors_mark_asks_for_a_native_one if {
	[said] := _inspected(_with_init({"name": "mesh-proxy"}, _mark)).stripped
	said.how == "init"
	said.message == "mesh-proxy is an init container without restartPolicy: Always, so the mains do not start before it ends, though annotation mesh/native: \"true\" asks for a native sidecar"
	_stripped(_inspected(_with_init({"name": "mesh-proxy", "restartPolicy": "Never"}, _mark))) == [["mesh-proxy", "init"]]
	[plain] := _inspected(_pod([_main, _mesh], _mark)).stripped
	plain.message == "mesh-proxy is a plain container, though annotation mesh/native: \"true\" asks for a native sidecar"
}

test_stripped_where_the_job_has_a_native_one if {
	_stripped(_inspected_in(_with_init({"name": "proxy"}, {}), {"natives": ["proxy"]})) == [["proxy", "init"]]
	_stripped(_inspected_in(_pod([_main, _proxy], {}), {"natives": ["proxy"]})) == [["proxy", "plain"]]
}

test_not_stripped if {
	_stripped(_inspected(_with_init({"name": "mesh-proxy", "restartPolicy": "Always"}, _mark))) == []
	_stripped(_inspected_in(_with_init({"name": "proxy", "restartPolicy": "Always"}, {}), {"natives": ["proxy"]})) == []
	_stripped(_inspected(_with_init({"name": "mesh-proxy"}, {"mesh/native": "false"}))) == []
	_stripped(_inspected(_with_init({"name": "mesh-init"}, _mark))) == []
	_stripped(_inspected(_with_init({"name": "keeper"}, {}))) == []
	_stripped(_inspected_in(_pod([_main, _mesh], _mark), _template)) == []
	_stripped(_inspected_in(_pod([_main, _mesh], _mark), {"written": ["main", "mesh-proxy"]})) == []
}

test_stripped_where_a_known_sidecar_is_an_init_container if {
	[said] := _inspected(_with_init(_mesh, {})).stripped
	said.message == "mesh-proxy is an init container without restartPolicy: Always, so the mains do not start before it ends, though it is Mesh proxy, which does not end by itself"
	_stripped(_inspected(_with_init({"name": "mesh-init", "image": "acme/mesh"}, {"sidecar-reaper/mains": "main"}))) == []
	_stripped(_inspected(_with_init({"name": "agent", "image": "acme/agent"}, {}))) == []
	_stripped(_inspected_in(_with_init(_mesh, {}), _template)) == []
}

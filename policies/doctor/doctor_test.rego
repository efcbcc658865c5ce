package doctor_test

test_plain_sidecars_of_a_pod if {
	_sidecars(_inspected(_pod([_main, _proxy], _listed))) == [["proxy", null, "spec", true, true]]
	_sidecars(_inspected(_pod([_main, _mesh], {}))) == [["mesh-proxy", "mesh", "vendor", true, true]]
	_sidecars(_inspected(_pod([_main], {}))) == []
}

test_native_sidecars_are_not_listed if {
	native := object.union(_proxy, {"restartPolicy": "Always"})
	_inspected(object.union(_pod([_main], _listed), {"spec": {"initContainers": [native]}})) == {"sidecars": [], "stripped": [], "unclear": null}
}

test_who_and_what_is_said_of_a_sidecar if {
	[said] := _inspected(_pod([_main, _mesh], {})).sidecars
	said.title == "Mesh proxy"
	said.why == "known sidecar mesh"
	[unknown] := _inspected(_pod([_main, _proxy], _listed)).sidecars
	unknown.title == null
	unknown.why == "a sidecar by sidecar-reaper/sidecars"
}

test_those_that_end_by_themselves_need_no_reaper if {
	_sidecars(_inspected(_pod([_main, {"name": "agent", "image": "acme/agent"}], {}))) == [["agent", "agent", "nobody", true, false]]
}

test_wrapped_ones_need_no_reaper if {
	pod := _pod([_main, object.union(_proxy, {"command": ["busybox"]})], _listed)
	wrapped := object.union(pod, {"spec": {"initContainers": [{"name": "sidecar-reaper"}]}})
	_sidecars(_inspected(wrapped)) == [["proxy", null, "spec", true, false]]
	_sidecars(_inspected(pod)) == [["proxy", null, "spec", true, true]]
}

test_templates_expect_what_webhooks_add if {
	enabled := {"is_template": true, "namespace": {"name": "shop", "labels": {"mesh-injection": "enabled"}}}
	inspected := _inspected_in(_pod([_main], {}), enabled)
	_sidecars(inspected) == [["mesh-proxy", "mesh", "vendor", false, true]]
	inspected.sidecars[0].why == "added by the webhook of Mesh proxy"
	_sidecars(_inspected_in(_pod([_main], {"mesh/native": "true"}), enabled)) == []
	kept_out := object.union(_pod([_main], {}), {"metadata": {"labels": {"mesh/inject": "false"}}})
	_sidecars(_inspected_in(kept_out, enabled)) == []
	_sidecars(_inspected_in(_pod([_main], {}), object.union(enabled, {"is_template": false}))) == []
	_sidecars(_inspected_in(_pod([_main], {}), _template)) == []
}

test_unclear_where_annotations_say_nothing_useful if {
	_sidecars(_inspected(_pod([_main, _proxy], {"sidecar-reaper/sidecars": "main, proxy"}))) == []
	contains(_inspected(_pod([_main, _proxy], {"sidecar-reaper/sidecars": "proxy", "sidecar-reaper/mains": "proxy"})).unclear, "disagree")
	contains(_inspected(_pod([_main, _proxy], {"sidecar-reaper/sidecars": "main, proxy"})).unclear, "every container")
}

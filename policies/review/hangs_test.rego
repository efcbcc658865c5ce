package review_test

import data.review

test_hangs_when_a_known_sidecar_is_a_plain_container if {
	_found(_job([_main, _proxy], {})) == [{
		"rule": "hangs",
		"severity": "error",
		"docs": "docs/rules/hangs.md",
		"message": "Job backup never completes: proxy (known sidecar acme) runs on after main, and nothing asks a reaper to end it",
		"container": "proxy",
		"path": ["spec", "template", "spec", "containers", 1],
		"fix": {
			"text": "make proxy a native sidecar: an init container with restartPolicy Always (Kubernetes 1.29 or newer)",
			"patch": [
				{"op": "test", "path": "/spec/template/spec/containers/1/name", "value": "proxy"},
				{"op": "add", "path": "/spec/template/spec/initContainers", "value": []},
				{"op": "move", "from": "/spec/template/spec/containers/1", "path": "/spec/template/spec/initContainers/-"},
				{"op": "add", "path": "/spec/template/spec/initContainers/0/restartPolicy", "value": "Always"},
			],
		},
	}]
}

test_fine_when_the_sidecar_is_native if {
	manifest := object.union(_job([_main], {}), {"spec": {"template": {"spec": {
		"containers": [_main],
		"initContainers": [object.union(_proxy, {"restartPolicy": "Always"})],
	}}}})
	_found(manifest) == []
}

test_fix_comes_after_the_init_containers if {
	manifest := object.union(_job([_main, _proxy], {}), {"spec": {"template": {"spec": {"initContainers": [{"name": "init"}]}}}})
	[finding] := _found(manifest)
	[op.path | some op in finding.fix.patch; op.op == "add"] == ["/spec/template/spec/initContainers/1/restartPolicy"]
}

test_fix_puts_the_network_of_the_others_before_the_native_sidecars if {
	_moved([_main, _mesh], ["init"], []) == ["/-", "/1/restartPolicy"]
	_moved([_main, _mesh], ["init"], [_logs, _proxy]) == ["/1", "/1/restartPolicy"]
	_moved([_main, _proxy], ["init"], [_logs]) == ["/-", "/2/restartPolicy"]
	_moved([_main, _mesh], [], [_with(_mesh, {"name": "mesh-proxy-2"}), _logs]) == ["/0", "/0/restartPolicy"]
}

test_fix_puts_networks_one_after_the_other if {
	_moved([_main, {"name": "other", "image": "acme/mesh"}], [], [_mesh, _logs]) == ["/1", "/1/restartPolicy"]
}

_logs := {"name": "logs", "image": "acme/logs"}

test_fix_takes_out_what_no_native_sidecar_may_have if {
	[finding] := _found(_job([_main, _with(_proxy, {"restartPolicy": "OnFailure", "restartPolicyRules": []})], {}))
	finding.fix.patch[count(finding.fix.patch) - 1] == {"op": "remove", "path": "/spec/template/spec/initContainers/0/restartPolicyRules"}
}

test_fix_has_no_patch_where_the_mains_would_wait if {
	_held({"startupProbe": {}}) == ["Its startupProbe would hold the mains back: take it out, or see that it needs nothing of them", []]
	_held({"startupProbe": {}, "lifecycle": {"preStop": {}, "postStart": {}}})[0] == "Its startupProbe and lifecycle.postStart would hold the mains back: take it out, or see that it needs nothing of them"
	_held({"lifecycle": {"postStart": {}}})[1] == []
	[finding] := _found(_job([_main, _with(_proxy, {"lifecycle": {"preStop": {}}})], {}))
	count(finding.fix.patch) == 4
}

_held(fields) := [split(finding.fix.text, "or newer). ")[1], finding.fix.patch] if [finding] := _found(_job([_main, _with(_proxy, fields)], {}))

# Where a patch takes the last container, and where it writes.
_moved(containers, inits, natives) := [trim_prefix(op.path, "/spec/template/spec/initContainers") |
	init_containers := array.concat([{"name": name} | some name in inits], [_with(c, {"restartPolicy": "Always"}) | some c in natives])
	annotations := {"sidecar-reaper/sidecars": containers[count(containers) - 1].name}
	manifest := object.union(_job(containers, annotations), {"spec": {"template": {"spec": {"initContainers": init_containers}}}})
	[finding] := _of("needs-reaper", _found(manifest))
	some op in finding.fix.patch
	op.op in {"move", "add"}
]

test_fine_when_the_name_is_only_a_name if {
	_of("hangs", _found(_job([_main, {"name": "proxy", "image": "acme/other"}], {}))) == []
}

test_needs_a_reaper_when_annotated if {
	_rules(_found(_job([_main, {"name": "logs"}], {"sidecar-reaper/sidecars": "logs"}))) == [["needs-reaper", "info", "logs"]]
	_rules(_found_with(_job([_main, _proxy], {}), {"mode": "enforce"})) == [["needs-reaper", "info", "proxy"]]
	_rules(_found_with(_job([_main, _proxy], {}), {"mode": "annotated", "sidecars": ["proxy"]})) == [["needs-reaper", "info", "proxy"]]
}

test_hangs_when_the_reaper_only_reports if {
	_rules(_found_with(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"}), {"mode": "report"})) == [["hangs", "error", "proxy"]]
}

test_hangs_when_the_reaper_is_kept_away if {
	[finding] := _found(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy", "sidecar-reaper/ignore": "true"}))
	finding.rule == "hangs"
	endswith(finding.message, "and annotation sidecar-reaper/ignore keeps a reaper from ending it")
	_rules(_found(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy", "sidecar-reaper/ignore": "false"}))) == [["needs-reaper", "info", "proxy"]]
}

test_hangs_when_a_reaper_would_refuse if {
	[finding] := _of("hangs", _found_with(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"}), {"ways": ["signal"]}))
	endswith(finding.message, "and a reaper refuses: ending sidecar proxy makes the pod Failed; its Job may run the main again; allow the way complete in the setting ways")
}

test_hangs_in_kube_system if {
	manifest := object.union(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"}), {"metadata": {"namespace": "kube-system"}})
	[finding] := _found(manifest)
	endswith(finding.message, "and a reaper leaves the pod alone: pods of kube-system are never touched")
}

test_nothing_is_said_to_hang_where_nobody_knows_who_is_meant if {
	_rules(_found(_job([_main, _proxy], {"sidecar-reaper/mains": "main, other"}))) == [["unknown-main", "error", null]]
	_rules(_found(_job([_main, _proxy], {"sidecar-reaper/mains": "other"}))) == [["unknown-main", "error", null]]
}

test_fine_when_the_generator_has_wrapped_it if {
	_found(_job([_main, object.union(_proxy, {"command": ["/sidecar-reaper/busybox"]})], {})) == []
}

test_fine_when_it_ends_by_itself if {
	_found(_job([_main], {"agent/inject": "true", "agent/ends": "true"})) == []
	_rules(_found(_job([_main], {"agent/inject": "true"}))) == [["injected", "warning", "agent"]]
}

test_warns_of_what_a_webhook_will_add if {
	[finding] := _found(_job([_main], {"mesh/inject": "true"}))
	finding.message == "Job backup gets mesh-proxy of Mesh proxy by its annotations or labels, and never completes unless that is a native sidecar"
	finding.fix == {
		"text": "let Mesh proxy add mesh-proxy as a native sidecar (Mesh 2 or newer)",
		"patch": [{"op": "add", "path": "/spec/template/metadata/annotations/mesh~1native", "value": "true"}],
	}
	_found(_job([_main], {"mesh/inject": "true", "mesh/native": "true"})) == []
	_found(_job([_main], {"mesh/inject": "true", "mesh/once": "True"})) == []
	_of("injected", _found(_job([_main], {"mesh/inject": "true", "sidecar-reaper/sidecars": "mesh-proxy"}))) == []
	_of("injected", _found(_job([_main, _mesh], {"mesh/inject": "true"}))) == []
}

test_all_sidecars if {
	listed := _job([_proxy], {"sidecar-reaper/sidecars": "proxy"})
	_rules(_found(listed)) == [["all-sidecars", "error", null]]
	[template] := _templates(listed)
	template.refused == "every container (proxy) would be a sidecar; leave out the one that does the work"
}

test_a_container_alone_is_no_sidecar_because_the_catalogue_knows_it if _found(_job([_proxy], {})) == []

test_name_without_container if {
	manifest := _job([_main, _proxy], {"nrmitchi.com/sidecars": "proxy, b, a"})
	[finding | some finding in _found(manifest); finding.rule == "name-without-container"] == [{
		"rule": "name-without-container",
		"severity": "warning",
		"docs": "docs/rules/name-without-container.md",
		"message": "Job backup: nrmitchi.com/sidecars names a, b, but the pod has no such container",
		"container": null,
		"path": ["spec", "template", "metadata", "annotations", "nrmitchi.com/sidecars"],
		"fix": {"text": "correct the name; the pod has main, proxy", "patch": []},
	}]
}

test_name_without_container_in_the_details if {
	found := _found(_job([_main], {"sidecar-reaper/containers": `{"prox": {"exit": 0}, "mesh-proxy": {"exit": 0}, "main": {"exit": 0}}`}))
	[[f.rule, f.message] | some f in found] == [["name-without-container", "Job backup: sidecar-reaper/containers names prox, but the pod has no such container"]]
}

test_a_webhook_may_add_what_an_annotation_names if {
	_found(_job([_main], {"sidecar-reaper/sidecars": "mesh-proxy"})) == []
}

test_conftest_reads_errors_and_warnings if {
	manifest := {"kind": "List", "items": [_job([_main, _proxy], {}), _job([_main], {"mesh/inject": "true"})]}
	denied := review.deny with input as manifest with data.catalogue as _named_catalogue
	warned := review.warn with input as manifest with data.catalogue as _named_catalogue
	[d.msg | some d in denied] == ["hangs: Job backup never completes: proxy (known sidecar acme) runs on after main, and nothing asks a reaper to end it"]
	[w.rule | some w in warned] == ["injected"]
}

test_unnamed_containers if {
	[finding] := _found(_job([_main, {"image": "x"}], {}))
	finding.message == "Job backup: a container has no name"
	_rules([finding]) == [["unnamed-container", "error", null]]
	[other] := _found(_job([_main, _main], {}))
	other.message == "Job backup: two containers have the same name"
	_templates(_job([_main, _main], {})) == []
}

package review_test

_bad(annotations) := [[f.severity, f.path[4], f.message] | some f in _of("bad-annotation", _found(_job([_main], annotations)))]

test_bad_annotation_is_what_a_sweep_cannot_read if {
	_bad({"sidecar-reaper/settle": "soon"}) == [[
		"error",
		"sidecar-reaper/settle",
		`Job backup: sidecar-reaper/settle is "soon", expected a duration such as 5s or 1m30s; a reaper ends nothing on a guess`,
	]]
	every text in [`[1,]`, `{"main": {"signal": "WINCH"}}`, `{"main": {"grace": 3}}`, `{"main": {"exits": 3}}`] {
		[["error", "sidecar-reaper/containers", _]] = _bad({"sidecar-reaper/containers": text})
	}
}

test_fine_when_every_annotation_can_be_read if {
	_bad({"sidecar-reaper/settle": "5s", "sidecar-reaper/containers": `{"main": {"signal": "INT", "grace": "3s", "exit": 0}}`}) == []
	_bad({"sidecar-reaper/ignore": "false", "other/settle": "soon"}) == []
}

test_bad_annotation_has_a_name_that_nobody_reads if {
	_bad({"sidecar-reaper/sidecar": "proxy"}) == [[
		"error",
		"sidecar-reaper/sidecar",
		"Job backup: nobody reads annotation sidecar-reaper/sidecar; sidecar-reaper reads claim, completed, containers, ignore, mains, settle, sidecars",
	]]
	every key in ["Main", "side-cars", "main-containers"] { [["error", _, _]] = _bad({$"sidecar-reaper/{key}": "proxy"}) }
	every key in ["ignored", "settles", "grace", "Ignore"] { [["warning", _, _]] = _bad({$"sidecar-reaper/{key}": "proxy"}) }
}

test_bad_annotation_is_renamed_where_one_name_is_near if {
	[finding] := _of("bad-annotation", _found(_job([_main], {"sidecar-reaper/Side_Car": "proxy"})))
	finding.fix == {
		"text": "call it sidecar-reaper/sidecars",
		"patch": [{
			"op": "move",
			"from": "/spec/template/metadata/annotations/sidecar-reaper~1Side_Car",
			"path": "/spec/template/metadata/annotations/sidecar-reaper~1sidecars",
		}],
	}
	[both] := _of("bad-annotation", _found(_job([_main], {"sidecar-reaper/ignores": "true", "sidecar-reaper/ignore": "true"})))
	both.fix == {"text": "call it sidecar-reaper/ignore", "patch": []}
	[far] := _of("bad-annotation", _found(_job([_main], {"sidecar-reaper/main-containers": "main"})))
	far.fix == {"text": "correct the name, or remove the annotation", "patch": []}
}

test_bad_annotation_is_not_on_the_pod_template if {
	manifest := object.union(_job([_main, _proxy], {}), {"metadata": {"annotations": {"sidecar-reaper/sidecars": "proxy", "other": "x"}}})
	[finding] := _of("bad-annotation", _found(manifest))
	finding.severity == "warning"
	finding.message == "Job backup: annotation sidecar-reaper/sidecars is not on the pod template, so nobody reads it"
	finding.path == ["metadata", "annotations", "sidecar-reaper/sidecars"]
	finding.fix.patch == [
		{"op": "add", "path": "/spec/template/metadata/annotations/sidecar-reaper~1sidecars", "value": "proxy"},
		{"op": "remove", "path": "/metadata/annotations/sidecar-reaper~1sidecars"},
	]
	_above(_job([_main], {"sidecar-reaper/ignore": "true"}), {"metadata": {"annotations": {"sidecar-reaper/ignore": "false"}}}) == [["metadata", 0]]
	_above(_job([_main], {}), {"metadata": {"annotations": {"sidecar-reaper/sidecar": "proxy"}}}) == [["metadata", 0]]
}

test_bad_annotation_is_above_the_pod_template_of_any_kind if {
	_above(_cron_job([_main], {}), {"spec": {"jobTemplate": {"metadata": {"annotations": {"sidecar-reaper/ignore": "true"}}}}}) == [["spec", 2]]
	_above(_cron_job([_main], {}), {"metadata": {"annotations": {"sidecar-reaper/ignore": "true"}}}) == [["metadata", 2]]
	pod := object.union({"apiVersion": "v1", "kind": "Pod"}, _pod_template([_main], {}))
	_above(pod, {"metadata": {"annotations": {"sidecar-reaper/ignore": "true"}}}) == []
	workflow := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "spec": {"templates": [{"name": name, "container": {"image": "x"}} | some name in ["a", "b"]]}}
	_above(workflow, {"metadata": {"annotations": {"sidecar-reaper/ignore": "true"}}}) == [["metadata", 0]]
	_above({"apiVersion": "v1", "kind": "Service"}, {"metadata": {"annotations": {"sidecar-reaper/ignore": "true"}}}) == []
}

# Where such an annotation is found, and how long its patch is.
_above(manifest, with_it) := [[f.path[0], count(f.fix.patch)] | some f in _of("bad-annotation", _found(object.union(manifest, with_it)))]

test_bad_annotation_is_not_mended_by_a_worse_one if {
	every annotations in [{"sidecar-reaper/main": "other"}, {"sidecar-reaper/sidecar": "main, proxy"}, {"sidecar-reaper/settles": "soon"}] {
		[finding] := _of("bad-annotation", _found(_job([_main, _proxy], annotations)))
		startswith(finding.fix.text, "call it sidecar-reaper/")
		finding.fix.patch == []
	}
	above := {"metadata": {"annotations": {"sidecar-reaper/ignore": "true"}}}
	_above(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"}), above) == [["metadata", 0]]
	_above(_job([_main, _proxy], {}), above) == [["metadata", 2]]
	_above(_job([_main, _proxy], {}), {"metadata": {"annotations": {"sidecar-reaper/mains": "other"}}}) == [["metadata", 0]]
}

test_bad_annotation_of_several_details_is_left_to_a_person if {
	[finding] := _found(_job([_main], {"sidecar-reaper/containers": `{"main": {"exit": 0, "signal": "WINCH"}}`}))
	finding.fix == {"text": "correct the value, or remove the annotation", "patch": []}
}

test_bad_annotation_is_mended_by_removing_it_where_it_is_written if {
	[finding] := _found(_job([_main], {"sidecar-reaper/settle": "soon"}))
	finding.fix.patch == [{"op": "remove", "path": "/spec/template/metadata/annotations/sidecar-reaper~1settle"}]
	workflow := {
		"apiVersion": "argoproj.io/v1alpha1",
		"kind": "Workflow",
		"spec": {"podMetadata": {"annotations": {"sidecar-reaper/settle": "soon"}}, "templates": [{"name": "a", "container": {"image": "x"}}]},
	}
	[other] := _found(workflow)
	other.fix.patch == []
}

test_bad_annotation_warns_of_anothers_command_that_cannot_be_read if {
	annotations := {"sidecar-reaper/sidecars": "proxy", "workflows.argoproj.io/kill-cmd-proxy": "kill"}
	settings := {"mode": "annotated", "controllersGone": ["argo"], "annotationCommands": "allow"}
	[finding] := _of("bad-annotation", _found_with(_job([_main, _proxy], annotations), settings))
	finding.severity == "warning"
	finding.message == "Job backup: workflows.argoproj.io/kill-cmd-proxy is not a JSON list of words without escapes, and is ignored"
	finding.fix.patch == []
	_of("bad-annotation", _found_with(_job([_main, _proxy], annotations), {"annotationCommands": "deny"})) == []
}

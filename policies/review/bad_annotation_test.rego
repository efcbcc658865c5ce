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

test_bad_annotation_warns_of_a_name_that_nobody_reads if {
	_bad({"sidecar-reaper/sidecar": "proxy"}) == [[
		"warning",
		"sidecar-reaper/sidecar",
		"Job backup: nobody reads annotation sidecar-reaper/sidecar; sidecar-reaper reads claim, completed, containers, ignore, mains, settle, sidecars",
	]]
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
	finding.fix.patch == [{"op": "remove", "path": "/spec/template/metadata/annotations/workflows.argoproj.io~1kill-cmd-proxy"}]
	_of("bad-annotation", _found_with(_job([_main, _proxy], annotations), {"annotationCommands": "deny"})) == []
}

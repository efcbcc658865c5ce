package review_test

test_reads_cron_jobs_and_lists if {
	list := {"kind": "List", "items": [_job([_main], {}), {"kind": "Service"}, _cron_job([_main, _proxy], {})]}
	[finding] := _found(list)
	finding.path == ["items", 2, "spec", "jobTemplate", "spec", "template", "spec", "containers", 1]
	startswith(finding.message, "CronJob nightly never completes")
}

test_leaves_other_kinds_alone if {
	_found({"apiVersion": "batch.volcano.sh/v1", "kind": "Job", "spec": {"template": _pod_template([_main, _proxy], {})}}) == []
	_found({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": _pod_template([_main, _proxy], {})}}) == []
	_found({}) == []
	_found({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": "none"}}) == []
}

test_argo_ends_its_own_sidecars_and_no_other if {
	templates := [
		{"name": "a", "container": {"image": "x"}, "sidecars": [_proxy]},
		{"name": "b", "containerSet": {"containers": [_main, _proxy]}},
		{"name": "c", "script": {"image": "x"}, "metadata": {"annotations": {"mesh/inject": "true"}}},
		{"name": "d", "steps": []},
	]
	workflow := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"}, "spec": {"templates": templates}}
	found := _found(workflow)
	_rules(found) == [["hangs", "error", "proxy"], ["injected", "warning", "mesh-proxy"]]
	found[0].path == ["spec", "templates", 1, "containerSet", "containers", 1]
	found[0].fix == {
		"text": "annotate the pod, so that sidecar-reaper ends its sidecars",
		"patch": [
			{"op": "add", "path": "/spec/templates/1/metadata", "value": {}},
			{"op": "add", "path": "/spec/templates/1/metadata/annotations", "value": {}},
			{"op": "add", "path": "/spec/templates/1/metadata/annotations/sidecar-reaper~1sidecars", "value": "proxy"},
		],
	}
}

test_podMetadata_counts_in_a_cron_workflow if {
	workflow := {
		"apiVersion": "argoproj.io/v1alpha1",
		"kind": "CronWorkflow",
		"metadata": {"name": "w"},
		"spec": {"workflowSpec": {
			"podMetadata": {"annotations": {"agent/inject": "yes"}},
			"templates": [{"name": "a", "container": {"image": "x"}}],
		}},
	}
	[finding] := _found(workflow)
	finding.path == ["spec", "workflowSpec", "templates", 0, "metadata"]
	finding.fix.text == "annotate the pod, so that sidecar-reaper ends its sidecars"
}

test_reads_the_driver_of_a_spark_application if {
	application := {
		"apiVersion": "sparkoperator.k8s.io/v1beta2",
		"kind": "SparkApplication",
		"metadata": {"name": "pi"},
		"spec": {"driver": {"labels": {"app": "pi"}, "sidecars": [_proxy]}, "executor": {"sidecars": [_proxy]}},
	}
	[finding] := _found(application)
	finding.rule == "hangs"
	finding.path == ["spec", "driver", "sidecars", 0]
	[op.path | some op in finding.fix.patch] == ["/spec/driver/annotations", "/spec/driver/annotations/sidecar-reaper~1sidecars"]
}

test_templates_say_what_a_patch_needs if {
	[template] := _templates(_job([_main, object.union(_proxy, {"args": ["db"]})], {"mesh/inject": "true"}))
	template.pod == ["spec", "template", "spec"]
	template.refused == null
	template.containers == [
		{"name": "main", "path": ["spec", "template", "spec", "containers", 0], "injected": false, "with_owner": false, "role": "main"},
		{
			"name": "proxy",
			"path": ["spec", "template", "spec", "containers", 1],
			"injected": false,
			"with_owner": false,
			"role": "sidecar",
			"why": "known sidecar acme",
			"row": "acme",
			"reported": true,
			"exit": 143,
			"settable": [{"way": "exec", "options": [{"flag": "quit", "env": "QUIT", "is": ["true"]}]}],
			"ends_itself": false,
			"title": "Acme proxy",
			"last": false,
			"native": null,
		},
		{
			"name": "mesh-proxy",
			"path": null,
			"injected": true,
			"with_owner": false,
			"role": "sidecar",
			"why": "known sidecar mesh",
			"row": "mesh",
			"reported": true,
			"exit": null,
			"settable": [{"way": "exec", "options": [{"annotation": "mesh/quit", "is": ["true"]}]}],
			"ends_itself": false,
			"title": "Mesh proxy",
			"last": true,
			"native": {"annotations": {"mesh/native": "true"}, "since": "Mesh 2"},
		},
	]
}

_settable(proxy) := template.containers[1].settable if [template] := _templates(_job([_main, object.union(_proxy, proxy)], {}))

test_nothing_is_settable_that_someone_has_set if {
	count(_settable({})) == 1
	_settable({"args": ["--quit=false"]}) == []
	_settable({"args": ["--quit"]}) == []
	_settable({"env": [{"name": "QUIT", "value": "no"}]}) == []
	_settable({"args": ["--config=f"]}) == []
}

test_an_unknown_sidecar_has_no_row if {
	[template] := _templates(_job([_main, {"name": "logs"}], {"sidecar-reaper/sidecars": "logs"}))
	template.containers[1].row == null
	template.containers[1].title == null
	template.speaker == "sidecar-reaper/sidecars"
}

test_a_contradiction_is_refused if {
	[template] := _templates(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy", "sidecar-reaper/mains": "proxy"}))
	endswith(template.refused, "disagree about who is a sidecar; keep one of them")
}

test_an_annotation_that_says_otherwise_is_left_alone if {
	_quits({}) == [{"way": "exec", "options": [{"annotation": "mesh/quit", "is": ["true"]}]}]
	_quits({"mesh/quit": "false"}) == []
}

_quits(annotations) := template.containers[1].settable if {
	[template] := _templates(_job([_main, {"name": "mesh-proxy", "image": "acme/mesh"}], annotations))
}

test_metadata_may_be_absent_or_null if {
	every metadata in [null, {"annotations": null}, {"labels": {"app": "x"}}] {
		manifest := object.union(_job([_main, _proxy], {}), {"spec": {"template": {"metadata": metadata}}})
		_rules(_found(manifest)) == [["hangs", "error", "proxy"]]
	}
	bare := {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [_main, _proxy]}}}}
	_rules(_of("hangs", _found(bare))) == [["hangs", "error", "proxy"]]
}

test_reads_pods_and_pod_templates_that_end if {
	pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "once"}, "spec": {"restartPolicy": "Never", "containers": [_main, _proxy]}}
	[[finding.rule, finding.path] | some finding in _found(pod)] == [["hangs", ["spec", "containers", 1]]]
	_found(object.union(pod, {"spec": {"restartPolicy": "Always"}})) == []
	template := {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "once"}, "template": _pod_template([_main, _proxy], {})}
	[[finding.rule, finding.path] | some finding in _found(template)] == [["hangs", ["template", "spec", "containers", 1]]]
	_found(object.union(template, {"template": {"spec": {"restartPolicy": "Always"}}})) == []
}

test_reads_every_job_of_a_job_set if {
	jobs := [{"name": "a", "template": {"spec": {"activeDeadlineSeconds": 60, "template": _pod_template(containers, {})}}} |
		some containers in [[_main], [_main, _proxy]]
	]
	found := _found({"apiVersion": "jobset.x-k8s.io/v1alpha2", "kind": "JobSet", "metadata": {"name": "set"}, "spec": {"replicatedJobs": jobs}})
	[[finding.rule, finding.path] | some finding in found] == [[
		"hangs",
		["spec", "replicatedJobs", 1, "template", "spec", "template", "spec", "containers", 1],
	]]
}

test_reads_lists_in_lists if {
	list := {"kind": "List", "items": [{"kind": "Service"}, {"kind": "List", "items": [_job([_main, _proxy], {})]}]}
	[finding] := _found(list)
	finding.path == ["items", 1, "items", 0, "spec", "template", "spec", "containers", 1]
}

test_what_has_finished_has_no_templates if {
	every type in ["Complete", "Failed"] {
		_found(_ended_job([{"type": "Suspended", "status": "False"}, {"type": type, "status": "True"}])) == []
	}
	every conditions in [[], [{"type": "Complete", "status": "False"}], [{"type": "SuccessCriteriaMet", "status": "True"}]] {
		_rules(_found(_ended_job(conditions))) == [["hangs", "error", "proxy"]]
	}
}

_ended_job(conditions) := object.union(_job([_main, _proxy], {}), {"status": {"conditions": conditions}})

test_what_has_finished_is_known_for_every_kind if {
	pod := object.union({"apiVersion": "v1", "kind": "Pod"}, _pod_template([_main, _proxy], {}))
	_of_phase(pod, ["Running", "Succeeded", "Failed", "Pending"]) == ["Running", "Pending"]
	workflow := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "spec": {"templates": [{"name": "b", "containerSet": {"containers": [_main, _proxy]}}]}}
	_of_phase(workflow, ["Running", "Succeeded", "Failed", "Error"]) == ["Running"]
	spark := {"apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication", "spec": {"driver": {"sidecars": [_proxy]}}}
	states := ["RUNNING", "COMPLETED", "FAILED", "SUBMISSION_FAILED"]
	[state | some state in states; count(_found(object.union(spark, {"status": {"applicationState": {"state": state}}}))) > 0] == ["RUNNING", "SUBMISSION_FAILED"]
	_found(object.union(_job_set, {"status": {"conditions": [{"type": "Completed", "status": "True"}]}})) == []
	_rules(_found(_job_set)) == [["hangs", "error", "proxy"]]
}

_job_set := {
	"apiVersion": "jobset.x-k8s.io/v1alpha2",
	"kind": "JobSet",
	"spec": {"replicatedJobs": [{"name": "a", "template": {"spec": {"activeDeadlineSeconds": 1, "template": _pod_template([_main, _proxy], {})}}}]},
}

# Those of the phases in which it has findings.
_of_phase(manifest, phases) := [phase | some phase in phases; count(_found(object.union(manifest, {"status": {"phase": phase}}))) > 0]

package review

# The pod templates of a manifest: the pod that comes of each, and where in the manifest its parts are written.

# METADATA
# title: Templates
# description: Every pod template with the roles of its containers, as a patch needs to know them.
# entrypoint: true
templates := [shown |
	some template in _templates
	shown := {
		"owner": template.owner,
		"name": template.name,
		"path": template.path,
		"metadata": template.metadata,
		"pod": template.spec,
		"ignored": template.ignored,
		"refused": _or_all(template.roles),
		"speaker": template.roles.speaker,
		"restart_policy": object.get(template, ["pod", "spec", "restartPolicy"], null),
		"grace": object.get(template, ["pod", "spec", "terminationGracePeriodSeconds"], 30),
		"containers": [_with_role(c, template) | some c in template.containers],
	}
]

_or_all(roles) := roles.refused if {
	roles.refused != null
} else := roles.all

_with_role(c, template) := object.union_n([c, {"role": "sidecar"}, object.remove(said, _for_rules), settable, _of_row(said.row)]) if {
	said := template.roles.sidecars[c.name]
	settable := object.filter(_switches(template, c.name), ["settable"])
} else := object.union(c, {"role": "main"})

# No patch reads these.
_for_rules := {"calls", "signal", "signal_exit", "restarts", "quit", "drain"}

_of_row(id) := {"title": row.title, "last": object.get(row, "last", false), "native": object.get(row, "native", null)} if {
	row := data.catalogue.rows[id]
} else := {"title": null, "last": false, "native": null}

_templates := [template |
	some [item, written] in _all_written
	not _unnamed(written)
	containers := array.concat(
		[c |
			some given in written.containers
			c := {"name": given.name, "path": array.concat(item.path, given.path), "injected": false, "with_owner": given.with_owner}
		],
		[{"name": c.name, "path": null, "injected": true, "with_owner": false} | some c in _injected(written.pod)],
	)
	pod := _with_injected(written.pod, containers)
	then := _then(pod, object.get(item.manifest, ["metadata", "namespace"], ""))
	reviewed := _reviewed(then)
	template := {
		"owner": written.owner,
		"item": item,
		"name": _title(item.manifest),
		"path": array.concat(item.path, written.path),
		"metadata": array.concat(item.path, written.metadata),
		"spec": _below(item.path, written.spec),
		"containers": containers,
		"pod": pod,
		"ignored": _ignores(pod),
		"then": then,
		"roles": reviewed.roles,
		"outliving": _outliving(reviewed.roles, pod, containers),
		"known_inits": _known_inits(pod),
		"job": _below(item.path, object.get(written, "job", null)),
		"judged": reviewed.judged,
	}
]

_all_written := [[item, written] | some item in _manifests; not _has_finished(item.manifest); some written in _written(item.manifest)]

# Nothing more will happen to it.
_has_finished(manifest) if {
	some condition in manifest.status.conditions
	some group in ["batch/", "jobset.x-k8s.io/"]
	_is_of(manifest, group)
	condition.type in {"Complete", "Completed", "Failed"}
	condition.status == "True"
}

_has_finished(manifest) if {
	manifest.kind in {"Pod", "Workflow"}
	manifest.status.phase in {"Succeeded", "Failed", "Error"}
}

_has_finished(manifest) if {
	manifest.kind == "SparkApplication"
	manifest.status.applicationState.state in {"COMPLETED", "FAILED"}
}

# The API server refuses such a pod, and nobody knows which container is meant.
_unnamed(written) := "a container has no name" if {
	some c in written.containers
	c.name == ""
} else := "two containers have the same name" if {
	count({c.name | some c in written.containers}) < count(written.containers)
}

# Which known sidecars its init containers are.
_known_inits(pod) := known if {
	inits := [c | some c in pod.spec.initContainers; is_object(c)]
	count(inits) > 0
	known := data.sidecar.known with input as {"pod": {"metadata": pod.metadata, "spec": {"containers": inits}}, "namespace": null}
} else := {}

_injected(pod) := sort(injected) if {
	injected := data.sidecar.injected with input as {"pod": pod, "namespace": null}
}

# With all that will be in it, which is most often what is written.
_with_injected(pod, containers) := pod if {
	count([c | some c in containers; c.injected]) == 0
} else := object.union(pod, {"spec": {"containers": array.concat(pod.spec.containers, [{"name": c.name} | some c in containers; c.injected])}})

_below(_, null) := null

_below(path, rest) := array.concat(path, rest) if rest != null

# A List may hold Lists; deeper than this nobody nests them.
_manifests := _within(array.flatten([_unpacked(item) | some item in _within([{"path": [], "manifest": input}])]))

_within(items) := array.flatten([_unpacked(item) | some item in items])

_unpacked(item) := [{"path": array.concat(item.path, ["items", i]), "manifest": manifest} |
	some i, manifest in item.manifest.items
] if {
	is_array(item.manifest.items)
} else := [item]

_title(manifest) := object.get(manifest, ["metadata", "name"], object.get(manifest, ["metadata", "generateName"], ""))

_is_of(manifest, group) if startswith(concat("", [manifest.apiVersion, "/"]), group)

# Whose pods end, by API group and kind: where each of them writes a Job's spec (none: no Job makes its pods), and where in
# that, or in the whole, its pod template is.

_places_of_pods(manifest) := [{"job": ["spec"], "path": ["spec", "template"]}] if {
	_is_of(manifest, "batch/")
	manifest.kind == "Job"
} else := [{"job": ["spec", "jobTemplate", "spec"], "path": ["spec", "jobTemplate", "spec", "template"]}] if {
	_is_of(manifest, "batch/")
	manifest.kind == "CronJob"
} else := [{"job": job, "path": array.concat(job, ["template"])} |
	some i, _ in manifest.spec.replicatedJobs
	job := ["spec", "replicatedJobs", i, "template", "spec"]
] if {
	_is_of(manifest, "jobset.x-k8s.io/")
	manifest.kind == "JobSet"
} else := [{"job": null, "path": []}] if {
	manifest.apiVersion == "v1"
	manifest.kind == "Pod"
	manifest.spec.restartPolicy in {"Never", "OnFailure"} # else it is never meant to end
} else := [{"job": null, "path": ["template"]}] if {
	manifest.apiVersion == "v1"
	manifest.kind == "PodTemplate"
	manifest.template.spec.restartPolicy in {"Never", "OnFailure"}
}

_written(manifest) := [written |
	some place in places
	template := object.get(manifest, place.path, {})
	is_array(template.spec.containers)
	at := array.concat(place.path, ["spec"])
	written := {
		"owner": manifest.kind,
		"job": place.job,
		"path": place.path,
		"metadata": array.concat(place.path, ["metadata"]),
		"spec": at,
		"containers": _places(template.spec.containers, array.concat(at, ["containers"]), false),
		"pod": {"metadata": _metadata([object.get(template, "metadata", {})]), "spec": template.spec},
	}
] if {
	places := _places_of_pods(manifest)
}

# Argo ends the containers under `sidecars` itself; a container of a containerSet is a main to it.
_written(manifest) := [written |
	above := _workflow_paths[manifest.kind]
	workflow := object.get(manifest, above, {})
	some i, template in workflow.templates
	at := array.concat(above, ["templates", i])
	containers := array.flatten([
		[{"name": "main", "path": array.concat(at, [part]), "with_owner": false} | some part in ["container", "script"]; template[part]],
		_places(object.get(template, ["containerSet", "containers"], []), array.concat(at, ["containerSet", "containers"]), false),
		_places(object.get(template, "sidecars", []), array.concat(at, ["sidecars"]), true),
	])
	count(containers) > 0
	written := {
		"owner": manifest.kind,
		"path": at,
		"metadata": array.concat(at, ["metadata"]),
		"spec": null,
		"containers": containers,
		"pod": {
			"metadata": _metadata([object.get(workflow, "podMetadata", {}), object.get(template, "metadata", {})]),
			"spec": {"containers": [_named(manifest, c) | some c in containers]},
		},
	}
] if {
	_is_of(manifest, "argoproj.io/")
}

_workflow_paths := {
	"Workflow": ["spec"],
	"WorkflowTemplate": ["spec"],
	"ClusterWorkflowTemplate": ["spec"],
	"CronWorkflow": ["spec", "workflowSpec"],
}

# The executors are deleted by the driver.
_written(manifest) := [written |
	manifest.kind == "SparkApplication"
	driver := object.get(manifest, ["spec", "driver"], {})
	containers := array.concat(
		[{"name": "spark-kubernetes-driver", "path": ["spec", "driver"], "with_owner": false}],
		_places(object.get(driver, "sidecars", []), ["spec", "driver", "sidecars"], false),
	)
	written := {
		"owner": manifest.kind,
		"path": ["spec", "driver"],
		"metadata": ["spec", "driver"],
		"spec": null,
		"containers": containers,
		"pod": {"metadata": _metadata([driver]), "spec": {"containers": [_named(manifest, c) | some c in containers]}},
	}
] if {
	_is_of(manifest, "sparkoperator.k8s.io/")
}

_places(containers, path, with_owner) := [{"name": _name(c), "path": array.concat(path, [i]), "with_owner": with_owner} |
	some i, c in containers
]

_name(c) := c.name if {
	is_string(c.name)
} else := ""

_named(manifest, c) := object.union(object.get(manifest, c.path, {}), {"name": c.name})

# As wasm the union of no objects at all is undefined.
_metadata(parts) := {key: object.union_n(array.concat([{}], [part[key] | some part in parts; is_object(part[key])])) |
	some key in ["labels", "annotations"]
}

default _ignores(_) := false

_ignores(pod) if pod.metadata.annotations["sidecar-reaper/ignore"] != "false"

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
		"ignored": _is_ignored(template),
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

_with_role(c, template) := object.union_n([c, {"role": "sidecar"}, said, _of_row(said.row)]) if {
	said := template.roles.sidecars[c.name]
} else := object.union(c, {"role": "main"})

_of_row(id) := {"title": row.title, "last": object.get(row, "last", false), "native": object.get(row, "native", null)} if {
	row := data.catalogue.rows[id]
} else := {"title": null, "last": false, "native": null}

_templates := [template |
	some [item, written] in _all_written
	not _unnamed(written)
	containers := array.concat(
		[c | some given in written.containers; c := object.union(given, {"path": array.concat(item.path, given.path), "injected": false})],
		[{"name": c.name, "path": null, "injected": true, "with_owner": false} | some c in _injected(written.pod)],
	)
	pod := _running(written.pod, containers)
	template := object.union(written, {
		"name": _title(item.manifest),
		"path": array.concat(item.path, written.path),
		"metadata": array.concat(item.path, written.metadata),
		"spec": _below(item.path, written.spec),
		"containers": containers,
		"pod": pod,
		"roles": _roles(pod),
	})
]

_all_written := [[item, written] | some item in _manifests; some written in _written(item.manifest)]

# The API server refuses such a pod, and nobody knows which container is meant.
_unnamed(written) := "a container has no name" if {
	some c in written.containers
	c.name == ""
} else := "two containers have the same name" if {
	count({c.name | some c in written.containers}) < count(written.containers)
}

_roles(pod) := roles if {
	roles := data.sidecar.roles with input as {"pod": pod, "namespace": null}
}

_injected(pod) := sort(injected) if {
	injected := data.sidecar.injected with input as {"pod": pod, "namespace": null}
}

# With all that will be in it, and as if every container ran.
_running(pod, containers) := object.union(pod, {
	"spec": {"containers": array.concat(pod.spec.containers, [{"name": c.name} | some c in containers; c.injected])},
	"status": {"containerStatuses": [{"name": c.name, "state": {"running": {}}} | some c in containers]},
})

_below(_, null) := null

_below(path, rest) := array.concat(path, rest) if rest != null

_manifests := [{"path": ["items", i], "manifest": item} | some i, item in input.items] if {
	is_array(input.items)
} else := [{"path": [], "manifest": input}]

_title(manifest) := object.get(manifest, ["metadata", "name"], object.get(manifest, ["metadata", "generateName"], ""))

_group(manifest) := split(manifest.apiVersion, "/")[0]

# A Job and what makes Jobs.

_job_paths["Job"] := ["spec", "template"]

_job_paths["CronJob"] := ["spec", "jobTemplate", "spec", "template"]

_written(manifest) := [written |
	template := object.get(manifest, _job_paths[manifest.kind], {})
	is_array(template.spec.containers)
	at := array.concat(_job_paths[manifest.kind], ["spec"])
	written := {
		"owner": manifest.kind,
		"path": _job_paths[manifest.kind],
		"metadata": array.concat(_job_paths[manifest.kind], ["metadata"]),
		"spec": at,
		"containers": _places(template.spec.containers, array.concat(at, ["containers"]), false),
		"pod": {"metadata": _metadata([object.get(template, "metadata", {})]), "spec": template.spec},
	}
] if {
	_group(manifest) == "batch"
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
	_group(manifest) == "argoproj.io"
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
	_group(manifest) == "sparkoperator.k8s.io"
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

default _is_ignored(_) := false

_is_ignored(template) if template.pod.metadata.annotations["sidecar-reaper/ignore"] != "false"

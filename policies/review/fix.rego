package review

# What would mend a finding, as a sentence and as an RFC 6902 patch of the whole manifest.

_fix(template, c) := {
	"text": $"make {c.name} a native sidecar: an init container with restartPolicy Always (Kubernetes 1.29 or newer)",
	"patch": array.flatten([
		[{"op": "test", "path": _pointer(array.concat(c.path, ["name"])), "value": c.name}],
		[{"op": "add", "path": list, "value": []} | not template.pod.spec.initContainers],
		[
			{"op": "move", "from": _pointer(c.path), "path": $"{list}/-"},
			{"op": "add", "path": $"{list}/{count(object.get(template.pod.spec, "initContainers", []))}/restartPolicy", "value": "Always"},
		],
	]),
} if {
	template.spec != null
	list := _pointer(array.concat(template.spec, ["initContainers"]))
} else := _annotation_fix(template)

_vendor_fix(template, c, row) := {
	"text": $"let {row.title} add {c.name} as a native sidecar ({row.native.since} or newer)",
	"patch": _annotating(template, row.native.annotations),
} if {
	count(object.get(row, ["native", "annotations"], {})) > 0
} else := _annotation_fix(template)

_annotation_fix(template) := {
	"text": "annotate the pod, so that sidecar-reaper ends its sidecars",
	"patch": _annotating(template, {"sidecar-reaper/sidecars": concat(", ", sort(object.keys(template.roles.sidecars)))}),
}

_annotating(template, annotations) := array.flatten([
	[{"op": "add", "path": _pointer(template.metadata), "value": {}} | not _exists(template.metadata)],
	[{"op": "add", "path": _pointer(at), "value": {}} | not _exists(at)],
	[{"op": "add", "path": _pointer(array.concat(at, [key])), "value": value} | some key, value in annotations],
]) if {
	at := array.concat(template.metadata, ["annotations"])
}

_exists(path) if is_object(object.get(input, path, null))

# RFC 6901.
_pointer(path) := concat("", [$"/{replace(replace($"{key}", "~", "~0"), "/", "~1")}" | some key in path])

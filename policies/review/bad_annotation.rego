package review

# METADATA
# title: bad-annotation
# description: An annotation of ours has a value that cannot be read, or a name that nobody reads.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	some bad in template.roles.bad
	key := _annotation_of(bad)
	finding := _finding(rego.metadata.rule(), {
		"message": $"{template.owner} {template.name}: {bad}; a reaper ends nothing on a guess",
		"container": null,
		"path": array.flatten([template.metadata, "annotations", key]),
		"fix": _without(template, key, "correct the value, or remove the annotation"),
	})
}

_annotation_of(bad) := "sidecar-reaper/settle" if {
	startswith(bad, "sidecar-reaper/settle ")
} else := "sidecar-reaper/containers"

# METADATA
# title: bad-annotation
# description: An annotation of ours has a name that nobody reads.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some key, _ in template.pod.metadata.annotations
	startswith(key, "sidecar-reaper/")
	not trim_prefix(key, "sidecar-reaper/") in _read
	finding := _finding(rego.metadata.rule(), {
		"message": $"{template.owner} {template.name}: nobody reads annotation {key}; sidecar-reaper reads {concat(", ", sort(_read))}",
		"container": null,
		"path": array.flatten([template.metadata, "annotations", key]),
		"fix": _without(template, key, "correct the name, or remove the annotation"),
	})
}

# METADATA
# title: bad-annotation
# description: An annotation of another controller has a value that cannot be read, and is ignored.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some warning in template.judged.warnings
	warning.code == "bad-annotation"
	not warning.message in template.roles.bad
	key := split(warning.message, " ")[0]
	finding := _finding(rego.metadata.rule(), {
		"message": $"{template.owner} {template.name}: {warning.message}",
		"container": warning.container,
		"path": array.flatten([template.metadata, "annotations", key]),
		"fix": _without(template, key, "correct the value, or remove the annotation"),
	})
}

# Those for people, and the two that the reaper writes.
_read := {"claim", "completed", "containers", "ignore", "mains", "settle", "sidecars"}

_without(template, key, text) := {
	"text": text,
	"patch": [{"op": "remove", "path": _pointer(path)} |
		path := array.flatten([template.metadata, "annotations", key])
		object.get(input, path, null) != null
	],
}

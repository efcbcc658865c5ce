package review

# METADATA
# title: name-without-container
# description: An annotation names a container that the pod does not have.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	template.roles.unknown_main == null # which says it, and more
	some key, names in template.roles.missing
	finding := _finding("name-without-container", "warning", {
		"message": $"{template.owner} {template.name}: {key} names {concat(", ", sort(names))}, but the pod has no such container",
		"container": null,
		"path": array.flatten([template.metadata, "annotations", key]),
		"fix": {
			"text": $"correct the name; the pod has {concat(", ", [c.name | some c in template.containers])}",
			"patch": [],
		},
	})
}

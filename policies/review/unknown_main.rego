package review

# METADATA
# title: unknown-main
# description: A list of mains names one that the pod does not have, so a reaper refuses the pod.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	template.roles.unknown_main != null
	finding := _finding("unknown-main", "error", {
		"message": $"{template.owner} {template.name}: {template.roles.unknown_main}",
		"container": null,
		"path": array.flatten([template.metadata, "annotations", template.roles.speaker]),
		"fix": {"text": $"correct the name; the pod has {concat(", ", [c.name | some c in template.containers])}", "patch": []},
	})
}

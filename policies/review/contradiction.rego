package review

# METADATA
# title: contradiction
# description: Two annotations, or two settings, disagree about who is a sidecar, so a reaper refuses the pod.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	template.roles.contradiction != null
	finding := _finding("contradiction", "error", {
		"message": $"{template.owner} {template.name}: {template.roles.contradiction}",
		"container": null,
		"path": template.metadata,
		"fix": {"text": "say once who the sidecars are", "patch": []},
	})
}

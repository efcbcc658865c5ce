package review

# METADATA
# title: all-sidecars
# description: Every container would be a sidecar, so no end of any of them would mean that the work is done.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	template.roles.all != null
	template.roles.refused == null
	finding := _finding("all-sidecars", "error", {
		"message": $"{template.owner} {template.name}: {template.roles.all}",
		"container": null,
		"path": template.path,
		"fix": {"text": "name the container that does the work in annotation sidecar-reaper/mains", "patch": []},
	})
}

package review

# METADATA
# title: known-by-half
# description: A container looks like a known sidecar, by its name only or by its image only, which makes it none.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	not template.ignored
	some c in template.containers
	resemblance := template.roles.resembling[c.name]
	count(template.roles.mains) > 1
	finding := _finding("known-by-half", "info", {
		"message": $"{template.owner} {template.name}: {c.name} is taken for a main, which the pod waits for: {resemblance}",
		"container": c.name,
		"path": c.path,
		"fix": {
			"text": $"if {c.name} is a sidecar, say so by annotation; if not, name the mains in sidecar-reaper/mains",
			"patch": _annotating(template, {"sidecar-reaper/sidecars": concat(", ", sort(array.concat([c.name], [name | some name, _ in template.roles.sidecars])))}),
		},
	})
}

package review

# METADATA
# title: hangs
# description: A sidecar runs on after the mains have ended, and nothing ends it, so its Job never completes.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	not c.injected
	count(_enders(template, c)) == 0
	why := _why_nobody_ends(template, c.name)
	finding := _finding("hangs", "error", {
		"message": $"{template.owner} {template.name} never completes: {c.name} ({template.roles.sidecars[c.name].why}) runs on after {concat(", ", template.roles.mains)}, and {why}",
		"container": c.name,
		"path": c.path,
		"fix": _fix(template, c),
	})
}

# METADATA
# title: needs-reaper
# description: A sidecar runs on after the mains have ended; its Job completes where a reaper runs.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	not c.injected
	not _why_nobody_ends(template, c.name)
	finding := _finding("needs-reaper", "info", {
		"message": $"{template.owner} {template.name} completes only where sidecar-reaper runs: {c.name} is {template.roles.sidecars[c.name].why}",
		"container": c.name,
		"path": c.path,
		"fix": _fix(template, c),
	})
}

# METADATA
# title: injected
# description: A webhook adds a sidecar that runs on after the mains have ended, unless its vendor makes it native.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	c.injected
	count(_enders(template, c)) == 0
	_why_nobody_ends(template, c.name)
	row := data.catalogue.rows[template.roles.sidecars[c.name].row]
	finding := _finding("injected", "warning", {
		"message": $"{template.owner} {template.name} gets {c.name} of {row.title} by its annotations or labels, and never completes unless that is a native sidecar",
		"container": c.name,
		"path": template.metadata,
		"fix": _vendor_fix(template, c, row),
	})
}

# Those that nothing outside of them ends, and that do not end by themselves. Where nobody knows who is meant there are none.
_outliving(roles, pod, containers) := [c |
	_or_all(roles) == null
	some c in containers
	said := roles.sidecars[c.name]
	not said.ends_itself
	not c.with_owner
	not _is_wrapped(pod, c)
]

# The generator's own wrapper ends it with the mains.
_is_wrapped(pod, c) if {
	some container in pod.spec.containers
	container.name == c.name
	container.command[0] == "/sidecar-reaper/busybox"
}

_why_nobody_ends(template, _) := "annotation sidecar-reaper/ignore keeps a reaper from ending it" if {
	template.ignored
}

_why_nobody_ends(template, _) := $"a reaper {_instead[template.judged.decision]}: {template.judged.message}" if {
	not template.ignored
	template.judged.decision != "end"
}

_why_nobody_ends(template, name) := "nothing asks a reaper to end it" if {
	not template.ignored
	template.judged.decision == "end"
	template.roles.sidecars[name].reported
}

_instead := {"refuse": "refuses", "wait": "waits", "leave": "leaves the pod alone"}

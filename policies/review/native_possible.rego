package review

# METADATA
# title: native-possible
# description: The vendor of a sidecar can make it a native one, which needs no reaper.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	row := data.catalogue.rows[template.roles.sidecars[c.name].row]
	_is_news(template, c, row)
	finding := _finding("native-possible", "info", {
		"message": $"{template.owner} {template.name}: {row.title} can add {c.name} as a native sidecar ({row.native.since} or newer{_switch_words(row.native)})",
		"container": c.name,
		"path": _place(template, c),
		"fix": _fix_of(template, c),
	})
}

# Of one that a webhook adds and nobody ends the finding `injected` says so.
_is_news(template, c, row) if {
	c.injected
	not _why_nobody_ends(template, c.name)
	row.native
}

_is_news(_, c, row) if {
	not c.injected
	row.native
	not row.native.byDefault
}

_switch_words(native) := $": {concat(", ", [$"annotation {key}: {value}" | some key, value in native.annotations])}" if {
	count(object.get(native, "annotations", {})) > 0
} else := $": {native.note}"

package review

# METADATA
# title: vendor-native-by-default
# description: A sidecar is written as a plain container, and its vendor makes it native by default.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	not c.injected
	row := data.catalogue.rows[template.roles.sidecars[c.name].row]
	row.native.byDefault
	finding := _finding("vendor-native-by-default", "warning", {
		"message": $"{template.owner} {template.name}: {c.name} is a plain container, as {row.title} writes it no more by default ({row.native.byDefault})",
		"container": c.name,
		"path": c.path,
		"fix": _fix(template, c),
	})
}

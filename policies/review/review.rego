# METADATA
# title: Manifests
# description: Says of a manifest what its pods will do in a cluster. Who is a sidecar is the live policy's to say.
package review

# METADATA
# title: Findings
# description: Everything to remark on a manifest or a List of them, in the order of their places; what is excepted says so.
# entrypoint: true
findings := [finding | some [_, _, _, finding] in sort([[f.path, f.rule, f.message, f] | some f in _reported])]

_reported contains object.union(finding, _excepted(finding)) if some finding in _findings

_reported contains finding if some finding in _of_exceptions

# METADATA
# title: deny
# description: The errors among the findings that nothing excepts, as conftest reads them.
deny contains _for_conftest(finding) if {
	some finding in findings
	not finding.exception
	finding.severity == "error"
}

# METADATA
# title: warn
# description: The warnings among the findings that nothing excepts, as conftest reads them.
warn contains _for_conftest(finding) if {
	some finding in findings
	not finding.exception
	finding.severity == "warning"
}

_for_conftest(finding) := object.union({"msg": $"{finding.rule}: {finding.message}"}, finding)

# `rule` is the METADATA of the rule that calls.
_finding(rule, found) := object.union(
	{"rule": rule.title, "severity": rule.custom.severity, "docs": $"docs/rules/{rule.title}.md"},
	found,
)

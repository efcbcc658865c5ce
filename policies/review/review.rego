# METADATA
# title: Manifests
# description: Says of a manifest what its pods will do in a cluster. Who is a sidecar is the live policy's to say.
package review

# METADATA
# title: Findings
# description: Everything to remark on a manifest or a List of them, in the order of their places; what is excepted says so.
# entrypoint: true
findings := [finding | some [_, _, _, finding] in sort([[f.path, f.rule, f.message, f] | some f in _reported])]

# A list: to put what is large into a set takes long.
_reported := array.concat([_with_exception(f) | some f in _findings], [f | some f in _of_exceptions])

_with_exception(finding) := finding if {
	count(_exceptions) == 0 # as most often
} else := object.union(finding, _excepted(finding))

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

# Title and severity are those of the METADATA of the rule that calls, which a test holds. To ask for rego.metadata.rule()
# would build an object of all that is in it for each rule, before anything is found: an eighth of a review.
_finding(title, severity, found) := {
	"rule": title,
	"severity": severity,
	"docs": $"docs/rules/{title}.md",
	"message": found.message,
	"container": found.container,
	"path": found.path,
	"fix": found.fix,
}

package review

# METADATA
# title: pod-failure-policy
# description: A rule of podFailurePolicy takes a sidecar's exit code for one of a main.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	template.job != null
	path := array.concat(template.job, ["podFailurePolicy", "rules"])
	some i, rule in object.get(input, path, [])
	some c in template.outliving
	object.get(rule.onExitCodes, "containerName", c.name) == c.name
	codes := [code | some code in _codes(template.roles.sidecars[c.name]); _names_code(rule.onExitCodes, code)]
	count(codes) > 0
	finding := _finding("pod-failure-policy", "warning", {
		"message": $"{template.owner} {template.name}: a rule of podFailurePolicy ({rule.action}) matches {codes[0]}, with which {c.name} may end; in a pod that failed its code counts like a main's",
		"container": c.name,
		"path": array.concat(path, [i]),
		"fix": {
			"text": $"name the container that is meant: containerName {template.roles.mains[0]}",
			"patch": [{
				"op": "add",
				"path": _pointer(array.concat(path, [i, "onExitCodes", "containerName"])),
				"value": template.roles.mains[0],
			}],
		},
	})
}

# Its own after its signal, where that is known; else what a program without a handler ends with; and KILL's after the grace.
_codes(said) := [said.signal_exit, 137] if {
	is_number(said.signal_exit)
} else := [143, 137]

# 0 is no failure, whatever the operator (KEP-3329).
_names_code(requirement, code) if {
	requirement.operator == "In"
	code != 0
	code in requirement.values
}

_names_code(requirement, code) if {
	requirement.operator == "NotIn"
	code != 0
	not code in requirement.values
}

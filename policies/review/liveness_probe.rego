package review

# METADATA
# title: liveness-probe
# description: A sidecar may take longer to end than its liveness probe waits, so the kubelet kills it in between.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some warning in template.judged.warnings
	warning.code == "liveness-probe"
	some c in template.containers
	c.name == warning.container
	probe := array.concat(c.path, ["livenessProbe"])
	finding := _finding("liveness-probe", "warning", {
		"message": $"{template.owner} {template.name}: {warning.message}",
		"container": c.name,
		"path": probe,
		"fix": {
			"text": "let the probe wait for the end: raise failureThreshold",
			"patch": [{
				"op": "add",
				"path": _pointer(array.concat(probe, ["failureThreshold"])),
				"value": ceil(template.roles.sidecars[c.name].drain / max([1, object.get(input, array.concat(probe, ["periodSeconds"]), 10)])),
			}],
		},
	})
}

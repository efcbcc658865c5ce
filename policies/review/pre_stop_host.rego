package review

# METADATA
# title: pre-stop-host
# description: A lifecycle hook or probe names a host, which Pod Security refuses from Kubernetes 1.34 on (levels baseline and restricted).
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some c in _written_containers(template)
	some [place, host] in _hosts(c.container)
	host != ""
	path := array.flatten([c.path, place, "host"])
	finding := _finding("pre-stop-host", "warning", {
		"message": $"{template.owner} {template.name}: {concat(".", place)} of {c.name} names host {host}, which Pod Security refuses from Kubernetes 1.34 on in namespaces of the levels baseline and restricted",
		"container": c.name,
		"path": path,
		"fix": {
			"text": "leave the host out, or use exec: without it the kubelet calls the pod's own address, where what listens on localhost only does not answer",
			"patch": [{"op": "remove", "path": _pointer(path)}],
		},
	})
}

# KEP-4940.
_hosts(container) := [[array.concat(handler, [action]), host] |
	some handler in _handlers
	some action, call in object.get(container, handler, null)
	action in {"httpGet", "tcpSocket"}
	host := call.host
]

_handlers := [["lifecycle", "preStop"], ["lifecycle", "postStart"], ["livenessProbe"], ["readinessProbe"], ["startupProbe"]]

_written_containers(template) := [{"name": object.get(c, "name", ""), "path": array.flatten([template.spec, list, i]), "container": c} |
	template.spec != null
	some list in ["containers", "initContainers"]
	some i, c in template.pod.spec[list]
]

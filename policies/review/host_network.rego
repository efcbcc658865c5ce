package review

# METADATA
# title: host-network
# description: Port-forward to a pod in its node's network ends at the node, so no quit endpoint of its sidecars is called, and the way complete is not allowed.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	not _is_allowed("complete")
	found := _in_host_network(template)
	finding := _finding("host-network", "warning", found)
}

# METADATA
# title: host-network
# description: Port-forward to a pod in its node's network ends at the node, so no quit endpoint of its sidecars is called; other ways end them.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	_is_allowed("complete")
	found := _in_host_network(template)
	finding := _finding("host-network", "info", found)
}

_in_host_network(template) := _without_host(template, "hostNetwork", "no quit endpoint is called of", names) if {
	template.pod.spec.hostNetwork == true
	_is_allowed("http")
	names := [c.name | some c in template.outliving; _has_endpoint(template.roles.sidecars[c.name])]
	count(names) > 0
}

_has_endpoint(said) if {
	some way in data.catalogue.rows[said.row].ways
	way.way == "http"
}

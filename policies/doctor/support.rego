package doctor

# METADATA
# title: Support
# description: Whether native sidecars work in a cluster with such a server and such an oldest kubelet (KEP-753).
# entrypoint: true
support := {"native": "no", "message": $"native sidecars do not work: they need Kubernetes 1.29, and {_below(28)}"} if {
	_below(28)
} else := {
	"native": "gated",
	"message": $"native sidecars work only with the feature gate SidecarContainers: they are on by default from Kubernetes 1.29, and {_below(29)}",
} if {
	_below(29)
} else := {"native": "unknown", "message": "not known whether native sidecars work: the versions of the kubelets could not be read"} if {
	input.kubelet == null
} else := {"native": "unknown", "message": "not known whether native sidecars work: the version of the API server could not be read"} if {
	input.server == null
} else := {"native": "yes", "message": "native sidecars work: every kubelet and the API server are 1.29 or newer"}

# The kubelet is looked at first: there may be many, and one is enough.
_below(minor) := $"the kubelet of node {input.kubelet.node} is {input.kubelet.version}" if {
	input.kubelet.minor < minor
} else := $"the API server is {input.server.version}" if {
	input.server.minor < minor
}

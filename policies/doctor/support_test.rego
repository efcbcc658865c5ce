package doctor_test

import data.doctor

_support(kubelet, server) := support if {
	support := doctor.support with input as {"kubelet": _kubelet(kubelet), "server": _server(server)}
}

_kubelet(null) := null

_kubelet(minor) := {"node": "n1", "version": $"v1.{minor}.0", "minor": minor} if minor != null

_server(null) := null

_server(minor) := {"version": $"v1.{minor}.0", "minor": minor} if minor != null

test_native_sidecars_work_from_1_29 if {
	_support(29, 29).native == "yes"
	_support(36, 36).native == "yes"
}

test_native_sidecars_behind_a_gate_in_1_28 if {
	_support(28, 29) == {"native": "gated", "message": "native sidecars work only with the feature gate SidecarContainers: they are on by default from Kubernetes 1.29, and the kubelet of node n1 is v1.28.0"}
	endswith(_support(null, 28).message, "and the API server is v1.28.0")
}

test_no_native_sidecars_before if {
	_support(27, 30) == {"native": "no", "message": "native sidecars do not work: they need Kubernetes 1.29, and the kubelet of node n1 is v1.27.0"}
	_support(28, 27).native == "no"
	_support(27, null).native == "no"
}

test_not_known_whether_native_sidecars_work if {
	contains(_support(null, 30).message, "kubelets")
	contains(_support(30, null).message, "API server")
	_support(null, null).native == "unknown"
}

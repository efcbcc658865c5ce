package review_test

test_pre_stop_host_is_refused_by_pod_security if {
	main := _with(_main, {
		"lifecycle": {"preStop": {"httpGet": {"host": "localhost", "port": 80}}},
		"livenessProbe": {"tcpSocket": {"host": "127.0.0.1", "port": 80}},
		"readinessProbe": {"httpGet": {"host": "", "port": 80}},
	})
	found := _found(_job([main], {}))
	[f.path | some f in found] == [
		["spec", "template", "spec", "containers", 0, "lifecycle", "preStop", "httpGet", "host"],
		["spec", "template", "spec", "containers", 0, "livenessProbe", "tcpSocket", "host"],
	]
	found[0].message == "Job backup: lifecycle.preStop.httpGet of main names host localhost, which Pod Security refuses from Kubernetes 1.34 on in namespaces of the levels baseline and restricted"
	found[0].fix.patch == [{"op": "remove", "path": "/spec/template/spec/containers/0/lifecycle/preStop/httpGet/host"}]
}

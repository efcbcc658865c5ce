package review_test

_probed(probe, settings) := _of("liveness-probe", _found_with(_job([_main, _with(_keeper, {"livenessProbe": probe})], {}), settings))

test_liveness_probe_that_gives_up_before_the_drain_is_over if {
	[finding] := _probed({"periodSeconds": 7}, {})
	finding.message == "Job backup: sidecar keeper may take 60 s to end, its liveness probe gives up after 21 s and has it killed and counted as failed or restarted"
	finding.path == ["spec", "template", "spec", "containers", 1, "livenessProbe"]
	finding.fix.patch == [{"op": "add", "path": "/spec/template/spec/containers/1/livenessProbe/failureThreshold", "value": 9}]
	count(_probed({}, {})) == 1
}

test_fine_when_the_probe_is_as_patient_as_the_drain if {
	_probed({"periodSeconds": 20}, {}) == []
	_probed({"periodSeconds": 1}, {"ways": ["complete"]}) == []
}

package review_test

import data.review

test_native_possible_by_the_vendors_switch if {
	annotations := {"mesh/inject": "true", "sidecar-reaper/sidecars": "mesh-proxy"}
	[finding] := _of("native-possible", _found(_job([_main], annotations)))
	finding.severity == "info"
	finding.message == "Job backup: Mesh proxy can add mesh-proxy as a native sidecar (Mesh 2 or newer: annotation mesh/native: true)"
	finding.fix.patch == [{"op": "add", "path": "/spec/template/metadata/annotations/mesh~1native", "value": "true"}]
	_of("native-possible", _found(_job([_main], object.union(annotations, {"mesh/native": "true"})))) == []
}

test_native_possible_of_a_written_one_by_hand if {
	[finding] := _of("native-possible", _found(_job([_main, _mesh], {})))
	startswith(finding.fix.text, "make mesh-proxy a native sidecar")
	_of("native-possible", _found(_job([_main, _proxy], {}))) == []
}

test_native_possible_is_said_once if {
	_of("native-possible", _found(_job([_main], {"mesh/inject": "true"}))) == []
}

test_native_possible_by_a_setting_that_is_not_the_pods if {
	data_with := object.union(_named_catalogue, {"rows": {"acme": {"native": {"since": "Acme 5", "note": "A setting of its operator."}}}})
	found := review.findings with input as _job([_main, _proxy], {}) with data.catalogue as data_with
	[finding] := _of("native-possible", found)
	endswith(finding.message, "(Acme 5 or newer: A setting of its operator.)")
}

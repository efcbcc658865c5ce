package review_test

test_unknown_main_when_a_list_of_mains_names_nobody if {
	[finding] := _of("unknown-main", _found(_job([_main, _proxy], {"sidecar-reaper/mains": "main, other"})))
	finding.severity == "error"
	finding.path == ["spec", "template", "metadata", "annotations", "sidecar-reaper/mains"]
	finding.fix.text == "correct the name; the pod has main, proxy"
	_of("unknown-main", _found(_job([_main, _proxy], {"sidecar-reaper/mains": "main"}))) == []
}

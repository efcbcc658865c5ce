package review_test

test_contradiction_when_two_annotations_disagree if {
	found := _found(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy", "sidecar-reaper/mains": "proxy"}))
	_rules(found) == [["contradiction", "error", null]]
	found[0].message == "Job backup: sidecar-reaper/mains and sidecar-reaper/sidecars disagree about who is a sidecar; keep one of them"
	_of("contradiction", _found(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy", "sidecar-reaper/mains": "main"}))) == []
}

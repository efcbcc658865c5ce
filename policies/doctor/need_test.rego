package doctor_test

import data.doctor

_works := {"native": "yes", "message": "native sidecars work"}

_need(counts) := need if {
	need := doctor.need with input as object.union({"plain": 0, "expected": 0, "unclear": 0, "unread": [], "support": _works}, counts)
}

test_needed_while_a_sidecar_outlives_its_mains if {
	_need({"plain": 1}) == {"needed": "yes", "message": "sidecar-reaper is needed here: 1 sidecar would outlive its mains"}
	_need({"plain": 2, "unread": ["cronjobs"]}).message == "sidecar-reaper is needed here: 2 sidecars would outlive their mains"
}

test_no_longer_needed if {
	_need({}).needed == "no"
	contains(_need({}).message, "in what could be read")
}

test_not_known_whether_needed if {
	before := "no sidecar was seen that is not native, but it is not certain that none is left: "
	_need({"unread": ["cronjobs", "jobs"]}) == {"needed": "unknown", "message": $"{before}not everything could be read (cronjobs, jobs)"}
	_need({"expected": 2}).message == $"{before}webhooks may add 2 sidecars that no pod shows now"
	_need({"unclear": 1}).message == $"{before}of 1 of the pods and templates nobody knows who is a sidecar"
	_need({"support": {"native": "gated", "message": "only with a gate"}, "expected": 1}).message == $"{before}webhooks may add 1 sidecar that no pod shows now; only with a gate"
}

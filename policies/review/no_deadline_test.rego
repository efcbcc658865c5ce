package review_test

_unlimited(containers) := _of("no-deadline", _found(object.union(_job(containers, {}), {"spec": {"activeDeadlineSeconds": null}})))

test_no_deadline_on_a_job_with_sidecars if {
	[finding] := _unlimited([_main, _proxy])
	finding.severity == "info"
	finding.message == "Job backup has no activeDeadlineSeconds: should proxy not be ended, the Job stays for ever"
	finding.fix.patch == [{"op": "add", "path": "/spec/activeDeadlineSeconds", "value": 86400}]
	_unlimited([_main]) == []
	_of("no-deadline", _found(_job([_main, _proxy], {}))) == []
}

package review_test

_cron(containers, annotations, spec) := _of("cron-forbid", _found(object.union(_cron_job(containers, annotations), {"spec": spec})))

_forbid := {"concurrencyPolicy": "Forbid", "jobTemplate": {"spec": {"activeDeadlineSeconds": null}}}

test_cron_forbid_when_a_run_would_block_all_others if {
	[finding] := _cron([_main, _proxy], {}, _forbid)
	finding.message == "CronJob nightly never runs again once proxy outlives a run: concurrencyPolicy Forbid skips every run while a Job is unfinished"
	finding.path == ["spec", "concurrencyPolicy"]
	startswith(finding.fix.text, "make proxy a native sidecar")
	finding.severity == "error"
}

test_cron_forbid_only_warns_of_what_may_come_as_a_native_one if {
	[finding] := _cron([_main], {"mesh/inject": "true"}, _forbid)
	finding.severity == "warning"
	startswith(finding.message, "CronJob nightly never runs again once mesh-proxy is added as a plain container and outlives a run: ")
	startswith(finding.fix.text, "let Mesh proxy add mesh-proxy")
}

test_cron_forbid_only_tells_of_what_a_main_ends if {
	[finding] := _cron([_with(_main, {"args": ["work; proxy shutdown --now"]}), _with(_proxy, {"args": ["--quit"]})], {}, _forbid)
	finding.severity == "info"
	startswith(finding.message, "CronJob nightly never runs again once proxy outlives a run because main has not ended it: ")
}

test_fine_when_no_run_blocks_another if {
	_cron([_main, _proxy], {}, {"concurrencyPolicy": "Replace", "jobTemplate": {"spec": {"activeDeadlineSeconds": null}}}) == []
	_cron([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"}, _forbid) == []
	_cron([_main, _proxy], {}, {"concurrencyPolicy": "Forbid"}) == []
	_cron([_main, _proxy], {}, object.union(_forbid, {"jobTemplate": {"spec": {"template": {"spec": {"activeDeadlineSeconds": 9}}}}})) == []
}

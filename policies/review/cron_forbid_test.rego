package review_test

_cron(containers, annotations, spec) := _of("cron-forbid", _found(object.union(_cron_job(containers, annotations), {"spec": spec})))

_forbid := {"concurrencyPolicy": "Forbid", "jobTemplate": {"spec": {"activeDeadlineSeconds": null}}}

test_cron_forbid_when_a_run_would_block_all_others if {
	[finding] := _cron([_main, _proxy], {}, _forbid)
	finding.message == "CronJob nightly never runs again once proxy outlives a run: concurrencyPolicy Forbid skips every run while a Job is unfinished"
	finding.path == ["spec", "concurrencyPolicy"]
	startswith(finding.fix.text, "make proxy a native sidecar")
	[injected] := _cron([_main], {"mesh/inject": "true"}, _forbid)
	startswith(injected.fix.text, "let Mesh proxy add mesh-proxy")
}

test_fine_when_no_run_blocks_another if {
	_cron([_main, _proxy], {}, {"concurrencyPolicy": "Replace", "jobTemplate": {"spec": {"activeDeadlineSeconds": null}}}) == []
	_cron([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"}, _forbid) == []
	_cron([_main, _proxy], {}, {"concurrencyPolicy": "Forbid"}) == []
	_cron([_main, _proxy], {}, object.union(_forbid, {"jobTemplate": {"spec": {"template": {"spec": {"activeDeadlineSeconds": 9}}}}})) == []
}

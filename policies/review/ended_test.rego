package review_test

import data.review

test_defaults_hold_where_nothing_or_little_is_set if {
	every settings in [{}, {"mode": "annotated"}, {"ways": ["exec", "http", "signal", "complete"]}] {
		_hanging(_of_two(settings)) == ["keeper"]
	}
	_hanging(_of_two({"ways": ["complete"]})) == []
	found := review.findings with input as _two with data.catalogue as _both_end
	_hanging(found) == ["keeper"]
}

# Of two that end by themselves the one with a clean way is told.
_two := _job([_main, {"name": "agent", "image": "acme/agent"}, _keeper], {"agent/inject": "true", "agent/ends": "true"})

_both_end := object.union(_named_catalogue, {"rows": {"keeper": {"endsItself": {"withinSeconds": 5}}}})

_of_two(settings) := found if {
	found := review.findings with input as _two with data.catalogue as _both_end with data.settings as settings
}

_hanging(found) := [finding.container | some finding in _of("hangs", found)]

test_durations_of_the_settings_count_for_nothing if {
	job := _job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"})
	every settle in [2, 3599999996400, "5s"] {
		_found_with(job, {"settle": settle}) == _found(job)
		_found_with(job, object.union(_complete_settings, {"settle": settle})) == _found(job)
	}
}

test_a_long_settle_delay_is_waited_for if {
	_hanging(_found(_job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy", "sidecar-reaper/settle": "9999h"}))) == []
}

test_complete_settings_hold_as_they_are if {
	_hanging(_of_two(_complete_settings)) == ["keeper"]
	_hanging(_of_two(object.union(_complete_settings, {"ways": ["complete"]}))) == []
}

test_settings_are_complete_with_all_that_has_a_default if {
	review._are_complete(_complete_settings)
	every key, _ in review._default_settings { not review._are_complete(object.remove(_complete_settings, {key})) }
}

test_owners_count_for_nothing if {
	job := _job([_main, _proxy], {"sidecar-reaper/sidecars": "proxy"})
	_found_with(job, object.union(_complete_settings, {"owners": ["none"]})) == _found(job)
	_found_with(job, {"owners": ["Workflow"]}) == _found(job)
}

_complete_settings := {
	"mode": "annotated",
	"ways": ["exec", "http", "signal", "complete"],
	"onDirtyExit": "refuse",
	"onMainFailure": "end",
	"owners": ["Job"],
	"sidecars": [],
	"mainLabel": null,
	"controllersGone": [],
	"settle": 2,
	"podDeadline": 300,
	"annotationCommands": "deny",
}

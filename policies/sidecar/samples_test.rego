package sidecar_test

import data.sidecar

# The samples, whole pods as kubectl shows them, judged with the real catalogue: opa test policies dist/catalogue.json

_sample_verdict(sample) := verdict if {
	verdict := sidecar.verdict with input as {
		"pod": _with_seconds(sample.pod),
		"namespace": sample.namespace,
		"node": sample.node,
		"now": _time(sample.now),
	}
		with data.settings as object.union(_settings, object.get(sample, "settings", {}))
		with data.self as {"namespace": "sidecar-reaper", "sweep": "this"}
}

# What a sample expects of a verdict: decision, reason and message always, the rest where there is something to say.
_shown(verdict) := object.union_n([
	{key: verdict[key] | some key in ["decision", "reason", "message"]},
	{key: verdict[key] | some key in ["earned", "after", "complete"]; verdict.decision == "end"},
	{"report": true | verdict.report},
	{"left_over": names | names := [c.name | some c in verdict.containers; c.left_over]; count(names) > 0},
	{"ways": ways | ways := _told(verdict); count(ways) > 0},
	{"warnings": codes | codes := _codes(verdict); count(codes) > 0},
])

test_every_sample_is_judged_as_it_expects if {
	count(data.samples) > 0
	every sample in data.samples {
		_shown(_sample_verdict(sample)) == sample.expect
	}
}

test_every_sample_is_named_after_its_decision if {
	decisions := {"ended": ["end"], "kept": ["wait", "leave"], "refused": ["refuse"]}
	every name, sample in data.samples { sample.expect.decision in decisions[split(name, "-")[0]] }
}

test_every_reason_that_ends_or_refuses_has_a_sample if {
	reasons := {sample.expect.reason | some sample in data.samples; sample.expect.decision in ["end", "refuse"]}
	reasons == {
		"left-over", "contradiction", "unknown-main", "all-sidecars", "bad-annotation", "cannot-be-told", "no-way", "dirty-exit",
		"unknown-exit",
	}
}

# The conversion that the runtime makes: each time of a pod to seconds since the epoch.

_with_seconds(pod) := object.union_n([
	pod,
	{"metadata": {"deletionTimestamp": _time(text) | text := pod.metadata.deletionTimestamp}},
	{"status": {key: [_status_with_seconds(status) | some status in statuses] |
		some key, statuses in pod.status
		key in ["containerStatuses", "initContainerStatuses"]
	}},
	{"status": {"conditions": [_condition_with_seconds(condition) | some condition in conditions]} |
		conditions := pod.status.conditions
	},
])

_condition_with_seconds(condition) := object.union(condition, {"lastTransitionTime": _time(text) |
	text := condition.lastTransitionTime
})

_status_with_seconds(status) := object.union(status, {key: {"terminated": {"finishedAt": _time(text)}} |
	some key in ["state", "lastState"]
	text := status[key].terminated.finishedAt
})

# 2026-11-24T03:10:00Z, whole seconds in UTC only; days by Howard Hinnant's days_from_civil.
_time(text) := (((((days * 24) + numbers[3]) * 60) + numbers[4]) * 60) + numbers[5] if {
	groups := regex.find_all_string_submatch_n(`^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)Z$`, text, 1)[0]
	numbers := [to_number(part) | some i, part in groups; i > 0]
	days := _days(numbers[0] - _before_march(numbers[1]), (numbers[1] + 9) % 12, numbers[2])
}

_before_march(month) := 1 if {
	month <= 2
} else := 0

# Of a year that begins in March, months from 0.
_days(year, month, day) := ((((365 * year) + floor(year / 4)) - floor(year / 100)) + floor(year / 400)) + (floor(((153 * month) + 2) / 5) + (day - 719469))

test_times_are_read_right if {
	_time("1970-01-01T00:00:00Z") == 0
	_time("2026-11-24T03:10:00Z") == 1795489800
	_time("2024-02-29T23:59:59Z") == 1709251199
}

package review

# Exceptions: by annotation on the manifest or on its pod template, sidecar-reaper.review/ignore-<rule>: "reason; until=2026-12-31",
# and in the settings, under review.exceptions. Without data.settings.review.today no date is over.

# METADATA
# title: exception
# description: An exception from another rule gives no reason, or a date that is none or over, or there is no such rule, so it excepts nothing.
# custom:
#   severity: warning
_of_exceptions contains finding if {
	some exception in _annotated
	not exception.rule in _exceptable
	finding := _finding("exception", "warning", {
		"message": $"annotation {exception.key} excepts nothing: no finding comes of a rule {exception.rule}",
		"container": null,
		"path": exception.at,
		"fix": {"text": "name a rule as findings and docs/rules do", "patch": []},
	})
}

# METADATA
# title: exception
# description: An exception from another rule gives no reason, or a date that is none or over, so it excepts nothing.
# custom:
#   severity: warning
_of_exceptions contains finding if {
	some exception in _annotated
	exception.rule in _exceptable
	why := _why_void(exception)
	finding := _finding("exception", "warning", {
		"message": $"annotation {exception.key} {why}, so it excepts nothing",
		"container": null,
		"path": exception.at,
		"fix": {
			"text": "give a reason and a date to come, as in \"the vendor's release of May; until=2027-06-01\", or remove the exception",
			"patch": [{"op": "remove", "path": _pointer(exception.at)}],
		},
	})
}

# METADATA
# title: exception
# description: An exception of the settings from another rule is over.
# custom:
#   severity: warning
_of_exceptions contains finding if {
	some exception in data.settings.review.exceptions
	why := _why_void(exception)
	some excepted in _findings
	_is_meant(exception, excepted)
	finding := _finding("exception", "warning", {
		"message": $"the exception from {exception.rule} in the settings {why}, so it excepts nothing: {excepted.message}",
		"container": excepted.container,
		"path": excepted.path,
		"fix": {"text": "mend what it excepted, or give it a date to come in the settings", "patch": []},
	})
}

_exceptions := array.concat(_annotated, [one | some one in data.settings.review.exceptions])

_excepted(finding) := {"exception": exceptions[0]} if {
	exceptions := sort([{"reason": exception.reason, "until": object.get(exception, "until", null)} |
		some exception in _exceptions
		exception.rule == finding.rule
		not _why_void(exception)
		_is_meant(exception, finding)
	])
	count(exceptions) > 0
} else := {}

_why_void(exception) := "gives no reason" if {
	exception.reason == ""
} else := $"ends on {exception.until}, which is no date such as 2027-06-01" if {
	is_string(exception.until)
	not _is_date(exception.until)
} else := $"ended on {exception.until}" if {
	is_string(exception.until)
	exception.until < data.settings.review.today
}

_is_date(text) if {
	[_, year, month, day] := regex.find_all_string_submatch_n(`^([1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`, text, 1)[0]
	day <= _last_day(to_number(year), month)
}

# Two digits each, so their order is that of the numbers.
_last_day(year, month) := "30" if {
	month in {"04", "06", "09", "11"}
} else := "31" if {
	month != "02"
} else := "29" if {
	_is_leap_year(year)
} else := "28"

_is_leap_year(year) if {
	year % 4 == 0
	year % 100 != 0
}

_is_leap_year(year) if year % 400 == 0

# That of an annotation has the place it is meant for.
_is_meant(exception, finding) if array.slice(finding.path, 0, count(exception.path)) == exception.path

_is_meant(exception, finding) if {
	not exception.path
	exception.rule == finding.rule
	manifest := _manifest_at(_item_path(finding.path))
	object.get(exception, "kind", manifest.kind) == manifest.kind
	every key in ["name", "namespace"] {
		object.get(exception, key, null) in {null, object.get(manifest, ["metadata", key], "")}
	}
}

_manifest_at(path) := input if {
	count(path) == 0
} else := object.get(input, path, {})

# items, 3, spec, … → items, 3
_item_path(path) := array.slice(path, 0, min([i | some i, key in array.concat(path, ["", ""]); i % 2 == 0; key != "items"]))

_annotated := [exception |
	some [path, at] in array.concat(
		[[item.path, array.concat(item.path, ["metadata"])] | some item in _manifests],
		[[array.concat(item.path, written.path), array.concat(item.path, written.metadata)] |
			some [item, written] in _all_written
			written.metadata != ["metadata"] # which is that of the manifest
		],
	)
	some key, text in object.get(input, array.concat(at, ["annotations"]), {})
	startswith(key, _ignore)
	exception := object.union(_read_exception(text), {
		"rule": trim_prefix(key, _ignore),
		"key": key,
		"path": path,
		"at": array.flatten([at, "annotations", key]),
	})
]

_ignore := "sidecar-reaper.review/ignore-"

_read_exception(text) := {"reason": trim_space(concat(";", array.slice(parts, 0, last))), "until": until} if {
	parts := split(text, ";")
	last := count(parts) - 1
	until := _until(trim_space(parts[last]), last)
} else := {"reason": trim_space(text), "until": null}

# What begins with `until` is no reason, unless it is all there is: a slip in it must not make an exception for ever.
_until(part, before) := trim_space(substring(part, indexof(part, "=") + 1, -1)) if {
	regex.match(`(?i)^until\s*=`, part)
} else := trim_space(trim_left(substring(part, 5, -1), " :")) if {
	before > 0
	regex.match(`(?i)^until\b`, part)
}

# Every rule but this one.
_exceptable := {
	"all-sidecars",
	"bad-annotation",
	"contradiction",
	"cron-forbid",
	"dirty-exit",
	"ended-by-main",
	"hangs",
	"host-network",
	"host-pid",
	"init-sidecar",
	"injected",
	"known-by-half",
	"liveness-probe",
	"missing-verb",
	"name-without-container",
	"native-possible",
	"needs-reaper",
	"no-deadline",
	"pod-failure-policy",
	"pre-stop-host",
	"quit-not-enabled",
	"shell-as-pid1",
	"stripped-native",
	"unknown-main",
	"unnamed-container",
	"vendor-native-by-default",
}

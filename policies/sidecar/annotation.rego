package sidecar

# What a pod's annotations may say about the details; every bad value is named, none is guessed at.

_signals := {"TERM", "INT", "QUIT", "HUP", "USR1", "USR2"}

_details_key := "sidecar-reaper/containers"

default _details := {}

_details := details if {
	details := json.unmarshal(_annotations[_details_key])
	is_object(details)
}

_detail(name, key) := _details[name][key]

_annotated_settle := _seconds(_annotations["sidecar-reaper/settle"])

# 1m30s → 90; undefined for anything that is no duration. The settings read durations in the same way.
_seconds(text) := sum(parts) if {
	text != ""
	regex.match(`^([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?$`, text)
	parts := [seconds |
		some part in regex.find_all_string_submatch_n(`([0-9]+)(ms|s|m|h)`, text, -1)
		seconds := to_number(part[1]) * _unit[part[2]]
	]
}

_unit := {"ms": 0.001, "s": 1, "m": 60, "h": 3600}

_bad contains $"sidecar-reaper/settle is {json.marshal(_short(text))}, expected a duration such as 5s or 1m30s" if {
	text := _annotations["sidecar-reaper/settle"]
	not _seconds(text)
}

_bad contains $"{_details_key} is not a JSON object, expected for example {example}" if {
	text := _annotations[_details_key]
	not _is_json_object(text)
	example := `{"proxy": {"exit": 0}}`
}

_is_json_object(text) if {
	json.is_valid(text)
	is_object(json.unmarshal(text))
}

_bad contains $"{_details_key}: {_short(name)} is {_short(json.marshal(detail))}, expected an object with exit, signal or grace" if {
	some name, detail in _details
	not is_object(detail)
}

_bad contains $"{_details_key}: {_short(name)}.{_short(key)} is {_short(json.marshal(value))}, expected {_expected(key)}" if {
	some name, detail in _details
	some key, value in detail
	not _is_good(key, value)
}

_is_good("exit", value) if {
	is_number(value)
	value == floor(value)
	value >= 0
	value <= 255
}

_is_good("signal", value) if value in _signals

_is_good("grace", value) if {
	is_string(value)
	_seconds(value)
}

# Commands and quit URLs are checked where they are used.
_is_good(key, _) if key in {"command", "quit"}

_expected("exit") := "an exit code from 0 to 255"

_expected("signal") := $"one of {_names(_signals)}"

_expected("grace") := "a duration such as 30s"

_expected(key) := "one of the keys exit, grace, signal" if not key in {"exit", "signal", "grace"}

_short(text) := text if {
	count(text) <= 60
} else := $"{substring(text, 0, 60)}…"

# METADATA
# title: bad-annotation
# description: An annotation of ours has a value that cannot be read. Nothing is ended on a guess; correct the annotation on the pod.
# custom:
#   decision: refuse
bad_annotation if count(_bad) > 0

_warnings contains {"code": "name-without-container", "container": null, "message": message} if {
	some key in object.keys(_statements)
	missing := _listed(key) - _all
	count(missing) > 0
	message := $"{key} names {_some_names(missing)}, but the pod has no such container"
}

_warnings contains {"code": "name-without-container", "container": null, "message": message} if {
	missing := object.keys(_details) - _all
	count(missing) > 0
	message := $"{_details_key} names {_some_names(missing)}, but the pod has no such container"
}

_warnings contains {"code": "bad-annotation", "container": null, "message": message} if some message in _bad

_warnings contains {"code": "command-ignored", "container": name, "message": message} if {
	some name, detail in _details
	some key in {"command", "quit"}
	detail[key]
	message := $"{_details_key}: {_short(name)}.{key} is ignored: it would run with the reaper's rights"
}

_warnings contains {"code": "clock-skew", "container": null, "message": message} if {
	ahead := _ended_at - input.now
	ahead > 60
	message := $"the last main ended {round(ahead)} s in the future: the clocks of node and server differ"
}

_warnings contains {"code": "bad-claim", "container": null, "message": message} if {
	_annotations["sidecar-reaper/claim"]
	not _claim
	message := "sidecar-reaper/claim can't be read and is ignored"
}

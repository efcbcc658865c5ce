package sidecar

# What a pod's annotations may say about the details; every bad value is named, none is guessed at.

_details_key := "sidecar-reaper/containers"

_settle_key := "sidecar-reaper/settle"

_details := details if {
	details := _json(input.pod.metadata.annotations[_details_key])
	is_object(details)
} else := {}

_annotated_settle := _seconds(input.pod.metadata.annotations[_settle_key])

# Text nested without end would exhaust the parser's stack; a thousand containers need two thousand brackets.
_json(text) := json.unmarshal(text) if {
	count(split(text, "{")) + count(split(text, "[")) < 4096
}

# 1m30s → 90; undefined for anything that is no duration. The settings read durations in the same way.
_seconds(text) := sum(milliseconds) / 1000 if {
	text != ""
	parts := regex.find_all_string_submatch_n(_duration, text, 1)[0]
	milliseconds := [part | some i, unit in _units; parts[i] != ""; part := to_number(parts[i]) * unit]
}

_duration := `^(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?$`

# Milliseconds of each group of the expression above; the whole match has none.
_units := {1: 3600000, 2: 60000, 3: 1000, 4: 1}

_bad contains $"{_settle_key} is {json.marshal(_short(text))}, expected a duration such as 5s or 1m30s" if {
	text := input.pod.metadata.annotations[_settle_key]
	not _annotated_settle
}

_bad contains $"{_details_key} is not a JSON object, expected for example {example}" if {
	text := input.pod.metadata.annotations[_details_key]
	not is_object(_json(text))
	example := `{"proxy": {"exit": 0}}`
}

_bad contains $"{_details_key}: {_short(name)} is {_short(json.marshal(detail))}, expected an object with exit, signal or grace" if {
	some name, detail in _details
	not is_object(detail)
}

_bad contains $"{_details_key}: {_short(name)}.{_short(key)} is {_short(json.marshal(value))}, expected {_expected(key)}" if {
	some name, detail in _details
	is_object(detail)
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

# Told in a warning of their own.
_is_good("command", _)

_is_good("quit", _)

_signals := {"TERM", "INT", "QUIT", "HUP", "USR1", "USR2"}

_expected("exit") := "an exit code from 0 to 255"

_expected("signal") := $"one of {_names(_signals)}"

_expected("grace") := "a duration such as 30s"

_expected(key) := "one of the keys exit, grace, signal" if not key in {"exit", "signal", "grace"}

_may_warn if input.pod.metadata.annotations[_details_key]

_may_warn if input.pod.metadata.annotations[_settle_key]

# A few: a hostile annotation can hold thousands.
_some_bad := array.slice(sort(_bad), 0, 5)

# METADATA
# title: bad-annotation
# description: An annotation of ours has a value that cannot be read. Nothing is ended on a guess; correct the annotation on the pod.
# custom:
#   decision: refuse
bad_annotation(bad) := concat("; ", _some_bad) if count(bad) > 0

_warnings contains {"code": "bad-annotation", "container": null, "message": message} if some message in _some_bad

_warnings contains {"code": "name-without-container", "container": null, "message": message} if {
	missing := object.keys(_details) - _all
	count(missing) > 0
	message := $"{_details_key} names {_names(missing)}, but the pod has no such container"
}

_warnings contains {"code": "command-ignored", "container": null, "message": message} if {
	names := {name | some name, detail in _details; some key in ["command", "quit"]; detail[key]}
	count(names) > 0
	message := $"{_details_key}: command and quit of {_names(names)} are ignored: they would run with the reaper's rights"
}

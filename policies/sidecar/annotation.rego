package sidecar

# What a pod's annotations may say about the details; every bad value is named, none is guessed at.

_details := details if {
	details := _json(input.pod.metadata.annotations["sidecar-reaper/containers"])
} else := {}

_annotated_settle := _seconds(input.pod.metadata.annotations["sidecar-reaper/settle"])

# JSON as far as an annotation needs it: an object of scalars, lists, and objects of those, with no escapes. The parser is
# given nothing else: as wasm it takes what is no JSON ([1,] and {} x), and some text makes it abort: nested without end,
# half a character (\ud800), a number that no arithmetic takes (1e999999999).
_json(text) := json.unmarshal(text) if {
	not contains(text, `\`)
	between_strings := [part | some i, part in split(text, `"`); i % 2 == 0]
	regex.match(_json_shape, strings.replace_n({" ": "", "\t": "", "\n": "", "\r": ""}, concat("s", between_strings)))
}

# An s is a string.
_json_shape := concat("", ["^", _object_of($"{_json_value}|{_object_of(_json_value)}"), "$"])

_json_value := `s|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?|true|false|null|\[(?:s(?:,s)*)?\]`

_object_of(value) := concat("", [`\{(?:s:(?:`, value, `)(?:,s:(?:`, value, `))*)?\}`])

# 1m30s → 90; undefined for anything that is no duration. The settings read durations in the same way.
_seconds(text) := sum(milliseconds) / 1000 if {
	text != ""
	parts := regex.find_all_string_submatch_n(`^(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$`, text, 1)[0]
	every i, _ in _units { count(parts[i]) <= 9 }
	milliseconds := [part | some i, unit in _units; parts[i] != ""; part := to_number(parts[i]) * unit]
}

# Milliseconds of each group of the expression above; the whole match has none.
_units := {1: 3600000, 2: 60000, 3: 1000, 4: 1}

_bad contains $"sidecar-reaper/settle is {json.marshal(_short(text))}, expected a duration such as 5s or 1m30s" if {
	text := input.pod.metadata.annotations["sidecar-reaper/settle"]
	not _annotated_settle
}

_bad contains $"sidecar-reaper/containers is not a JSON object, expected for example {example}" if {
	text := input.pod.metadata.annotations["sidecar-reaper/containers"]
	not _json(text)
	example := `{"proxy": {"exit": 0}}`
}

_bad contains $"sidecar-reaper/containers: {_short(name)} is {_short(json.marshal(detail))}, expected an object with exit, signal or grace" if {
	some name, detail in _details
	not is_object(detail)
}

_bad contains $"sidecar-reaper/containers: {_short(name)}.{_short(key)} is {_short(json.marshal(value))}, expected {_expected(key)}" if {
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

# A few: a hostile annotation can hold thousands, and sorting those takes seconds.
_some_bad := array.slice(sort(_bad), 0, 5) if {
	count(_bad) <= 100
} else := [min(_bad), $"{count(_bad) - 1} more values"]

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
	message := $"sidecar-reaper/containers names {_names(missing)}, but the pod has no such container"
}

_warnings contains {"code": "command-ignored", "container": null, "message": message} if {
	names := {name | some name, detail in _details; some key in ["command", "quit"]; detail[key]}
	count(names) > 0
	message := $"sidecar-reaper/containers: command and quit of {_names(names)} are ignored: they would run with the reaper's rights"
}

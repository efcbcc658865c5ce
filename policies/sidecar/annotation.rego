package sidecar

# What a pod's annotations may say about the details; every bad value is named, none is guessed at.

_details := _said_details if {
	_said_details
} else := {}

# Undefined where it can't be read.
_said_details := _json(input.pod.metadata.annotations["sidecar-reaper/containers"])

_annotated_settle := _seconds(input.pod.metadata.annotations["sidecar-reaper/settle"])

# JSON as far as an annotation needs it: an object of scalars, lists, and objects of those, with no escapes. The parser is
# given nothing else: as wasm it takes what is no JSON ([1,] and {} x), and some text makes it abort: nested without end,
# half a character (\ud800), a number that no arithmetic takes (1e999999999).
_json(text) := _json_like(text, _json_shape)

_json_like(text, shape) := json.unmarshal(text) if {
	count(text) <= _longest
	not contains(text, `\`)
	regex.match($"^{shape}$", strings.replace_n({" ": "", "\t": "", "\n": "", "\r": ""}, concat("s", _between_strings(text))))
}

_between_strings(text) := [part | some i, part in split(text, `"`); i % 2 == 0]

# Hundreds of thousands of quotes would take seconds.
_longest := 16384

# An s is a string.
_json_shape := _object_of($"{_json_value}|{_object_of(_json_value)}")

_json_value := concat("|", [`s|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?|true|false|null`, _json_strings])

_json_strings := `\[(?:s(?:,s)*)?\]`

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

_bad contains $"sidecar-reaper/containers {_unreadable(text)}, expected for example {example}" if {
	text := input.pod.metadata.annotations["sidecar-reaper/containers"]
	not _said_details
	example := `{"proxy": {"exit": 0}}`
}

_unreadable(text) := $"is longer than {_longest} characters" if {
	count(text) > _longest
} else := `has an escape (\), and none is taken` if {
	contains(text, `\`)
} else := "is not a JSON object"

# The parser keeps the last of two that have the same name.
_bad contains "sidecar-reaper/containers says something twice, expected every name once" if {
	text := input.pod.metadata.annotations["sidecar-reaper/containers"]
	count(_details) > 0
	written := concat("", _between_strings(text))
	kept := count(_details) + sum([count(detail) | some detail in _details; is_object(detail)])
	count(split(written, ":")) - 1 > kept
}

_bad contains $"sidecar-reaper/containers: {_short(name)} is {_short(json.marshal(detail))}, expected an object with {concat(", ", _keys)}" if {
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

# Where they do not count, a warning says so.
_is_good(key, _) if {
	key in {"command", "quit"}
	data.settings.annotationCommands == "deny"
}

_is_good("command", value) if {
	is_array(value)
	count(value) > 0
	every word in value { is_string(word) }
}

_is_good("quit", value) if _quit(value)

_signals := {"TERM", "INT", "QUIT", "HUP", "USR1", "USR2"}

_expected("exit") := "an exit code from 0 to 255"

_expected("signal") := $"one of {_names(_signals)}"

_expected("grace") := "a duration such as 30s"

_expected("command") := "a list of words, the program first"

_expected("quit") := "a URL on localhost such as http://localhost:9091/quitquitquit, by POST, or GET and the URL"

_expected(key) := $"one of the keys {concat(", ", _keys)}" if not key in _keys

_keys := ["command", "exit", "grace", "quit", "signal"]

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

# METADATA
# title: bad-annotation
# description: An annotation has a value that cannot be read. Where it is one of ours, nothing is ended before it is corrected.
# custom:
#   warning: true
_warnings contains {"code": "bad-annotation", "container": null, "message": message} if some message in _some_bad

_warnings contains {"code": "name-without-container", "container": null, "message": message} if {
	missing := (object.keys(_details) - _all) - _init_names
	count(missing) > 0
	message := $"sidecar-reaper/containers names {_names(missing)}, but the pod has no such container"
}

# METADATA
# title: not-a-sidecar
# description: The annotation `sidecar-reaper/containers` describes a container that is not to be ended, such as a main or a native sidecar.
# custom:
#   warning: true
_warnings contains {"code": "not-a-sidecar", "container": null, "message": message} if {
	others := object.keys(_details) & ((_all - _sidecars) | _init_names)
	count(others) > 0
	message := $"sidecar-reaper/containers describes {_names(others)}, which is no sidecar to be ended; it is ignored"
}

_annotated_exit(name) := object.get(_details, [name, "exit"], null)

# What the pod's annotations say of how to tell a container. It runs with the reaper's rights, so it counts only where the settings say so.
_annotated_calls(name) := array.concat(array.concat(_own_command(name), _own_quit(name)), _argo_command(name)) if {
	data.settings.annotationCommands == "allow"
} else := []

_own_command(name) := [{"way": "exec", "argv": _details[name].command, "exit": _annotated_exit(name)}] if {
	_details[name].command
} else := []

_own_quit(name) := [object.union({"way": "http", "exit": _annotated_exit(name)}, _quit(_details[name].quit)) | _reaches("http")] if {
	_details[name].quit
} else := []

# Argo's own substitution: %d is the number of the signal (argoproj/argo-workflows, workflow/signal/signal.go).
_argo_command(name) := [{"way": "exec", "argv": argv, "exit": _annotated_exit(name)} |
	argv := [replace(word, "%d", _signal_numbers[_signal(name)]) | some word in _argo_words(name)]
	count(argv) > 0
]

_argo_words(name) := _json_like(_argo_text(name), _json_strings)

_argo_text(name) := input.pod.metadata.annotations[$"workflows.argoproj.io/kill-cmd-{name}"] if "argo" in data.settings.controllersGone

_signal_numbers := {"HUP": "1", "INT": "2", "QUIT": "3", "USR1": "10", "USR2": "12", "TERM": "15"}

# [GET|POST ]http://localhost[:port][/path], nothing but the pod itself.
_quit(text) := {"method": method, "port": port, "path": path} if {
	is_string(text)
	groups := regex.find_all_string_submatch_n(`^(?:(GET|POST) )?http://(?:localhost|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?(/[!-~]*)?$`, text, 1)[0]
	method := _or(groups[1], "POST")
	port := _port_number(_or(groups[2], "80"))
	path := _or(groups[3], "/")
}

_or(text, fallback) := fallback if {
	text == ""
} else := text

# METADATA
# title: command-ignored
# description: An annotation has a command or a quit URL, and the setting `annotationCommands` does not allow it.
# custom:
#   warning: true
_warnings contains {"code": "command-ignored", "container": null, "message": message} if {
	data.settings.annotationCommands == "deny"
	names := {name | some name, detail in _details; some key in ["command", "quit"]; detail[key]}
	count(names) > 0
	message := $"sidecar-reaper/containers: command and quit of {_names(names)} are ignored: they would run with the reaper's rights{_unless_allowed}"
}

_warnings contains {"code": "command-ignored", "container": null, "message": message} if {
	"argo" in data.settings.controllersGone
	data.settings.annotationCommands == "deny"
	names := {name | some name in _to_tell; _argo_text(name)}
	count(names) > 0
	message := $"workflows.argoproj.io/kill-cmd of {_names(names)} is ignored: it would run with the reaper's rights{_unless_allowed}"
}

_unless_allowed := "; the setting annotationCommands can allow it"

_warnings contains {"code": "bad-annotation", "container": name, "message": message} if {
	"argo" in data.settings.controllersGone
	data.settings.annotationCommands == "allow"
	some name in _to_tell
	_argo_text(name)
	not _argo_words(name)
	message := $"workflows.argoproj.io/kill-cmd-{name} is not a JSON list of words without escapes, and is ignored"
}

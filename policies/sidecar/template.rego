package sidecar

# What is asked of a pod template, which has no status yet: the same rules, told that the mains succeeded long ago and that
# the sidecars run on.

_told_status := {name: {"state": _state_then(name in _sidecars)} | some name in _all}

_state_then(true) := {"running": {}}

_state_then(false) := _done

# Longer ago than any settle delay, that of an annotation too: it only makes a reaper wait.
_done := {"terminated": {"exitCode": 0, "finishedAt": -10000000000000}}

# METADATA
# title: Reviewed
# description: Roles, and what a sweep would say then. It is not asked of most pods, without sidecars there is nothing to end, and without annotations nothing to be wrong.
reviewed := {"roles": roles, "judged": {"decision": "leave", "reason": "no-sidecars", "dirty": [], "warnings": []}} if {
	count(roles.sidecars) == 0
	roles.all == null
	count(input.pod.metadata.annotations) == 0
} else := {"roles": roles, "judged": judged}

# METADATA
# title: Roles
# description: Who is a sidecar in a pod, what is known of it, and what its annotations get wrong.
roles := {
	"sidecars": {name: _said_of(name) | some name in (_all & _sidecars); not _is_all_known},
	"mains": [c.name | some c in input.pod.spec.containers; _is_main(c.name)],
	"speaker": object.get({"is": _speaker | _speaker}, "is", null),
	"named": sort([name | not _lists_mains(_speaker); some name in _listed(_speaker)]),
	"missing": object.union(
		{key: names | some key, _ in _statements; names := _not_injected(key); count(names) > 0},
		{"sidecar-reaper/containers": names | names := _described_only; count(names) > 0},
	),
	"refused": _refused,
	"all": _all_would_be,
	"contradiction": _contradiction_or_null,
	"unknown_main": _unknown_main_or_null,
	"bad": _some_bad,
	"resembling": _resembling,
}

# Half a sidecar is worth a remark only where nothing else speaks and another container does the work.
_resembling := {name: resemblance |
	not _speaker
	not _is_all_known
	some name in (_all - _sidecars)
	resemblance := _resemblance(_container[name])
}

_is_main(name) if not name in _sidecars

_is_main(_) if _is_all_known

_said_of(name) := {
	"why": _why_sidecar(name),
	"row": _row_or_null(name),
	"reported": _is_reported(name),
	"exit": _certain_exit(name),
	"calls": object.get(_calls, name, []),
	"signal": signal,
	"signal_exit": exit,
	"restarts": object.get({"is": answer | answer := _restarts(_container[name], exit)}, "is", "unknown"),
	"quit": object.get(_details, [name, "quit"], null),
	"drain": object.get({"is": seconds | seconds := _drain(name)}, "is", null),
	"ends_itself": name in object.keys(_self_ending),
} if {
	signal := _signal(name)
	exit := _signal_exit(name, signal)
}

_row_or_null(name) := _row_of(name) if {
	_row_of(name)
} else := null

default _is_reported(_) := false

_is_reported(_) if data.settings.mode == "report"

_is_reported(name) if {
	name in _known_only
	not data.settings.mode == "enforce"
}

_refused := _contradiction_or_null if {
	_contradiction_or_null != null
} else := _unknown_main_or_null

default _contradiction_or_null := null

_contradiction_or_null := contradiction

default _unknown_main_or_null := null

_unknown_main_or_null := unknown_main

_all_would_be := all_sidecars(_mains) if {
	all_sidecars(_mains)
} else := null

# A webhook may add what the template does not have, where the namespace asks for it.
_not_injected(key) := {name | some name in _absent(key); not _may_be_injected(name)}

_described_only := {name | some name in ((object.keys(_details) - _all) - _init_names); not _may_be_injected(name)}

_may_be_injected(name) if {
	some id in _rows_named(name)
	data.catalogue.rows[id].injection
}

# METADATA
# title: Switches
# description: Which of a sidecar's own ways its options switch off, and which ways to end with 0 they could switch on. Few ask, and it takes as long as all that roles say of it.
switches := {name: {"settable": _settable(name), "off": _switched_off(name)} | some name in (_all & _sidecars)}

# Its exit code after its signal, where no option changes it.
_certain_exit(name) := exit if {
	not name in _in_doubt
	exits := {object.get(way, "exit", null) | some way in _rows[name].ways; way.way == "signal"; count(object.get(way, "when", [])) == 0}
	count(exits) == 1
	some exit in exits
} else := null

# Ways to end with 0 that are off in this pod, each with the options that switch it on, none of which says anything yet.
_settable(name) := [{"way": way.way, "options": options} |
	not name in _in_doubt
	some way in _rows[name].ways
	way.exit == 0
	not _is_spoken_against(name, way)
	options := [condition | some condition in object.get(way, "when", []); not _holds(name, condition)]
	count(options) > 0
	every option in options { _is_free(name, option) }
]

# The calls of its program that are surely off in this pod, and whether nothing says anything yet of the options that switch them on.
_switched_off(name) := [{"way": way.way, "call": _call_words(name, way), "options": options, "free": free} |
	not name in _in_doubt
	some way in _rows[name].ways
	way.way in {"exec", "http"}
	options := [condition | some condition in object.get(way, "when", []); not _may_hold(name, condition)]
	count(options) > 0
	free := count([option | some option in options; not _is_free(name, option)]) == 0
]

# What who makes the call has to write: the command up to its first option, or the end of the URL.
_call_words(_, way) := concat(" ", array.concat([_last_part(way.argv[0])], [word | some i, word in way.argv; i > 0; i < first])) if {
	way.way == "exec"
	first := min([i | some i, word in array.concat(way.argv, ["-"]); startswith(word, "-")])
}

_call_words(name, way) := concat("", array.concat([$":{port}" | port := _port(name, way.port)], [way.path])) if way.way == "http"

_is_free(name, option) if {
	option.is
	not _is_set(name, option)
}

_is_set(name, option) if _flags[name][option.flag]

_is_set(name, option) if option.env in object.keys(_env[name])

_is_set(_, option) if input.pod.metadata.annotations[option.annotation]

# METADATA
# title: Known
# description: The row of each container that the catalogue knows by its name and by its image or a mark, whatever annotations say.
known := {name: {"row": id, "by_image": id in object.get(_imaged, name, [])} | some name, id in _known}

# METADATA
# title: Injected
# description: The containers that vendors' webhooks add to a pod with these annotations and labels, as far as they are no native sidecars.
injected contains {"name": row.names[0], "row": id} if {
	some id in _marked
	row := data.catalogue.rows[id]
	row.injection
	not _has_container_of(id)
	not _asks_for_native(row)
	every condition in object.get(row.injection, "unless", []) { not _is_annotated(condition) }
	not _is_kept_out(object.get(row, "optOut", {}))
}

_is_kept_out(opt_out) if {
	some kind in ["annotations", "labels"]
	some key, value in opt_out[kind]
	input.pod.metadata[kind][key] == value
}

_has_container_of(id) if {
	some name in (_all | _init_names)
	id in _rows_named(name)
}

_asks_for_native(row) if {
	count(object.get(row, ["native", "annotations"], {})) > 0
	every key, value in row.native.annotations { input.pod.metadata.annotations[key] == value }
}

_is_annotated(condition) if lower(input.pod.metadata.annotations[condition.annotation]) in condition.is

# METADATA
# title: Judged
# description: The verdict in brief, for a template whose pod is told as it will be once the mains have ended.
judged := {
	"decision": said[0],
	"reason": said[1],
	"message": said[2],
	"dirty": [name | not _can_complete; said[0] in {"end", "refuse"}; some name in sort(_to_be_told); _has_only_dirty(name)],
	"warnings": sort(_warnings),
} if {
	said := _said
}

_has_only_dirty(name) if {
	count(_with_effect(name, "clean")) == 0
	count(_with_effect(name, "dirty")) > 0
}

_said := _unfinished if {
	_unfinished
} else := _finished

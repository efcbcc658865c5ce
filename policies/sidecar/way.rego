package sidecar

_can_complete if "complete" in data.settings.ways

_possible[name] := [way |
	some way in [_signal_way(name)]
	way.way in data.settings.ways
	not _has_pod_wide_rule
] if {
	some name in _to_tell
}

# PID 1 of a hostPID pod is the node's init.
_signal_way(name) := {"way": "signal", "signal": signal, "process": _process, "exit": _signal_exit(name, signal)} if {
	not _spec.hostPID
	signal := _signal(name)
	signal in _signals
}

default _process := "pid1"

_process := "own" if _spec.shareProcessNamespace

_signal(name) := _detail(name, "signal") if {
	_detail(name, "signal")
} else := _known_signal(name).signal if {
	_known_signal(name)
} else := trim_prefix(_container[name].lifecycle.stopSignal, "SIG") if {
	_container[name].lifecycle.stopSignal
} else := "TERM"

_signal_exit(name, _) := _detail(name, "exit") if {
	is_number(_detail(name, "exit"))
} else := exit if {
	_known_signal(name).signal == _signal(name)
	exit := _known_signal(name).exit
} else := null

_known_signal(name) := [way | some way in data.catalogue.rows[_known[name]].ways; way.way == "signal"][0]

_grace(name) := _seconds(_details[name].grace) if {
	count(_details) > 0
	_seconds(_details[name].grace)
} else := _pod_grace

_pod_grace := object.get(_spec, "terminationGracePeriodSeconds", 30)

_with_effect(name, effects) := [way |
	some way in _possible[name]
	_effect(name, way.exit) in effects
]

_clean[name] := _with_effect(name, {"clean"}) if some name in _to_tell

_all_clean if {
	count(_untellable) == 0
	every name in _to_tell { count(_clean[name]) > 0 }
}

default _complete := "no"

_complete := "last" if {
	_can_complete
	_earned == "Failed"
} else := "last" if {
	_can_complete
	_all_clean
} else := "first" if {
	_can_complete
}

# Where the pod may not be completed, an exit code that nobody knows may be tried: once, for a sidecar that the pod's own annotation lists.
_may_try(name) if {
	_statements
	not _statements["workflows.argoproj.io/kill-cmd-<container>"]
	not _statements.KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT
	not _is_tried(name)
}

_may_try(_) if data.settings.onDirtyExit == "end"

_is_tried(name) if {
	_policy(_container[name]) != "Never"
	_was_told(name)
}

_unclean[name] := array.concat(_with_effect(name, {"unknown"}), _overridden(name)) if {
	some name in _to_tell
	_may_try(name)
}

_overridden(name) := _with_effect(name, {"dirty"}) if {
	data.settings.onDirtyExit == "end"
} else := []

_ways[name] := array.concat(_clean[name], _last_resort(name)) if some name in _to_tell

_last_resort(name) := [] if {
	_can_complete
} else := object.get(_unclean, name, [])

_without_way := {name | some name in _to_tell; count(_ways[name]) == 0}

# METADATA
# title: restart-rule
# description: A container has a restart rule that may restart the whole pod; only the way `complete`, which is not allowed, is safe.
# custom:
#   decision: wait
restart_rule if {
	not _can_complete
	_has_pod_wide_rule
}

# METADATA
# title: no-way
# description: None of the allowed ways can reach a sidecar (a hostPID pod, or a stop signal that can't be sent from inside).
# custom:
#   decision: refuse
no_way if {
	not _can_complete
	count(_out_of_reach) > 0
}

_out_of_reach := {name | some name in _to_tell; count(_possible[name]) == 0}

# METADATA
# title: dirty-exit
# description: Ending the sidecar would fail the pod or restart a container, and the way `complete` is not allowed.
# custom:
#   decision: refuse
dirty_exit if {
	not _can_complete
	some name in _without_way
	some way in _possible[name]
	_effect(name, way.exit) == "dirty"
}

# METADATA
# title: unknown-exit
# description: Nobody knows the sidecar's exit code, which may fail the pod, and the way `complete` is not allowed.
# custom:
#   decision: refuse
unknown_exit if {
	not _can_complete
	count(_without_way) > 0
}

package sidecar

_can_complete if "complete" in data.settings.ways

# METADATA
# title: restart-rule
# description: A container has a restart rule that may restart the whole pod; only the way `complete`, which is not allowed, is safe.
# custom:
#   decision: wait
restart_rule(ways) := "a restart rule may restart all containers of this pod; only the way complete, which the setting ways leaves out, is safe" if {
	not "complete" in ways
	_has_pod_wide_rule
}

# Every allowed way that can reach a running sidecar, in the order of preference.
_possible := {name: ways |
	some name in _to_tell
	ways := [way | some way in _offered(name); way.way in data.settings.ways; not _has_pod_wide_rule]
}

_offered(name) := array.concat(_known_ways(name), [way | way := _signal_way(name)])

_known_ways(name) := [way |
	some kind in ["exec", "http"]
	some known in data.catalogue.rows[_known[name]].ways
	known.way == kind
	_reaches(kind)
	way := object.union({"exit": null}, known)
]

_reaches("exec")

# Port-forward to a pod of the host's network ends at the node.
_reaches("http") if not input.pod.spec.hostNetwork

# PID 1 of a hostPID pod is the node's init.
_signal_way(name) := {"way": "signal", "signal": signal, "process": _process, "exit": _signal_exit(name, signal)} if {
	not input.pod.spec.hostPID
	signal := _signal(name)
	signal in _signals
}

_process := "own" if {
	input.pod.spec.shareProcessNamespace
} else := "pid1"

_signal(name) := _details[name].signal if {
	_details[name].signal
} else := _known_signal(name).signal if {
	_known_signal(name)
} else := trim_prefix(_container[name].lifecycle.stopSignal, "SIG") if {
	_container[name].lifecycle.stopSignal
} else := "TERM"

_signal_exit(name, signal) := _details[name].exit if {
	is_number(_details[name].exit)
} else := _known_signal(name).exit if {
	_known_signal(name).signal == signal
} else := null

_known_signal(name) := [way | some way in data.catalogue.rows[_known[name]].ways; way.way == "signal"][0]

_grace(name) := _seconds(_details[name].grace) if {
	_details[name].grace
} else := _pod_grace

_pod_grace := object.get(input.pod.spec, "terminationGracePeriodSeconds", 30)

_with_effect(name, effect) := [way | some way in _possible[name]; _effect(name, way.exit) == effect]

_clean := {name: _with_effect(name, "clean") | some name in _to_tell}

_all_clean if {
	count(_untellable) == 0
	every ways in _clean { count(ways) > 0 }
}

# With earned Failed it comes last, because the Job starts the next pod at once.
_complete := "no" if {
	not _can_complete
} else := "last" if {
	_earned == "Failed"
} else := "last" if {
	_all_clean
} else := "first"

_ways := {name: array.concat(ways, _last_resort(name)) | some name, ways in _clean}

# Where the pod may not be completed, an exit code that nobody knows may be tried: once, for a sidecar that the pod's own annotation lists.
_last_resort(name) := [] if {
	_can_complete
} else := array.concat(_with_effect(name, "unknown"), _with_effect(name, "dirty")) if {
	data.settings.onDirtyExit == "end"
} else := _with_effect(name, "unknown") if {
	_is_listed
	not _is_tried(name)
} else := []

_is_listed if count(_own) + count(_older) > 0

_is_tried(name) if {
	_may_restart(_container[name])
	_was_told(name)
}

_without_way := {name | some name, ways in _ways; count(ways) == 0}

# METADATA
# title: no-way
# description: None of the allowed ways can reach a sidecar (a hostPID pod, or a stop signal that can't be sent from inside).
# custom:
#   decision: refuse
no_way(possible) := $"none of the ways {concat(", ", data.settings.ways)} reaches sidecar {_names(out_of_reach)}; {_allow_complete}" if {
	not _can_complete
	out_of_reach := {name | some name, ways in possible; count(ways) == 0}
	count(out_of_reach) > 0
}

# METADATA
# title: dirty-exit
# description: Ending the sidecar would fail the pod or restart a container, and the way `complete` is not allowed.
# custom:
#   decision: refuse
dirty_exit(names) := $"sidecar {_names(_dooming)} failed by itself, so the pod becomes Failed and its Job may run the main again; {_allow_complete}" if {
	not _can_complete
	count(names) > 0
	_is_doomed
} else := $"ending sidecar {_names(dirty)} {_harm(dirty)}; {_allow_complete}" if {
	not _can_complete
	dirty := {name | some name in names; count(_with_effect(name, "dirty")) > 0}
	count(dirty) > 0
}

# METADATA
# title: unknown-exit
# description: Nobody knows the sidecar's exit code, which may fail the pod, and the way `complete` is not allowed.
# custom:
#   decision: refuse
unknown_exit(names) := $"nobody knows the exit code of sidecar {_names(names)}, and one that is not 0 {_harm(names)}; {_allow_complete}, or say the code in annotation sidecar-reaper/containers" if {
	not _can_complete
	count(names) > 0
}

_harm(names) := "restarts it" if {
	some name in names
	_may_restart(_container[name])
} else := "makes the pod Failed; its Job may run the main again"

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
	some name in _to_be_told
	ways := [way | some way in _offered(name); way.way in data.settings.ways; not _has_pod_wide_rule]
}

_offered(name) := array.concat(array.concat(_annotated_calls(name), _known_calls(name)), [way | way := _signal_way(name)])

_known_calls(name) := [call | some call in _calls[name]; _reaches(call.way)]

_reaches("exec")

# Port-forward to a pod of the host's network ends at the node.
_reaches("http") if not input.pod.spec.hostNetwork == true

# PID 1 of a hostPID pod is the node's init.
_signal_way(name) := {"way": "signal", "signal": signal, "process": _process, "exit": _signal_exit(name, signal)} if {
	not input.pod.spec.hostPID == true
	signal := _signal(name)
	signal in _signals
}

_process := "own" if {
	input.pod.spec.shareProcessNamespace == true
} else := "pid1"

_signal(name) := _details[name].signal if {
	_details[name].signal
} else := _known_signals[name].signal if {
	_known_signals[name]
} else := trim_prefix(_container[name].lifecycle.stopSignal, "SIG") if {
	_container[name].lifecycle.stopSignal
} else := "TERM"

_signal_exit(name, signal) := _annotated_exit(name) if {
	is_number(_annotated_exit(name))
} else := _known_signals[name].exit if {
	_known_signals[name].signal == signal
} else := null

# The network of the others is told after those that use it; who ends by itself is waited for after all of them.

_turns[name] := {"turn": 1} if {
	some name, row in _rows
	row.last
	not name in _by_themselves
}

_turns[name] := {"turn": 2, "ends_itself": _self_ending[name]} if some name in _by_themselves

_grace(name) := _seconds(_details[name].grace) if {
	_details[name].grace
} else := _pod_grace

_pod_grace := object.get(input.pod.spec, "terminationGracePeriodSeconds", 30)

_with_effect(name, effect) := [way | some way in _possible[name]; _effect(name, way.exit) == effect]

_clean := {name: _with_effect(name, "clean") | some name in _to_be_told}

_all_clean if {
	count(_untellable) == 0
	every ways in _clean { count(ways) > 0 }
}

# With earned Failed it comes last, because the Job starts the next pod at once.
_complete := "no" if {
	not _can_complete
} else := "first" if {
	_is_told_in_vain
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
	not _container[name].restartPolicyRules # what they restart, and when, is not to be found out by trying
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
	out_of_reach := {name | some name, ways in possible; count(ways) == 0}
	count(out_of_reach) > 0
}

# METADATA
# title: dirty-exit
# description: Ending the sidecar would fail the pod or restart a container, and the way `complete` is not allowed.
# custom:
#   decision: refuse
dirty_exit(names) := $"sidecar {_names(_dooming)} failed by itself, so the pod becomes Failed and its Job may run the main again; {_allow_complete}" if {
	count(names) > 0
	_is_doomed
} else := $"ending sidecar {_names(dirty)} {_harm(dirty)}; {_allow_complete}" if {
	dirty := {name | some name in names; count(_with_effect(name, "dirty")) > 0}
	count(dirty) > 0
}

# METADATA
# title: unknown-exit
# description: Nobody knows the sidecar's exit code, which may fail the pod, and the way `complete` is not allowed.
# custom:
#   decision: refuse
unknown_exit(names) := $"nobody knows the exit code of sidecar {_names(names)}, and one that is not 0 {_harm(names)}; {_allow_complete}, or say the code in annotation sidecar-reaper/containers" if {
	count(names) > 0
}

_harm(names) := "restarts it" if {
	some name in names
	_may_restart(_container[name])
} else := "makes the pod Failed; its Job may run the main again"

# METADATA
# title: liveness-probe
# description: A sidecar may take longer to end than its liveness probe waits, so the kubelet may kill and restart it in between.
# custom:
#   warning: true
_warnings contains {"code": "liveness-probe", "container": name, "message": message} if {
	some name, c in _container
	probe := c.livenessProbe
	_unfinished == false
	_is_ending
	_complete != "first" # it ends the probes too
	count(_ways[name]) > 0
	patience := object.get(probe, "periodSeconds", 10) * object.get(probe, "failureThreshold", 3)
	drain := _drain(name)
	drain > patience
	message := $"sidecar {name} may take {drain} s to end, its liveness probe gives up after {patience} s and has it killed and counted as failed or restarted"
}

_drain(name) := _seconds(_details[name].grace) if {
	_details[name].grace
} else := _rows[name].drainSeconds

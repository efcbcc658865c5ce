package sidecar

# METADATA
# title: Verdict
# description: One object for one live pod; what it says and when is in the rules beside this file.
# entrypoint: true
verdict := {
	"decision": _decision,
	"reason": _reason,
	"message": _message,
	"report": _is_report,
	"earned": _earned_or_null,
	"after": _after_or_null,
	"again": _again,
	"complete": _complete_or_no,
	"containers": _container_verdicts,
	"warnings": [warning | some warning in _warnings],
}

# The first that holds is the reason. Whatever forbids to act comes before what is awaited, what is awaited before how to end.
_judgement := ["leave", "ignored"] if {
	ignored
} else := ["leave", "namespace-disabled"] if {
	namespace_disabled
} else := ["leave", "system-namespace"] if {
	system_namespace
} else := ["leave", "own-namespace"] if {
	own_namespace
} else := ["leave", "owner-out-of-scope"] if {
	owner_out_of_scope
} else := ["leave", "deleting"] if {
	deleting
} else := ["leave", "already-finished"] if {
	already_finished
} else := ["leave", "phase-unknown"] if {
	phase_unknown
} else := ["leave", "disrupted"] if {
	disrupted
} else := ["leave", "mirror-pod"] if {
	mirror_pod
} else := ["leave", "node-not-ready"] if {
	node_not_ready
} else := ["refuse", "contradiction"] if {
	contradiction
} else := ["refuse", "all-sidecars"] if {
	all_sidecars
} else := ["leave", "no-sidecars"] if {
	no_sidecars
} else := ["leave", "restarts-always"] if {
	restarts_always
} else := ["wait", "main-running"] if {
	main_running
} else := _unfinished

_unfinished := ["wait", "status-unknown"] if {
	status_unknown
} else := ["wait", "init-running"] if {
	init_running
} else := ["wait", "main-waiting"] if {
	main_waiting
} else := ["wait", "main-will-restart"] if {
	main_will_restart
} else := _finished

_finished := ["leave", "nothing-left-over"] if {
	nothing_left_over
} else := ["leave", "main-failed"] if {
	main_failed
} else := ["refuse", "bad-annotation"] if {
	bad_annotation
} else := ["wait", "restart-rule"] if {
	restart_rule
} else := ["wait", "settling"] if {
	settling
} else := ["wait", "claimed"] if {
	claimed
} else := _endable

_endable := ["wait", "sidecar-starting"] if {
	sidecar_starting
} else := ["refuse", "cannot-be-told"] if {
	cannot_be_told
} else := ["refuse", "no-way"] if {
	no_way
} else := ["refuse", "dirty-exit"] if {
	dirty_exit
} else := ["refuse", "unknown-exit"] if {
	unknown_exit
} else := ["end", "left-over"]

# METADATA
# title: left-over
# description: Every main finished for good, and sidecars still run, wait to restart or never started.
# custom:
#   decision: end
left_over if _reason == "left-over"

_decision := _judgement[0]

_reason := _judgement[1]

# Of the reasons that are reached only once every main has finished.
_mains_are_finished if _reason in {
	"nothing-left-over", "main-failed", "bad-annotation", "restart-rule", "settling", "claimed",
	"sidecar-starting", "cannot-be-told", "no-way", "dirty-exit", "unknown-exit", "left-over",
}

default _is_report := false

_is_report if {
	_decision == "end"
	data.settings.mode == "report"
}

_is_report if {
	_decision == "end"
	data.settings.mode == "annotated"
	count(_known_only & _left_over) > 0
}

default _earned_or_null := null

_earned_or_null := _earned if _mains_are_finished

default _after_or_null := null

_after_or_null := _after if _decision == "end"

default _again := null

_again := _settled_at if _reason == "settling"

_again := _claimed_until if _reason == "claimed"

default _complete_or_no := "no"

_complete_or_no := _complete if _decision == "end"

_container_verdicts := _app_verdicts if {
	count(_init_containers) == 0
} else := array.concat([_init_verdict(init) | some init in _init_containers], _app_verdicts)

# Most pods have a running main: what can only be said of finished ones is not computed for them.
_app_verdicts := [_finished_verdict(c, _status[c.name]) | some c in _containers] if {
	_mains_are_finished
} else := [_unfinished_verdict(c, object.get(_status, c.name, {})) | some c in _containers]

_init_verdict(init) := {
	"name": init.name,
	"role": role,
	"why": why,
	"containerID": object.get(status, "containerID", null),
	"state": _state_in(status),
	"left_over": false,
	"ways": [],
	"grace": 0,
} if {
	[role, why] := _init_role(init)
	status := object.get(_init_status, init.name, {})
}

_init_role(init) := ["native", "an init container with restartPolicy Always: the kubelet ends it"] if {
	_is_native(init)
} else := ["init", "an init container"]

_finished_verdict(c, status) := {
	"name": c.name,
	"role": _role(c.name),
	"why": _why(c.name),
	"containerID": _id(status),
	"state": _state[c.name],
	"left_over": c.name in _left_over,
	"ways": _ways_if_ending(c.name),
	"grace": _grace(c.name),
}

_unfinished_verdict(c, status) := {
	"name": c.name,
	"role": _role(c.name),
	"why": _why(c.name),
	"containerID": _id(status),
	"state": _state_in(status),
	"left_over": false,
	"ways": [],
	"grace": _grace(c.name),
}

_id(status) := status.containerID if {
	status.containerID
} else := null

_role(name) := "sidecar" if {
	name in _sidecars
} else := "main"

_ways_if_ending(name) := _ways[name] if {
	_decision == "end"
} else := []

package sidecar

# METADATA
# title: Verdict
# description: One object for one live pod; what it says and when is in the rules beside this file.
# entrypoint: true
verdict := {
	"decision": decision,
	"reason": reason,
	"message": message,
	"report": false,
	"earned": null,
	"after": null,
	"again": null,
	"complete": "no",
	"containers": _brief_containers,
	"passed_over": [],
	"warnings": _sorted_warnings,
} if {
	[decision, reason, message] := _unfinished
} else := {
	"decision": _finished[0],
	"reason": _finished[1],
	"message": _finished[2],
	"report": _is_report,
	"earned": _earned,
	"after": _after_ending,
	"again": _again,
	"complete": _complete_if_ending,
	"containers": _containers,
	"passed_over": _passed_over,
	"warnings": _sorted_warnings,
}

# Each reason's value is its sentence; the first that has one is the verdict's. Whatever forbids to act comes first.
# Most pods have a running main, so this chain must be short for them and says nothing of how to end.
_unfinished := ["leave", "ignored", sentence] if {
	sentence := ignored(input.pod)
} else := ["leave", "namespace-disabled", sentence] if {
	sentence := namespace_disabled(input.namespace)
} else := ["leave", "system-namespace", sentence] if {
	sentence := system_namespace(input.pod)
} else := ["leave", "own-namespace", sentence] if {
	sentence := own_namespace(input.pod)
} else := ["leave", "owner-out-of-scope", sentence] if {
	sentence := owner_out_of_scope(input.pod)
} else := ["leave", "deleting", sentence] if {
	sentence := deleting(input.pod)
} else := ["leave", "already-finished", sentence] if {
	sentence := already_finished(input.pod.status.phase)
} else := ["leave", "phase-unknown", sentence] if {
	sentence := phase_unknown(input.pod.status.phase)
} else := ["leave", "disrupted", sentence] if {
	sentence := disrupted(input.pod)
} else := ["leave", "mirror-pod", sentence] if {
	sentence := mirror_pod(input.pod)
} else := ["leave", "node-not-ready", sentence] if {
	sentence := node_not_ready(input.node)
} else := ["refuse", "contradiction", sentence] if {
	sentence := contradiction
} else := ["refuse", "unknown-main", sentence] if {
	sentence := unknown_main
} else := ["refuse", "all-sidecars", sentence] if {
	sentence := all_sidecars(_mains)
} else := ["leave", "no-sidecars", sentence] if {
	sentence := no_sidecars(_mains)
} else := ["leave", "restarts-always", sentence] if {
	sentence := restarts_always(_mains)
} else := ["wait", "main-running", sentence] if {
	sentence := main_running(_mains)
} else := ["wait", "status-unknown", sentence] if {
	sentence := status_unknown(input.pod)
} else := ["wait", "init-running", sentence] if {
	sentence := init_running(input.pod)
} else := ["wait", "main-waiting", sentence] if {
	sentence := main_waiting(_mains)
} else := ["wait", "main-will-restart", sentence] if {
	sentence := main_will_restart(_mains)
} else := false

# Every main has finished for good.
_finished := ["leave", "nothing-left-over", sentence] if {
	sentence := nothing_left_over(_left_over)
} else := ["leave", "main-failed", sentence] if {
	sentence := main_failed(_earned)
} else := ["refuse", "bad-annotation", sentence] if {
	sentence := bad_annotation(_bad)
} else := ["wait", "restart-rule", sentence] if {
	sentence := restart_rule(data.settings.ways)
} else := ["wait", "settling", sentence] if {
	sentence := settling(input.now)
} else := ["wait", "ends-itself", sentence] if {
	sentence := ends_itself(_left_over)
} else := ["wait", "claimed", sentence] if {
	sentence := claimed(input.now)
} else := hindrance if {
	not _can_complete
	hindrance := _only_complete_would_do
} else := ["end", "left-over", left_over]

_only_complete_would_do := ["wait", "sidecar-starting", sentence] if {
	sentence := sidecar_starting(_untellable)
} else := ["refuse", "cannot-be-told", sentence] if {
	sentence := cannot_be_told(_untellable)
} else := ["refuse", "no-way", sentence] if {
	sentence := no_way(_possible)
} else := ["refuse", "dirty-exit", sentence] if {
	sentence := dirty_exit(_without_way)
} else := ["refuse", "unknown-exit", sentence] if {
	sentence := unknown_exit(_without_way)
}

# METADATA
# title: left-over
# description: Every main finished for good, and sidecars still run, wait to restart or never started.
# custom:
#   decision: end
left_over := $"{_outcome}, {_names(_left_over)} left over; {_expectation(_after)}"

_expectation("Failed") := "the pod becomes Failed; its Job may run the main again" if {
	_earned == "Succeeded"
} else := "the pod becomes Failed"

_expectation("Succeeded") := "the pod becomes Succeeded"

_expectation("Running") := "the sidecar will be restarted"

_expectation("Unknown") := "what the pod becomes is not known"

_is_ending if _finished[0] == "end"

default _is_report := false

_is_report if {
	_is_ending
	_reports(data.settings.mode)
}

_reports("report")

_reports("annotated") if count(_known_only & _left_over) > 0

_after_ending := _after if {
	_is_ending
} else := null

_again := _settled_at if {
	_finished[1] == "settling"
} else := _self_ended_by if {
	_finished[1] == "ends-itself"
} else := _claimed_until if {
	_finished[1] == "claimed"
} else := null

_complete_if_ending := _complete if {
	_is_ending
} else := "no"

_sorted_warnings := [] if {
	_unfinished
	_says_little
} else := sort(_warnings)

# Most pods say nothing, or only who the sidecars are, and have them all: there is nothing to warn about.
_says_little if not input.pod.metadata.annotations

_says_little if {
	count(input.pod.metadata.annotations) == 1
	count(_own["sidecar-reaper/sidecars"]) + count(_mains) == count(input.pod.spec.containers)
}

# Most pods have no init containers.
_brief_containers := _brief_apps if {
	not input.pod.spec.initContainers
} else := array.concat(_inits, _brief_apps)

_brief_apps := [container |
	some c in input.pod.spec.containers
	[role, why] := _part(c.name)
	status := object.get(_status, c.name, {})
	container := {
		"name": c.name,
		"role": role,
		"why": why,
		"containerID": object.get(status, "containerID", null),
		"state": _state_in(status),
		"left_over": false,
		"ways": [],
		"grace": _grace(c.name),
	}
]

_containers := array.concat(_inits, [_with_turn(container) |
	some c in input.pod.spec.containers
	[role, why] := _part(c.name)
	container := {
		"name": c.name,
		"role": role,
		"why": why,
		"containerID": object.get(_status[c.name], "containerID", null),
		"state": _state[c.name],
		"left_over": c.name in _left_over,
		"ways": _ways_if_ending(c.name),
		"grace": _grace(c.name),
	}
])

# Most sidecars have no turn of their own.
_with_turn(container) := object.union(container, _turns[container.name]) if {
	_is_ending
	_turns[container.name]
} else := container

_ways_if_ending(name) := [_explained(name, way) | some way in _ways[name]] if {
	_is_ending
} else := []

_inits := [container |
	some init in input.pod.spec.initContainers
	status := object.get(_init_status, init.name, {})
	container := {
		"name": init.name,
		"role": _init_role(init),
		"why": _init_why(init),
		"containerID": object.get(status, "containerID", null),
		"state": _state_in(status),
		"left_over": false,
		"ways": [],
		"grace": 0,
	}
]

_init_role(init) := "native" if {
	_is_native(init)
} else := "init"

_init_why(init) := "an init container with restartPolicy Always: the kubelet ends it" if {
	_is_native(init)
} else := "an init container"

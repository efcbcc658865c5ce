# METADATA
# title: Live pods
# description: Says of one live pod whether its sidecars outlived its mains, and how to end them without failing its Job.
package sidecar

# A pod is untrusted input: any field may be absent, and what is unknown keeps its containers.

_container := {c.name: c | some c in input.pod.spec.containers}

_all := {c.name | some c in input.pod.spec.containers}

_status := _told_status if {
	input.template
} else := {s.name: s | some s in input.pod.status.containerStatuses}

_init_names := {init.name | some init in input.pod.spec.initContainers}

_init_status := {init.name: {"state": _done} | some init in input.pod.spec.initContainers} if {
	input.template
} else := {s.name: s | some s in input.pod.status.initContainerStatuses}

_state := {name: _state_in(object.get(_status, name, {})) | some name in _all}

# A container that waits after it has run before is restarting, whatever the waiting reason says. An end without a time
# is the kubelet's guess about a container it has lost (reason ContainerStatusUnknown), and it starts that one again.
_state_in(status) := "running" if {
	status.state.running
} else := "terminated" if {
	is_number(status.state.terminated.exitCode)
	is_number(status.state.terminated.finishedAt)
} else := "restarting" if {
	status.state.waiting
	status.lastState.terminated
} else := "waiting" if {
	status.state.waiting
} else := "unknown"

_exit(name) := _status[name].state.terminated.exitCode if _state[name] == "terminated"

# KEP-753: the kubelet ends these by itself, after the mains.
_is_native(init) if init.restartPolicy == "Always"

# Names for a sentence, in a fixed order; a hostile list can hold so many that sorting them takes seconds.
_names(some_set) := _few(sort([_short(name) | some name in some_set])) if {
	count(some_set) <= 100
} else := $"{_short(min(some_set))} and {count(some_set) - 1} more"

# At most ten, so that no list floods a message.
_few(words) := concat(", ", words) if {
	count(words) <= 10
} else := $"{concat(", ", array.slice(words, 0, 10))} and {count(words) - 10} more"

_short(text) := text if {
	count(text) <= 63
} else := $"{substring(text, 0, 63)}…"

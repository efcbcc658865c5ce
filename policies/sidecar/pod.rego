# METADATA
# title: Live pods
# description: Says of one live pod whether its sidecars outlived its mains, and how to end them without failing its Job.
package sidecar

_metadata := object.get(input.pod, "metadata", {})

_annotations := object.get(_metadata, "annotations", {})

_labels := object.get(_metadata, "labels", {})

_namespace := object.get(_metadata, "namespace", "default")

_spec := object.get(input.pod, "spec", {})

_containers := object.get(_spec, "containers", [])

_init_containers := object.get(_spec, "initContainers", [])

_container := {c.name: c | some c in _containers}

_all := object.keys(_container)

_phase := object.get(input.pod, ["status", "phase"], "")

_status := {s.name: s | some s in object.get(input.pod, ["status", "containerStatuses"], [])}

_init_status := {s.name: s | some s in object.get(input.pod, ["status", "initContainerStatuses"], [])}

_state := {name: _state_in(object.get(_status, name, {})) | some name in _all}

# A container that waits after it has run before is restarting, whatever the waiting reason says.
_state_in(status) := "running" if {
	status.state.running
} else := "terminated" if {
	is_number(status.state.terminated.exitCode)
} else := "restarting" if {
	status.state.waiting
	status.lastState.terminated
} else := "waiting" if {
	status.state.waiting
} else := "unknown"

_exit(name) := _status[name].state.terminated.exitCode if _state[name] == "terminated"

# KEP-753: the kubelet ends these by itself, after the mains.
_is_native(init) if init.restartPolicy == "Always"

_names(set_of_names) := concat(", ", sort([name | some name in set_of_names]))

# At most ten names, so that a hostile list cannot flood a message.
_some_names(set_of_names) := _names(set_of_names) if {
	count(set_of_names) <= 10
} else := $"{concat(", ", array.slice(sort([name | some name in set_of_names]), 0, 10))} and {count(set_of_names) - 10} more"

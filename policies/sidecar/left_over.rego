package sidecar

_left_over := _to_tell | _untellable

_to_tell := {name | some name in _sidecars; _state[name] == "running"}

# These have no process to tell: they wait to start, or to start again.
_untellable := {name | some name in _sidecars; _state[name] in {"waiting", "restarting"}} | _to_restart

_to_restart := {name |
	some name in _sidecars
	_state[name] == "terminated"
	_restarts(_container[name], _exit(name)) != "no"
}

# METADATA
# title: nothing-left-over
# description: Mains and sidecars have all ended; the pod finishes by itself.
# custom:
#   decision: leave
nothing_left_over if count(_left_over) == 0

# METADATA
# title: sidecar-starting
# description: A sidecar is still being started; only a running one can be told, and the way `complete` is not allowed.
# custom:
#   decision: wait
sidecar_starting if {
	not _can_complete
	some name in _untellable
	_state[name] == "waiting"
	object.get(_status[name].state.waiting, "reason", "") in {"", "ContainerCreating", "PodInitializing"}
}

# METADATA
# title: cannot-be-told
# description: A sidecar waits to restart or can't start, and only the way `complete`, which is not allowed, could end it.
# custom:
#   decision: refuse
cannot_be_told if {
	not _can_complete
	count(_untellable) > 0
}

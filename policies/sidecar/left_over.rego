package sidecar

_left_over := _to_tell | _untellable

_to_tell := {name | some name in _sidecars; _state[name] == "running"}

# These have no process to tell: they wait to start, or to start again.
_untellable := {name | some name in _sidecars; _has_no_process(name, _state[name])}

_has_no_process(_, "waiting")

_has_no_process(name, state) if _will_run_again(name, state)

# METADATA
# title: nothing-left-over
# description: Mains and sidecars have all ended; the pod finishes by itself.
# custom:
#   decision: leave
nothing_left_over(names) := "no sidecar is left; the pod finishes by itself" if count(names) == 0

# METADATA
# title: sidecar-starting
# description: A sidecar is still being started; only a running one can be told, and the way `complete` is not allowed.
# custom:
#   decision: wait
sidecar_starting(names) := $"sidecar {_names(starting)} is still being started; {_allow_complete} to end it now" if {
	starting := {name | some name in names; _is_starting(object.get(_status[name].state.waiting, "reason", ""))}
	count(starting) > 0
}

_is_starting("")

_is_starting("ContainerCreating")

_is_starting("PodInitializing")

# METADATA
# title: cannot-be-told
# description: A sidecar waits to restart or can't start, and only the way `complete`, which is not allowed, could end it.
# custom:
#   decision: refuse
cannot_be_told(names) := $"sidecar {_names(names)} does not run, so nothing can be told to it; {_allow_complete}" if {
	count(names) > 0
}

_allow_complete := "allow the way complete in the setting ways"

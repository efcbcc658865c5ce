package sidecar

# What an exit code of a left-over sidecar does to the pod: clean, dirty (the pod turns out worse than its mains earned, or a container restarts), or unknown.

_effect(name, code) := "dirty" if {
	_is_doomed
} else := _effect_of_any(_container[name]) if {
	code == null
} else := _effect_of(code, _restarts(_container[name], code))

# A code that nobody knows.
_effect_of_any(c) := "dirty" if {
	_policy(c) == "Always"
} else := "unknown" if {
	_may_restart(c)
} else := "unknown" if {
	_earned == "Succeeded"
} else := "clean"

_effect_of(_, "unknown") := "unknown"

_effect_of(_, "yes") := "dirty"

_effect_of(code, "no") := "dirty" if {
	code != 0
	_earned == "Succeeded"
} else := "clean"

# Sidecars that ended badly by themselves: the pod will be Failed although its mains succeeded.
_dooming := {name |
	_earned == "Succeeded"
	some name in (_sidecars - _untellable)
	_exit(name) != 0
}

# Unless it was told so: an ending that began is finished, or the pod would hang for ever with a part of its sidecars.
_is_doomed if count(_dooming - _told_by_claim) > 0

_is_doomed if {
	_can_complete
	count(_dooming) > 0
}

# Of the first way of each, which is the one expected to work.
_effects := {_effect(name, _ways[name][0].exit) | some name in _to_be_told}

_is_sure_to_restart(c, _) if _policy(c) == "Always"

_is_sure_to_restart(c, code) if {
	is_number(code)
	_restarts(c, code) == "yes"
}

_after := _earned if {
	_can_complete
} else := "Running" if {
	some name in _to_be_told
	_is_sure_to_restart(_container[name], _ways[name][0].exit)
} else := "Failed" if {
	"dirty" in _effects
} else := "Failed" if {
	count(_dooming) > 0
} else := "Unknown" if {
	"unknown" in _effects
} else := _earned

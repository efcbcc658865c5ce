package sidecar

# What an exit code of a left-over sidecar does to the pod: clean, dirty (the pod turns out worse than its mains earned, or a container restarts), or unknown.

_effect(name, code) := "dirty" if {
	count(_dooming) > 0
} else := "unknown" if {
	code == null
	not _any_exit_is_fine(name)
} else := "clean" if {
	code == null
} else := "unknown" if {
	_restarts(_container[name], code) == "unknown"
} else := "dirty" if {
	_restarts(_container[name], code) == "yes"
} else := "clean" if {
	code == 0
} else := "clean" if {
	_earned == "Failed"
} else := "dirty"

_any_exit_is_fine(name) if {
	_earned == "Failed"
	c := _container[name]
	_policy(c) == "Never"
	not c.restartPolicyRules
}

# Sidecars that ended badly by themselves: the pod will be Failed although its mains succeeded.
_dooming := {name |
	_earned == "Succeeded"
	some name in _sidecars
	_exit(name) != 0
	not name in _to_restart
}

_after := _earned if {
	_complete == "first"
} else := "Unknown" if {
	"unknown" in _effects
} else := "Running" if {
	"dirty" in _effects
	some name in _left_over
	_restarts(_container[name], _ways[name][0].exit) == "yes"
} else := "Failed" if {
	"dirty" in _effects
} else := _earned

# Of the first way of each, which is the one expected to work.
_effects := {_effect(name, _ways[name][0].exit) | some name in _left_over}

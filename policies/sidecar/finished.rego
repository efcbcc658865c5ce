package sidecar

# When the mains are finished for good (pkg/api/v1/pod/util.go ContainerShouldRestart, Kubernetes 1.34 and KEP-5307).

_pod_policy := object.get(_spec, "restartPolicy", "Always")

_policy(c) := object.get(c, "restartPolicy", _pod_policy)

# Whether the kubelet starts the container again after that exit code: yes, no, or unknown where a rule is newer than this policy.
_restarts(c, code) := "unknown" if {
	rule := _first_rule(c, code)
	not _is_understood(rule)
} else := "yes" if {
	_first_rule(c, code)
} else := "no" if {
	_policy(c) == "Never"
} else := "no" if {
	_policy(c) == "OnFailure"
	code == 0
} else := "yes"

_first_rule(c, code) := [rule | some rule in c.restartPolicyRules; _may_match(rule, code)][0]

_may_match(rule, code) if {
	rule.exitCodes.operator == "In"
	code in rule.exitCodes.values
}

_may_match(rule, code) if {
	rule.exitCodes.operator == "NotIn"
	not code in rule.exitCodes.values
}

_may_match(rule, _) if not rule.exitCodes.operator in {"In", "NotIn"}

_is_understood(rule) if {
	rule.action in {"Restart", "RestartAllContainers"}
	rule.exitCodes.operator in {"In", "NotIn"}
}

# KEP-5532: one exit can restart the whole pod. Only completing the pod is safe then.
_has_pod_wide_rule if {
	some c in array.concat(_containers, _init_containers)
	some rule in c.restartPolicyRules
	rule.action != "Restart"
}

_mains_in(state) := {name | some name in _mains; _state[name] == state}

# METADATA
# title: restarts-always
# description: The kubelet restarts a main whatever its exit code (restartPolicy Always), so the pod never finishes.
# custom:
#   decision: leave
restarts_always if {
	some name in _mains
	c := _container[name]
	_policy(c) == "Always"
}

# METADATA
# title: status-unknown
# description: The pod has no status yet for one of its containers.
# custom:
#   decision: wait
status_unknown if count(_unknown) > 0

_unknown := {name | some name in _all; _state[name] == "unknown"}

# METADATA
# title: init-running
# description: An init container has still to succeed before the mains run.
# custom:
#   decision: wait
init_running if count(_inits_to_run) > 0

_inits_to_run := {init.name |
	some init in _init_containers
	not _is_native(init)
	not _has_succeeded(init)
}

_has_succeeded(init) if _init_status[init.name].state.terminated.exitCode == 0

# METADATA
# title: main-running
# description: A main container still runs; its sidecars serve it.
# custom:
#   decision: wait
main_running if {
	some name in _mains
	_status[name].state.running
}

# METADATA
# title: main-waiting
# description: A main container has not started yet.
# custom:
#   decision: wait
main_waiting if count(_mains_in("waiting")) > 0

# METADATA
# title: main-will-restart
# description: A main container ended in a way after which the kubelet starts it again.
# custom:
#   decision: wait
main_will_restart if count(_mains_in("restarting") | _mains_to_restart) > 0

_mains_to_restart := {name |
	some name in _mains_in("terminated")
	_restarts(_container[name], _exit(name)) != "no"
}

# The phase that the mains alone deserve; read only once all of them have finished.
_earned := "Succeeded" if {
	every name in _mains { _exit(name) == 0 }
} else := "Failed"

_ended_at := max([_status[name].state.terminated.finishedAt | some name in _mains])

_settle := _annotated_settle if {
	_annotated_settle
} else := data.settings.settle

_settled_at := _ended_at + _settle

# METADATA
# title: settling
# description: The last main ended a moment ago; sidecars get the settle delay to finish their own work.
# custom:
#   decision: wait
settling if input.now < _settled_at

# METADATA
# title: main-failed
# description: A main failed, and the setting `onMainFailure` says to leave its sidecars.
# custom:
#   decision: leave
main_failed if {
	_earned == "Failed"
	data.settings.onMainFailure == "leave"
}

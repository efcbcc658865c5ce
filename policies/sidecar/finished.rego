package sidecar

# When the mains are finished for good.

# METADATA
# title: restarts-always
# description: The kubelet restarts a main whatever its exit code (restartPolicy Always), so the pod never finishes.
# custom:
#   decision: leave
restarts_always(mains) := $"main {c.name} is restarted whatever its exit code (restartPolicy Always), so the pod never finishes" if {
	c := [c | some c in mains; _policy(c) == "Always"][0]
}

# METADATA
# title: main-running
# description: A main container still runs; its sidecars serve it.
# custom:
#   decision: wait
main_running(mains) := _awaited if {
	some c in mains
	_status[c.name].state.running
}

# METADATA
# title: status-unknown
# description: The pod has no phase yet, or no status for one of its containers.
# custom:
#   decision: wait
status_unknown(pod) := $"waiting for the status of {_names(_unknown)}" if {
	count(_unknown) > 0
} else := "waiting for the pod's phase" if {
	not pod.status.phase
}

_unknown := {name | some name, state in _state; state == "unknown"}

# METADATA
# title: init-running
# description: An init container has still to succeed before the mains run.
# custom:
#   decision: wait
init_running(pod) := $"waiting for init container {_names(inits)}" if {
	inits := {init.name |
		some init in pod.spec.initContainers
		not _is_native(init)
		not _init_status[init.name].state.terminated.exitCode == 0
	}
	count(inits) > 0
}

# METADATA
# title: main-waiting
# description: A main container has not started yet.
# custom:
#   decision: wait
main_waiting(mains) := _awaited if {
	some c in mains
	_state[c.name] == "waiting"
}

# METADATA
# title: main-will-restart
# description: A main container ended in a way after which the kubelet starts it again, or a restart rule restarts the whole pod.
# custom:
#   decision: wait
main_will_restart(mains) := _awaited if {
	some c in mains
	_will_run_again(c.name, _state[c.name])
} else := "a restart rule restarts all containers of this pod" if {
	_all_restart
}

_will_run_again(_, "restarting")

_will_run_again(name, "terminated") if _restarts(_container[name], _exit(name)) != "no"

_awaited := concat("", ["waiting for ", _few([words |
	some c in _mains
	words := _awaited_words(c.name, _state_in(object.get(_status, c.name, {})))
])])

_awaited_words(name, "running") := concat("", ["main ", name, " (running)"])

_awaited_words(name, "waiting") := $"main {name} ({_waiting_reason(name)})"

_awaited_words(name, "restarting") := $"main {name} (restarting: {_waiting_reason(name)})"

_awaited_words(name, "unknown") := $"main {name} (no status)"

_awaited_words(name, "terminated") := $"main {name} (exited {_exit(name)}, will restart)" if {
	_will_run_again(name, "terminated")
}

_waiting_reason(name) := _short(_status[name].state.waiting.reason) if {
	_status[name].state.waiting.reason
} else := "waiting"

# The phase that the mains alone deserve; read only once all of them have finished.
_earned := "Succeeded" if {
	every c in _mains { _exit(c.name) == 0 }
} else := "Failed"

_outcome := $"the mains {lower(_earned)}"

_ended_at := max([_status[c.name].state.terminated.finishedAt | some c in _mains])

_settle := _annotated_settle if {
	_annotated_settle
} else := data.settings.settle

# Until the kubelet has noticed the end and is done with it, it may write the pod's phase once more from what it knew before.
_settled_at := max(array.concat([_ended_at], _noticed_at)) + _settle

# A main that ended is not ready any more: of the first one to end this is when its kubelet noticed.
_noticed_at := [condition.lastTransitionTime |
	some condition in input.pod.status.conditions
	condition.type == "ContainersReady"
	condition.status == "False"
	condition.lastTransitionTime <= input.now + 60 # else a clock was wrong
]

# METADATA
# title: settling
# description: The last main ended a moment ago; sidecars get the settle delay to finish their own work.
# custom:
#   decision: wait
settling(now) := $"{_outcome}, {_names(_left_over)} left over; the settle delay of {_settle} s is not over" if {
	now < _settled_at
}

# METADATA
# title: main-failed
# description: A main failed, and the setting `onMainFailure` says to leave its sidecars.
# custom:
#   decision: leave
main_failed(earned) := "a main failed, and the setting onMainFailure says to leave its sidecars" if {
	earned == "Failed"
	data.settings.onMainFailure == "leave"
}

_clock_skew := _ended_at - input.now if {
	_unfinished == false
	_ended_at > input.now
}

# METADATA
# title: clock-skew
# description: The last main ended more than a minute in the future, so the clocks of node and API server differ.
# custom:
#   warning: true
_warnings contains {"code": "clock-skew", "container": null, "message": message} if {
	_clock_skew > 60
	message := $"the last main ended {round(_clock_skew)} s in the future: the clocks of node and server differ"
}

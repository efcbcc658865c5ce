package sidecar

# One sentence a reason, for a person who is tired.

_message := _sentence(_reason)

_sentence("ignored") := "annotation sidecar-reaper/ignore asks to leave this pod alone"

_sentence("namespace-disabled") := $"namespace {_namespace} is labelled sidecar-reaper/enabled=false"

_sentence("system-namespace") := "pods of kube-system are never touched"

_sentence("own-namespace") := "the reaper leaves its own namespace alone"

_sentence("owner-out-of-scope") := $"the pod's owner is {_owner}; the setting owners names {concat(", ", data.settings.owners)}"

_sentence("deleting") := "the pod is being deleted"

_sentence("already-finished") := $"the pod is {_phase}"

_sentence("phase-unknown") := "the node does not report the pod's phase"

_sentence("disrupted") := "the pod is about to be evicted or preempted"

_sentence("mirror-pod") := "a static pod, managed by a file on its node"

_sentence("node-not-ready") := $"node {_spec.nodeName} is not Ready, so the pod's status may be old"

_sentence("contradiction") := $"{_said_by} disagree about who is a sidecar; keep one of them" if {
	_statements
} else := $"label {data.settings.mainLabel} names {_labelled_main} as the main, the setting sidecars lists it; keep one of them"

_sentence("all-sidecars") := $"every container ({_some_names(_all)}) would be a sidecar; leave out the one that does the work"

_sentence("no-sidecars") := "nothing calls a container of this pod a sidecar"

_sentence("restarts-always") := "a main is restarted whatever its exit code (restartPolicy Always), so the pod never finishes"

_sentence("main-running") := $"waiting for {_awaited}"

_sentence("status-unknown") := $"waiting for the status of {_some_names(_unknown)}"

_sentence("init-running") := $"waiting for init container {_some_names(_inits_to_run)}"

_sentence("main-waiting") := $"waiting for {_awaited}"

_sentence("main-will-restart") := $"waiting for {_awaited}"

_sentence("nothing-left-over") := "no sidecar is left; the pod finishes by itself"

_sentence("main-failed") := "a main failed, and the setting onMainFailure says to leave its sidecars"

_sentence("bad-annotation") := concat("; ", array.slice(sort([bad | some bad in _bad]), 0, 5))

_sentence("restart-rule") := "a restart rule of this pod may restart all its containers; only the way complete, which the setting ways leaves out, is safe"

_sentence("settling") := $"{_left_over_words}; the settle delay of {_settle} s is not over"

_sentence("claimed") := $"another sweep has been ending {_some_names(_left_over)} for {round(input.now - _claim.at)} s"

_sentence("sidecar-starting") := $"sidecar {_some_names(_untellable)} is still being started; allow the way complete to end it now"

_sentence("cannot-be-told") := $"sidecar {_some_names(_untellable)} does not run, so nothing can be told to it; {_allow_complete}"

_sentence("no-way") := $"none of the ways {concat(", ", data.settings.ways)} reaches sidecar {_some_names(_out_of_reach)}; {_allow_complete}"

_sentence("dirty-exit") := $"ending sidecar {_some_names(_without_way)} {_harm}; {_allow_complete}"

_sentence("unknown-exit") := $"nobody knows the exit code of sidecar {_some_names(_without_way)}, and any but 0 {_harm}; {_allow_complete}, or say it in {_details_key}"

_sentence("left-over") := $"{_left_over_words}; {_expectation}"

_left_over_words := $"the mains {_outcome_words}, {_some_names(_left_over)} left over"

_outcome_words := "succeeded" if {
	_earned == "Succeeded"
} else := "failed"

_expectation := "the pod becomes Failed; its Job may run the main again" if {
	_after == "Failed"
	_earned == "Succeeded"
} else := "the sidecar may be restarted" if {
	_after == "Running"
} else := "what the pod becomes is not known" if {
	_after == "Unknown"
} else := $"the pod becomes {_after}"

_harm := "restarts it or another container" if {
	some name in _without_way
	_policy(_container[name]) != "Never"
} else := "makes the pod Failed; its Job may run the main again"

_allow_complete := "allow the way complete in the setting ways"

_awaited := concat(", ", sort([words |
	some name in _mains
	words := _awaited_words(name, _state[name])
]))

_awaited_words(name, "running") := $"main {name} (running)"

_awaited_words(name, "waiting") := $"main {name} ({object.get(_status[name].state.waiting, "reason", "waiting")})"

_awaited_words(name, "restarting") := $"main {name} (restarting: {object.get(_status[name].state.waiting, "reason", "waiting")})"

_awaited_words(name, "unknown") := $"main {name} (no status)"

_awaited_words(name, "terminated") := $"main {name} (exited {_exit(name)}, will restart)" if name in _mains_to_restart

package sidecar

# For a person who asks: why each way comes where it does, and why the others do not come at all. A sweep does not ask.

_is_asked if input.explain == true

# What an exit code does to the pod, as a sentence.
_effect_words(name, exit) := "whatever its exit code: a sidecar failed by itself, so the pod becomes Failed" if {
	_is_doomed
} else := "it is restarted whatever its exit code" if {
	_policy(_container[name]) == "Always"
	exit == null
} else := $"nobody knows its exit code; {_harm_words(name)}" if {
	exit == null
} else := $"known to exit with {exit}, and restarted then" if {
	_restarts(_container[name], exit) == "yes"
} else := $"known to exit with {exit}, which a restart rule that is not known may take up" if {
	_restarts(_container[name], exit) == "unknown"
} else := $"known to exit with {exit}, which makes the pod Failed; its Job may run the main again" if {
	_effect_of(exit, "no") == "dirty"
} else := $"known to exit with {exit}, which leaves the pod as its mains deserve"

_harm_words(name) := "some codes restart it" if {
	_may_restart(_container[name])
} else := "one that is not 0 makes the pod Failed, and its Job may run the main again" if {
	_earned == "Succeeded"
} else := "the pod has earned Failed already, so none makes it worse"

_explained(name, way) := object.union(way, {"why": _effect_words(name, way.exit)}) if {
	_is_asked
} else := way

# Every way that one may expect and that is not taken.
_passed_over := [object.union({"container": name}, passed) |
	some name in sort(_to_tell)
	some passed in array.concat(_out_of_reach(name), _not_taken(name))
] if {
	_is_asked
} else := []

_not_taken(name) := [{"way": way.way, "why": _why_not(name, way)} |
	some way in _offered(name)
	not way in object.get(_ways, name, [])
]

_why_not(name, way) := "it is left to end by itself" if {
	name in _by_themselves
} else := "the setting ways leaves it out" if {
	not way.way in data.settings.ways
} else := "a restart rule may restart all containers of the pod" if {
	_has_pod_wide_rule
} else := _effect_words(name, way.exit)

_out_of_reach(name) := array.concat(_known_out_of_reach(name), _signal_out_of_reach(name))

_known_out_of_reach(name) := [{"way": way.way, "why": why} |
	some way in _rows[name].ways
	way.way != "signal"
	why := _why_out_of_reach(name, way)
]

_why_out_of_reach(name, way) := $"not switched on in this pod: {_missing(name, way)}" if {
	not _is_on(name, way)
} else := "port-forward to a pod in the network of the host ends at the node" if {
	not _reaches(way.way)
} else := "its port can't be read in the pod" if {
	not _call(name, way)
}

_missing(name, way) := concat("; ", array.concat(
	[$"needs {_condition_words(condition)}" | some condition in way.when; not _holds(name, condition)],
	[$"not with {_condition_words(condition)}" | some condition in way.unless; _holds(name, condition)],
))

_condition_words(condition) := $"{_places(condition)} = {concat(" or ", condition.is)}" if {
	condition.is
} else := _places(condition)

_places(condition) := concat(" or ", array.concat(
	[$"--{condition.flag}" | condition.flag],
	[$"{kind} {condition[kind]}" | some kind in ["env", "annotation"]; condition[kind]],
))

_signal_out_of_reach(_) := [{"way": "signal", "why": "PID 1 of a hostPID pod is the init of its node"}] if {
	input.pod.spec.hostPID == true
} else := []

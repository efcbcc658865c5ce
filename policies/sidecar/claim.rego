package sidecar

# One sweep claims a pod before it tells a sidecar anything, so that another sweep does not tell it twice.

_claim := claim if {
	claim := _json(input.pod.metadata.annotations["sidecar-reaper/claim"])
	is_string(claim.by)
	is_number(claim.at)
	is_object(claim.containers)
	claim.at <= input.now + 60
}

# As long as a sidecar that was told may take to end, it is not told again.
_claimed_until := _claim.at + max(array.concat([data.settings.podDeadline], _patience))

_patience := [seconds | some name, _ in _claim.containers; name in _all; seconds := _grace(name) + 5]

# METADATA
# title: claimed
# description: Another sweep began to end this pod's sidecars; this one waits until that sweep's deadline is over.
# custom:
#   decision: wait
claimed(now) := $"another sweep has been ending {_names(_left_over)} for {round(now - _claim.at)} s" if {
	now < _claimed_until
	not _claim.by == data.self.sweep
}

# Told in an earlier life: where an exit may restart the container, a code that nobody knows is tried once, not for ever.
_was_told(name) if {
	_claim.containers[name] != _status[name].containerID
}

_was_told(name) if {
	before := _status[name].lastState.terminated
	before.exitCode != 0
	before.finishedAt >= _ended_at
}

# A sweep told one of them, and its time is over: to tell it again could end it otherwise, and would take as long.
_is_told_in_vain if {
	not _claim.by == data.self.sweep
	count(_told_by_claim & _to_tell) > 0
}

# Told in this life.
_told_by_claim := {name | some name, id in _claim.containers; id == _status[name].containerID}

# METADATA
# title: bad-claim
# description: The claim of another sweep cannot be read, or lies in the future, so it does not count.
# custom:
#   warning: true
_warnings contains {"code": "bad-claim", "container": null, "message": message} if {
	input.pod.metadata.annotations["sidecar-reaper/claim"]
	not _claim
	message := "sidecar-reaper/claim can't be read, or lies in the future, and is ignored"
}

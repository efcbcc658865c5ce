package sidecar

# One sweep claims a pod before it tells a sidecar anything, so that another sweep does not tell it twice.

_claim := claim if {
	claim := json.unmarshal(_annotations["sidecar-reaper/claim"])
	is_string(claim.by)
	is_number(claim.at)
	is_object(claim.containers)
	claim.at <= input.now + 60
}

_claimed_until := _claim.at + data.settings.podDeadline

# METADATA
# title: claimed
# description: Another sweep began to end this pod's sidecars; this one waits until that sweep's deadline is over.
# custom:
#   decision: wait
claimed if {
	_claim.by != data.self.sweep
	input.now < _claimed_until
}

# Told in an earlier life: under OnFailure an exit code that is not known is tried once, not for ever.
_was_told(name) if {
	_claim.containers[name] != _status[name].containerID
}

_was_told(name) if {
	before := _status[name].lastState.terminated
	before.exitCode != 0
	before.finishedAt >= _ended_at
}

package sidecar

# What the kubelet does when a container exits (pkg/api/v1/pod/util.go ContainerShouldRestart; KEP-5307, KEP-5532).

_policy(c) := c.restartPolicy if {
	c.restartPolicy
} else := input.pod.spec.restartPolicy if {
	input.pod.spec.restartPolicy
} else := "Always"

# Whether the kubelet starts the container again after that exit code: yes, no, or unknown where a rule is newer than this policy.
_restarts(c, code) := "unknown" if {
	rule := _first_rule(c, code)
	not _has_known_operator(rule)
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
	_names_code(rule, code)
}

_may_match(rule, code) if {
	rule.exitCodes.operator == "NotIn"
	not _names_code(rule, code)
}

_may_match(rule, _) if not _has_known_operator(rule)

_has_known_operator(rule) if rule.exitCodes.operator in {"In", "NotIn"}

_names_code(rule, code) if code in rule.exitCodes.values

# Some exit codes restart the container, others do not.
_may_restart(c) if _policy(c) != "Never"

_may_restart(c) if count(c.restartPolicyRules) > 0

_container_lists := [object.get(input.pod.spec, "containers", []), object.get(input.pod.spec, "initContainers", [])]

# One exit can restart the whole pod, or do what nobody knows yet, so only completing the pod is safe.
_has_pod_wide_rule if {
	some containers in _container_lists
	some c in containers
	some rule in c.restartPolicyRules
	not rule.action == "Restart"
}

# That exit has come: the mains will run again.
_all_restart if _has_condition(input.pod, "AllContainersRestarting")

_all_restart if {
	_has_pod_wide_rule
	some containers in _container_lists
	some c in containers
	code := object.union(_init_status, _status)[c.name].state.terminated.exitCode
	rule := _first_rule(c, code)
	not rule.action == "Restart"
}

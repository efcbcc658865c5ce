package review_test

_policed(containers, requirement) := _of("pod-failure-policy", _found(object.union(
	_job(containers, {}),
	{"spec": {"podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": []}, {"action": "FailJob", "onExitCodes": requirement}]}}},
)))

test_pod_failure_policy_that_takes_a_sidecar_for_a_main if {
	[finding] := _policed([_main, _proxy], {"operator": "In", "values": [143]})
	finding.message == "Job backup: a rule of podFailurePolicy (FailJob) matches 143, with which proxy may end; in a pod that failed its code counts like a main's"
	finding.path == ["spec", "podFailurePolicy", "rules", 1]
	finding.fix.patch == [{"op": "add", "path": "/spec/podFailurePolicy/rules/1/onExitCodes/containerName", "value": "main"}]
	count(_policed([_main, _proxy], {"operator": "NotIn", "values": [1]})) == 1
	count(_policed([_main, _proxy], {"containerName": "proxy", "operator": "In", "values": [137]})) == 1
	count(_policed([_main, _mesh], {"operator": "In", "values": [143]})) == 1
}

test_fine_when_the_rule_means_another_container_or_code if {
	_policed([_main, _proxy], {"containerName": "main", "operator": "In", "values": [143]}) == []
	_policed([_main, _proxy], {"operator": "In", "values": [1, 42]}) == []
	_policed([_main, _proxy], {"operator": "NotIn", "values": [143, 137]}) == []
	_policed([_main, _keeper], {"operator": "In", "values": [143, 0]}) == []
	_policed([_main], {"operator": "In", "values": [143]}) == []
}

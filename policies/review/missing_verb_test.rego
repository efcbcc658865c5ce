package review_test

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "Role",
	"metadata": {"name": "sidecar-reaper", "labels": {"app.kubernetes.io/name": "sidecar-reaper"}},
	"rules": rules,
}

_core(resource, verbs) := {"apiGroups": [""], "resources": [resource], "verbs": verbs}

_pods := _core("pods", ["get", "list", "watch"])

test_missing_verb_of_the_ways_in_use if {
	[finding] := _found_with(_role([_pods, _core("pods/exec", ["get"])]), {"ways": ["signal"]})
	finding.severity == "warning"
	finding.message == "Role sidecar-reaper does not allow create on pods/exec, which the way signal needs"
	finding.fix.patch == [{"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}}]
	count(_found_with(_role([_pods]), {"ways": ["exec", "http", "complete"]})) == 3
	[_, adding] := _found_with(_role(null), {"ways": ["complete"]})
	[op.path | some op in adding.fix.patch] == ["/rules", "/rules/-"]
}

test_fine_when_the_role_allows_what_the_ways_need if {
	_found_with(_role([_pods, _core("pods/status", ["patch"])]), {"ways": ["complete"]}) == []
	_found(_role([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])) == []
	other := object.union(_role([]), {"metadata": {"labels": {"app.kubernetes.io/name": "other"}}})
	_found(other) == []
	_found(object.union(_role([]), {"metadata": {"labels": {"app.kubernetes.io/component": "viewer"}}})) == []
	_found(object.union(_role([]), {"kind": "RoleBinding"})) == []
}

test_rights_of_another_group_are_none if {
	count(_found_with(_role([_pods, {"apiGroups": ["apps"], "resources": ["pods/status"], "verbs": ["patch"]}]), {"ways": ["complete"]})) == 1
}

test_a_role_says_which_ways_it_is_for_where_the_settings_allow_all if {
	role := object.union(_role([_pods, _core("pods/status", ["patch"])]), {"metadata": {"annotations": {"sidecar-reaper/ways": "complete"}}})
	_found(role) == []
	count(_found_with(role, {"ways": ["complete", "exec"]})) == 1
	reporting := object.union(_role([_pods]), {"metadata": {"annotations": {"sidecar-reaper/ways": ""}}})
	_found(reporting) == []
	count(_found(_role([_pods]))) == 3
}

package review_test

_webhook(fields) := {
	"apiVersion": "admissionregistration.k8s.io/v1",
	"kind": "MutatingWebhookConfiguration",
	"webhooks": [object.union({"name": "old.example.com", "admissionReviewVersions": ["v1beta1"], "rules": [{"apiGroups": [""], "operations": ["CREATE"], "resources": ["pods"]}]}, fields)],
}

_beside(webhook, policy) := _rules(_of("stripped-native", _found({"kind": "List", "items": [webhook, object.union(_job([_main], {}), {"spec": {"template": {"spec": {"initContainers": [_with(_proxy, {"restartPolicy": policy})]}}}})]})))

test_stripped_native_by_a_webhook_of_an_older_api if {
	_beside(_webhook({}), "Always") == [["stripped-native", "warning", "proxy"]]
	_beside(_webhook({"rules": [{"apiGroups": ["*"], "operations": ["*"], "resources": ["*/*"]}]}), "Always") == [["stripped-native", "warning", "proxy"]]
}

test_fine_beside_other_webhooks if {
	_beside(_webhook({"admissionReviewVersions": ["v1", "v1beta1"]}), "Always") == []
	_beside(_webhook({"rules": [{"apiGroups": [""], "operations": ["UPDATE"], "resources": ["pods"]}]}), "Always") == []
	_beside(_webhook({"rules": [{"apiGroups": ["apps"], "operations": ["CREATE"], "resources": ["*"]}]}), "Always") == []
	_beside(_webhook({"rules": [{"apiGroups": [""], "operations": ["CREATE"], "resources": ["services"]}]}), "Always") == []
	_beside(object.union(_webhook({}), {"kind": "ValidatingWebhookConfiguration"}), "Always") == []
	_beside(_webhook({}), "OnFailure") == []
}

# Of a Job whose pods have the label app: backup.
_takes(selector) := count(_of("stripped-native", _found({"kind": "List", "items": [_webhook({"objectSelector": selector}), _labelled]}))) == 1

_labelled := object.union(_job([_main], {}), {"spec": {"template": {
	"metadata": {"labels": {"app": "backup"}},
	"spec": {"initContainers": [_with(_proxy, {"restartPolicy": "Always"})]},
}}})

_requiring(key, operator, values) := {"matchExpressions": [{"key": key, "operator": operator, "values": values}]}

test_stripped_native_where_its_selector_takes_the_pods if {
	every selector in [
		{},
		null,
		{"matchLabels": {"app": "backup"}},
		{"matchLabels": {"batch.kubernetes.io/job-name": "backup"}},
		_requiring("app", "In", ["a", "backup"]),
		_requiring("app", "NotIn", ["a"]),
		_requiring("team", "NotIn", ["a"]),
		_requiring("app", "Exists", []),
		_requiring("job-name", "Exists", []),
		_requiring("job-name", "NotIn", ["a"]),
		_requiring("team", "DoesNotExist", []),
		_requiring("team", "Unknown", []),
	] {
		_takes(selector)
	}
}

test_fine_where_its_selector_leaves_the_pods_out if {
	every selector in [
		{"matchLabels": {"app": "other"}},
		{"matchLabels": {"app": "backup", "team": "a"}},
		_requiring("app", "In", ["a"]),
		_requiring("team", "In", ["a"]),
		_requiring("app", "NotIn", ["backup"]),
		_requiring("team", "Exists", []),
		_requiring("app", "DoesNotExist", []),
		_requiring("controller-uid", "DoesNotExist", []),
	] {
		not _takes(selector)
	}
	bare := object.union({"apiVersion": "v1", "kind": "Pod"}, _labelled.spec.template)
	_found({"kind": "List", "items": [_webhook({"objectSelector": _requiring("job-name", "Exists", [])}), bare]}) == []
}

test_stripped_native_is_said_once_of_a_container if {
	_among(["a"]) == "webhook a takes"
	_among(["b", "a"]) == "webhooks a, b take"
	_among(["e", "d", "c", "b", "a"]) == "webhooks a, b, c and 2 more take"
}

_among(names) := split(trim_prefix(finding.message, "Job backup: "), " only")[0] if {
	webhooks := [_webhook({"name": name}) | some name in names]
	[finding] := _of("stripped-native", _found({"kind": "List", "items": array.concat(webhooks, [_labelled])}))
}

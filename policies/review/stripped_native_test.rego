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

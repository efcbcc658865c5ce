package doctor_test

import data.doctor

_nothing := {"matchLabels": {}, "matchExpressions": []}

_rule := {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"], "scope": "*"}

_webhook(fields) := object.union(
	{
		"configuration": "old",
		"name": "old.example.com",
		"versions": ["v1beta1"],
		"rules": [_rule],
		"namespaceSelector": _nothing,
		"objectSelector": _nothing,
		"conditions": 0,
		"failurePolicy": "Ignore",
	},
	fields,
)

_asked_in(webhooks, namespace) := asked if {
	asked := doctor.webhooks with input as {"webhooks": webhooks, "labels": {"app": "backup"}, "namespace": namespace}
}

_shop := {"name": "shop", "labels": {"team": "shop"}}

_asks(webhook) if _asked_in([webhook], _shop) != []

test_webhook_of_an_old_api_is_a_suspect if {
	_asked_in([_webhook({})], _shop) == [{
		"configuration": "old",
		"name": "old.example.com",
		"suspect": true,
		"certain": true,
		"failurePolicy": "Ignore",
		"message": "takes only v1beta1 reviews: what serves it was built on an old API, and may drop fields that it does not know",
	}]
}

test_suspects_come_first if {
	newer := _webhook({"configuration": "a", "versions": ["v1", "v1beta1"]})
	[[w.configuration, w.suspect] | some w in _asked_in([newer, _webhook({})], _shop)] == [["old", true], ["a", false]]
}

_with_rule(fields) := _webhook({"rules": [object.union(_rule, fields)]})

test_webhook_of_new_pods if {
	_asks(_with_rule({"apiGroups": ["apps", "*"], "operations": ["*"], "resources": ["*/*"], "apiVersions": ["*"]}))
	_asks(_with_rule({"resources": ["pods/*"], "scope": "Namespaced"}))
	not _asks(_with_rule({"apiGroups": ["apps"]}))
	not _asks(_with_rule({"apiVersions": ["v2"]}))
	not _asks(_with_rule({"operations": ["UPDATE"]}))
	not _asks(_with_rule({"resources": ["pods/status"]}))
	not _asks(_with_rule({"scope": "Cluster"}))
}

_selector(key, operator, values) := object.union(_nothing, {"matchExpressions": [{"key": key, "operator": operator, "values": values}]})

test_webhook_by_the_pods_labels if {
	_asks(_webhook({"objectSelector": object.union(_nothing, {"matchLabels": {"app": "backup"}})}))
	not _asks(_webhook({"objectSelector": object.union(_nothing, {"matchLabels": {"app": "other"}})}))
	_asks(_webhook({"objectSelector": _selector("app", "In", ["backup"])}))
	not _asks(_webhook({"objectSelector": _selector("app", "In", ["other"])}))
	not _asks(_webhook({"objectSelector": _selector("app", "NotIn", ["backup"])}))
	_asks(_webhook({"objectSelector": _selector("tier", "NotIn", ["backup"])}))
	_asks(_webhook({"objectSelector": _selector("app", "Exists", [])}))
	not _asks(_webhook({"objectSelector": _selector("tier", "Exists", [])}))
	_asks(_webhook({"objectSelector": _selector("tier", "DoesNotExist", [])}))
	not _asks(_webhook({"objectSelector": _selector("app", "DoesNotExist", [])}))
}

test_webhook_by_the_namespaces_labels if {
	selecting := _webhook({"namespaceSelector": object.union(_nothing, {"matchLabels": {"team": "shop"}})})
	_asks(selecting)
	not _asks(_webhook({"namespaceSelector": _selector("team", "DoesNotExist", [])}))
	[unread] := _asked_in([selecting], null)
	not unread.certain
	endswith(unread.message, "; may be asked: the labels of the namespace could not be read")
	[everywhere] := _asked_in([_webhook({})], null)
	everywhere.certain
}

test_webhook_with_conditions_may_be_asked if {
	[said] := _asked_in([_webhook({"versions": ["v1"], "conditions": 1})], _shop)
	not said.certain
	said.message == "may be asked: its matchConditions were not evaluated"
}

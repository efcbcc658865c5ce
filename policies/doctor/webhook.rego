package doctor

# METADATA
# title: Webhooks
# description: The mutating webhooks that are asked when a pod like this one is created, those that may take fields away first.
# entrypoint: true
webhooks := [webhook | some [_, webhook] in sort([[_rank(webhook), webhook] | some webhook in _asked_webhooks])]

_rank(webhook) := 0 if {
	webhook.suspect
} else := 1

_asked_webhooks contains {
	"configuration": webhook.configuration,
	"name": webhook.name,
	"suspect": _is_suspect(webhook),
	"certain": count(doubts) == 0,
	"failurePolicy": webhook.failurePolicy,
	"message": concat("; ", array.flatten([
		[$"takes only {concat(", ", webhook.versions)} reviews: what serves it was built on an old API, and may drop fields that it does not know" |
			_is_suspect(webhook)
		],
		[sentence | some sentence in sort(doubts)],
	])),
} if {
	some webhook in input.webhooks
	_is_of_new_pods(webhook)
	_may_select_namespace(webhook.namespaceSelector)
	_is_selected(webhook.objectSelector, input.labels)
	doubts := {sentence | some sentence in _doubts(webhook)}
}

# KEP-753: what was not compiled since knows no restartPolicy of containers, and admission v1 is the newest it could speak.
_is_suspect(webhook) := false if {
	"v1" in webhook.versions
} else := true

_is_of_new_pods(webhook) if {
	some rule in webhook.rules
	some group in rule.apiGroups
	group in {"*", ""}
	some version in rule.apiVersions
	version in {"*", "v1"}
	some operation in rule.operations
	operation in {"*", "CREATE"}
	some resource in rule.resources
	resource in {"*", "*/*", "pods", "pods/*"}
	rule.scope in {"*", "Namespaced"}
}

# Without its labels nothing speaks against it.
_may_select_namespace(_) if input.namespace == null

_may_select_namespace(selector) if _is_selected(selector, input.namespace.labels)

_doubts(webhook) := array.flatten([
	["may be asked: its matchConditions were not evaluated" | webhook.conditions > 0],
	["may be asked: the labels of the namespace could not be read" |
		input.namespace == null
		_selects_some(webhook.namespaceSelector)
	],
])

_selects_some(selector) if count(selector.matchLabels) + count(selector.matchExpressions) > 0

_is_selected(selector, labels) if {
	every key, value in selector.matchLabels { labels[key] == value }
	every term in selector.matchExpressions { _is_true_of(term, labels) }
}

_is_true_of(term, labels) if {
	term.operator == "In"
	labels[term.key] in term.values
}

_is_true_of(term, labels) if {
	term.operator == "NotIn"
	not object.get(labels, term.key, null) in term.values
}

_is_true_of(term, labels) if {
	term.operator == "Exists"
	term.key in object.keys(labels)
}

_is_true_of(term, labels) if {
	term.operator == "DoesNotExist"
	not term.key in object.keys(labels)
}

package review

# METADATA
# title: stripped-native
# description: A webhook of an older API is asked of the creation of pods, and may take the restartPolicy out of native sidecars.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	names := sort([webhook.name | some webhook in _older_webhooks; _may_take(webhook, template)])
	count(names) > 0
	some c in _natives(template)
	finding := _finding("stripped-native", "warning", {
		"message": $"{template.owner} {template.name}: {_webhook_words(names)} only v1beta1 reviews of new pods; one built before Kubernetes 1.28 may take the restartPolicy out of native sidecar {c.name}, which then blocks its pod",
		"container": c.name,
		"path": c.path,
		"fix": {"text": "update what serves the webhook, or keep it from these pods by its objectSelector", "patch": []},
	})
}

_may_take(webhook, template) if {
	labels := object.get(template.pod.metadata, "labels", {})
	not _keeps_out(webhook.objectSelector, labels, _labels_to_come(template))
}

_may_take(webhook, _) if not webhook.objectSelector

_webhook_words(names) := $"webhook {names[0]} takes" if {
	count(names) == 1
} else := $"webhooks {concat(", ", names)} take" if {
	count(names) <= 3
} else := $"webhooks {concat(", ", array.slice(names, 0, 3))} and {count(names) - 3} more take"

_natives(template) := [{"name": c.name, "path": array.flatten([template.spec, "initContainers", i])} |
	template.spec != null
	some i, c in template.pod.spec.initContainers
	c.restartPolicy == "Always"
]

_older_webhooks contains webhook if {
	some item in _manifests
	item.manifest.kind == "MutatingWebhookConfiguration"
	some webhook in item.manifest.webhooks
	_is_older(webhook)
}

# Of an API before Kubernetes 1.16, and asked of new pods.
_is_older(webhook) if {
	not "v1" in webhook.admissionReviewVersions
	some rule in webhook.rules
	count({"*", "CREATE"} & {operation | some operation in rule.operations}) > 0
	count({"*", "*/*", "pods"} & {resource | some resource in rule.resources}) > 0
	count({"*", ""} & {group | some group in rule.apiGroups}) > 0
}

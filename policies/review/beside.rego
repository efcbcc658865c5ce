package review

# What a review of one object needs of the others: objects are judged one by one, each with these beside it in a List.

# METADATA
# title: Kinds beside
# description: The kinds of objects that count in the findings on others.
# entrypoint: true
kinds_beside := {"MutatingWebhookConfiguration"}

# METADATA
# title: Beside
# description: An object of such a kind with no more than the findings on others read; nothing when they would read nothing of it.
# entrypoint: true
beside := [{"kind": input.kind, "webhooks": webhooks}] if {
	webhooks := [webhook | some webhook in input.webhooks; _is_older(webhook)]
	count(webhooks) > 0
	input.kind in kinds_beside
} else := []

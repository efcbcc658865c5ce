package review

# Label selectors. To `labels` others are added later, of which only the keys are known: such a key has some value.

_keeps_out(selector, labels, added) if {
	some key, value in selector.matchLabels
	not _may_be_one_of(labels, added, key, [value])
}

_keeps_out(selector, labels, added) if {
	some requirement in selector.matchExpressions
	_fails(requirement, labels, added)
}

_fails(requirement, labels, added) if {
	requirement.operator == "In"
	not _may_be_one_of(labels, added, requirement.key, requirement.values)
}

_fails(requirement, labels, _) if {
	requirement.operator == "NotIn"
	labels[requirement.key] in requirement.values
}

_fails(requirement, labels, added) if {
	requirement.operator == "Exists"
	not requirement.key in (object.keys(labels) | added)
}

_fails(requirement, labels, added) if {
	requirement.operator == "DoesNotExist"
	requirement.key in (object.keys(labels) | added)
}

_may_be_one_of(labels, _, key, values) if labels[key] in values

_may_be_one_of(labels, added, key, _) if {
	not key in object.keys(labels)
	key in added
}

# What the Job controller adds to its pods.
_labels_to_come(template) := {key |
	template.job != null
	some key in [
		"batch.kubernetes.io/controller-uid",
		"batch.kubernetes.io/job-completion-index",
		"batch.kubernetes.io/job-name",
		"controller-uid",
		"job-name",
	]
}

package review

# METADATA
# title: no-deadline
# description: A Job with sidecars has no activeDeadlineSeconds, so whatever hangs in it hangs for ever.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	template.job != null
	names := sort([c.name | some c in template.outliving])
	count(names) > 0
	not _has_deadline(template)
	finding := _finding("no-deadline", "info", {
		"message": $"{template.owner} {template.name} has no activeDeadlineSeconds: should {concat(", ", names)} not be ended, the Job stays for ever",
		"container": null,
		"path": template.job,
		"fix": {
			"text": "set activeDeadlineSeconds to more than the longest run takes, such as 86400, a day",
			"patch": [{"op": "add", "path": _pointer(array.concat(template.job, ["activeDeadlineSeconds"])), "value": 86400}],
		},
	})
}

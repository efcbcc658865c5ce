package review

# METADATA
# title: cron-forbid
# description: A CronJob with concurrencyPolicy Forbid never runs again once one of its Jobs hangs.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	template.owner == "CronJob"
	template.item.manifest.spec.concurrencyPolicy == "Forbid"
	not _has_deadline(template)
	some c in _outliving(template)
	_why_nobody_ends(template, c.name)
	finding := _finding(rego.metadata.rule(), {
		"message": $"CronJob {template.name} never runs again once {c.name} outlives a run: concurrencyPolicy Forbid skips every run while a Job is unfinished",
		"container": c.name,
		"path": array.flatten([template.item.path, "spec", "concurrencyPolicy"]),
		"fix": _fix_of(template, c),
	})
}

_fix_of(template, c) := _fix(template, c) if {
	not c.injected
} else := _vendor_fix(template, c, data.catalogue.rows[template.roles.sidecars[c.name].row])

_has_deadline(template) if object.get(input, array.concat(template.job, ["activeDeadlineSeconds"]), null) != null

_has_deadline(template) if template.pod.spec.activeDeadlineSeconds

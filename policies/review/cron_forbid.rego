package review

# METADATA
# title: cron-forbid
# description: A CronJob with concurrencyPolicy Forbid never runs again once one of its Jobs hangs.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	some c in _blocking(template)
	not c.injected
	count(_enders(template, c)) == 0
	finding := _finding("cron-forbid", "error", _blocked(template, c, "outlives a run"))
}

# METADATA
# title: cron-forbid
# description: A CronJob with concurrencyPolicy Forbid never runs again once one of its Jobs hangs on a sidecar that a webhook adds, unless that is native.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some c in _blocking(template)
	c.injected
	count(_enders(template, c)) == 0
	finding := _finding("cron-forbid", "warning", _blocked(template, c, "is added as a plain container and outlives a run"))
}

# METADATA
# title: cron-forbid
# description: A CronJob with concurrencyPolicy Forbid never runs again once a main has not ended its sidecar.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	some c in _blocking(template)
	enders := _enders(template, c)
	count(enders) > 0
	finding := _finding("cron-forbid", "info", _blocked(template, c, $"outlives a run because {concat(" or ", enders)} has not ended it"))
}

_blocking(template) := [c |
	template.owner == "CronJob"
	template.item.manifest.spec.concurrencyPolicy == "Forbid"
	not _has_deadline(template)
	some c in template.outliving
	_why_nobody_ends(template, c.name)
]

_blocked(template, c, when) := {
	"message": $"CronJob {template.name} never runs again once {c.name} {when}: concurrencyPolicy Forbid skips every run while a Job is unfinished",
	"container": c.name,
	"path": array.flatten([template.item.path, "spec", "concurrencyPolicy"]),
	"fix": _fix_of(template, c),
}

_has_deadline(template) if object.get(input, array.concat(template.job, ["activeDeadlineSeconds"]), null) != null

_has_deadline(template) if template.pod.spec.activeDeadlineSeconds

package review

# METADATA
# title: init-sidecar
# description: A sidecar is an init container without restartPolicy Always; it does not end, so the mains never start.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	not template.ignored
	template.spec != null
	some i, c in template.pod.spec.initContainers
	object.get(c, "restartPolicy", null) != "Always"
	why := _why_it_stays(template, c)
	not _may_end(c)
	path := array.flatten([template.spec, "initContainers", i])
	finding := _finding("init-sidecar", "error", {
		"message": $"{template.owner} {template.name} never starts {concat(", ", template.roles.mains)}: init container {c.name} ({why}) has no restartPolicy Always, and the pod waits for its end",
		"container": c.name,
		"path": path,
		"fix": {
			"text": $"make {c.name} a native sidecar by restartPolicy Always (Kubernetes 1.29 or newer)",
			"patch": array.concat(
				[{"op": "add", "path": _pointer(array.concat(path, ["restartPolicy"])), "value": "Always"}],
				[{"op": "remove", "path": _pointer(array.concat(path, ["restartPolicyRules"]))} | object.get(c, "restartPolicyRules", null) != null],
			),
		},
	})
}

_why_it_stays(template, c) := $"a sidecar by {template.roles.speaker}" if {
	c.name in template.roles.named
} else := $"known sidecar {known.row}" if {
	known := template.known_inits[c.name]
	known.by_image
	row := data.catalogue.rows[known.row]
	not row.endsItself
	_runs_on(c, row)
}

# Its image's own program, as it runs without end: only options, names of what it connects to, or a command for that.
_runs_on(c, row) if {
	words := _after_program(c, row)
	count(words) == 0
}

_runs_on(c, row) if {
	words := _after_program(c, row)
	regex.match("^-|[:/]", words[0])
}

_runs_on(c, row) if _after_program(c, row)[0] in {"proxy", "run"} # of pilot-agent; of kuma-dp and alloy

# Undefined for a command that is not its program.
_after_program(c, row) := array.slice(words, 1, count(words)) if {
	words := _command_line(c)
	_base(words[0]) in row.programs
} else := words if {
	count(object.get(c, "command", [])) == 0
	words := _command_line(c)
}

_command_line(c) := array.concat(object.get(c, "command", []), object.get(c, "args", []))

# Something in its words ends it, or may.
_may_end(c) if {
	some word in _command_line(c)
	some part in split(trim_left(word, "-"), "=")
	part in _ending_words
}

_may_end(c) if {
	some word in _command_line(c)
	contains(word, "$(")
}

_ending_words := {
	"check",
	"completion",
	"dry-run",
	"exit-after-auth",
	"h",
	"help",
	"once",
	"one-shot",
	"oneshot",
	"shutdown",
	"test",
	"v",
	"validate",
	"version",
	"wait",
}

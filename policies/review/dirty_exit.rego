package review

# METADATA
# title: dirty-exit
# description: A sidecar exits with another code than 0 when it is ended, and what ends it does not keep that code from counting.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	c.name in template.judged.dirty
	said := template.roles.sidecars[c.name]
	_is_dirty(said)
	finding := _finding("dirty-exit", "error", {
		"message": $"{template.owner} {template.name}: {c.name} exits with {said.signal_exit} after {said.signal}, {_harm(said)}; no reaper without the way complete ends it cleanly",
		"container": c.name,
		"path": _place(template, c),
		"fix": _clean_fix(template, c, _settings.ways),
	})
}

# METADATA
# title: dirty-exit
# description: A main signals its sidecar, which then exits with another code than 0.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	template.pod.spec.shareProcessNamespace == true
	some c in template.outliving
	said := template.roles.sidecars[c.name]
	_is_dirty(said)
	some main, words in _words_of_mains(template)
	_tells(words, c)
	finding := _finding("dirty-exit", "error", {
		"message": $"{template.owner} {template.name}: {main} ends {c.name} by TERM, after which that exits with {said.signal_exit}, {_harm(said)}",
		"container": c.name,
		"path": _place(template, c),
		"fix": _clean_fix(template, c, ["signal"]),
	})
}

_is_dirty(said) if {
	is_number(said.signal_exit)
	said.signal_exit != 0
}

_harm(said) := "which restarts it, and counts against the Job's backoffLimit" if {
	said.restarts == "yes"
} else := "which makes the pod Failed, and the Job may run the main again"

# pkill proxy, killall -TERM -w proxy
_tells(words, c) if {
	some groups in regex.find_all_string_submatch_n(`(?:pkill|killall)((?: +-[A-Za-z0-9]+)*) +([^ ;&|]+)`, words, -1)
	contains(_base(groups[2]), c.name)
	every option in split(trim_space(groups[1]), " ") { option in {"", "-f", "-x", "-w", "-e", "-TERM", "-15", "-SIGTERM"} }
}

_place(template, c) := c.path if {
	c.path != null
} else := template.metadata

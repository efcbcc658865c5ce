package review

# METADATA
# title: quit-not-enabled
# description: Something relies on a sidecar's own way to quit, and the option that switches it on is off.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	_may_rely(template, c)
	off := _switches(template, c.name).off
	who := _relying(template, c, off)
	finding := _finding("quit-not-enabled", "error", {
		"message": $"{template.owner} {template.name}: {who} relies on a call that {c.name} does not take without {_option_words(off[0].options)}",
		"container": c.name,
		"path": _place(template, c),
		"fix": {
			"text": $"set {_option_words(off[0].options)}",
			"patch": [operation | off[0].free; some operation in _switching_on(template, c, off[0].options)],
		},
	})
}

# Else its options need not be looked at.
_may_rely(template, _) if template.judged.decision == "refuse"

_may_rely(template, c) if template.roles.sidecars[c.name].quit != null

_may_rely(template, c) if {
	some words in _words_of_mains(template)
	some way in data.catalogue.rows[template.roles.sidecars[c.name].row].ways
	contains(words, _part_of_call(way))
}

_part_of_call(way) := way.path

_part_of_call(way) := _base(way.argv[0])

_relying(template, c, off) := concat(", ", callers) if {
	callers := [main |
		some main, words in _words_of_mains(template)
		some way in off
		contains(words, way.call)
	]
	count(callers) > 0
} else := "annotation sidecar-reaper/containers" if {
	"allow" == _settings.annotationCommands
	some way in off
	contains(template.roles.sidecars[c.name].quit, way.call)
} else := $"the setting ways ({concat(", ", sort(_settings.ways))})" if {
	count(off) > 0
	template.judged.decision == "refuse"
	every way in _settings.ways { way in {"exec", "http"} }
}

package review

# METADATA
# title: shell-as-pid1
# description: A shell is PID 1 of a sidecar and neither hands its process over nor traps TERM, so it is deaf to it.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	not template.pod.spec.shareProcessNamespace
	some c in _served_by(template)
	[key, i] := _script_of(_at(c))
	script := _at(c)[key][i]
	_is_deaf(script)
	finding := _finding(rego.metadata.rule(), {
		"message": $"{template.owner} {template.name}: a shell is PID 1 of {c.name}, and ignores TERM: its end takes the whole grace and its exit code is 137",
		"container": c.name,
		"path": array.concat(c.path, [key, i]),
		"fix": {
			"text": "let the shell hand over its process: exec before the last command; or trap TERM",
			"patch": [{"op": "replace", "path": _pointer(array.concat(c.path, [key, i])), "value": handed_over} |
				handed_over := _handed_over(script)
			],
		},
	})
}

# The kubelet sends TERM to native sidecars too.
_served_by(template) := array.concat(
	[c | some c in _outliving(template); c.path != null],
	_natives(template),
)

# sh -c "…", or sh -c with the script in args; options such as -e may come before.
_script_of(c) := ["command", i + 1] if {
	_base(c.command[0]) in _shells
	some i, word in c.command
	i > 0
	_is_c(word)
	is_string(c.command[i + 1])
} else := ["args", 0] if {
	_base(c.command[0]) in _shells
	_is_c(c.command[count(c.command) - 1])
	is_string(c.args[0])
} else := ["args", 1] if {
	_base(c.command[0]) in _shells
	count(c.command) == 1
	_is_c(c.args[0])
	is_string(c.args[1])
}

_is_c(word) if regex.match(`^-[a-z]*c$`, word)

# Of a single command many shells make themselves that command.
_is_deaf(script) if {
	regex.match(`[;&|\n]`, trim_space(script))
	not regex.match(`(^|[;&|\s(])(exec|trap)\s`, script)
}

# Only where the last command is a plain one.
_handed_over(script) := concat("", [groups[1], "exec ", groups[2]]) if {
	groups := regex.find_all_string_submatch_n(`^((?:.|\n)*(?:;|&&|\n)\s*)([A-Za-z0-9_./-]+(?:[ \t][^;&|\n(){}<>]*)?)$`, trim_space(script), 1)[0]
	not split(groups[2], " ")[0] in {"done", "fi", "esac", "wait", "exit", "return", "true", "while", "for", "if", "until", "case", "cd", "set", "export"}
}

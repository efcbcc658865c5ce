package review

# METADATA
# title: shell-as-pid1
# description: A shell stays PID 1 of a sidecar and does not trap TERM, so it is deaf to it.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some found in _shells_of(template)
	not _ends_plainly(found.outside)
	finding := _finding("shell-as-pid1", "warning", {
		"message": $"{template.owner} {template.name}: a shell is PID 1 of {found.name}, and ignores TERM: its end takes the whole grace and its exit code is 137",
		"container": found.name,
		"path": found.path,
		"fix": {"text": "trap TERM, or let one program be the last command and hand over to it by exec", "patch": []},
	})
}

# METADATA
# title: shell-as-pid1
# description: A shell may stay PID 1 of a sidecar and be deaf to TERM; some hand over to the last command, others do not.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	some found in _shells_of(template)
	_ends_plainly(found.outside)
	finding := _finding("shell-as-pid1", "info", {
		"message": $"{template.owner} {template.name}: a shell may stay PID 1 of {found.name} and ignore TERM (dash does), then its end takes the whole grace and its exit code is 137",
		"container": found.name,
		"path": found.path,
		"fix": {
			"text": "let the shell hand over: exec before the last command",
			"patch": [{"op": "replace", "path": _pointer(found.path), "value": script} | script := _handed_over(found.script)],
		},
	})
}

_shells_of(template) := [{"name": c.name, "path": array.concat(c.path, place), "script": script, "outside": outside} |
	not template.pod.spec.shareProcessNamespace == true
	some c in array.concat([c | some c in template.outliving; c.path != null], _natives(template)) # the kubelet sends TERM to those too
	place := _place_of_script(_at(c))
	script := trim_space(object.get(_at(c), place, null))
	outside := _outside_quotes(script)
	regex.match(`[;&|\n]`, outside) # of a single command every common shell makes itself that command
	not regex.match(`(^|[;&|\s(])(exec|trap)\s`, outside)
]

# sh -c "…", with the script in command or args; options such as -e may come with the c.
_place_of_script(c) := ["command", i + 1] if {
	_base(c.command[0]) in _shells
	some i, word in c.command
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

# What is quoted separates no commands, nor does the & of 2>&1.
_outside_quotes(script) := strings.replace_n({">&": ">", "&>": ">"}, concat("q", _even(split(concat("q", _even(split(script, `"`))), "'"))))

_even(parts) := [part | some i, part in parts; i % 2 == 0]

# In a program: bash 5.2 and busybox hand over to it, dash 0.5.12 does not (tried).
_ends_plainly(outside) if {
	words := regex.find_all_string_submatch_n(`(?:;|&&|\n)\s*([A-Za-z0-9_./-]+)(?:\s[^;&|\n(){}]*)?$`, outside, 1)[0]
	not words[1] in _no_programs
}

_no_programs := {"done", "fi", "esac", "wait", "exit", "return", "true", "while", "for", "if", "until", "case", "cd", "set", "export"}

# Only where nothing in the last command is quoted.
_handed_over(script) := concat("", [groups[1], "exec ", groups[2]]) if {
	groups := regex.find_all_string_submatch_n(`^((?:.|\n)*(?:;|&&|\n)\s*)([A-Za-z0-9_./-]+(?:[ \t](?:[^;&|\n(){}"']|>&)*)?)$`, script, 1)[0]
}

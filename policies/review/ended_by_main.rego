package review

# METADATA
# title: ended-by-main
# description: A sidecar runs on after the mains have ended, unless one of them ends it, as its command says.
# custom:
#   severity: info
_findings contains finding if {
	some template in _templates
	some c in template.outliving
	enders := _enders(template, c)
	count(enders) > 0
	_why_nobody_ends(template, c.name)
	finding := _finding("ended-by-main", "info", {
		"message": $"{template.owner} {template.name} completes only if {concat(" or ", enders)} ends {c.name} ({template.roles.sidecars[c.name].why}): killed before that it leaves the sidecar running",
		"container": c.name,
		"path": _place(template, c),
		"fix": _fix_of(template, c),
	})
}

# The mains that end a sidecar themselves.
_enders(template, c) := object.get(_all_enders, [template.path, c.name], [])

# Asked for by several rules, and found once.
_all_enders := {template.path: enders |
	some template in _templates
	enders := {c.name: names |
		some c in template.outliving
		names := sort([main.name |
			some main in template.containers
			main.name in template.roles.mains
			main.path != null
			_ends(template, _at(main), c)
		])
		count(names) > 0
	}
	count(enders) > 0
}

# By a call of its own that is switched on.
_ends(template, main, c) if {
	some call in template.roles.sidecars[c.name].calls
	some command in _commands_of(main)
	_makes(command, call, data.catalogue.rows[template.roles.sidecars[c.name].row])
	not _is_only_said(command)
}

# By a signal.
_ends(template, main, c) if {
	template.pod.spec.shareProcessNamespace == true
	some command in _commands_of(main)
	_signals_by_name(command, _process_names(template, c))
	not _is_only_said(command)
}

# By a program around the main that calls it for them, as the first word or after that of a shell.
_ends(template, main, c) if {
	template.roles.sidecars[c.name].row == "istio"
	some command in _commands_of(main)
	_runs("scuttle", command)
	not {"name": "NEVER_KILL_ISTIO", "value": "true"} in {variable | some variable in main.env}
}

_ends(template, main, c) if {
	template.roles.sidecars[c.name].row == "linkerd"
	count(template.roles.sidecars[c.name].calls) > 0
	some command in _commands_of(main)
	_runs("linkerd-await", command)
	count({"-S", "--shutdown"} & {word | some word in split(split(command, " -- ")[0], " ")}) > 0
}

# kubexit stands around both: what it runs leaves a file when it ends, for which the other waits.
_ends(_, main, c) if {
	sidecar := _at(c)
	every container in [main, sidecar] { _base(container.command[0]) == "kubexit" }
	some named in main.env
	named.name == "KUBEXIT_NAME"
	some awaiting in sidecar.env
	awaiting.name == "KUBEXIT_DEATH_DEPS"
	named.value in split(awaiting.value, ",")
}

# What it runs (no hook: preStop is not run by a container that ends), command by command.
_commands_of(main) := [trim_space(command) |
	words := concat(" ", [word | some key in ["command", "args"]; some word in main[key]])
	some command in split(strings.replace_n({";": "\n", "&": "\n", "|": "\n"}, words), "\n")
]

_is_only_said(command) if regex.match(`(^|\s)(echo|printf|logger|:|#)(\s|$)`, command)

_makes(command, call, _) if {
	call.way == "http"
	contains(command, call.path)
	path := replace(call.path, ".", `\.`)
	regex.match($`(?:localhost|127\.0\.0\.1|\[::1\]):{call.port}{path}(?:$|[^A-Za-z0-9_./-])`, command)
	_posts(command, call.method)
}

_makes(command, call, row) if {
	call.way == "exec"
	contains($" {concat(" ", _bare(command))} ", $" {concat(" ", _bare(concat(" ", call.argv)))} ")
	said := _valued(command)
	every option, value in _valued(concat(" ", call.argv)) { object.get(said, option, _default_port(row)) == value }
}

_posts(_, method) if method != "POST"

_posts(command, _) if regex.match(`(?i)\bpost\b|\s--data|\s-d\b`, command)

# The words that are no options, and not their values; of a path its last part.
_bare(command) := [_base(word) |
	words := split(command, " ")
	some i, word in words
	not startswith(word, "-")
	word != ""
	not _is_option(object.get({"words": words}, ["words", i - 1], ""))
]

_is_option(word) if {
	startswith(word, "--")
	not contains(word, "=")
}

# --port=1 and --port 1 → {"--port": "1"}
_valued(command) := object.union_n(array.concat([{}], [{parts[0]: value} |
	words := split(command, " ")
	some i, word in words
	startswith(word, "--")
	parts := split(word, "=")
	value := array.flatten([array.slice(parts, 1, 2), array.slice(words, i + 1, i + 2), [""]])[0]
]))

default _default_port(_) := null

_default_port(row) := $"{ports[0]}" if {
	ports := [way.port["default"] | some way in row.ways; way.way == "exec"; way.port["default"]]
	count(ports) > 0
}

_process_names(template, c) := {c.name} | {program | some program in data.catalogue.rows[template.roles.sidecars[c.name].row].programs}

_process_names(template, c) := {c.name} if not data.catalogue.rows[template.roles.sidecars[c.name].row].programs

# pkill -f proxy, killall -TERM proxy, kill $(pidof proxy)
_signals_by_name(command, names) if {
	contains(command, "kill")
	some pattern in [
		`(?:^|\s)(?:pkill|killall)((?:\s+-[A-Za-z0-9]+)*)\s+([^\s]+)`,
		`(?:^|\s)kill((?:\s+-[A-Za-z0-9]+)*)\s+"?\$\((?:pidof|pgrep)(?:\s+-[a-z]+)*\s+([^\s)]+)\)`,
	]
	some groups in regex.find_all_string_submatch_n(pattern, command, -1)
	_base(trim(groups[2], `"'`)) in names
	every option in split(trim_space(groups[1]), " ") { option in _ending_options }
}

_ending_options := {"", "-f", "-x", "-w", "-e", "-TERM", "-15", "-SIGTERM", "-INT", "-2", "-SIGINT", "-KILL", "-9", "-SIGKILL"}

_runs(program, command) if regex.match($`^(?:\S*sh -\S*c )?(?:exec )?(?:\S*/)?{program}\s`, command)

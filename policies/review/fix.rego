package review

# What would mend a finding, as a sentence and as an RFC 6902 patch of the whole manifest.

# What a webhook adds cannot be moved in the manifest.
_fix_of(template, c) := _fix(template, c) if {
	not c.injected
} else := _vendor_fix(template, c, object.get(data.catalogue.rows, template.roles.sidecars[c.name].row, {}))

_fix(template, c) := {
	"text": $"{_native_words(c)}. Its {concat(" and ", held)} would hold the mains back: take it out, or see that it needs nothing of them",
	"patch": [],
} if {
	template.spec != null
	held := _holding(_at(c))
	count(held) > 0
} else := {
	"text": _native_words(c),
	"patch": array.flatten([
		[{"op": "test", "path": $"{from}/name", "value": c.name}],
		[{"op": "add", "path": list, "value": []} | not is_array(object.get(template.pod.spec, "initContainers", null))],
		[
			{"op": "move", "from": from, "path": $"{list}/{_index_or_end(template, index)}"},
			{"op": "add", "path": $"{list}/{index}/restartPolicy", "value": "Always"},
		],
		[{"op": "remove", "path": $"{ # which the API server refuses then
			list}/{index}/restartPolicyRules"} |
			object.get(_at(c), "restartPolicyRules", null) != null
		],
	]),
} if {
	template.spec != null
	c.path != null
	from := _pointer(c.path)
	list := _pointer(array.concat(template.spec, ["initContainers"]))
	index := _index_among_inits(template, c)
} else := _annotation_fix(template)

_native_words(c) := $"make {c.name} a native sidecar: an init container with restartPolicy Always (Kubernetes 1.29 or newer)"

# The mains start only once a native sidecar has started, and that is once these have passed.
_holding(container) := [place |
	some path in [["startupProbe"], ["lifecycle", "postStart"]]
	object.get(container, path, null) != null
	place := concat(".", path)
]

# Native sidecars end in reverse: the network of the others comes before those that are there, after others of its kind.
_index_among_inits(template, c) := min(array.concat([_inits(template)], [i |
	_is_network(template.roles.sidecars[c.name].row)
	some i, init in template.pod.spec.initContainers
	init.restartPolicy == "Always"
	not init.name in {name | some name, known in template.known_inits; _is_network(known.row)}
]))

_index_or_end(template, index) := "-" if {
	index == _inits(template)
} else := index

_inits(template) := count([c | some c in template.pod.spec.initContainers])

_is_network(row) if data.catalogue.rows[row].last

_vendor_fix(template, c, row) := {
	"text": $"let {row.title} add {c.name} as a native sidecar ({row.native.since} or newer)",
	"patch": _annotating(template, row.native.annotations),
} if {
	count(object.get(row, ["native", "annotations"], {})) > 0
} else := _annotation_fix(template)

_annotation_fix(template) := {
	"text": "annotate the pod, so that sidecar-reaper ends its sidecars",
	"patch": _annotating(template, {"sidecar-reaper/sidecars": concat(", ", sort(object.keys(template.roles.sidecars)))}),
}

_annotating(template, annotations) := array.flatten([
	[{"op": "add", "path": _pointer(template.metadata), "value": {}} | not _exists(template.metadata)],
	[{"op": "add", "path": _pointer(at), "value": {}} | not _exists(at)],
	[{"op": "add", "path": _pointer(array.concat(at, [key])), "value": value} | some key, value in annotations],
]) if {
	at := array.concat(template.metadata, ["annotations"])
}

# The options as patches: with the arguments that are there, in env, or on the pod. Undefined where one of them finds no place.
_switching_on(template, c, options) := array.flatten([
	[{"op": "add", "path": _pointer(array.concat(c.path, ["env"])), "value": []} |
		count(in_env) > 0
		not is_array(object.get(_at(c), "env", null))
	],
	in_args,
	in_env,
	[operation | count(annotations) > 0; some operation in _annotating(template, annotations)],
]) if {
	in_args := [_argument(c, option) | some option in options; _takes_argument(c, option)]
	in_env := [_variable(c, option) | some option in options; _takes_variable(c, option)]
	annotations := {option.annotation: option.is[0] |
		some option in options
		option.annotation
		not _takes_argument(c, option)
		not _takes_variable(c, option)
	}
	(count(in_args) + count(in_env)) + count(annotations) == count(options)
}

# Nothing, where a webhook adds it: there is no key null.
_at(c) := object.get(input, c.path, {})

_takes_argument(c, option) if {
	option.flag
	_argument_list(_at(c))
}

_takes_variable(c, option) if {
	option.env
	c.path != null
	not _takes_argument(c, option)
}

_argument(c, option) := {"op": "add", "path": _pointer(array.flatten([c.path, _argument_list(_at(c)), "-"])), "value": word} if {
	word := concat("=", array.concat([$"--{option.flag}"], [value | value := option.is[0]; value != "true"]))
}

_variable(c, option) := {
	"op": "add",
	"path": _pointer(array.concat(c.path, ["env", "-"])),
	"value": {"name": option.env, "value": option.is[0]},
}

# Where a further option can be added at the end: not in a shell's words, after a --, or where the image has its own.
_argument_list(c) := "args" if {
	is_array(c.args)
	count(c.args) > 0
	not _has_own_words(c)
} else := "command" if {
	is_array(c.command)
	count(c.command) > 0
	not _has_own_words(c)
}

_has_own_words(c) if _base(c.command[0]) in _shells

_has_own_words(c) if "--" in array.concat(object.get(c, "command", []), object.get(c, "args", []))

_shells := {"sh", "ash", "bash", "dash", "ksh", "mksh", "zsh"}

_base(word) := array.reverse(split(word, "/"))[0]

_option_words(options) := concat(" and ", [concat(" or ", words) |
	some option in options
	value := option.is[0]
	words := array.flatten([
		[$"--{option.flag}={value}" | option.flag],
		[$"env {option.env}={value}" | option.env],
		[$"annotation {option.annotation}: {value}" | option.annotation],
	])
])

# A clean exit of its own that nothing in the manifest speaks of yet, else a native sidecar.
_clean_fix(template, c, ways) := fixes[0] if {
	fixes := [fix |
		some settable in _switches(template, c.name).settable
		settable.way in ways
		patch := _switching_on(template, c, settable.options)
		fix := {"text": $"let {c.name} exit with 0: {_option_words(settable.options)}", "patch": patch}
	]
	count(fixes) > 0
} else := _fix_of(template, c)

# All that a container of the manifest runs at its beginning or end.
_words(c) := concat(" ", array.flatten([
	[word | some key in ["command", "args"]; some word in c[key]],
	[word | some hook in ["postStart", "preStop"]; some word in c.lifecycle[hook].exec.command],
]))

_words_of_mains(template) := {c.name: _words(_at(c)) |
	some c in template.containers
	c.name in template.roles.mains
	c.path != null
}

_exists(path) if is_object(object.get(input, path, null))

# RFC 6901.
_pointer(path) := concat("/", array.concat([""], [_token(key) | some key in path]))

_token(key) := key if {
	is_string(key)
	not contains(key, "/")
	not contains(key, "~")
} else := replace(replace($"{key}", "~", "~0"), "/", "~1")

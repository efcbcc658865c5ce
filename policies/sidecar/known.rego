package sidecar

# What the catalogue knows of a container: which row it is, and what its own options say of the row's ways.

# The name is right; only with the image or the vendor's mark it is enough to make a container a sidecar. The image is nearer:
# a mark may be that of another container.
_known := {c.name: rows[0] |
	some c in input.pod.spec.containers
	named := _rows_named(c.name)
	rows := array.concat([id | some id in named; id in _imaged[c.name]], [id | some id in named; id in _marked])
	count(rows) > 0
}

# A whole name is nearer than how it begins.
_rows_named(name) := array.concat(object.get(data.catalogue.by_name, name, []), [id |
	some prefix, ids in data.catalogue.by_prefix
	startswith(name, prefix)
	some id in ids
])

# What a vendor leaves on the pod or its namespace, by key; a list of values that is empty stands for any.
_marked contains id if {
	some key, value in input.pod.metadata.annotations
	some id, values in data.catalogue.by_mark.annotation[key]
	_is_value(value, values)
}

_marked contains id if {
	some key, value in input.pod.metadata.labels
	some id, values in data.catalogue.by_mark.label[key]
	_is_value(value, values)
}

_marked contains id if {
	labels := input.namespace.labels
	some key, ids in data.catalogue.by_mark.namespaceLabel
	some id, values in ids
	_is_value(labels[key], values)
}

_is_value(_, values) if count(values) == 0

_is_value(value, values) if value in values

_imaged := {c.name: ids |
	some c in input.pod.spec.containers
	parts := split(_repository(c.image), "/")
	ids := [id |
		some i, _ in parts
		some id in data.catalogue.by_image[concat("/", array.slice(parts, i, count(parts)))]
	]
}

# docker.io/istio/proxyv2:1.27@sha256:… → docker.io/istio/proxyv2; a colon before the last slash belongs to a port.
_repository(image) := trim_suffix(path, trim_prefix(name, split(name, ":")[0])) if {
	path := split(image, "@")[0]
	name := _last_part(path)
}

# How a sidecar ends its image tells, once something calls it one; where no row has the image, its name and its mark.
_rows := {name: data.catalogue.rows[id] |
	some name in _to_tell
	id := _row_of(name)
}

_row_of(name) := _known[name] if {
	_known[name] in _imaged[name]
} else := _imaged[name][0] if {
	_imaged[name][0]
} else := _known[name]

# Half of what makes a sidecar, for a person who wonders why it is not enough.
_resemblance(c) := $"its image is that of {_title(_imaged[c.name][0])}, its name is not" if {
	count(_imaged[c.name]) > 0
} else := $"its name is that of {_title(_rows_named(c.name)[0])}, but nothing else is" if {
	count(_rows_named(c.name)) > 0
}

_title(id) := data.catalogue.rows[id].title

# Options of a known sidecar: the first place that has one counts, and in it the last that is said.

_flags := {name: _union([{flag: said} |
	words := _options(_container[name])
	some i, word in words
	startswith(word, "-")
	parts := split(trim_left(word, "-"), "=")
	flag := parts[0]
	said := {"value": _after_equals(word, parts), "next": _next(words, i)}
]) |
	some name, _ in _rows
}

# What follows a -- is no option.
_options(c) := array.slice(words, 0, min([i | some i, word in array.concat(words, ["--"]); word == "--"])) if {
	words := array.concat(object.get(c, "command", []), object.get(c, "args", []))
}

# Of no objects it is none; object.union_n([]) is {} for opa eval and undefined as wasm.
_union(objects) := object.union_n(array.concat([{}], objects))

_after_equals(word, parts) := substring(word, indexof(word, "=") + 1, -1) if {
	count(parts) > 1
} else := null

_next(words, i) := words[i + 1] if {
	words[i + 1]
} else := null

_env := {name: _union([{variable.name: object.get(variable, "value", null)} | some variable in _container[name].env]) |
	some name, _ in _rows
}

# Null: it is set, or may be, and what to can't be seen in the pod. A flag that is on or off is true without a value.
_switch(name, option) := _written(_or_true(_flags[name][option.flag].value)) if {
	_flags[name][option.flag]
	_is_on_or_off(option)
} else := _value(name, option)

_is_on_or_off(option) if not option.is

_is_on_or_off(option) if count({"true", "false"} & {word | some word in option.is}) > 0

_or_true(value) := "true" if {
	value == null
} else := value

# Of a flag without `=` the word after it is the value.
_value(name, option) := _written(_or_next(_flags[name][option.flag])) if {
	_flags[name][option.flag]
} else := _set_elsewhere(name, option)

_or_next(said) := said.next if {
	said.value == null
} else := said.value

_set_elsewhere(name, option) := _written(value) if {
	value := _env[name][option.env]
} else := null if {
	option.env
	count(_container[name].envFrom) > 0
} else := input.pod.metadata.annotations[option.annotation] if {
	input.pod.metadata.annotations[option.annotation]
} else := option.default

# $(NAME) is filled in by the kubelet.
_written(value) := null if {
	contains(value, "$(")
} else := value

# What can't be seen holds for nobody who relies on it, and for everybody who fears it.

_holds(name, condition) if _is_met(condition, _switch(name, condition))

_may_hold(name, condition) if _may_be_met(condition, _switch(name, condition))

_is_met(condition, said) if lower(said) in condition.is

_is_met(condition, said) if {
	not condition.is
	said != null
}

_may_be_met(_, null)

_may_be_met(condition, said) if _is_met(condition, said)

_port(name, option) := _port_number(_value(name, option))

_port_number(value) := value if {
	is_number(value)
} else := number if {
	count(value) <= 5
	trim(value, "0123456789") == "" # nothing else is given to the parser, see annotation.rego
	not startswith(value, "0") # as wasm it would be printed so, which is no JSON
	number := to_number(value)
	number >= 1
	number <= 65535
}

_is_on(name, way) if {
	_all_hold(name, way)
	not _is_spoken_against(name, way)
}

_is_spoken_against(name, way) if {
	some condition in way.unless
	_may_hold(name, condition)
}

_all_hold(name, way) if {
	every condition in way.when { _holds(name, condition) }
}

_all_hold(_, way) if not way.when

# How a sidecar is told in its program's own words.
_calls := {name: [call |
	some kind in ["exec", "http"]
	some way in row.ways
	way.way == kind
	_is_on(name, way)
	call := _call(name, way)
] |
	some name, row in _rows
}

_call(name, way) := {"way": "exec", "argv": _argv(name, way), "exit": _known_exit(name, way)} if {
	way.way == "exec"
} else := {"way": "http", "port": port, "path": way.path, "method": way.method, "exit": _known_exit(name, way)} if {
	port := _port(name, way.port)
}

_argv(_, way) := way.argv if not way.port

_argv(name, way) := [replace(word, "{port}", $"{port}") | some word in way.argv] if {
	port := _port(name, way.port) # undefined in a template string is a word of its own
}

_known_exit(name, way) := null if {
	name in _in_doubt
} else := object.get(way, "exit", null)

# An option of the sidecar that leaves its exit codes open.
_in_doubt contains name if {
	some name, row in _rows
	some condition in row.doubts
	_may_hold(name, condition)
}

# Its own command or a shell around it: who knows what that says to the program, and makes of its exit code?
_in_doubt contains name if {
	some name, row in _rows
	_is_wrapped(_container[name], row)
	not _is_wrapped_by_vendor(name, row)
}

# The kubelet fills in $(NAME), which may be an option of any name.
_in_doubt contains name if {
	some name, row in _rows
	some word in _options(_container[name])
	contains(word, "$(")
	startswith(trim_left(split(word, "=")[0], "-"), "$(")
	_reads_flags(row)
}

_is_wrapped(c, row) if not _last_part(c.command[0]) in row.programs

# Such an image runs what args begin with.
_is_wrapped(c, row) if {
	row.runsArgs
	count(object.get(c, "command", [])) == 0
	not startswith(c.args[0], "-")
	not _last_part(c.args[0]) in row.programs
}

_is_wrapped(c, _) if {
	some word in c.args
	data.catalogue.wrappers[_last_part(word)]
}

# /usr/bin/env → env
_last_part(path) := array.reverse(split(path, "/"))[0]

_is_wrapped_by_vendor(name, row) if {
	count(row.wrappedWhen) > 0
	every condition in row.wrappedWhen { _holds(name, condition) }
}

_reads_flags(row) if {
	of_ways := [condition | some way in row.ways; some list in ["when", "unless"]; some condition in way[list]]
	some condition in array.concat(of_ways, object.get(row, "doubts", []))
	condition.flag
}

_known_signals := {name: {"signal": ways[0].signal, "exit": _known_exit(name, ways[0])} |
	some name, row in _rows
	ways := [way | some way in row.ways; way.way == "signal"; _is_on(name, way)]
}

# These end by themselves once all others have: how long to wait for it, in seconds. Of two that would wait for each other
# those with a clean way of their own are told.
_self_ending := {name: seconds |
	some name, seconds in _left_to_itself
	not _is_told_all_the_same(name)
}

_left_to_itself := {name: row.endsItself.withinSeconds |
	some name, row in _rows
	row.endsItself
	_all_hold(name, row.endsItself)
}

_is_told_all_the_same(name) if {
	count(_left_to_itself) > 1
	some way in array.concat(_known_calls(name), [signal | signal := object.union({"way": "signal"}, _known_signals[name])])
	way.exit == 0
	way.way in data.settings.ways
}

# Their patience begins when the last of the others has ended.
_self_ended_by := last + longest if {
	longest := max([seconds | some seconds in _self_ending])
	last := max([status.state.terminated.finishedAt | some status in _status])
}

_awaits_themselves if {
	count(_self_ending) > 0
	count(_left_over - object.keys(_self_ending)) > 0
}

_awaits_themselves if input.now < _self_ended_by

_to_be_told := _to_tell - _by_themselves

# Empty once they have been waited for in vain.
_by_themselves := {name | _awaits_themselves; some name, _ in _self_ending}

# METADATA
# title: ends-itself
# description: Only sidecars are left that end by themselves once all other containers have; they get the time for it.
# custom:
#   decision: wait
ends_itself(names) := $"sidecar {_names(names)} ends by itself once all others have; it gets until then" if {
	count(names) > 0
	count(names - _by_themselves) == 0
}

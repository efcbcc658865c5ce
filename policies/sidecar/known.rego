package sidecar

# What the catalogue knows of a container: which row it is, and what its own options say of the row's ways.

# The name is right; only with the vendor's mark or the image it is enough to make a container a sidecar.
_known := {c.name: rows[0] |
	some c in input.pod.spec.containers
	rows := [id | some id in _rows_named(c.name); _is_recognised(c.name, id)]
	count(rows) > 0
}

# A whole name is nearer than how it begins.
_rows_named(name) := data.catalogue.by_name[name] if {
	data.catalogue.by_name[name]
} else := [id |
	some prefix, ids in data.catalogue.by_prefix
	startswith(name, prefix)
	some id in ids
]

# The image is read only where no mark is there.
_is_recognised(name, id) if {
	id in _marked
} else if id in _imaged[name]

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
	some key, ids in data.catalogue.by_mark.namespaceLabel
	some id, values in ids
	_is_value(input.namespace.labels[key], values)
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
_repository(image) := concat("/", array.concat(folders, [name])) if {
	parts := split(split(image, "@")[0], "/")
	folders := array.slice(parts, 0, count(parts) - 1)
	name := split(parts[count(parts) - 1], ":")[0]
}

# How a sidecar ends its image tells alone, once something else calls it one.
_rows := {name: data.catalogue.rows[id] |
	some name in _to_tell
	id := _row_of(name)
}

_row_of(name) := _known[name] if {
	_known[name]
} else := _imaged[name][0]

# Half of what makes a sidecar, for a person who wonders why it is not enough.
_resemblance(c) := $"its image is that of {_title(_imaged[c.name][0])}, its name is not" if {
	count(_imaged[c.name]) > 0
} else := $"its name is that of {_title(_rows_named(c.name)[0])}, but nothing else is" if {
	count(_rows_named(c.name)) > 0
}

_title(id) := data.catalogue.rows[id].title

# Options of a known sidecar: the first place that has one counts, and in it the last that is said.

_flags := {name: _union([{flag: said} |
	c := _container[name]
	words := array.concat(object.get(c, "command", []), object.get(c, "args", []))
	some i, word in words
	startswith(word, "-")
	parts := split(trim_left(word, "-"), "=")
	flag := parts[0]
	said := {"value": _after_equals(word, parts), "next": _next(words, i)}
]) |
	some name, _ in _rows
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

# Null: it is set, and what to can't be seen in the pod. A flag that is on or off is true without a value.
_switch(name, option) := _written(_or_true(_flags[name][option.flag].value)) if {
	_flags[name][option.flag]
} else := _set_elsewhere(name, option)

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

_holds(name, condition) if lower(_switch(name, condition)) in condition.is

_holds(name, condition) if {
	not condition.is
	[_switch(name, condition)]
}

_port(name, option) := _port_number(_value(name, option))

_port_number(value) := value if {
	is_number(value)
} else := number if {
	count(value) <= 5
	trim(value, "0123456789") == "" # nothing else is given to the parser, see annotation.rego
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
	_holds(name, condition)
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

_in_doubt := {name |
	some name, row in _rows
	some condition in row.doubts
	_holds(name, condition)
}

_known_signals := {name: {"signal": ways[0].signal, "exit": _known_exit(name, ways[0])} |
	some name, row in _rows
	ways := [way | some way in row.ways; way.way == "signal"; _is_on(name, way)]
}

# These end by themselves once all others have: how long to wait for it, in seconds.
_self_ending := {name: row.endsItself.withinSeconds |
	some name, row in _rows
	row.endsItself
	_all_hold(name, row.endsItself)
}

# Their patience begins when the last of the others has ended.
_self_ended_by := last + max([seconds | some seconds in _self_ending]) if {
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

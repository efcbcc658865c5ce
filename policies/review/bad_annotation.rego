package review

# METADATA
# title: bad-annotation
# description: An annotation of ours has a value that cannot be read, or a name that nobody reads.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	some bad in template.roles.bad
	key := _annotation_of(bad)
	finding := _finding("bad-annotation", "error", {
		"message": $"{template.owner} {template.name}: {bad}; a reaper ends nothing on a guess",
		"container": null,
		"path": array.flatten([template.metadata, "annotations", key]),
		"fix": {
			"text": "correct the value, or remove the annotation",
			"patch": [{"op": "remove", "path": _pointer(path)} | # of containers it would take what can be read too
				key == "sidecar-reaper/settle"
				path := array.flatten([template.metadata, "annotations", key])
				object.get(input, path, null) != null
			],
		},
	})
}

_annotation_of(bad) := "sidecar-reaper/settle" if {
	startswith(bad, "sidecar-reaper/settle ")
} else := "sidecar-reaper/containers"

# METADATA
# title: bad-annotation
# description: An annotation that was to say who is a sidecar has a name that nobody reads.
# custom:
#   severity: error
_findings contains finding if {
	some template in _templates
	some key in _unread(template.pod.metadata)
	_says_who(key)
	finding := _finding("bad-annotation", "error", _unread_by_all(template, key))
}

# METADATA
# title: bad-annotation
# description: An annotation of ours has a name that nobody reads.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some key in _unread(template.pod.metadata)
	not _says_who(key)
	finding := _finding("bad-annotation", "warning", _unread_by_all(template, key))
}

_unread(metadata) := {key |
	some key, _ in metadata.annotations
	startswith(key, _ours)
	not trim_prefix(key, _ours) in _read
}

_says_who(key) if regex.match("^(sidecar|main)", _plain_name(key))

_unread_by_all(template, key) := {
	"message": $"{template.owner} {template.name}: nobody reads annotation {key}; sidecar-reaper reads {concat(", ", sort(_read))}",
	"container": null,
	"path": path,
	"fix": _renaming(template, path, key),
} if {
	path := array.flatten([template.metadata, "annotations", key])
}

# The value is all that says what was meant, so it is kept.
_renaming(template, path, key) := {
	"text": $"call it {_ours}{meant[0]}",
	"patch": [{"op": "move", "from": _pointer(path), "path": _pointer(array.flatten([template.metadata, "annotations", name]))} |
		object.get(input, path, null) != null
		name := concat("", [_ours, meant[0]])
		_can_say(template, name, template.pod.metadata.annotations[key])
	],
} if {
	meant := [name | some name in _for_people; _plain_name(name) == _plain_name(key)]
	count(meant) == 1
} else := {"text": "correct the name, or remove the annotation", "patch": []}

# Nothing says it yet, it can be read, and no sidecar that a reaper ends is kept from it.
_can_say(template, key, value) if {
	not key in object.keys(template.pod.metadata.annotations)
	said := object.union(template.pod, {"metadata": {"annotations": {key: value}}})
	roles := _reviewed(_then(said, "")).roles
	_or_all(roles) == null
	count(roles.bad) <= count(template.roles.bad)
	every c in template.outliving { _is_kept_as_it_is(template, key, c) }
}

_is_kept_as_it_is(_, key, _) if key != "sidecar-reaper/ignore"

_is_kept_as_it_is(template, _, c) if _why_nobody_ends(template, c.name)

# sidecar-reaper/Side_Car → sidecar
_plain_name(key) := trim_right(strings.replace_n({"-": "", "_": "", ".": ""}, lower(trim_prefix(key, _ours))), "s")

# METADATA
# title: bad-annotation
# description: An annotation of ours is on the metadata of what makes the pods, not on that of the pods, where it is read.
# custom:
#   severity: warning
_findings contains finding if {
	some item in _manifests
	templates := [template | some template in _templates; template.item.path == item.path]
	some template in templates
	some path in _metadata_above(template)
	some key, value in object.get(input, array.concat(path, ["annotations"]), {})
	startswith(key, _ours)
	finding := _finding("bad-annotation", "warning", {
		"message": $"{template.owner} {template.name}: annotation {key} is not on the pod template, so nobody reads it",
		"container": null,
		"path": array.flatten([path, "annotations", key]),
		"fix": {
			"text": $"move it to the metadata of the pod template",
			"patch": [operation |
				count(templates) == 1
				trim_prefix(key, _ours) in _for_people
				_can_say(template, key, value)
				some operation in array.concat(
					_annotating(template, {key: value}),
					[{"op": "remove", "path": _pointer(array.flatten([path, "annotations", key]))}],
				)
			],
		},
	})
}

# All of the manifest above the pod template that may have metadata of its own.
_metadata_above(template) := [array.concat(place, ["metadata"]) |
	above := array.slice(template.path, count(template.item.path), count(template.path))
	some i, _ in above
	place := array.concat(template.item.path, array.slice(above, 0, i))
]

# METADATA
# title: bad-annotation
# description: An annotation of another controller has a value that cannot be read, and is ignored.
# custom:
#   severity: warning
_findings contains finding if {
	some template in _templates
	some warning in template.judged.warnings
	warning.code == "bad-annotation"
	not warning.message in template.roles.bad
	key := split(warning.message, " ")[0]
	finding := _finding("bad-annotation", "warning", {
		"message": $"{template.owner} {template.name}: {warning.message}",
		"container": warning.container,
		"path": array.flatten([template.metadata, "annotations", key]),
		"fix": {"text": "correct the value, or remove the annotation", "patch": []},
	})
}

_ours := "sidecar-reaper/"

_read := _for_people | {"claim", "completed"} # which the reaper writes

_for_people := {"containers", "ignore", "mains", "settle", "sidecars"}

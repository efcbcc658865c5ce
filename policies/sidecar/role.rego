package sidecar

# Who is a sidecar: the first group that speaks wins, the pod's own annotations before all others.

_own_statements["sidecar-reaper/sidecars"] := _listed("sidecar-reaper/sidecars") & _all

_own_statements["sidecar-reaper/mains"] := _all - _listed("sidecar-reaper/mains")

# The annotations of the controllers that came before; riskified's main_sidecars lists mains, despite its name.
_older_statements["nrmitchi.com/sidecars"] := _listed("nrmitchi.com/sidecars") & _all

_older_statements["lemonade.com/sidecars"] := _listed("lemonade.com/sidecars") & _all

_older_statements["riskified.com/sidecars"] := _listed("riskified.com/sidecars") & _all

_older_statements["riskified.com/main_sidecars"] := _all - _listed("riskified.com/main_sidecars")

# Marks of other controllers count only when the settings say that those controllers are gone.
_orphan_statements["KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT"] := names if {
	"kruise" in data.settings.controllersGone
	names := {c.name |
		some c in _containers
		some variable in c.env
		variable.name == "KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT"
		variable.value == "true"
	}
	count(names) > 0
}

_orphan_statements["workflows.argoproj.io/kill-cmd-<container>"] := names if {
	"argo" in data.settings.controllersGone
	names := {name | some name in _all; _annotations[$"workflows.argoproj.io/kill-cmd-{name}"]}
	count(names) > 0
}

_statements := _own_statements if {
	count(_own_statements) > 0
} else := _older_statements if {
	count(_older_statements) > 0
} else := _orphan_statements if {
	count(_orphan_statements) > 0
}

# Undefined without the annotation; an empty list is a statement too: it names nobody.
_listed(key) := names if {
	text := _annotations[key]
	names := {name |
		some part in split(text, ",")
		name := trim_space(part)
		name != ""
	}
}

_said := {names | some names in _statements}

_said_by := concat(" and ", sort(object.keys(_statements)))

# No annotation speaks: the catalogue, then the settings' own names, then the settings' label that names the main.

_known[c.name] := rows[0] if {
	some c in _containers
	rows := [id | some id in data.catalogue.by_name[c.name]; _recognised(c, data.catalogue.rows[id])]
}

_recognised(_, row) if {
	some mark in row.marks
	_is_marked(mark)
}

_recognised(c, row) if _has_image_of(c, row)

_is_marked(mark) if _is_value(_annotations[mark.annotation], mark)

_is_marked(mark) if _is_value(_labels[mark.label], mark)

_is_marked(mark) if _is_value(input.namespace.labels[mark.namespaceLabel], mark)

_is_value(_, mark) if not mark.value

_is_value(value, mark) if value == mark.value

_has_image_of(c, row) if {
	some suffix in row.images
	endswith($"/{_repository(c.image)}", $"/{suffix}")
}

# docker.io/istio/proxyv2:1.27@sha256:… → docker.io/istio/proxyv2; a colon before the last slash belongs to a port.
_repository(image) := concat("/", array.concat(folders, [name])) if {
	parts := split(split(image, "@")[0], "/")
	folders := array.slice(parts, 0, count(parts) - 1)
	name := split(parts[count(parts) - 1], ":")[0]
}

_by_settings := {name | some name in data.settings.sidecars} & _all

_labelled_main := name if {
	name := _labels[data.settings.mainLabel]
	name in _all
}

default _by_label := set()

_by_label := (_all - {_labelled_main}) - object.keys(_known)

_central := (object.keys(_known) | _by_settings) | _by_label

# Under a contradiction any of them serves: the verdict refuses.
_sidecars := [names | some names in _said][0] if {
	_statements
} else := _central

_mains := _all - _sidecars

_known_only contains name if {
	not _statements
	some name in object.keys(_known)
	not name in _by_settings
}

# METADATA
# title: contradiction
# description: Two annotations, or two settings, disagree about who is a sidecar. Remove one of them.
# custom:
#   decision: refuse
contradiction if count(_said) > 1

contradiction if {
	not _statements
	_labelled_main in _by_settings
}

# METADATA
# title: all-sidecars
# description: Every container would be a sidecar, so none is left whose end could mean that the work is done.
# custom:
#   decision: refuse
all_sidecars if {
	count(_all) > 0
	count(_mains) == 0
}

# METADATA
# title: no-sidecars
# description: No annotation, catalogue row or setting calls a container of the pod a sidecar.
# custom:
#   decision: leave
no_sidecars if count(_sidecars) == 0

_why_listed := $"a sidecar by {_said_by}" if _statements

_why_unlisted := $"not a sidecar by {_said_by}" if _statements

_why(name) := _why_listed if {
	name in _sidecars
} else := _why_unlisted if {
	_statements
} else := $"known sidecar {_known[name]}" if {
	_known[name]
} else := "listed in the setting sidecars" if {
	name in _by_settings
} else := $"not the main that label {data.settings.mainLabel} names" if {
	name in _by_label
} else := $"named by label {data.settings.mainLabel}" if {
	name == _labelled_main
} else := "nothing calls it a sidecar"

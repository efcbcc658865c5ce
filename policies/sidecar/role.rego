package sidecar

# Who is a sidecar: the first group that speaks wins, the pod's own annotations before all others.

# It may hold names that the pod does not have.
_sidecars := _statements[_speaker] if {
	_speaker
} else := object.keys(_known) | _named_by_settings

_mains := [c | some c in input.pod.spec.containers; not c.name in _sidecars]

# False where no annotation says anything (what is undefined is looked for each time it is asked for); under a contradiction
# any serves, as the verdict refuses.
default _speaker := false

_speaker := min(object.keys(_statements))

# What each annotation in force says, as the set of sidecars.
_statements := _own if {
	count(_own) > 0
} else := _older if {
	count(_older) > 0
} else := _orphaned

_own["sidecar-reaper/sidecars"] := _listed("sidecar-reaper/sidecars")

_own["sidecar-reaper/mains"] := _all - _listed("sidecar-reaper/mains")

# The annotations of the controllers that came before; riskified's main_sidecars lists mains, despite its name.
_older["nrmitchi.com/sidecars"] := _listed("nrmitchi.com/sidecars")

_older["lemonade.com/sidecars"] := _listed("lemonade.com/sidecars")

_older["riskified.com/sidecars"] := _listed("riskified.com/sidecars")

_older["riskified.com/main_sidecars"] := _all - _listed("riskified.com/main_sidecars")

# Marks of other controllers count only when the settings say that those controllers are gone.
_orphaned["KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT"] := names if {
	"kruise" in data.settings.controllersGone
	names := {c.name |
		some c in input.pod.spec.containers
		some variable in c.env
		variable.name == "KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT"
		variable.value == "true"
	}
	count(names) > 0
}

_orphaned["workflows.argoproj.io/kill-cmd-<container>"] := names if {
	"argo" in data.settings.controllersGone
	names := {name | some name in _all; input.pod.metadata.annotations[$"workflows.argoproj.io/kill-cmd-{name}"]}
	count(names) > 0
}

# Undefined without the annotation. An empty list is a statement too: it names nobody.
_listed(key) := names if {
	text := input.pod.metadata.annotations[key]
	names := {name | some part in split(text, ","); name := trim_space(part); name != ""}
}

# No annotation speaks: the catalogue, then the settings' own names, then the settings' label that names the main.

_named_by_settings := _listed_in_settings | _other_than_labelled

_listed_in_settings := {name | some name in data.settings.sidecars} & _all

default _labelled_main := false

_labelled_main := name if {
	name := input.pod.metadata.labels[data.settings.mainLabel]
	name in _all
}

default _other_than_labelled := set()

_other_than_labelled := _all - {_labelled_main} if _labelled_main

_known_only := object.keys(_known) - _named_by_settings if count(_statements) == 0

# METADATA
# title: contradiction
# description: Two annotations, or two settings, disagree about who is a sidecar. Remove one of them.
# custom:
#   decision: refuse
contradiction := $"{concat(" and ", sort(object.keys(_statements)))} disagree about who is a sidecar; keep one of them" if {
	count(_statements) > 1
	count({existing | some names in _statements; existing := names & _all}) > 1
} else := $"label {data.settings.mainLabel} names {_labelled_main} as the main, the setting sidecars lists it; keep one of them" if {
	count(_statements) == 0
	_labelled_main in _listed_in_settings
}

# METADATA
# title: unknown-main
# description: An annotation that lists the mains names one that the pod does not have, so a container that it takes for a sidecar may be the one that was meant. Correct the name.
# custom:
#   decision: refuse
unknown_main := $"{_speaker} names {_names(_absent(_speaker))}, but the pod has no such container, so one that is taken for a sidecar may be the main that was meant" if {
	_lists_mains(_speaker)
	count(_absent(_speaker)) > 0
	count(_all) > 0
}

_lists_mains("sidecar-reaper/mains")

_lists_mains("riskified.com/main_sidecars")

_absent(key) := (_listed(key) - _all) - _init_names

# METADATA
# title: all-sidecars
# description: Every container would be a sidecar, so none is left whose end could mean that the work is done.
# custom:
#   decision: refuse
all_sidecars(mains) := $"every container ({_names(_all)}) would be a sidecar; leave out the one that does the work" if {
	count(mains) == 0
	count(_all) > 0
	not _is_all_known
}

# Nobody said so, only the catalogue knows them all: one of them does the work, and it may well do it yet.
default _is_all_known := false

_is_all_known if {
	count(_known_only) == count(_all)
	every name in _all { _state[name] != "terminated" }
}

# METADATA
# title: no-sidecars
# description: No annotation, catalogue row or setting calls a container of the pod a sidecar.
# custom:
#   decision: leave
no_sidecars(mains) := "nothing calls a container of this pod a sidecar" if {
	count(mains) == count(input.pod.spec.containers)
} else := "the pod has no containers" if {
	count(_all) == 0
} else := "the catalogue knows every container of this pod as a sidecar, and none has ended; one of them does the work" if {
	count(mains) == 0
}

_part(name) := ["sidecar", _why_sidecar(name)] if {
	name in _sidecars
} else := ["main", _why_main(name)]

_why_sidecar(name) := _sidecar_by_annotation if {
	_speaker
} else := $"known sidecar {_known[name]}" if {
	_known[name]
} else := "listed in the setting sidecars" if {
	name in _listed_in_settings
} else := $"not the main that label {data.settings.mainLabel} names"

_why_main(name) := _main_by_annotation if {
	_speaker
} else := $"named by label {data.settings.mainLabel}" if {
	name == _labelled_main
} else := $"nothing calls it a sidecar: {resemblance}" if {
	resemblance := _resemblance(_container[name])
} else := "nothing calls it a sidecar"

_sidecar_by_annotation := concat("", ["a sidecar by ", _speaker])

_main_by_annotation := concat("", ["not a sidecar by ", _speaker])

# METADATA
# title: name-without-container
# description: An annotation names a container that the pod does not have.
# custom:
#   warning: true
_warnings contains {"code": "name-without-container", "container": null, "message": message} if {
	some key in object.keys(_statements)
	missing := _absent(key)
	count(missing) > 0
	message := $"{key} names {_names(missing)}, but the pod has no such container"
}

package review

# What a sweep would say of the pods of a template once the mains have succeeded: the live policy itself is asked.

# What it is asked about. Argo and Spark write no restart policy into their templates, and Never into their pods.
_then(pod, namespace) := {"template": true, "pod": then, "namespace": null, "node": null, "now": 2000000} if {
	then := {
		"metadata": {
			"namespace": namespace,
			"labels": pod.metadata.labels,
			"annotations": pod.metadata.annotations,
		},
		"spec": _with_restart_policy(pod.spec),
		"status": {"phase": "Running"},
	}
}

# Roles and verdict.
_reviewed(then) := reviewed if {
	reviewed := data.sidecar.reviewed with input as then with data.settings as _settings
}

# What its options say of the ways of a sidecar.
_switches(template, name) := switches[name] if {
	switches := data.sidecar.switches with input as template.then with data.settings as _settings
}

_with_restart_policy(spec) := spec if {
	spec.restartPolicy
} else := object.union({"restartPolicy": "Never"}, spec)

# Those of the program are all there. Where nothing is set, as in a conftest without data, the defaults hold; in a file of
# settings that is read as it is durations are no numbers, and count for nothing here.
_settings := data.settings if {
	_are_complete(data.settings)
} else := object.union_n([_default_settings, data.settings, object.filter(_default_settings, {"settle", "podDeadline"})]) if {
	data.settings
} else := _default_settings

_are_complete(settings) if {
	every key in ["mode", "ways", "onDirtyExit", "onMainFailure", "sidecars", "mainLabel", "controllersGone", "annotationCommands"] {
		_ = settings[key]
	}
	is_number(settings.settle)
	is_number(settings.podDeadline)
}

_default_settings := {
	"mode": "annotated",
	"ways": ["exec", "http", "signal", "complete"],
	"onDirtyExit": "refuse",
	"onMainFailure": "end",
	"sidecars": [],
	"mainLabel": null,
	"controllersGone": [],
	"settle": 2,
	"podDeadline": 300,
	"annotationCommands": "deny",
}

_is_allowed(way) if way in _settings.ways

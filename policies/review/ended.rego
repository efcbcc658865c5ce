package review

# What a sweep would say of the pods of a template once the mains have succeeded: the live policy itself is asked.

_judged(pod, mains, namespace) := judged if {
	then := object.union(_ended(pod, mains), {"metadata": {"namespace": namespace}})
	judged := data.sidecar.judged with input as {"pod": then, "namespace": null, "node": null, "now": 2000000}
		with data.settings as _settings
}

# The mains ended long ago, and nothing has been told to the sidecars. Whose pods they are is not in question.
_ended(pod, mains) := {
	"metadata": object.union(pod.metadata, {"labels": {"batch.kubernetes.io/job-name": "reviewed"}}),
	"spec": object.union({"restartPolicy": "Never"}, pod.spec),
	"status": {
		"phase": "Running",
		"initContainerStatuses": [{"name": c.name, "state": _done} | some c in pod.spec.initContainers],
		"containerStatuses": [{"name": status.name, "state": state} |
			some status in pod.status.containerStatuses
			state := _state_then(status.name in mains)
		],
	},
}

_state_then(false) := {"running": {}}

_state_then(true) := _done

_done := {"terminated": {"exitCode": 0, "finishedAt": 1000000}}

# Without settings, as conftest has none, the defaults hold.
_settings := object.union_n([_default_settings, data.settings, {"owners": ["any"]}]) if {
	data.settings
} else := _default_settings

_default_settings := {
	"mode": "annotated",
	"ways": ["exec", "http", "signal", "complete"],
	"onDirtyExit": "refuse",
	"onMainFailure": "end",
	"owners": ["any"],
	"sidecars": [],
	"mainLabel": null,
	"controllersGone": [],
	"settle": 2,
	"podDeadline": 300,
	"annotationCommands": "deny",
}

_is_allowed(way) if way in _settings.ways

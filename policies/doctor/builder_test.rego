package doctor_test

import data.doctor

# Pods and templates for the tests; a test states just the difference.

_catalogue := {
	"rows": {
		"mesh": {
			"title": "Mesh proxy",
			"names": ["mesh-proxy"],
			"injection": {},
			"native": {"annotations": {"mesh/native": "true"}, "since": "Mesh 2", "byDefault": "Mesh 3"},
			"optOut": {"labels": {"mesh/inject": "false"}},
		},
		"keeper": {"title": "Keeper", "names": ["keeper"], "native": {"since": "Keeper 3", "note": "A setting of its operator."}},
		"quiet": {"title": "Quiet", "names": ["quiet"], "native": {"since": "Quiet 1"}},
		"agent": {"title": "Agent", "names": ["agent"], "injection": {}, "endsItself": {"withinSeconds": 5}},
	},
	"by_name": {"mesh-proxy": ["mesh"], "keeper": ["keeper"], "quiet": ["quiet"], "agent": ["agent"]},
	"by_prefix": {},
	"by_image": {"acme/mesh": ["mesh"], "acme/keeper": ["keeper"], "acme/quiet": ["quiet"], "acme/agent": ["agent"]},
	"by_mark": {"annotation": {}, "label": {}, "namespaceLabel": {"mesh-injection": {"mesh": ["enabled"]}}},
}

_settings := {"mode": "annotated", "ways": ["complete"], "sidecars": [], "mainLabel": null, "controllersGone": []}

_main := {"name": "main"}

_mesh := {"name": "mesh-proxy", "image": "acme/mesh"}

_proxy := {"name": "proxy"}

_listed := {"sidecar-reaper/sidecars": "proxy"}

_pod(containers, annotations) := {"metadata": {"annotations": annotations}, "spec": {"restartPolicy": "Never", "containers": containers}}

_inspected(pod) := _inspected_in(pod, {})

_inspected_in(pod, around) := inspected if {
	inspected := doctor.inspected with input as object.union(
		{"pod": pod, "namespace": null, "is_template": false, "written": null, "natives": []},
		around,
	)
		with data.catalogue as _catalogue
		with data.settings as _settings
}

_template := {"is_template": true}

# What is said of each sidecar, in brief.
_sidecars(inspected) := [[s.name, s.row, s.native.by, s.certain, s.needs_reaper] | some s in inspected.sidecars]

_stripped(inspected) := [[s.name, s.how] | some s in inspected.stripped]

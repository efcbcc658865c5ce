package review_test

import data.review

# Manifests for the tests; a test states just the difference.

_job(containers, annotations) := {
	"apiVersion": "batch/v1",
	"kind": "Job",
	"metadata": {"name": "backup"},
	"spec": {"activeDeadlineSeconds": 3600, "template": _pod_template(containers, annotations)},
}

_cron_job(containers, annotations) := {
	"apiVersion": "batch/v1",
	"kind": "CronJob",
	"metadata": {"name": "nightly"},
	"spec": {"jobTemplate": {"spec": {"activeDeadlineSeconds": 3600, "template": _pod_template(containers, annotations)}}},
}

_pod_template(containers, annotations) := {
	"metadata": {"annotations": annotations},
	"spec": {"restartPolicy": "Never", "containers": containers},
}

_main := {"name": "main", "image": "acme/backup"}

_proxy := {"name": "proxy", "image": "example.com/acme/proxy:2"}

_mesh := {"name": "mesh-proxy", "image": "acme/mesh"}

_catalogue := {
	"rows": {
		"acme": {
			"title": "Acme proxy",
			"images": ["acme/proxy"],
			"ways": [
				{"way": "exec", "argv": ["/proxy", "shutdown", "--now"], "exit": 0, "when": [{"flag": "quit", "env": "QUIT", "is": ["true"]}]},
				{"way": "signal", "signal": "TERM", "exit": 143},
			],
			"doubts": [{"flag": "config"}],
		},
		"mesh": {
			"title": "Mesh proxy",
			"images": ["acme/mesh"],
			"injection": {"unless": [{"annotation": "mesh/once", "is": ["true"]}]},
			"native": {"annotations": {"mesh/native": "true"}, "since": "Mesh 2"},
			"ways": [{"way": "exec", "argv": ["quit"], "exit": 0, "when": [{"annotation": "mesh/quit", "is": ["true"]}]}],
			"last": true,
		},
		"keeper": {
			"title": "Keeper",
			"images": ["acme/keeper"],
			"ways": [
				{"way": "http", "port": {"default": 8200}, "path": "/quit", "method": "POST", "exit": 0, "when": [{"annotation": "keeper/quit", "is": ["true"]}]},
				{"way": "signal", "signal": "TERM", "exit": 0},
			],
			"drainSeconds": 60,
			"native": {"since": "Keeper 3", "note": "A setting of its operator.", "byDefault": "Keeper 4"},
		},
		"agent": {
			"title": "Agent",
			"injection": {},
			"endsItself": {"withinSeconds": 5, "when": [{"annotation": "agent/ends", "is": ["true"]}]},
		},
	},
	"by_name": {"keeper": ["keeper"], "proxy": ["acme"], "mesh-proxy": ["mesh"], "agent": ["agent"]},
	"by_prefix": {},
	"by_image": {"acme/keeper": ["keeper"], "acme/proxy": ["acme"], "acme/mesh": ["mesh"]},
	"by_mark": {
		"annotation": {"mesh/inject": {"mesh": ["true"]}, "agent/inject": {"agent": []}},
		"label": {},
		"namespaceLabel": {},
	},
}

_rows := {"keeper": ["keeper"], "acme": ["proxy"], "mesh": ["mesh-proxy"], "agent": ["agent"]}

_named_catalogue := object.union(_catalogue, {"rows": {id: {"names": names} | some id, names in _rows}})

_found(manifest) := found if {
	found := review.findings with input as manifest with data.catalogue as _named_catalogue
}

_found_with(manifest, settings) := found if {
	found := review.findings with input as manifest
		with data.catalogue as _named_catalogue
		with data.settings as settings
}

_templates(manifest) := templates if {
	templates := review.templates with input as manifest with data.catalogue as _named_catalogue
}

_keeper := {"name": "keeper", "image": "acme/keeper"}

_with(container, fields) := object.union(container, fields)

# Of one rule.
_of(rule, findings) := [f | some f in findings; f.rule == rule]

_rules(findings) := [[f.rule, f.severity, f.container] | some f in findings]

package sidecar_test

import data.sidecar

# Pods and the world around them for the tests; a test states just the difference.

_now := 1000000

_minute_ago := _now - 60

# As the runtime decodes them from an empty settings file.
_settings := {
	"mode": "annotated",
	"ways": ["exec", "http", "signal", "complete"],
	"onDirtyExit": "refuse",
	"onMainFailure": "end",
	"owners": ["Job"],
	"sidecars": [],
	"mainLabel": null,
	"controllersGone": [],
	"settle": 2,
	"podDeadline": 300,
	"annotationCommands": "deny",
}

_catalogue := {
	"rows": {
		"mesh": {
			"title": "Mesh proxy",
			"ways": [{"way": "signal", "signal": "INT", "exit": 0}],
			"last": true,
			"drainSeconds": 60,
		},
		"tunnel": {
			"title": "Tunnel",
			"ways": [
				{
					"way": "http", "port": {"flag": "admin-port", "env": "TUNNEL_PORT", "annotation": "tunnel/port", "default": 9091},
					"path": "/quit", "method": "POST", "exit": 0,
					"unless": [{"annotation": "tunnel/token"}],
				},
				{"way": "exec", "argv": ["/tunnel", "quit"]},
				{
					"way": "exec", "argv": ["/tunnel", "stop", "--port={port}"], "port": {"flag": "admin-port"}, "exit": 0,
					"when": [{"flag": "allow-stop", "env": "TUNNEL_STOP", "is": ["true", "1"]}],
				},
				{"way": "signal", "signal": "TERM", "exit": 0, "when": [{"flag": "zero", "is": ["true"]}], "unless": [{"flag": "mode", "env": "TUNNEL_MODE", "is": ["slow"]}]},
				{"way": "signal", "signal": "TERM", "exit": 143},
			],
			"doubts": [{"flag": "linger"}, {"env": "TUNNEL_LINGER"}, {"flag": "level", "env": "TUNNEL_LEVEL", "is": ["9"]}],
			"programs": ["tunnel", "tunnel-next"],
			"wrappedWhen": [{"annotation": "tunnel/injected", "is": ["true"]}],
		},
		"mount": {
			"title": "Mount",
			"ways": [],
			"endsItself": {"withinSeconds": 30, "when": [{"annotation": "mount/volumes", "is": ["true"]}]},
		},
		"drive": {
			"title": "Drive",
			"programs": ["drive"],
			"runsArgs": true,
			"ways": [{"way": "signal", "signal": "TERM", "exit": 0}],
			"endsItself": {"withinSeconds": 20},
		},
	},
	"by_name": {"mesh-proxy": ["mesh"], "tunnel": ["mesh", "tunnel"], "mount": ["mount"], "drive": ["drive"]},
	"by_prefix": {"tunnel-": ["tunnel"]},
	"by_image": {"mesh/proxy": ["mesh"], "acme/tunnel": ["tunnel"], "acme/mount": ["mount"], "acme/drive": ["drive"]},
	"wrappers": {"sh": true, "env": true},
	"by_mark": {
		"annotation": {
			"mesh.example/status": {"mesh": []},
			"mesh.example/inject": {"mesh": ["yes"]},
			"mount/volumes": {"mount": []},
		},
		"label": {"mesh.example/inject": {"mesh": ["yes"]}},
		"namespaceLabel": {"mesh-injection": {"mesh": ["enabled"]}},
	},
}

_around := {"namespace": {"name": "team-a", "labels": {}}, "node": {"ready": true}, "now": _now}

# Verdict by default settings.
_judged(pod) := _judged_with(pod, {})

# Verdict by these settings on top of the defaults.
_judged_with(pod, settings) := _judged_in(pod, settings, {})

# Verdict by these settings in these surroundings.
_judged_in(pod, settings, around) := verdict if {
	verdict := sidecar.verdict with input as object.union(object.union(_around, around), {"pod": pod})
		with data.settings as object.union(_settings, settings)
		with data.catalogue as _catalogue
		with data.self as {"namespace": "reaper", "sweep": "this"}
}

_decided(verdict) := [verdict.decision, verdict.reason]

_only_signal := {"ways": ["signal"]}

_running := {"running": {}}

_exited(code) := {"terminated": {"exitCode": code, "finishedAt": _minute_ago}}

_waiting(reason) := {"waiting": {"reason": reason}}

_container(name, state) := _container_with(name, state, {}, {})

# A container with more fields in its spec and its status.
_container_with(name, state, spec, status) := {
	"spec": object.union({"name": name}, spec),
	"status": object.union({"name": name, "containerID": $"x://{name}-1", "state": state}, status),
}

_pod_of(policy, containers) := {
	"metadata": {
		"name": "p",
		"namespace": "team-a",
		"labels": {"batch.kubernetes.io/job-name": "j"},
		"annotations": {"sidecar-reaper/sidecars": "proxy"},
	},
	"spec": {"restartPolicy": policy, "nodeName": "n", "containers": [c.spec | some c in containers]},
	"status": {"phase": "Running", "containerStatuses": [c.status | some c in containers]},
}

# Containers main and proxy; the pod lists proxy as a sidecar.
_pod(policy, main, proxy) := _pod_of(policy, [_container("main", main), _container("proxy", proxy)])

_stuck := _pod("Never", _exited(0), _running)

_annotated(pod, annotations) := object.union(pod, {"metadata": {"annotations": annotations}})

# The pod without the annotation that lists proxy.
_bare(pod) := object.union(
	object.remove(pod, ["metadata"]),
	{"metadata": object.remove(pod.metadata, ["annotations"])},
)

_only_annotated(pod, annotations) := _annotated(_bare(pod), annotations)

_detailed(pod, details) := _annotated(pod, {"sidecar-reaper/containers": json.marshal(details)})

_inits(pod, containers) := object.union(pod, {
	"spec": {"initContainers": [c.spec | some c in containers]},
	"status": {"initContainerStatuses": [c.status | some c in containers]},
})

_roles(verdict) := {c.name: c.role | some c in verdict.containers}

_of(verdict, name) := [c | some c in verdict.containers; c.name == name][0]

_left_over(verdict) := {c.name | some c in verdict.containers; c.left_over}

_told(verdict) := {c.name: c.ways | some c in verdict.containers; count(c.ways) > 0}

_codes(verdict) := [w.code | some w in verdict.warnings]

_term := {"way": "signal", "signal": "TERM", "process": "pid1", "exit": null}

package review_test

import data.review

# What is said of a main with these words beside a sidecar: the rule, or none of these.
_said(main, sidecar, spec) := {f.rule |
	manifest := object.union(_job([_with(_main, main), sidecar], {"keeper/quit": "true"}), {"spec": {"template": {"spec": spec}}})
	some f in _found_beside_meshes(manifest)
	f.rule in {"hangs", "ended-by-main"}
}

# The names of two meshes are known to the rule.
_found_beside_meshes(manifest) := found if {
	meshes := {
		"rows": {
			"istio": {"title": "Istio", "names": ["istio-proxy"], "ways": [], "programs": ["pilot-agent"]},
			"linkerd": {"title": "Linkerd", "names": ["linkerd-proxy"], "ways": [{"way": "http", "port": {"default": 4191}, "path": "/shutdown", "method": "POST", "exit": 0, "when": [{"env": "ON", "is": ["true"], "default": "true"}]}]},
			"plain": {"title": "Plain", "names": ["plain"], "ways": [
				{"way": "http", "port": {"default": 80}, "path": "/v1.0/quit", "method": "GET", "exit": 0},
				{"way": "exec", "argv": ["plain", "stop", "--port", "{port}"], "port": {"flag": "port", "default": 99}, "exit": 0},
			]},
		},
		"by_name": {"istio-proxy": ["istio"], "linkerd-proxy": ["linkerd"], "plain": ["plain"]},
		"by_image": {"istio": ["istio"], "linkerd": ["linkerd"], "plain": ["plain"]},
	}
	found := review.findings with input as manifest with data.catalogue as object.union(_named_catalogue, meshes)
}

_sh(script) := {"command": ["sh", "-c", script]}

_plain := {"name": "plain", "image": "plain"}

test_ended_by_main_that_calls_its_quit if {
	manifest := _job([_with(_main, _sh("work; curl -X POST http://localhost:8200/quit")), _keeper], {"keeper/quit": "true"})
	[finding] := _of("ended-by-main", _found(manifest))
	finding.severity == "info"
	finding.message == "Job backup completes only if main ends keeper (known sidecar keeper): killed before that it leaves the sidecar running"
	finding.path == ["spec", "template", "spec", "containers", 1]
	startswith(finding.fix.text, "make keeper a native sidecar")
	every script in [
		"work\nwget -qO- --post-data= http://127.0.0.1:8200/quit || true",
		"echo done; curl -d '' http://[::1]:8200/quit",
		`python -c 'requests.post("http://localhost:8200/quit")'`,
	] {
		_said(_sh(script), _keeper, {}) == {"ended-by-main"}
	}
	_said({"args": ["curl", "http://localhost:80/v1.0/quit"]}, _plain, {}) == {"ended-by-main"}
}

test_hangs_when_it_is_no_call_of_this_sidecar if {
	every script in [
		"work; curl http://localhost:8200/quit",
		"work; curl -X POST http://other:8200/quit",
		"work; curl -X POST http://localhost:82000/quit",
		"work; curl -X POST http://localhost:8200/quitter",
		"work; curl -X POST http://localhost:8200/quit/now",
		"work; curl -X POST http://localhost:9999/quit",
		"echo curl -X POST http://localhost:8200/quit",
		"work # curl -X POST http://localhost:8200/quit",
	] {
		_said(_sh(script), _keeper, {}) == {"hangs"}
	}
	_said({"args": ["curl", "http://localhost:80/v1x0/quit"]}, _plain, {}) == {"hangs"}
	_said({"lifecycle": {"preStop": {"exec": {"command": ["curl", "http://localhost:80/v1.0/quit"]}}}}, _plain, {}) == {"hangs"}
}

test_hangs_when_the_quit_is_off if {
	off := _job([_with(_main, _sh("work; curl -X POST http://localhost:8200/quit")), _keeper], {})
	_rules(_of("hangs", _found(off))) == [["hangs", "error", "keeper"]]
	_said(_sh("work; proxy shutdown --now"), _proxy, {}) == {"hangs"}
}

test_ended_by_main_that_runs_its_own_command if {
	every script in ["work; /bin/plain stop", "work && plain stop --port 99", "work; plain stop --quiet --port=99"] {
		_said(_sh(script), _plain, {}) == {"ended-by-main"}
	}
	every script in ["work; plain stop --port 98", "plain start", "work; explain stop", "plain; stop", "echo plain stop"] {
		_said(_sh(script), _plain, {}) == {"hangs"}
	}
	_said(_sh("plain stop"), _with(_plain, {"args": ["--port=7"]}), {}) == {"hangs"}
	_said(_sh("plain stop --port=7"), _with(_plain, {"args": ["--port=7"]}), {}) == {"ended-by-main"}
	_said(_sh("work; proxy shutdown"), _with(_proxy, {"args": ["--quit"]}), {}) == {"hangs"}
	_said(_sh("work; proxy shutdown --now"), _with(_proxy, {"args": ["--quit"]}), {}) == {"ended-by-main"}
}

test_ended_by_main_that_signals_it if {
	every script in ["work; pkill proxy", "work; killall -w -TERM proxy", "work; pkill -9 -f /bin/proxy", "work; kill -TERM $(pidof proxy)", `work; kill "$(pgrep -x proxy)"`] {
		_said(_sh(script), _proxy, {"shareProcessNamespace": true}) == {"ended-by-main"}
		_said(_sh(script), _proxy, {}) == {"hangs"}
		_said(_sh(script), _proxy, {"shareProcessNamespace": "false"}) == {"hangs"}
	}
	every script in ["work; pkill -HUP proxy", "work; pkill proxy-exporter", "work; pgrep proxy", "kill $(pidof other)", "echo pkill proxy", "kill -0 $(pidof proxy)"] {
		_said(_sh(script), _proxy, {"shareProcessNamespace": true}) == {"hangs"}
	}
	_said(_sh("pkill pilot-agent"), {"name": "istio-proxy", "image": "istio"}, {"shareProcessNamespace": true}) == {"ended-by-main"}
}

test_ended_by_what_is_around_a_main if {
	istio := {"name": "istio-proxy", "image": "istio"}
	linkerd := {"name": "linkerd-proxy", "image": "linkerd"}
	_said({"command": ["scuttle", "work"]}, istio, {}) == {"ended-by-main"}
	_said(_sh("exec /bin/scuttle work"), istio, {}) == {"ended-by-main"}
	_said({"command": ["scuttle", "work"], "env": [{"name": "NEVER_KILL_ISTIO", "value": "true"}]}, istio, {}) == {"hangs"}
	_said({"command": ["scuttle", "work"]}, linkerd, {}) == {"hangs"}
	_said({"command": ["work", "scuttle", "x"]}, istio, {}) == {"hangs"}
	every option in ["-S", "--shutdown"] { _said({"command": ["/linkerd-await", option, "--", "work"]}, linkerd, {}) == {"ended-by-main"} }
	_said({"command": ["linkerd-await", "--", "work", "--shutdown"]}, linkerd, {}) == {"hangs"}
	_said({"command": ["linkerd-await", "--shutdown", "--", "work"]}, istio, {}) == {"hangs"}
	_said({"command": ["linkerd-await", "--shutdown", "--", "work"]}, _with(linkerd, {"env": [{"name": "ON", "value": "false"}]}), {}) == {"hangs"}
}

test_ended_by_kubexit_around_both if {
	main := {"command": ["/kubexit/kubexit", "work"], "env": [{"name": "KUBEXIT_NAME", "value": "work"}]}
	sidecar := _with(_proxy, {"command": ["/kubexit/kubexit", "proxy"], "env": [{"name": "KUBEXIT_DEATH_DEPS", "value": "other,work"}]})
	_said(main, sidecar, {}) == {"ended-by-main"}
	_said(main, _proxy, {}) == {"hangs"}
	_said(main, _with(sidecar, {"env": [{"name": "KUBEXIT_DEATH_DEPS", "value": "other"}]}), {}) == {"hangs"}
	_said({"env": main.env}, sidecar, {}) == {"hangs"}
}

test_injected_and_ended_by_main if {
	manifest := _job([_with(_main, {"args": ["work; quit"]})], {"mesh/inject": "true", "mesh/quit": "true"})
	_rules(_found(manifest)) == [["ended-by-main", "info", "mesh-proxy"]]
	_rules(_found(_job([_main], {"mesh/inject": "true", "mesh/quit": "true"}))) == [["injected", "warning", "mesh-proxy"]]
}

test_needs_a_reaper_says_it_where_one_is_asked if {
	annotations := {"keeper/quit": "true", "sidecar-reaper/sidecars": "keeper"}
	manifest := _job([_with(_main, _sh("work; curl -X POST http://localhost:8200/quit")), _keeper], annotations)
	_of("ended-by-main", _found(manifest)) == []
	count(_of("needs-reaper", _found(manifest))) == 1
}

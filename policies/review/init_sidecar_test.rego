package review_test

_init(c, annotations) := _of("init-sidecar", _found_init(c, annotations, {"programs": ["acme", "proxy"]}))

_found_init(c, annotations, row) := found if {
	manifest := object.union(_job([_main], annotations), {"spec": {"template": {"spec": {"initContainers": [{"name": "init"}, c]}}}})
	found := data.review.findings with input as manifest with data.catalogue as object.union(_named_catalogue, {"rows": {"acme": row}})
}

test_init_sidecar_never_ends if {
	[finding] := _init(_proxy, {})
	finding.severity == "error"
	finding.message == "Job backup never starts main: init container proxy (known sidecar acme) has no restartPolicy Always, and the pod waits for its end"
	finding.path == ["spec", "template", "spec", "initContainers", 1]
	finding.fix.patch == [{"op": "add", "path": "/spec/template/spec/initContainers/1/restartPolicy", "value": "Always"}]
	[other] := _init(_with(_proxy, {"restartPolicy": "Never", "restartPolicyRules": []}), {})
	other.fix.patch[1] == {"op": "remove", "path": "/spec/template/spec/initContainers/1/restartPolicyRules"}
}

test_init_sidecar_by_annotation if {
	every key in ["sidecar-reaper/sidecars", "nrmitchi.com/sidecars"] {
		[finding] := _init({"name": "logs", "command": ["sleep", "9"]}, {key: "logs"})
		contains(finding.message, $"(a sidecar by {key})")
	}
	_init({"name": "logs", "command": ["logs", "--oneshot"]}, {"sidecar-reaper/sidecars": "logs"}) == []
	_init({"name": "logs"}, {"sidecar-reaper/mains": "main"}) == []
	_init({"name": "logs"}, {"sidecar-reaper/sidecars": "logs", "sidecar-reaper/ignore": "true"}) == []
}

test_init_sidecar_runs_its_own_program_without_end if {
	every fields in [
		{"args": ["--port=1"]},
		{"args": ["project:region:instance"]},
		{"command": ["/bin/acme"]},
		{"command": ["acme"], "args": ["projects/a"]},
		{"command": ["acme", "run"]},
	] {
		count(_init(_with(_proxy, fields), {})) == 1
	}
}

test_fine_when_it_may_end if {
	every fields in [
		{"restartPolicy": "Always"},
		{"command": ["sh", "-c", "acme & wait"]},
		{"command": ["acme", "migrate"]},
		{"args": ["sync"]},
		{"args": ["--wait", "1"]},
		{"args": ["--mode=validate"]},
		{"args": ["--mode", "validate"]},
		{"args": ["--name", "$(NAME)"]},
		{"image": "acme/other"},
		{"name": "acme-init"},
	] {
		_init(_with(_proxy, fields), {}) == []
	}
}

test_fine_when_only_a_mark_or_its_own_end_speaks if {
	_init({"name": "mesh-proxy", "image": "acme/other"}, {"mesh/inject": "true"}) == []
	_found_init(_proxy, {}, {"endsItself": {"withinSeconds": 1}}) == []
}

test_init_sidecar_of_which_no_program_is_known if {
	count(_found_init(_with(_proxy, {"args": ["--a"]}), {}, {})) == 1
	_found_init(_with(_proxy, {"command": ["acme"]}), {}, {}) == []
}

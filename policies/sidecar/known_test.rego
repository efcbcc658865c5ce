package sidecar_test

# What the catalogue knows: recognition, the options of a container, and the vendor's own ways.

_tunnel := _tunnel_with({})

_tunnel_with(spec) := _only_annotated(_tunnel_beside(_exited(0), spec), {"sidecar-reaper/sidecars": "tunnel"})

_tunnel_beside(main, spec) := _pod_of("Never", [
	_container("main", main),
	_container_with("tunnel", _running, object.union({"image": "acme/tunnel"}, spec), {}),
])

_quit_call := _quit_at(9091)

_quit_at(port) := {"way": "http", "port": port, "path": "/quit", "method": "POST", "exit": 0}

_command := {"way": "exec", "argv": ["/tunnel", "quit"], "exit": null}

_zero := object.union(_term, {"exit": 0})

_143 := object.union(_term, {"exit": 143})

_all_ways := {"onDirtyExit": "end", "ways": ["signal", "http", "exec"]}

test_command_comes_before_http_and_signal if {
	_told(_judged_with(_tunnel, _all_ways)) == {"tunnel": [_quit_call, _command, _143]}
	failed := _judged(_annotated(_tunnel_beside(_exited(1), {}), {"sidecar-reaper/sidecars": "tunnel"}))
	_told(failed) == {"tunnel": [_command, _quit_call, _143]}
}

test_http_is_not_offered_in_the_network_of_the_host if {
	verdict := _judged_with(object.union(_tunnel, {"spec": {"hostNetwork": true}}), {"ways": ["exec", "http"]})
	_told(verdict) == {"tunnel": [_command]}
}

test_only_allowed_ways_are_offered if {
	_told(_judged_with(_tunnel, {"ways": ["http"]})) == {"tunnel": [_quit_call]}
	_told(_judged_with(_tunnel, {"ways": ["exec"]})) == {"tunnel": [_command]}
}

test_prefix_of_the_name_and_the_image_make_a_sidecar if {
	pod := _bare(_pod_of("Never", [
		_container("main", _exited(0)),
		_container_with("tunnel-db", _running, {"image": "registry.example:5000/acme/tunnel:1.2"}, {}),
		_container_with("tunnel-x", _exited(0), {"image": "other/tunnel"}, {}),
	]))
	_roles(_judged_with(pod, {"mode": "enforce"})) == {"main": "main", "tunnel-db": "sidecar", "tunnel-x": "main"}
}

test_image_alone_tells_how_a_listed_sidecar_ends if {
	pod := _pod_of("Never", [_container("main", _exited(0)), _container_with("proxy", _running, {"image": "acme/tunnel@sha256:0"}, {})])
	_told(_judged(pod)) == {"proxy": [_quit_call]}
	_of(_judged(_bare(pod)), "proxy").why == "nothing calls it a sidecar: its image is that of Tunnel, its name is not"
}

test_name_alone_tells_nothing if {
	pod := _only_annotated(_tunnel_beside(_exited(0), {"image": "acme/other"}), {"sidecar-reaper/sidecars": "tunnel"})
	_told(_judged(pod)) == {}
	_of(_judged(_bare(pod)), "tunnel").why == "nothing calls it a sidecar: its name is that of Mesh proxy, but nothing else is"
}

# Options.

_port_of(spec, annotations) := port if {
	told := _told(_judged_with(_annotated(_tunnel_with(spec), annotations), {"ways": ["http"]})).tunnel
	port := told[0].port
}

_has_no_port(spec, annotations) if not _port_of(spec, annotations)

test_option_is_read_from_flag_then_env_then_annotation_then_default if {
	env := [{"name": "TUNNEL_PORT", "value": "2"}]
	annotation := {"tunnel/port": "3"}
	_port_of({"args": ["--admin-port=1"], "env": env}, annotation) == 1
	_port_of({"env": env}, annotation) == 2
	_port_of({}, annotation) == 3
	_port_of({}, {}) == 9091
}

test_flag_is_read_as_flag_parsers_do if {
	every args in [["--admin-port=7"], ["--admin-port", "7"], ["-admin-port=7"], ["--admin-port=1", "--admin-port=7"], ["--admin-portal=1", "--admin-port", "7"]] {
		_port_of({"args": args}, {}) == 7
		_port_of({"command": array.concat(["/tunnel"], args)}, {}) == 7
	}
	_port_of({"command": ["/tunnel", "--admin-port=1"], "args": ["--admin-port=7"]}, {}) == 7
	_port_of({"args": ["admin-port=7"]}, {}) == 9091
}

test_port_that_cannot_be_read_is_none if {
	every value in ["", "x", "0", "09091", "00080", "65536", "1e3", "-1", "99999", "123456", "$(PORT)", "0x1"] {
		_has_no_port({"args": [$"--admin-port={value}"]}, {})
		_has_no_port({"env": [{"name": "TUNNEL_PORT", "value": value}]}, {})
	}
	_has_no_port({"args": ["--admin-port"]}, {})
	_has_no_port({"env": [{"name": "TUNNEL_PORT", "valueFrom": {}}]}, {})
	_has_no_port({"envFrom": [{}]}, {})
	_port_of({"args": ["--admin-port=5"], "envFrom": [{}]}, {}) == 5
}

_stop := {"way": "exec", "argv": ["/tunnel", "stop", "--port=7"], "exit": 0}

_execs(spec) := [_told(_judged_with(_tunnel_with(spec), {"ways": ["exec"]})).tunnel[0]]

test_way_is_offered_where_its_condition_holds if {
	port := "--admin-port=7"
	every args in [["--allow-stop", port], [port, "--allow-stop=true"], [port, "--allow-stop=1"], [port, "--allow-stop=TRUE"]] {
		_execs({"args": args}) == [_stop]
	}
	_execs({"args": [port], "env": [{"name": "TUNNEL_STOP", "value": "true"}]}) == [_stop]
	every args in [[port], [port, "--allow-stop=false"], [port, "--allow-stop=$(X)"]] { _execs({"args": args}) == [_command] }
	_execs({"args": [port, "--allow-stop=false"], "env": [{"name": "TUNNEL_STOP", "value": "true"}]}) == [_command]
	_execs({"args": [port], "env": [{"name": "TUNNEL_STOP", "valueFrom": {}}]}) == [_command]
	_execs({"args": ["--allow-stop"]}) == [_command] # its port is not known
}

test_way_is_not_offered_where_something_speaks_against_it if {
	verdict := _judged_with(_annotated(_tunnel, {"tunnel/token": "secret"}), {"ways": ["http", "exec"]})
	_told(verdict) == {"tunnel": [_command]}
}

test_exit_code_of_the_signal_is_that_of_the_first_row_that_holds if {
	_told(_judged(_tunnel_with({"args": ["--zero"]}))).tunnel == [_quit_call, _zero]
	_judged_with(_tunnel, {"ways": ["signal"]}).reason == "dirty-exit"
}

test_no_exit_code_is_certain_in_doubt if {
	in_doubt := [
		{"args": ["--linger=5s"]}, {"args": ["--linger", "5s"]}, {"args": ["--linger"]},
		{"env": [{"name": "TUNNEL_LINGER", "value": ""}]}, {"env": [{"name": "TUNNEL_LINGER", "valueFrom": {}}]},
		{"envFrom": [{}], "args": ["--admin-port=9091"]},
	]
	every spec in in_doubt {
		verdict := _judged(_tunnel_with(spec))
		_told(verdict) == {}
		verdict.complete == "first"
	}
}

_no_exit_is_certain(spec, annotations) if {
	verdict := _judged(_annotated(_tunnel_with(object.union({"args": ["--zero"]}, spec)), annotations))
	_told(verdict) == {}
	verdict.complete == "first"
}

test_no_exit_code_is_certain_of_a_command_of_its_own if {
	every command in [["/bin/sh", "-c", "exec /tunnel"], ["timeout", "9", "/tunnel"], ["/entry.sh"], ["tunnels"], [""]] {
		_no_exit_is_certain({"command": command}, {})
	}
	every args in [["sh", "-c", "/tunnel; exit 5", "--zero"], ["--zero", "/usr/bin/env", "TUNNEL_LINGER=5s"], ["--", "sh"]] {
		_no_exit_is_certain({"args": args}, {})
	}
	every command in [["/opt/tunnel", "--zero"], ["tunnel-next", "--zero"], []] {
		_told(_judged(_tunnel_with({"command": command, "args": ["--zero"]}))).tunnel == [_quit_call, _zero]
	}
}

_drive(spec) := _judged(_only_annotated(
	_pod_of("Never", [_container("main", _exited(0)), _container_with("drive", _running, object.union({"image": "acme/drive"}, spec), {})]),
	{"sidecar-reaper/sidecars": "drive"},
)).containers[1].ways

test_image_that_runs_its_arguments_is_wrapped_by_them if {
	every args in [["/run.sh"], ["$(RUN)"], ["drives"]] { _drive({"args": args}) == [] }
	every args in [["/usr/bin/drive"], ["drive", "x"], ["--fast"], []] { _drive({"args": args}) == [_zero] }
	_drive({"command": ["drive"], "args": ["x"]}) == [_zero]
	_told(_judged(_tunnel_with({"args": ["x", "--zero"]}))).tunnel == [_quit_call, _zero] # its image does not
}

test_what_cannot_be_seen_is_feared_and_not_relied_on if {
	zero := {"args": ["--zero"]}
	every spec in [
		{"env": [{"name": "TUNNEL_MODE", "valueFrom": {}}]},
		{"args": ["--zero", "--mode=$(X)"]},
		{"args": ["--zero", "--mode", "slow"]},
		{"args": ["--zero", "--mode=SLOW"]},
	] {
		_told(_judged_with(_tunnel_with(object.union(zero, spec)), {"ways": ["signal"], "onDirtyExit": "end"})).tunnel == [_143]
	}
	every spec in [{}, {"args": ["--mode", "quick", "--zero"]}, {"env": [{"name": "TUNNEL_MODE", "value": "quick"}]}] {
		_told(_judged(_tunnel_with(object.union(zero, spec)))).tunnel == [_quit_call, _zero]
	}
	every spec in [{"env": [{"name": "TUNNEL_LEVEL", "valueFrom": {}}]}, {"args": ["--level", "9"]}, {"args": ["--level=$(X)"]}] {
		_no_exit_is_certain(spec, {})
	}
	not _told(_judged(_annotated(_tunnel_with({"args": ["sh"], "envFrom": [{}]}), {}))).tunnel
}

test_shell_of_the_vendor_hides_nothing if {
	shell := {"command": ["/bin/sh", "-ec"], "args": ["echo && tunnel"]}
	_no_exit_is_certain(shell, {"tunnel/injected": "false"})
	_told(_judged(_annotated(_tunnel_with(shell), {"tunnel/injected": "true"}))).tunnel == [_quit_call]
}

test_no_exit_code_is_certain_where_an_option_is_filled_in if {
	every word in ["$(X)", "$(X)=false", "--$(X)=5s", "-$(X)", "$(A)$(B)"] {
		_no_exit_is_certain({"args": ["--zero", word]}, {})
		_no_exit_is_certain({"args": [word, "--zero"]}, {})
	}
	every words in [["x$(X)"], ["$$(X)"], ["name=$(X)"], ["--other=$(X)"], ["--", "$(X)"]] {
		_told(_judged(_tunnel_with({"args": array.concat(["--zero"], words)}))).tunnel == [_quit_call, _zero]
	}
	mesh := _pod_of("Never", [_container("main", _exited(0)), _container_with("proxy", _running, {"image": "mesh/proxy", "args": ["$(X)"]}, {})])
	_told(_judged(mesh)).proxy == [_int_0] # no option counts there
}

_int_0 := object.union(_term, {"signal": "INT", "exit": 0})

test_nothing_after_two_dashes_is_an_option if {
	_port_of({"args": ["--admin-port=1", "--", "--admin-port=7"]}, {}) == 1
	_port_of({"command": ["tunnel", "--"], "args": ["--admin-port=7"]}, {}) == 9091
	_told(_judged(_tunnel_with({"args": ["--zero", "--", "--linger=5s"]}))).tunnel == [_quit_call, _zero]
}

test_image_is_nearer_than_the_mark_of_another if {
	pod := _only_annotated(_tunnel_beside(_exited(0), {}), {"mesh.example/status": "x"})
	_of(_judged_with(pod, {"mode": "enforce"}), "tunnel").why == "known sidecar tunnel"
	_told(_judged_with(pod, {"mode": "enforce"})) == {"tunnel": [_quit_call]}
	other := _only_annotated(_tunnel_beside(_exited(0), {"image": "acme/drive"}), {"mesh.example/status": "x"})
	_of(_judged_with(other, {"mode": "enforce"}), "tunnel").why == "known sidecar mesh"
	not _turns(_judged_with(other, {"mode": "enforce"})).tunnel # it ends as its image says
	unknown := _only_annotated(_tunnel_beside(_exited(0), {"image": "acme/other"}), {"mesh.example/status": "x"})
	_told(_judged_with(unknown, {"mode": "enforce"})) == {"tunnel": [_int_0]}
}

# The network of the others is ended last.

_mesh_and_tunnel := _only_annotated(
	_pod_of("Never", [
		_container("main", _exited(0)),
		_container_with("mesh-proxy", _running, {"image": "mesh/proxy"}, {}),
		_container_with("tunnel", _running, {"image": "acme/tunnel"}, {}),
	]),
	{"sidecar-reaper/sidecars": "mesh-proxy, tunnel"},
)

_turns(verdict) := {c.name: c.turn | some c in verdict.containers; c.turn}

test_network_of_the_others_has_its_turn_after_them if {
	_turns(_judged(_mesh_and_tunnel)) == {"mesh-proxy": 1}
}

_probed(probe) := object.union(_mesh_and_tunnel, {"spec": {"containers": [object.union(c, {"livenessProbe": probe}) | some c in _mesh_and_tunnel.spec.containers]}})

test_liveness_probe_that_is_shorter_than_the_drain_is_a_warning if {
	[warning] := _judged(_probed({"periodSeconds": 5})).warnings
	warning.code == "liveness-probe"
	warning.container == "mesh-proxy"
	warning.message == "sidecar mesh-proxy may take 60 s to end, its liveness probe gives up after 15 s and has it killed and counted as failed or restarted"
	_codes(_judged(_probed({}))) == ["liveness-probe"]
	_judged(_probed({"periodSeconds": 30, "failureThreshold": 2})).warnings == []
	_judged_with(_probed({}), {"ways": ["complete"]}).warnings == []
	_codes(_judged(_detailed(_probed({"periodSeconds": 30, "failureThreshold": 2}), {"tunnel": {"grace": "2m"}}))) == ["liveness-probe"]
}

# Sidecars that end by themselves once all others have.

_mounted_at(ended_at, containers) := _only_annotated(
	_pod_of("Never", array.concat(
		[
			_container("main", {"terminated": {"exitCode": 0, "finishedAt": ended_at}}),
			_container_with("mount", _running, {"image": "acme/mount"}, {}),
		],
		containers,
	)),
	{"sidecar-reaper/sidecars": "mount, proxy, tunnel", "mount/volumes": "true"},
)

test_kept_while_a_sidecar_may_end_by_itself if {
	verdict := _judged(_mounted_at(_now - 10, []))
	_decided(verdict) == ["wait", "ends-itself"]
	verdict.message == "sidecar mount ends by itself once all others have; it gets until then"
	verdict.again == _now + 20
}

test_ended_when_a_sidecar_did_not_end_by_itself_in_time if {
	verdict := _judged(_mounted_at(_now - 30, []))
	verdict.complete == "first"
	not _of(verdict, "mount").ends_itself
	_judged(_annotated(_mounted_at(_now - 10, []), {"mount/volumes": "false"})).decision == "end"
}

test_sidecar_that_ends_by_itself_has_the_last_turn if {
	verdict := _judged(_mounted_at(_minute_ago, [_container_with("tunnel", _running, {"image": "acme/tunnel"}, {})]))
	verdict.complete == "last"
	verdict.after == "Succeeded"
	_turns(verdict) == {"mount": 2}
	_of(verdict, "mount").ends_itself == 30
	_told(verdict) == {"tunnel": [_quit_call]}
}

test_of_two_that_end_by_themselves_one_with_a_clean_way_is_told if {
	drive := _container_with("drive", _running, {"image": "acme/drive"}, {})
	both := _annotated(_mounted_at(_minute_ago, [drive]), {"sidecar-reaper/sidecars": "mount, drive"})
	verdict := _judged_with(both, {"ways": ["signal"]})
	_told(verdict) == {"drive": [_zero]}
	_turns(verdict) == {"mount": 2}
	alone := _annotated(_mounted_at(_now - 10, [drive]), {"sidecar-reaper/sidecars": "mount, drive", "mount/volumes": "false"})
	_turns(_judged(alone)) == {"drive": 2}
	_decided(_judged_with(both, {"ways": ["http", "complete"]})) == ["end", "left-over"]
	_told(_judged_with(both, {"ways": ["http", "complete"]})) == {}
}

test_sidecar_that_ends_by_itself_does_not_wait_for_one_that_cannot_be_told if {
	verdict := _judged(_mounted_at(_minute_ago, [_container("proxy", _running)]))
	verdict.complete == "first"
	only_signal := _judged_with(_mounted_at(_minute_ago, [_container("proxy", _running)]), _only_signal)
	_told(only_signal) == {"proxy": [_term]}
}

# For a person who asks.

_explained(pod, settings) := _judged_in(pod, settings, {"explain": true})

_passed_over(verdict, name) := {$"{passed.way}: {passed.why}" | some passed in verdict.passed_over; passed.container == name}

test_nobody_is_told_why_who_did_not_ask if {
	verdict := _judged(_tunnel)
	verdict.passed_over == []
	_judged_in(_tunnel, {}, {"explain": false}) == verdict
}

test_asking_changes_nothing_but_the_reasons if {
	asked := _explained(_tunnel, {})
	[object.union(c, {"ways": [object.remove(way, ["why"]) | some way in c.ways]}) | some c in asked.containers] == _judged(_tunnel).containers
	others := ["containers", "passed_over"]
	object.remove(asked, others) == object.remove(_judged(_tunnel), others)
}

test_each_way_has_its_reason if {
	verdict := _explained(_tunnel, {})
	[way.why | some way in _of(verdict, "tunnel").ways] == ["known to exit with 0, which leaves the pod as its mains deserve"]
	_passed_over(verdict, "tunnel") == {
		"exec: nobody knows its exit code; one that is not 0 makes the pod Failed, and its Job may run the main again",
		"exec: not switched on in this pod: needs --allow-stop or env TUNNEL_STOP = true or 1",
		"signal: known to exit with 143, which makes the pod Failed; its Job may run the main again",
	}
}

test_refused_pod_has_the_reasons_too if {
	verdict := _explained(_tunnel_with({"args": ["--allow-stop"]}), {"ways": ["signal"]})
	verdict.decision == "refuse"
	_passed_over(verdict, "tunnel") == {
		"exec: the setting ways leaves it out",
		"exec: its port can't be read in the pod",
		"http: the setting ways leaves it out",
		"signal: known to exit with 143, which makes the pod Failed; its Job may run the main again",
	}
}

test_what_is_out_of_reach_is_told if {
	host := object.union(_annotated(_tunnel, {"tunnel/token": "x"}), {"spec": {"hostNetwork": true, "hostPID": true}})
	told := _passed_over(_explained(host, {}), "tunnel")
	told["http: not switched on in this pod: not with annotation tunnel/token"]
	told["signal: PID 1 of a hostPID pod is the init of its node"]
	near := object.union(_tunnel, {"spec": {"hostNetwork": true}})
	_passed_over(_explained(near, {}), "tunnel")["http: port-forward to a pod in the network of the host ends at the node"]
}

_why(policy, main, spec, detail) := _of(verdict, "proxy").ways[0].why if {
	pod := _pod_of(policy, [_container("main", _exited(main)), _container_with("proxy", _running, spec, {})])
	verdict := _explained(_detailed(pod, {"proxy": detail}), object.union(_only_signal, {"onDirtyExit": "end"}))
}

test_reason_is_that_of_the_container_and_of_its_rules if {
	_why("Never", 0, {"restartPolicy": "Always"}, {"exit": 0}) == "known to exit with 0, and restarted then"
	_why("Never", 0, {"restartPolicy": "Always"}, {}) == "it is restarted whatever its exit code"
	_why("OnFailure", 0, {"restartPolicy": "Never"}, {}) == "nobody knows its exit code; one that is not 0 makes the pod Failed, and its Job may run the main again"
	_why("Never", 0, {"restartPolicy": "OnFailure"}, {}) == "nobody knows its exit code; some codes restart it"
	_why("Never", 0, _restart_on_143, {"exit": 143}) == "known to exit with 143, and restarted then"
	_why("Never", 1, {}, {}) == "nobody knows its exit code; the pod has earned Failed already, so none makes it worse"
	unclear := {"restartPolicy": "Never", "restartPolicyRules": [_rule("Restart", "Between", [7])]}
	_why("Never", 0, unclear, {"exit": 0}) == "known to exit with 0, which a restart rule that is not known may take up"
}

test_reasons_that_lie_in_the_pod_are_told if {
	wide := object.union(_stuck, {"spec": {"containers": [object.union(c, {"restartPolicyRules": [_rule("RestartAllContainers", "In", [9])]}) | some c in _stuck.spec.containers]}})
	_passed_over(_explained(wide, {}), "proxy") == {"signal: a restart rule may restart all containers of the pod"}
	_passed_over(_explained(_mounted_at(_now - 10, []), {}), "mount") == {"signal: it is left to end by itself"}
	_passed_over(_explained(_beside_failed("Never", {}), {}), "proxy") == {"signal: whatever its exit code: a sidecar failed by itself, so the pod becomes Failed"}
}

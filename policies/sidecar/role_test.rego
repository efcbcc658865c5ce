package sidecar_test

import data.sidecar

test_every_annotation_that_people_have_names_the_sidecars if {
	some_annotations := {
		"sidecar-reaper/sidecars": "proxy",
		"sidecar-reaper/mains": "main",
		"nrmitchi.com/sidecars": "proxy",
		"lemonade.com/sidecars": "proxy",
		"riskified.com/sidecars": "proxy",
		"riskified.com/main_sidecars": "main",
	}
	every key, value in some_annotations {
		verdict := _judged(_only_annotated(_stuck, {key: value}))
		verdict.decision == "end"
		_roles(verdict) == {"main": "main", "proxy": "sidecar"}
		_of(verdict, "proxy").why == $"a sidecar by {key}"
		_of(verdict, "main").why == $"not a sidecar by {key}"
	}
}

test_list_may_have_spaces_and_empty_parts if {
	_judged(_only_annotated(_stuck, {"sidecar-reaper/sidecars": " , proxy ,"})).decision == "end"
}

test_own_annotation_wins_over_an_older_one if {
	verdict := _judged(_annotated(_stuck, {"nrmitchi.com/sidecars": "main"}))
	_roles(verdict) == {"main": "main", "proxy": "sidecar"}
	verdict.decision == "end"
}

test_older_annotation_wins_over_a_controller_that_is_gone if {
	pod := _only_annotated(_stuck, {"lemonade.com/sidecars": "proxy", "workflows.argoproj.io/kill-cmd-main": "[]"})
	_roles(_judged_with(pod, {"controllersGone": ["argo"]})) == {"main": "main", "proxy": "sidecar"}
}

test_annotation_wins_over_catalogue_and_settings if {
	pod := _annotated(
		_pod_of("Never", [_container("main", _exited(0)), _container("proxy", _running), _container("mesh-proxy", _exited(0))]),
		{"mesh.example/status": "injected"},
	)
	_roles(_judged_with(pod, {"sidecars": ["main"]})) == {"main": "main", "proxy": "sidecar", "mesh-proxy": "main"}
}

test_kept_when_an_empty_list_names_nobody if {
	_decided(_judged_with(_only_annotated(_stuck, {"sidecar-reaper/sidecars": ""}), {"sidecars": ["proxy"]})) == ["leave", "no-sidecars"]
}

test_kept_when_nothing_names_a_sidecar if {
	verdict := _judged(_bare(_stuck))
	_decided(verdict) == ["leave", "no-sidecars"]
	_of(verdict, "proxy").why == "nothing calls it a sidecar"
}

test_missing_name_is_a_warning if {
	verdict := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": "proxy, b, a"}))
	verdict.decision == "end"
	verdict.warnings == [{
		"code": "name-without-container",
		"container": null,
		"message": "sidecar-reaper/sidecars names a, b, but the pod has no such container",
	}]
}

test_refused_when_a_listed_main_does_not_exist if {
	every key in ["sidecar-reaper/mains", "riskified.com/main_sidecars"] {
		every names in ["worker", "main, worker"] {
			verdict := _judged(_only_annotated(_stuck, {key: names}))
			_decided(verdict) == ["refuse", "unknown-main"]
			verdict.message == $"{key} names worker, but the pod has no such container, so one that is taken for a sidecar may be the main that was meant"
			_codes(verdict) == ["name-without-container"]
		}
	}
}

test_ended_when_a_listed_main_is_an_init_container if {
	pod := _inits(_stuck, [_container("setup", _exited(0))])
	_judged(_only_annotated(pod, {"sidecar-reaper/mains": "main, setup"})).decision == "end"
}

test_missing_name_is_a_warning_in_every_annotation if {
	some_annotations := {
		"sidecar-reaper/sidecars": "proxy, gone",
		"sidecar-reaper/mains": "main, gone",
		"nrmitchi.com/sidecars": "proxy, gone",
		"riskified.com/main_sidecars": "main, gone",
	}
	every key, value in some_annotations {
		[warning] := _judged(_only_annotated(_stuck, {key: value})).warnings
		warning.message == $"{key} names gone, but the pod has no such container"
	}
}

test_missing_name_is_a_warning_where_another_annotation_agrees if {
	[warning] := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": "proxy, gone", "sidecar-reaper/mains": "main"})).warnings
	warning.message == "sidecar-reaper/sidecars names gone, but the pod has no such container"
}

test_init_container_in_a_list_is_no_missing_name if {
	pod := _inits(_annotated(_stuck, {"sidecar-reaper/sidecars": "proxy, mesh"}), [_container_with("mesh", _running, {"restartPolicy": "Always"}, {})])
	verdict := _judged(pod)
	verdict.warnings == []
	_roles(verdict) == {"mesh": "native", "main": "main", "proxy": "sidecar"}
}

test_missing_name_in_an_annotation_that_does_not_count_is_no_warning if {
	_judged(_annotated(_stuck, {"nrmitchi.com/sidecars": "gone"})).warnings == []
}

test_thousand_missing_names_do_not_flood_the_warning if {
	many := concat(",", [$"x{n}" | some n in numbers.range(1, 1000)])
	[warning] := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": $"proxy,{many}"})).warnings
	warning.message == "sidecar-reaper/sidecars names x1 and 999 more, but the pod has no such container"
}

test_eleven_missing_names_are_cut_after_ten if {
	many := concat(",", [$"x{n}" | some n in numbers.range(10, 20)])
	[warning] := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": $"proxy,{many}"})).warnings
	warning.message == concat("", [
		"sidecar-reaper/sidecars names x10, x11, x12, x13, x14, x15, x16, x17, x18, x19 and 1 more, ",
		"but the pod has no such container",
	])
}

test_ten_missing_names_are_all_told if {
	many := concat(",", [$"x{n}" | some n in numbers.range(10, 19)])
	[warning] := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": $"proxy,{many}"})).warnings
	contains(warning.message, "x18, x19, but the pod")
}

test_name_of_63_characters_is_told_whole if {
	name := concat("", ["x" | some _ in numbers.range(1, 63)])
	[warning] := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": $"proxy,{name}"})).warnings
	warning.message == $"sidecar-reaper/sidecars names {name}, but the pod has no such container"
}

test_kept_when_there_are_no_containers if {
	pods := [
		object.union(_stuck, {"spec": {"containers": []}}),
		object.union(object.remove(_stuck, ["spec"]), {"spec": {}}),
		object.remove(_stuck, ["spec"]),
	]
	every pod in pods {
		_decided(_judged(pod)) == ["leave", "no-sidecars"]
		_judged(_only_annotated(pod, {"sidecar-reaper/mains": "main"})).reason == "no-sidecars"
	}
}

test_hundred_missing_names_are_sorted if {
	many := concat(",", [$"x{n}" | some n in numbers.range(100, 199)])
	[warning] := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": $"proxy,{many}"})).warnings
	contains(warning.message, "x108, x109 and 90 more")
}

test_long_missing_name_is_cut if {
	name := concat("", ["x" | some _ in numbers.range(1, 64)])
	[warning] := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": $"proxy,{name}"})).warnings
	warning.message == $"sidecar-reaper/sidecars names {substring(name, 0, 63)}…, but the pod has no such container"
}

test_refused_when_sidecars_and_mains_disagree if {
	verdict := _judged(_annotated(_stuck, {"sidecar-reaper/mains": "proxy"}))
	_decided(verdict) == ["refuse", "contradiction"]
	verdict.message == "sidecar-reaper/mains and sidecar-reaper/sidecars disagree about who is a sidecar; keep one of them"
}

test_refused_when_disagreeing_even_while_the_main_runs if {
	_judged(_annotated(_pod("Never", _running, _running), {"sidecar-reaper/mains": "proxy"})).decision == "refuse"
}

test_ended_when_sidecars_and_mains_agree if {
	verdict := _judged(_annotated(_stuck, {"sidecar-reaper/mains": "main"}))
	verdict.decision == "end"
	_of(verdict, "proxy").why == "a sidecar by sidecar-reaper/mains"
}

test_refused_when_older_annotations_disagree if {
	_decided(_judged(_only_annotated(_stuck, {"nrmitchi.com/sidecars": "proxy", "lemonade.com/sidecars": ""}))) == ["refuse", "contradiction"]
}

test_refused_when_all_containers_are_sidecars if {
	verdict := _judged(_annotated(_stuck, {"sidecar-reaper/sidecars": "main,proxy"}))
	_decided(verdict) == ["refuse", "all-sidecars"]
	verdict.message == "every container (main, proxy) would be a sidecar; leave out the one that does the work"
}

_kruise(variable) := _bare(_pod_of("Never", [
	_container("main", _exited(0)),
	_container_with("proxy", _running, {"env": [{"name": "OTHER", "value": "true"}, variable]}, {}),
]))

_kruise_mark := {"name": "KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT", "value": "true"}

test_ended_when_kruise_is_gone_and_its_mark_is_there if {
	verdict := _judged_with(_kruise(_kruise_mark), {"controllersGone": ["argo", "kruise"]})
	verdict.decision == "end"
	_of(verdict, "proxy").why == "a sidecar by KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT"
}

test_kept_when_kruise_is_there if _judged_with(_kruise(_kruise_mark), {"controllersGone": ["argo"]}).reason == "no-sidecars"

test_kept_when_the_mark_of_kruise_is_not_true if {
	every variable in [{"name": "KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT", "value": "false"}, {"name": "KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT"}] {
		_judged_with(_kruise(variable), {"controllersGone": ["kruise"]}).reason == "no-sidecars"
	}
}

test_ended_when_argo_is_gone_and_its_kill_command_is_there if {
	pod := _only_annotated(_stuck, {"workflows.argoproj.io/kill-cmd-proxy": "[\"x\"]"})
	verdict := _judged_with(pod, {"controllersGone": ["argo"]})
	verdict.decision == "end"
	_of(verdict, "proxy").why == "a sidecar by workflows.argoproj.io/kill-cmd-<container>"
	_judged_with(pod, {"controllersGone": ["kruise"]}).reason == "no-sidecars"
}

test_kruise_and_argo_on_no_container_leave_the_word_to_the_settings if {
	_judged_with(_bare(_stuck), {"controllersGone": ["kruise", "argo"], "sidecars": ["proxy"]}).decision == "end"
}

# The catalogue: mark and name, or name and image, never one of them alone.

_meshed(name, image) := _bare(_pod_of("Never", [_container("main", _exited(0)), _container_with(name, _running, {"image": image}, {})]))

test_ended_when_known_by_mark_and_name if {
	pods := [
		_annotated(_meshed("mesh-proxy", "x"), {"mesh.example/status": ""}),
		_annotated(_meshed("mesh-proxy", "x"), {"mesh.example/inject": "yes"}),
		object.union(_meshed("mesh-proxy", "x"), {"metadata": {"labels": {"mesh.example/inject": "yes"}}}),
	]
	every pod in pods {
		verdict := _judged_with(pod, {"mode": "enforce"})
		verdict.decision == "end"
		_of(verdict, "mesh-proxy").why == "known sidecar mesh"
	}
}

test_ended_when_known_by_label_of_the_namespace_and_name if {
	around := {"namespace": {"labels": {"mesh-injection": "enabled"}}}
	_judged_in(_meshed("mesh-proxy", "x"), {}, around).decision == "end"
	_judged_in(_meshed("mesh-proxy", "x"), {}, {"namespace": {"labels": {"mesh-injection": "disabled"}}}).reason == "no-sidecars"
	_judged_in(_meshed("mesh-proxy", "x"), {}, {"namespace": null}).reason == "no-sidecars"
}

test_ended_when_known_by_name_and_image if {
	every image in ["mesh/proxy", "mesh/proxy:1.2", "docker.io/mesh/proxy@sha256:0a", "localhost:5000/mesh/proxy:1.2@sha256:0a"] {
		_judged(_meshed("mesh-proxy", image)).decision == "end"
	}
}

test_kept_when_only_the_name_is_known if {
	every image in ["x", "notmesh/proxy", "mesh/proxy-tools", "mesh/proxy/x", "mesh/proxy:5000/x", ""] {
		_judged(_meshed("mesh-proxy", image)).reason == "no-sidecars"
	}
}

test_kept_when_only_the_image_is_known if _judged(_meshed("envoy", "mesh/proxy")).reason == "no-sidecars"

test_kept_when_only_the_mark_is_known if {
	_judged(_annotated(_meshed("envoy", "x"), {"mesh.example/status": ""})).reason == "no-sidecars"
}

test_kept_when_the_mark_has_another_value if {
	_judged(_annotated(_meshed("mesh-proxy", "x"), {"mesh.example/inject": "no"})).reason == "no-sidecars"
}

_all_known(state) := _bare(_pod_of("Never", [
	_container_with("mesh-proxy", state, {"image": "mesh/proxy"}, {}),
	_container_with("tunnel", _running, {"image": "acme/tunnel"}, {}),
]))

test_kept_when_the_catalogue_knows_every_container_and_none_has_ended if {
	verdict := _judged(_all_known(_running))
	_decided(verdict) == ["leave", "no-sidecars"]
	verdict.message == "the catalogue knows every container of this pod as a sidecar, and none has ended; one of them does the work"
	_decided(_judged(_all_known(_exited(0)))) == ["refuse", "all-sidecars"]
	_decided(_judged_with(_all_known(_running), {"sidecars": ["mesh-proxy", "tunnel"]})) == ["refuse", "all-sidecars"]
	listed := _only_annotated(_all_known(_running), {"sidecar-reaper/sidecars": "mesh-proxy, tunnel"})
	_decided(_judged(listed)) == ["refuse", "all-sidecars"]
}

test_prefix_counts_beside_a_whole_name if {
	pod := _pod_of("Never", [_container("main", _exited(0)), _container_with("tunnel-x", _running, {"image": "acme/tunnel"}, {})])
	with_both := object.union(_catalogue, {"by_name": {"tunnel-x": ["mesh"]}})
	verdict := sidecar.verdict with input as object.union(_around, {"pod": _bare(pod)})
		with data.settings as _settings
		with data.catalogue as with_both
		with data.self as {"namespace": "reaper", "sweep": "this"}
	_of(verdict, "tunnel-x").why == "known sidecar tunnel"
}

test_first_row_that_recognises_a_name_wins if {
	_of(_judged(_meshed("tunnel", "acme/tunnel")), "tunnel").why == "known sidecar tunnel"
	_of(_judged(_annotated(_meshed("tunnel", "x"), {"mesh.example/status": ""})), "tunnel").why == "known sidecar mesh"
}

# Settings.

test_ended_when_settings_name_the_sidecar if {
	verdict := _judged_with(_bare(_stuck), {"sidecars": ["proxy", "other"]})
	verdict.decision == "end"
	_of(verdict, "proxy").why == "listed in the setting sidecars"
	_of(verdict, "main").why == "nothing calls it a sidecar"
	verdict.warnings == []
}

_labelled(value) := object.union(_bare(_stuck), {"metadata": {"labels": {"app": value}}})

test_ended_when_a_label_names_the_main if {
	verdict := _judged_with(_labelled("main"), {"mainLabel": "app"})
	verdict.decision == "end"
	_of(verdict, "proxy").why == "not the main that label app names"
	_of(verdict, "main").why == "named by label app"
}

test_kept_when_the_label_names_no_container if {
	_judged_with(_labelled("other"), {"mainLabel": "app"}).reason == "no-sidecars"
	_judged_with(_bare(_stuck), {"mainLabel": "app"}).reason == "no-sidecars"
}

test_refused_when_label_and_settings_disagree if {
	verdict := _judged_with(_labelled("main"), {"mainLabel": "app", "sidecars": ["main"]})
	_decided(verdict) == ["refuse", "contradiction"]
	verdict.message == "label app names main as the main, the setting sidecars lists it; keep one of them"
}

test_annotation_settles_what_label_and_settings_dispute if {
	pod := object.union(_stuck, {"metadata": {"labels": {"app": "main"}}})
	_judged_with(pod, {"mainLabel": "app", "sidecars": ["main"]}).decision == "end"
}

test_catalogue_and_settings_add_up if {
	pod := _bare(_pod_of("Never", [
		_container("main", _exited(0)),
		_container("proxy", _running),
		_container_with("mesh-proxy", _running, {"image": "mesh/proxy"}, {}),
	]))
	verdict := _judged_with(pod, {"sidecars": ["proxy"]})
	_roles(verdict) == {"main": "main", "proxy": "sidecar", "mesh-proxy": "sidecar"}
	verdict.report
}

# Modes.

test_reported_when_only_the_catalogue_knows if {
	verdict := _judged(_meshed("mesh-proxy", "mesh/proxy"))
	verdict.decision == "end"
	verdict.report
}

test_not_reported_when_annotation_settings_or_label_name_it_too if {
	known := _meshed("mesh-proxy", "mesh/proxy")
	_judged(_annotated(known, {"sidecar-reaper/sidecars": "mesh-proxy"})).report == false
	_judged_with(known, {"sidecars": ["mesh-proxy"]}).report == false
	_judged_with(object.union(known, {"metadata": {"labels": {"app": "main"}}}), {"mainLabel": "app"}).report == false
	_judged_with(known, {"mode": "enforce"}).report == false
}

test_not_reported_when_what_only_the_catalogue_knows_has_ended if {
	pod := _bare(_pod_of("Never", [
		_container("main", _exited(0)),
		_container("proxy", _running),
		_container_with("mesh-proxy", _exited(0), {"image": "mesh/proxy"}, {}),
	]))
	_judged_with(pod, {"sidecars": ["proxy"]}).report == false
}

test_mode_report_reports_endings_and_nothing_else if {
	_judged_with(_stuck, {"mode": "report"}).report
	_judged_with(_pod("Never", _running, _running), {"mode": "report"}).report == false
	_judged_in(_stuck, {"mode": "report"}, {"now": _minute_ago}).report == false
}

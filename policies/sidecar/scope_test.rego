package sidecar_test

test_ended_when_main_succeeded_and_sidecar_runs if {
	_judged(_stuck) == {
		"decision": "end",
		"reason": "left-over",
		"message": "the mains succeeded, proxy left over; the pod becomes Succeeded",
		"report": false,
		"earned": "Succeeded",
		"after": "Succeeded",
		"again": null,
		"complete": "first",
		"containers": [
			{
				"name": "main",
				"role": "main",
				"why": "not a sidecar by sidecar-reaper/sidecars",
				"containerID": "x://main-1",
				"state": "terminated",
				"left_over": false,
				"ways": [],
				"grace": 30,
			},
			{
				"name": "proxy",
				"role": "sidecar",
				"why": "a sidecar by sidecar-reaper/sidecars",
				"containerID": "x://proxy-1",
				"state": "running",
				"left_over": true,
				"ways": [],
				"grace": 30,
			},
		],
		"passed_over": [],
		"warnings": [],
	}
}

test_kept_when_pod_asks_to_be_ignored if {
	verdict := _judged(_annotated(_stuck, {"sidecar-reaper/ignore": "true"}))
	_decided(verdict) == ["leave", "ignored"]
	verdict.message == "annotation sidecar-reaper/ignore asks to leave this pod alone"
}

test_kept_when_ignore_says_something_else_than_true_or_false if {
	every value in ["True", "yes", " true", ""] {
		verdict := _judged(_annotated(_stuck, {"sidecar-reaper/ignore": value}))
		_decided(verdict) == ["leave", "ignored"]
		verdict.message == $"annotation sidecar-reaper/ignore is \"{value}\", which is taken for true: it is true or false"
	}
}

test_ended_when_ignore_is_false if {
	_judged(_annotated(_stuck, {"sidecar-reaper/ignore": "false"})).decision == "end"
}

test_kept_when_namespace_is_disabled if {
	verdict := _judged_in(_stuck, {}, {"namespace": {"labels": {"sidecar-reaper/enabled": "false"}}})
	_decided(verdict) == ["leave", "namespace-disabled"]
	verdict.message == "namespace team-a is labelled sidecar-reaper/enabled=false"
}

test_kept_when_namespace_says_something_else_than_true_or_false if {
	verdict := _judged_in(_stuck, {}, {"namespace": {"labels": {"sidecar-reaper/enabled": "False"}}})
	_decided(verdict) == ["leave", "namespace-disabled"]
	verdict.message == "namespace team-a is labelled sidecar-reaper/enabled=False, which is taken for false: it is true or false"
}

test_ended_when_namespace_is_enabled if {
	_judged_in(_stuck, {}, {"namespace": {"labels": {"sidecar-reaper/enabled": "true"}}}).decision == "end"
}

test_ended_when_namespace_and_node_are_not_readable if {
	_judged_in(_stuck, {}, {"namespace": null, "node": null}).decision == "end"
}

test_kept_in_kube_system if {
	_decided(_judged(object.union(_stuck, {"metadata": {"namespace": "kube-system"}}))) == ["leave", "system-namespace"]
}

test_kept_in_own_namespace if {
	_decided(_judged(object.union(_stuck, {"metadata": {"namespace": "reaper"}}))) == ["leave", "own-namespace"]
}

_owned_by(references) := object.union(_stuck, {"metadata": {"ownerReferences": references}})

_job := {"apiVersion": "batch/v1", "kind": "Job", "controller": true}

test_ended_when_owner_is_a_job if _judged(_owned_by([_job])).decision == "end"

test_kept_when_owner_is_not_in_the_setting_owners if {
	verdict := _judged_with(_owned_by([object.union(_job, {"kind": "ReplicaSet"})]), {"owners": ["Job", "none"]})
	_decided(verdict) == ["leave", "owner-out-of-scope"]
	verdict.message == "the pod's owner is ReplicaSet; the setting owners names Job, none"
}

test_kept_when_job_is_of_another_group if {
	verdict := _judged(_owned_by([object.union(_job, {"apiVersion": "batch.volcano.sh/v1alpha1"})]))
	_decided(verdict) == ["leave", "owner-out-of-scope"]
	contains(verdict.message, "Job of batch.volcano.sh/v1alpha1")
}

test_ended_when_owner_is_a_workflow_or_spark_application_of_the_setting if {
	every owner in [["Workflow", "argoproj.io/v1alpha1"], ["SparkApplication", "sparkoperator.k8s.io/v1beta2"]] {
		pod := _owned_by([{"apiVersion": owner[1], "kind": owner[0], "controller": true}])
		_judged_with(pod, {"owners": [owner[0]]}).decision == "end"
		_judged_with(_owned_by([{"apiVersion": "x/v1", "kind": owner[0], "controller": true}]), {"owners": [owner[0]]}).decision == "leave"
	}
}

test_ended_when_any_owner_is_in_scope if {
	_judged_with(_owned_by([object.union(_job, {"kind": "Strange"})]), {"owners": ["any"]}).decision == "end"
}

test_owner_is_the_controller_and_not_another_reference if {
	_judged(_owned_by([{"apiVersion": "v1", "kind": "Node"}, _job])).decision == "end"
	_judged(_owned_by([object.union(_job, {"kind": "ReplicaSet"}), _job])).decision == "leave"
}

test_ended_when_pod_has_only_the_label_of_a_job if _judged(_owned_by([])).decision == "end"

test_pod_without_owner_is_in_scope_only_as_none if {
	pod := object.union(object.remove(_stuck, ["metadata"]), {"metadata": object.remove(_stuck.metadata, ["labels"])})
	_decided(_judged(pod)) == ["leave", "owner-out-of-scope"]
	_judged_with(pod, {"owners": ["none"]}).decision == "end"
}

test_kept_when_deleting if {
	_decided(_judged(object.union(_stuck, {"metadata": {"deletionTimestamp": _now}}))) == ["leave", "deleting"]
}

_in_phase(phase) := _judged(object.union(_stuck, {"status": {"phase": phase}}))

test_kept_when_already_finished if {
	every phase in ["Succeeded", "Failed"] {
		_decided(_in_phase(phase)) == ["leave", "already-finished"]
		_in_phase(phase).message == $"the pod is {phase}"
	}
}

test_kept_when_phase_is_unknown if {
	every phase in ["Unknown", "Hibernating"] {
		_decided(_in_phase(phase)) == ["leave", "phase-unknown"]
		_in_phase(phase).message == $"the pod's phase is {phase}"
	}
}

test_ended_when_pending_or_running if {
	every phase in ["Pending", "Running"] { _in_phase(phase).decision == "end" }
}

_with_condition(condition) := _judged(object.union(_stuck, {"status": {"conditions": [condition]}}))

test_kept_when_disrupted if {
	_decided(_with_condition({"type": "DisruptionTarget", "status": "True"})) == ["leave", "disrupted"]
}

test_ended_when_no_longer_disrupted_or_another_condition_holds if {
	_with_condition({"type": "DisruptionTarget", "status": "False"}).decision == "end"
	_with_condition({"type": "Ready", "status": "True"}).decision == "end"
}

test_kept_when_mirror_pod if {
	_decided(_judged(_annotated(_stuck, {"kubernetes.io/config.mirror": "9a8b"}))) == ["leave", "mirror-pod"]
}

test_kept_when_node_is_not_ready if {
	verdict := _judged_in(_stuck, {}, {"node": {"ready": false}})
	_decided(verdict) == ["leave", "node-not-ready"]
	verdict.message == "node n is not Ready, so the pod's status may be old"
}

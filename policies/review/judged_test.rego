package review_test

import data.review

# What is not asked must be what would be answered.
test_nothing_is_said_of_a_pod_without_sidecars_and_annotations if {
	every containers in [[{"name": "main"}], [{"name": "main"}, {"name": "other", "image": "acme/other"}], [{"name": "envoy", "image": "acme/work"}, {"name": "main"}]] {
		pod := {"metadata": {"labels": {"app": "x"}, "annotations": {}}, "spec": {"containers": containers}}
		then := {"metadata": object.union(pod.metadata, {"namespace": "shop"}), "spec": object.union({"restartPolicy": "Never"}, pod.spec), "status": {"phase": "Running"}}
		told := {"template": true, "pod": object.union(then, {"metadata": {"labels": {"batch.kubernetes.io/job-name": "x"}}}), "namespace": null, "node": null, "now": 2000000}
		brief := review._reviewed(review._then(pod, "shop")).judged with data.catalogue as _catalogue
		asked := data.sidecar.judged with input as told with data.settings as review._settings with data.catalogue as _catalogue
		brief == object.filter(asked, {"decision", "reason", "dirty", "warnings"})
	}
}

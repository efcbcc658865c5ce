package review_test

import data.review

test_every_kind_beside_is_listed_first_and_marked if {
	marked := [resource.kind | some resource in review.resources; resource.beside]
	{kind | some kind in marked} == review.kinds_beside
	[resource.kind | some i, resource in review.resources; i < count(marked)] == marked
}

test_every_kind_with_pods_is_listed if {
	kinds := {resource.kind | some resource in review.resources}
	{"Job", "CronJob", "JobSet", "Pod", "PodTemplate", "Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow", "SparkApplication", "Role", "ClusterRole"} - kinds == set()
}

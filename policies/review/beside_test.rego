package review_test

import data.review

test_beside_is_what_findings_on_others_read if {
	_beside_of(object.union(_webhook({}), {"metadata": {"name": "labels"}})) == [{"kind": "MutatingWebhookConfiguration", "webhooks": _webhook({}).webhooks}]
	_beside_of(_webhook({"admissionReviewVersions": ["v1"]})) == []
	_beside_of(object.union(_webhook({}), {"kind": "ValidatingWebhookConfiguration"})) == []
	_beside_of({"kind": "MutatingWebhookConfiguration"}) == []
	"MutatingWebhookConfiguration" in review.kinds_beside
}

_beside_of(manifest) := beside if {
	beside := review.beside with input as manifest
}

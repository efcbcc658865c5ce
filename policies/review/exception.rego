package review

# Exceptions: by annotation on the manifest or on its pod template, sidecar-reaper.review/ignore-<rule>: "reason; until=2026-12-31",
# and in the settings, under review.exceptions. Without data.settings.review.today no date is over.

# METADATA
# title: exception
# description: An exception from another rule gives no reason, or a date that is none or over, so it excepts nothing.
# custom:
#   severity: warning
_of_exceptions contains finding if {
	some exception in _annotated
	why := _why_void(exception)
	finding := _finding(rego.metadata.rule(), {
		"message": $"annotation {exception.key} {why}, so it excepts nothing",
		"container": null,
		"path": exception.at,
		"fix": {
			"text": "give a reason and a date to come, as in \"the vendor's release of May; until=2027-06-01\", or remove the exception",
			"patch": [{"op": "remove", "path": _pointer(exception.at)}],
		},
	})
}

# METADATA
# title: exception
# description: An exception of the settings from another rule is over.
# custom:
#   severity: warning
_of_exceptions contains finding if {
	some exception in data.settings.review.exceptions
	why := _why_void(exception)
	some excepted in _findings
	_is_meant(exception, excepted)
	finding := _finding(rego.metadata.rule(), {
		"message": $"the exception from {exception.rule} in the settings {why}, so it excepts nothing: {excepted.message}",
		"container": excepted.container,
		"path": excepted.path,
		"fix": {"text": "mend what it excepted, or give it a date to come in the settings", "patch": []},
	})
}

_excepted(finding) := {"exception": exceptions[0]} if {
	exceptions := sort([{"reason": exception.reason, "until": object.get(exception, "until", null)} |
		some exception in array.concat([one | some one in _annotated], [one | some one in data.settings.review.exceptions])
		exception.rule == finding.rule
		not _why_void(exception)
		_is_meant(exception, finding)
	])
	count(exceptions) > 0
} else := {}

_why_void(exception) := "gives no reason" if {
	exception.reason == ""
} else := $"ends on {exception.until}, which is no date such as 2027-06-01" if {
	is_string(exception.until)
	not regex.match(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`, exception.until)
} else := $"ended on {exception.until}" if {
	is_string(exception.until)
	exception.until < data.settings.review.today
}

# That of an annotation has the place it is meant for.
_is_meant(exception, finding) if array.slice(finding.path, 0, count(exception.path)) == exception.path

_is_meant(exception, finding) if {
	not exception.path
	exception.rule == finding.rule
	manifest := _manifest_at(_item_path(finding.path))
	object.get(exception, "kind", manifest.kind) == manifest.kind
	every key in ["name", "namespace"] {
		object.get(exception, key, null) in {null, object.get(manifest, ["metadata", key], "")}
	}
}

_manifest_at(path) := input if {
	count(path) == 0
} else := object.get(input, path, {})

# items, 3, spec, … → items, 3
_item_path(path) := array.slice(path, 0, min([i | some i, key in array.concat(path, ["", ""]); i % 2 == 0; key != "items"]))

_annotated contains exception if {
	some place in _places_with_annotations
	some key, text in object.get(input, array.concat(place.at, ["annotations"]), {})
	startswith(key, _ignore)
	exception := object.union(_read_exception(text), {
		"rule": trim_prefix(key, _ignore),
		"key": key,
		"path": place.path,
		"at": array.flatten([place.at, "annotations", key]),
	})
}

_ignore := "sidecar-reaper.review/ignore-"

_places_with_annotations contains {"path": item.path, "at": array.concat(item.path, ["metadata"])} if some item in _manifests

_places_with_annotations contains {"path": array.concat(item.path, written.path), "at": array.concat(item.path, written.metadata)} if {
	some [item, written] in _all_written
}

_read_exception(text) := {"reason": trim_space(concat(";", array.slice(parts, 0, last))), "until": trim_prefix(trim_space(parts[last]), "until=")} if {
	parts := split(text, ";")
	last := count(parts) - 1
	startswith(trim_space(parts[last]), "until=")
} else := {"reason": trim_space(text), "until": null}

package review

# METADATA
# title: unnamed-container
# description: A container has no name or shares it with another, so nothing can be said of its pod.
# custom:
#   severity: error
_findings contains finding if {
	some [item, written] in _all_written
	why := _unnamed(written)
	finding := _finding("unnamed-container", "error", {
		"message": $"{written.owner} {_title(item.manifest)}: {why}",
		"container": null,
		"path": array.concat(item.path, written.path),
		"fix": {"text": "give every container a name of its own", "patch": []},
	})
}

package review

# METADATA
# title: missing-verb
# description: The reaper's role lacks a right that one of the allowed ways needs.
# custom:
#   severity: warning
_findings contains finding if {
	some item in _manifests
	item.manifest.kind in {"Role", "ClusterRole"}
	item.manifest.metadata.labels["app.kubernetes.io/name"] == "sidecar-reaper"
	object.get(item.manifest.metadata.labels, "app.kubernetes.io/component", "reaper") == "reaper"
	some need in _needs(_ways_of(item.manifest))
	missing := [verb | some verb in need.verbs; not _is_granted(item.manifest, need.resource, verb)]
	count(missing) > 0
	rules := array.concat(item.path, ["rules"])
	finding := _finding("missing-verb", "warning", {
		"message": $"{item.manifest.kind} {_title(item.manifest)} does not allow {concat(", ", missing)} on {need.resource}, which {need.why} needs",
		"container": null,
		"path": rules,
		"fix": {
			"text": $"allow {concat(", ", missing)} on {need.resource}, or leave the way out of the setting ways",
			"patch": array.concat(
				[{"op": "add", "path": _pointer(rules), "value": []} | not is_array(object.get(item.manifest, "rules", null))],
				[{"op": "add", "path": _pointer(array.concat(rules, ["-"])), "value": {"apiGroups": [""], "resources": [need.resource], "verbs": missing}}],
			),
		},
	})
}

# The settings, unless they allow everything, as they do when nobody said anything; then what the role says that it is for.
_ways_of(role) := {way | some way in split(said, ",")} if {
	_all_allowed
	said := role.metadata.annotations["sidecar-reaper/ways"]
} else := {way | some way in _every_way; _is_allowed(way)}

_all_allowed if {
	every way in _every_way { _is_allowed(way) }
}

_every_way := {"exec", "http", "signal", "complete"}

# Exec and port-forward ask for get up to Kubernetes 1.34, for create from 1.35 on.
_needs(ways) := array.flatten([
	[{"resource": "pods", "verbs": ["get", "list", "watch"], "why": "every way"}],
	[{"resource": "pods/status", "verbs": ["patch"], "why": "the way complete"} | "complete" in ways],
	[{"resource": "pods/portforward", "verbs": ["get", "create"], "why": "the way http"} | "http" in ways],
	[{"resource": "pods/exec", "verbs": ["get", "create"], "why": $"the way {concat(" or ", execs)}"} | count(execs) > 0],
]) if {
	execs := [way | some way in ["exec", "signal"]; way in ways]
}

_is_granted(role, resource, verb) if {
	some rule in role.rules
	count({"", "*"} & {group | some group in rule.apiGroups}) > 0
	count({resource, "*"} & {one | some one in rule.resources}) > 0
	count({verb, "*"} & {one | some one in rule.verbs}) > 0
}

# METADATA
# title: Doctor
# description: Says what of a live cluster is left to migrate to native sidecars. Who is a sidecar is the live policy's to say.
package doctor

# METADATA
# title: Inspected
# description: Of a live pod or a pod template the sidecars that are not native, and those that lost what made them so.
# entrypoint: true
inspected := {
	"sidecars": array.concat(_plain, _expected),
	"stripped": sort(_stripped),
	"unclear": _unclear,
}

# The same rules as for a live pod, told that every container runs: whether it does is not in question here.
_roles := roles if {
	running := [{"name": c.name, "state": {"running": {}}} | some c in input.pod.spec.containers]
	told := {"pod": object.union(input.pod, {"status": {"containerStatuses": running}}), "namespace": input.namespace}
	roles := data.sidecar.roles with input as told
}

# Where nobody knows who is a sidecar, nobody is called one.
_plain := [object.union(_described(name, said.row, _by_whom(name, said.row)), {
	"why": said.why,
	"certain": true,
	"needs_reaper": _outlives(name),
}) |
	_unclear == null
	some name in sort(object.keys(_roles.sidecars))
	said := _roles.sidecars[name]
]

# What webhooks will add to the pods of a template; as what, is not to be seen in it.
_expected := [object.union(_described(added.name, added.row, "vendor"), {"why": why, "certain": false, "needs_reaper": true}) |
	input.is_template
	some added in sort(data.sidecar.injected)
	row := data.catalogue.rows[added.row]
	why := $"added by the webhook of {row.title}"
]

_unclear := _roles.refused if {
	_roles.refused != null
} else := _roles.all

_described(name, id, whom) := {
	"name": name,
	"row": id,
	"title": object.get(data.catalogue.rows, [id, "title"], null),
	"native": _native(id, whom),
}

# Neither those that end by themselves nor those that the generator has wrapped outlive the mains.
_outlives(name) if {
	not _roles.sidecars[name].ends_itself
	not _is_wrapped(name)
} else := false

_is_wrapped(name) if {
	some c in input.pod.spec.containers
	c.name == name
	c.command[0] == "busybox"
	some init in input.pod.spec.initContainers
	init.name == "sidecar-reaper"
}

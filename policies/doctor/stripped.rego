package doctor

# What was to be a native sidecar, and is none in the pod: an init container that the mains now wait for, or a plain container.

_stripped contains {
	"name": init.name,
	"how": "init",
	"asked": asked,
	"message": $"{init.name} is an init container without restartPolicy: Always, so the mains do not start before it ends, though {asked}",
} if {
	some init in input.pod.spec.initContainers
	not init.restartPolicy == "Always"
	asked := _asked_of_init(init.name)
}

_stripped contains {
	"name": c.name,
	"how": "plain",
	"asked": asked,
	"message": $"{c.name} is a plain container, though {asked}",
} if {
	some c in input.pod.spec.containers
	asked := _asked(c.name)
}

# Of a template this says nothing: the vendor's webhook reads the pod.
_asked(name) := "its Job has it as a native sidecar" if {
	name in input.natives
} else := asks[0] if {
	not input.is_template
	not name in input.written
	asks := [$"annotation {concat(", ", [$"{key}: \"{value}\"" | some key, value in annotations])} asks for a native sidecar" |
		some id in sort(object.keys(data.catalogue.rows))
		row := data.catalogue.rows[id]
		name in row.names
		annotations := row.native.annotations
		count(annotations) > 0
		every key, value in annotations { input.pod.metadata.annotations[key] == value }
	]
}

_asked_of_init(name) := asked if {
	asked := _asked(name)
} else := $"it is {title}, which does not end by itself" if {
	not input.is_template
	row := data.catalogue.rows[_roles_with_inits.sidecars[name].row]
	name in row.names
	not row.endsItself
	title := row.title
}

# As if the init containers ran beside the others.
_roles_with_inits := roles if {
	containers := array.concat(input.pod.spec.containers, [init | some init in input.pod.spec.initContainers])
	running := [{"name": c.name, "state": {"running": {}}} | some c in containers]
	pod := object.union(input.pod, {"spec": {"containers": containers}, "status": {"containerStatuses": running}})
	roles := data.sidecar.roles with input as {"pod": pod, "namespace": input.namespace}
}

package doctor

# How a sidecar becomes a native one.

# Of a container that somebody wrote its vendor's switch says nothing. Where the template could not be read, nobody knows.
_by_whom(name, id) := "vendor" if {
	_is_added(name)
	_has_webhook(id)
} else := "spec"

_is_added(name) if {
	not input.is_template
	not name in input.written
}

_has_webhook(id) if data.catalogue.rows[id].native

_has_webhook(id) if data.catalogue.rows[id].injection

_native(id, "vendor") := {
	"by": "vendor",
	"since": row.native.since,
	"annotations": object.get(row.native, "annotations", {}),
	"byDefault": object.get(row.native, "byDefault", null),
	"note": object.get(row.native, "note", null),
	"message": $"{_switch_text(row.native)}{_default_text(row.native)}",
} if {
	row := data.catalogue.rows[id]
	row.native
} else := {"by": "nobody", "message": $"the webhook of {data.catalogue.rows[id].title} adds it, and no switch is known that makes it native"}

_native(_, "spec") := {
	"by": "spec",
	"message": "write it as an init container with restartPolicy: Always (Kubernetes 1.29 or newer)",
}

_switch_text(native) := $"annotation {concat(", ", [$"{key}: \"{value}\"" | some key, value in native.annotations])} ({native.since} or newer)" if {
	count(object.get(native, "annotations", {})) > 0
} else := $"{trim_suffix(native.note, ".")} ({native.since} or newer)" if {
	native.note
} else := $"its vendor makes it native ({native.since} or newer)"

_default_text(native) := $"; by itself from {native.byDefault}" if {
	native.byDefault
} else := ""

package doctor

# METADATA
# title: Need
# description: Whether a reaper is needed for what was counted, said with the care that what could not be read asks for.
# entrypoint: true
need := {"needed": "yes", "message": $"sidecar-reaper is needed here: {_counted(input.plain, "sidecar")} would outlive its mains"} if {
	input.plain == 1
} else := {"needed": "yes", "message": $"sidecar-reaper is needed here: {_counted(input.plain, "sidecar")} would outlive their mains"} if {
	input.plain > 1
} else := {
	"needed": "unknown",
	"message": $"no sidecar was seen that is not native, but it is not certain that none is left: {concat("; ", _doubts_of_need)}",
} if {
	count(_doubts_of_need) > 0
} else := {
	"needed": "no",
	"message": "sidecar-reaper is no longer needed here, in what could be read: no pod and no template has a sidecar that is not native, and every kubelet is 1.29 or newer",
}

_doubts_of_need := array.flatten([
	[$"not everything could be read ({concat(", ", input.unread)})" | count(input.unread) > 0],
	[$"webhooks may add {_counted(input.expected, "sidecar")} that no pod shows now" | input.expected > 0],
	[$"of {input.unclear} of the pods and templates nobody knows who is a sidecar" | input.unclear > 0],
	[input.support.message | input.support.native != "yes"],
])

_counted(number, word) := $"{number} {word}" if {
	number == 1
} else := $"{number} {word}s"

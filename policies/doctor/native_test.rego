package doctor_test

_message(inspected) := inspected.sidecars[0].native.message

test_vendors_switch_by_annotation if {
	[said] := _inspected(_pod([_main, _mesh], {})).sidecars
	said.native == {
		"by": "vendor",
		"since": "Mesh 2",
		"annotations": {"mesh/native": "true"},
		"byDefault": "Mesh 3",
		"note": null,
		"message": "annotation mesh/native: \"true\" (Mesh 2 or newer); by itself from Mesh 3",
	}
}

test_vendors_switch_elsewhere if {
	_message(_inspected(_pod([_main, {"name": "keeper", "image": "acme/keeper"}], {}))) == "A setting of its operator (Keeper 3 or newer)"
	_message(_inspected(_pod([_main, {"name": "quiet", "image": "acme/quiet"}], {}))) == "its vendor makes it native (Quiet 1 or newer)"
}

test_vendors_webhook_without_a_switch if {
	_message(_inspected(_pod([_main, {"name": "agent", "image": "acme/agent"}], {}))) == "the webhook of Agent adds it, and no switch is known that makes it native"
}

test_written_by_hand if {
	by_hand := "write it as an init container with restartPolicy: Always (Kubernetes 1.29 or newer)"
	_message(_inspected(_pod([_main, _proxy], _listed))) == by_hand
	_message(_inspected_in(_pod([_main, _mesh], {}), _template)) == by_hand
	_message(_inspected_in(_pod([_main, _mesh], {}), {"written": ["main", "mesh-proxy"]})) == by_hand
	_message(_inspected_in(_pod([_main, _mesh], {}), {"written": ["main"]})) != by_hand
}

package review_test

test_vendor_native_by_default_but_written_as_a_plain_container if {
	found := _found(_job([_main, _keeper], {}))
	_rules(found) == [["hangs", "error", "keeper"], ["vendor-native-by-default", "warning", "keeper"]]
	found[1].message == "Job backup: keeper is a plain container, as Keeper writes it no more by default (Keeper 4)"
	_of("vendor-native-by-default", _found(_job([_main, _proxy, _mesh], {}))) == []
}

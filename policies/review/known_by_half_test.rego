package review_test

test_known_by_half_when_only_the_name_or_only_the_image_is_right if {
	[name] := _of("known-by-half", _found(_job([_main, {"name": "proxy", "image": "acme/other"}], {})))
	name.message == "Job backup: proxy is taken for a main, which the pod waits for: its name is that of Acme proxy, but nothing else is"
	[image] := _of("known-by-half", _found(_job([_main, _keeper, {"name": "db", "image": "acme/proxy"}], {})))
	image.container == "db"
	image.severity == "info"
	image.fix.patch == [{"op": "add", "path": "/spec/template/metadata/annotations/sidecar-reaper~1sidecars", "value": "db, keeper"}]
}

test_fine_when_someone_says_who_is_who if {
	half := {"name": "db", "image": "acme/proxy"}
	every annotations in [{"sidecar-reaper/mains": "main, db"}, {"sidecar-reaper/sidecars": ""}, {"sidecar-reaper/ignore": "true"}] {
		_of("known-by-half", _found(_job([_main, half], annotations))) == []
	}
	_of("known-by-half", _found(_job([half], {}))) == []
}

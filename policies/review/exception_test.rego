package review_test

import data.review

_reviewed_on(today, manifest, exceptions) := found if {
	found := review.findings with input as manifest
		with data.catalogue as _named_catalogue
		with data.settings as {"review": {"today": today, "exceptions": exceptions}}
}

_excepting(rule, text) := object.union(_job([_main, _proxy], {}), {"metadata": {"annotations": {$"sidecar-reaper.review/ignore-{rule}": text}}})

_brief(found) := [[f.rule, object.get(f, "exception", null)] | some f in found]

test_an_annotation_excepts_and_says_why if {
	manifest := _excepting("hangs", "it is ended by hand; until=2027-01-01")
	found := _reviewed_on("2026-11-25", manifest, [])
	_brief(found) == [["hangs", {"reason": "it is ended by hand", "until": "2027-01-01"}]]
	found[0].severity == "error"
	_brief(_reviewed_on("2026-11-25", _excepting("hangs", "by hand; at noon"), [])) == [["hangs", {"reason": "by hand; at noon", "until": null}]]
	_brief(_reviewed_on("2027-01-01", manifest, [])) == [["hangs", {"reason": "it is ended by hand", "until": "2027-01-01"}]]
}

test_an_annotation_of_the_template_excepts_too if {
	manifest := _job([_main, _proxy], {"sidecar-reaper.review/ignore-hangs": "by hand"})
	_brief(_reviewed_on("2026-11-25", manifest, [])) == [["hangs", {"reason": "by hand", "until": null}]]
}

test_an_exception_is_for_its_own_manifest_and_rule if {
	_brief(_reviewed_on("2026-11-25", _excepting("injected", "by hand"), [])) == [["hangs", null]]
	list := {"kind": "List", "items": [_excepting("hangs", "by hand"), _job([_main, _proxy], {})]}
	[e | some [_, e] in _brief(_reviewed_on("2026-11-25", list, []))] == [{"reason": "by hand", "until": null}, null]
}

test_an_exception_without_a_reason_is_a_finding if {
	found := _reviewed_on("2026-11-25", _excepting("hangs", " ; until=2027-01-01"), [])
	_brief(found) == [["exception", null], ["hangs", null]]
	found[0].message == "annotation sidecar-reaper.review/ignore-hangs gives no reason, so it excepts nothing"
	found[0].path == ["metadata", "annotations", "sidecar-reaper.review/ignore-hangs"]
	found[0].fix.patch == [{"op": "remove", "path": "/metadata/annotations/sidecar-reaper.review~1ignore-hangs"}]
}

test_an_exception_that_is_over_is_a_finding if {
	manifest := _excepting("hangs", "by hand; until=2026-11-24")
	[over, hangs] := _reviewed_on("2026-11-25", manifest, [])
	over.message == "annotation sidecar-reaper.review/ignore-hangs ended on 2026-11-24, so it excepts nothing"
	not hangs.exception
	[undated, _] := _reviewed_on("2026-11-25", _excepting("hangs", "by hand; until=May"), [])
	undated.message == "annotation sidecar-reaper.review/ignore-hangs ends on May, which is no date such as 2027-06-01, so it excepts nothing"
}

test_an_exception_is_over_however_its_date_is_written if {
	every text in ["by hand; until = 2026-11-24", "by hand;UNTIL=2026-11-24", "by hand; Until 2026-11-24", "by hand; until: 2026-11-24 "] {
		[over, hangs] := _reviewed_on("2026-11-25", _excepting("hangs", text), [])
		over.message == "annotation sidecar-reaper.review/ignore-hangs ended on 2026-11-24, so it excepts nothing"
		not hangs.exception
	}
	[until, _] := _reviewed_on("2026-11-25", _excepting("hangs", "by hand; until the vendor mends it"), [])
	until.message == "annotation sidecar-reaper.review/ignore-hangs ends on the vendor mends it, which is no date such as 2027-06-01, so it excepts nothing"
	every text in ["until the vendor mends it", "by hand; untilled"] {
		_brief(_reviewed_on("2026-11-25", _excepting("hangs", text), [])) == [["hangs", {"reason": text, "until": null}]]
	}
}

test_an_exception_ends_on_a_day_that_there_is if {
	every date in ["2030-02-29", "2030-02-31", "2100-02-29", "2030-04-31", "2030-13-01", "2030-01-00", "2030-1-1", "0030-01-01"] {
		[void, _] := _reviewed_on("2026-11-25", _excepting("hangs", $"by hand; until={date}"), [])
		contains(void.message, "which is no date such as")
	}
	every date in ["2028-02-29", "2400-02-29", "2030-02-28", "2030-04-30", "2030-12-31"] {
		_brief(_reviewed_on("2026-11-25", _excepting("hangs", $"by hand; until={date}"), [])) == [["hangs", {"reason": "by hand", "until": date}]]
	}
}

test_an_exception_from_no_rule_is_a_finding if {
	[finding, hangs] := _reviewed_on("2026-11-25", _excepting("hang", "by hand"), [])
	finding.rule == "exception"
	finding.message == "annotation sidecar-reaper.review/ignore-hang excepts nothing: no finding comes of a rule hang"
	finding.path == ["metadata", "annotations", "sidecar-reaper.review/ignore-hang"]
	_brief(_reviewed_on("2026-11-25", _excepting("hang", ""), [])) == [["exception", null], ["hangs", null]]
	finding.fix.patch == []
	not hangs.exception
}

test_without_a_date_nothing_is_over if {
	_brief(_found(_excepting("hangs", "by hand; until=2000-01-01"))) == [["hangs", {"reason": "by hand", "until": "2000-01-01"}]]
}

_by_settings(exception) := _brief(_reviewed_on("2026-11-25", {"kind": "List", "items": [{"kind": "Service"}, object.union(_job([_main, _proxy], {}), {"metadata": {"namespace": "shop"}})]}, [exception]))

test_the_settings_except_by_kind_name_and_namespace if {
	excepted := [["hangs", {"reason": "by hand", "until": null}]]
	every place in [{}, {"kind": "Job"}, {"name": "backup"}, {"namespace": "shop"}, {"kind": "Job", "name": "backup", "namespace": "shop"}] {
		_by_settings(object.union({"rule": "hangs", "reason": "by hand"}, place)) == excepted
	}
	every place in [{"kind": "CronJob"}, {"name": "other"}, {"namespace": "other"}, {"rule": "injected"}] {
		_by_settings(object.union({"rule": "hangs", "reason": "by hand"}, place)) == [["hangs", null]]
	}
	_brief(_reviewed_on("2026-11-25", _job([_main, _proxy], {}), [{"rule": "hangs", "reason": "by hand"}])) == excepted
}

test_an_exception_of_the_settings_that_is_over_is_a_finding_where_it_is_missed if {
	over := {"rule": "hangs", "reason": "by hand", "until": "2026-01-01"}
	_by_settings(over) == [["exception", null], ["hangs", null]]
	_by_settings(object.union(over, {"name": "other"})) == [["hangs", null]]
	[finding, _] := _reviewed_on("2026-11-25", _job([_main, _proxy], {}), [over])
	startswith(finding.message, "the exception from hangs in the settings ended on 2026-01-01, so it excepts nothing: Job backup never completes")
}

test_conftest_denies_nothing_that_is_excepted if {
	denied := review.deny with input as _excepting("hangs", "by hand") with data.catalogue as _named_catalogue
	denied == set()
	excepted := _job([_main], {"mesh/inject": "true", "sidecar-reaper.review/ignore-injected": "by hand"})
	warned := review.warn with input as excepted with data.catalogue as _named_catalogue
	warned == set()
}

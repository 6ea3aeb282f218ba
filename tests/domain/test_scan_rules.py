"""A library's own scan rules: in order, checked before they are saved, read back as they were."""

from __future__ import annotations

import json

import pytest

from app.domain.barcode import parse
from app.domain.scan_rules import ScanKind, ScanRule, ScanRules, check_card_url, check_rule, from_json, to_json
from app.domain.strict_json import BadFormat
from resources.loader import load_json

ITEM = ScanRule(ScanKind.ITEM, r"B\d{5}")


def test_the_shipped_rules_are_sound_and_survive_a_round_trip() -> None:
    rules = from_json(load_json("scan_rules/default.json"))
    assert not [rule for rule in rules.rules if check_rule(rule)]
    assert from_json(json.loads(json.dumps(to_json(rules)))) == rules


def test_the_first_rule_that_fits_decides() -> None:
    card_first = ScanRules((ScanRule(ScanKind.MEMBER_CARD, r"B\d+"), ITEM))
    assert parse("B00001", card_first).kind is ScanKind.MEMBER_CARD
    assert parse("B00001", ScanRules((ITEM, ScanRule(ScanKind.MEMBER_CARD, r"B\d+")))).kind is ScanKind.ITEM


def test_a_prefix_is_cut_and_leading_zeros_stay() -> None:
    rules = ScanRules((ScanRule(ScanKind.MEMBER_CARD, r"\d{6}", strip_prefix="NIM"),))
    assert parse("NIM000123", rules).code == "000123"


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        (ScanRule(ScanKind.ITEM, "("), "pattern-broken"),
        (ScanRule(ScanKind.ITEM, min_length=9, max_length=3), "bad-length"),
        (ScanRule(ScanKind.ITEM, strip_prefix="x" * 30), "bad-affix"),
        (ScanRule(ScanKind.ITEM, check_digit="crc"), "unknown-check"),
        (ScanRule(ScanKind.ITEM, transform="rot13"), "unknown-transform"),
        (ScanRule(ScanKind.COMMAND), "needs-shape"),
        (ScanRule(ScanKind.UNKNOWN, "A"), "bad-kind"),
    ],
)
def test_a_rule_that_cannot_work_is_not_saved(rule: ScanRule, finding: str) -> None:
    assert finding in check_rule(rule)
    assert parse("B00001", ScanRules((rule, ITEM))).kind is ScanKind.ITEM


@pytest.mark.parametrize("template", ["javascript:{code}", "https://x/{code}/{code}", "ftp://x/{code}", "https://x/"])
def test_only_plain_web_addresses_name_members(template: str) -> None:
    assert check_card_url(template) == ("bad-card-url",)


@pytest.mark.parametrize("data", [None, [], {}, {"version": 2, "rules": []}, {"version": 1, "rules": [{"kind": "x"}]}])
def test_rules_from_outside_are_read_strictly(data: object) -> None:
    with pytest.raises(BadFormat):
        from_json(data)

"""What a code means here: a copy, a reader, both, or nothing."""

from __future__ import annotations

import pytest

from app.domain.barcode import parse
from app.domain.scan_rules import ScanRules
from app.domain.scan_rules import from_json as rules_from_json
from app.services.lookup import Lookup
from resources.loader import load_json
from tests.builders import CARD, Library
from tests.services.conftest import ISBN


@pytest.fixture
def rules() -> ScanRules:
    return rules_from_json(load_json("scan_rules/default.json"))


@pytest.fixture
def lookup(library: Library, rules: ScanRules) -> Lookup:
    return Lookup(library.store, rules)


def test_a_copy_and_a_reader_are_found(lookup: Lookup, rules: ScanRules) -> None:
    copy = lookup.find(parse("B001", rules))
    assert ([hit.item.barcode for hit in copy.items], copy.members) == (["B001"], ())
    card = lookup.find(parse(CARD, rules))
    assert ([hit.member.name for hit in card.members], card.items) == (["Ahmad Fauzi"], ())


def test_a_code_of_both_finds_both(lookup: Lookup, rules: ScanRules, library: Library) -> None:
    library.member("B001", "Siti Aminah")
    found = lookup.find(parse("B001", rules))
    assert (len(found.items), len(found.members)) == (1, 1)


def test_nothing_is_nothing(lookup: Lookup, rules: ScanRules) -> None:
    assert lookup.find(parse("X999", rules)).nothing
    assert lookup.mended(parse("X999", rules)).nothing
    assert not lookup.known("X999")


def test_a_wrong_keyboard_layout_is_mended_only_to_what_is_known(lookup: Lookup, rules: ScanRules) -> None:
    mended = lookup.mended(parse("Bàà&", rules))
    assert [hit.item.barcode for hit in mended.items] == ["B001"]
    assert mended.scan.repair


def test_two_codes_run_together_are_seen(lookup: Lookup) -> None:
    assert lookup.is_two_codes("B001C001")
    assert lookup.is_two_codes("B001" + CARD)
    assert not lookup.is_two_codes("B001B00")


def test_an_isbn_names_its_copies(lookup: Lookup) -> None:
    title, hits = lookup.copies_of_isbn(ISBN)
    assert title is not None
    assert [hit.item.barcode for hit in hits] == ["C001"]
    assert lookup.copies_of_isbn("9780000000002") == (None, [])

"""Which rule speaks, per value, and what terms come of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from app.domain.loan_rule import VALUE_NAMES, LoanRule, Terms, explain, resolve, slims_row
from app.domain.member_kinds import Coverage
from app.domain.strict_json import BadFormat
from tests.domain.lending import TERMS, policy

SCOPE = st.sampled_from([None, "a", "b"])


@st.composite
def rule_tables(draw: st.DrawFn) -> list[LoanRule]:
    """Rules of any scope, saying any of a few values."""
    count = draw(st.integers(1, 8))
    return [
        LoanRule(
            id=f"r{n}",
            member_type=draw(SCOPE),
            collection=draw(SCOPE),
            material=draw(SCOPE),
            profile_name=draw(st.sampled_from([None, None, "p"])),
            limit=draw(st.sampled_from([None, 1, 5])),
            period=draw(st.sampled_from([None, 7, 14])),
            unit=draw(st.sampled_from([None, "days", "hours"])),
            fine_per_day=draw(st.sampled_from([None, 500])),
            no_fine=draw(st.sampled_from([None, True])),
            renewals=draw(st.sampled_from([None, 0, 2])),
            fixed_due=draw(st.sampled_from([None, date(2026, 6, 30)])),
            fixed_due_mode=draw(st.sampled_from([None, "latest", "exactly"])),
        )
        for n in range(count)
    ]


def test_the_member_type_is_heard_before_the_collection_and_that_before_the_material() -> None:
    table = policy(
        LoanRule("all", limit=1, period=1, no_fine=True),
        LoanRule("cd", material="cd", period=2, renewals=5),
        LoanRule("art", collection="art", period=3, renewals=4),
        LoanRule("staff", member_type="staff", period=4),
    )
    resolved = explain(table, "staff", "art", "cd")
    assert resolved.terms is not None
    assert (resolved.terms.period, resolved.terms.renewals, resolved.terms.limit) == (4, 4, 1)
    assert resolved.sources["period"] == "staff"
    assert resolved.sources["renewals"] == "art"
    assert resolved.sources["limit"] == "all"
    assert explain(table, "guest", "", "cd").sources["period"] == "cd"


def test_the_unit_comes_with_its_period() -> None:
    table = policy(
        LoanRule("shelf", collection="reserve", period=3, unit="hours", limit=1, no_fine=True),
        LoanRule("student", member_type="student", period=14, limit=3, fine_per_day=500),
    )
    terms = resolve(table, "student", "reserve", "book")
    assert terms is not None
    assert (terms.period, terms.unit) == (14, "days")


def test_the_more_specific_answer_about_the_fine_holds() -> None:
    table = policy(
        LoanRule("all", limit=1, period=7, fine_per_day=500),
        LoanRule("lecturer", member_type="lecturer", no_fine=True),
        LoanRule("lecturer-cd", member_type="lecturer", material="cd", fine_per_day=1000),
    )
    book, disc = resolve(table, "lecturer", "", "book"), resolve(table, "lecturer", "", "cd")
    assert book is not None
    assert disc is not None
    assert (book.fine_per_day, disc.fine_per_day) == (0, 1000)


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        (LoanRule("x", limit=3, period=14), ("fine_per_day",)),
        (LoanRule("x", limit=3, fine_per_day=1), ("period",)),
        (LoanRule("x", period=3, fine_per_day=1), ("limit",)),
        (LoanRule("x", member_type="other", limit=1, period=1, fine_per_day=1), ("limit", "period", "fine_per_day")),
    ],
)
def test_what_nobody_says_is_named(rule: LoanRule, missing: tuple[str, ...]) -> None:
    resolved = explain(policy(rule), "student", "", "")
    assert resolved.terms is None
    assert resolved.missing == missing


def test_a_special_profile_wins_and_borrows_the_rest() -> None:
    table = policy(
        LoanRule("student", member_type="student", limit=3, period=14, fine_per_day=500),
        LoanRule("defence", profile_name="defence", limit=10, period=2, needs_no_other_loans=True),
    )
    special = resolve(table, "student", "", "", "defence")
    assert special is not None
    assert (special.limit, special.period, special.fine_per_day) == (10, 2, 500)
    assert special.needs_no_other_loans
    plain = resolve(table, "student", "", "")
    assert plain is not None
    assert (plain.limit, plain.needs_no_other_loans) == (3, False)
    assert explain(table, "student", "", "", "feast").missing == ("profile",)


@given(rule_tables(), st.permutations(range(8)), SCOPE, SCOPE, SCOPE, st.sampled_from(["", "p"]))
def test_the_order_of_the_table_means_nothing(
    rules: list[LoanRule], order: list[int], kind: str | None, coll: str | None, material: str | None, special: str
) -> None:
    shuffled = [rules[n] for n in order if n < len(rules)]
    asked = (kind or "", coll or "", material or "", special)
    one, other = explain(policy(*rules), *asked), explain(policy(*shuffled), *asked)
    assert one == other
    if one.terms is not None:
        assert Terms.from_json(json.loads(json.dumps(one.terms.to_json()))) == one.terms


@given(rule_tables())
def test_a_rule_travels_unchanged(rules: list[LoanRule]) -> None:
    for rule in rules:
        assert LoanRule.from_json(json.loads(json.dumps(rule.to_json()))) == rule


def test_a_rule_of_another_collection_never_speaks() -> None:
    table = policy(LoanRule("map", member_type="student", collection="atlas", limit=1, period=1, fine_per_day=1))
    assert resolve(table, "student", "general", "map") is None


@pytest.mark.parametrize(
    ("collection", "material", "row"),
    [
        ("2", "1", "c2m1"),
        ("2", "9", "c2m3"),  # any first row of the collection
        ("9", "1", "c2m1"),  # any first row of the material
        ("9", "9", None),
        ("", "1", "c2m1"),
        ("9", "", "c2m3"),  # nothing known of the material: at last the first row there is
        ("", "", None),
    ],
)
def test_the_row_slims_picks(collection: str, material: str, row: str | None) -> None:
    rows = [
        LoanRule("c2m3", collection="2", material="3"),
        LoanRule("c2m1", collection="2", material="1"),
    ]
    picked = slims_row(rows, collection, material)
    assert (picked.id if picked else None) == row


def test_terms_that_say_nothing_of_closing_time_read_as_before_there_were_any() -> None:
    document = TERMS.to_json()
    assert not {"closed_hours", "opening_grace"} & set(document)
    assert Terms.from_json(document) == TERMS


def test_every_term_travels() -> None:
    changed: dict[str, Any] = {
        "fixed_due": date(2026, 6, 30),
        "fixed_due_mode": "exactly",
        "closed_days": "skip",
        "grace_counts": "edge",
        "fine_days": "open-edges",
        "unit": "hours",
        "profile": "slims",
        "closed_hours": "push",
    }
    changed |= {f.name: 7 for f in fields(Terms) if f.type is int}
    changed |= {f.name: True for f in fields(Terms) if f.type is bool}
    terms = replace(TERMS, **changed)
    document = terms.to_json()
    assert set(document) == {f.name for f in fields(Terms)}
    assert Terms.from_json(json.loads(json.dumps(document))) == terms


@pytest.mark.parametrize(
    "change",
    [
        {"limit": 3.0},
        {"limit": True},
        {"limit": "3"},
        {"limit": None},
        {"limit": -1},
        {"limit": 10**30},
        {"unit": "weeks"},
        {"fixed_due": "2026-02-30"},
        {"fixed_due": "20260630"},
        {"cut_at_expiry": 1},
        {"rule_id": "a\nb"},
        {"rule_id": "x" * 201},
        {"surprise": 1},
    ],
)
def test_terms_from_outside_are_refused_when_they_are_not_terms(change: dict[str, object]) -> None:
    with pytest.raises(BadFormat):
        Terms.from_json({**TERMS.to_json(), **change})


NUMBERS = [name for name in VALUE_NAMES if LoanRule.__annotations__[name] == "int | None"]


@pytest.mark.parametrize("name", NUMBERS)
def test_zero_can_be_said_and_less_cannot(name: str) -> None:
    assert getattr(LoanRule.from_json({"id": "x", name: 0}), name) == 0
    assert getattr(Terms.from_json({**TERMS.to_json(), name: 0}), name) == 0
    for read, document in ((LoanRule.from_json, {"id": "x"}), (Terms.from_json, TERMS.to_json())):
        for wrong in (-1, 10**10):
            with pytest.raises(BadFormat):
                read({**document, name: wrong})


@pytest.mark.parametrize("profile", ["meja", "slims"])
def test_capital_letters_and_outer_blanks_make_no_other_type_collection_or_material(profile: str) -> None:
    own = LoanRule("own", member_type=" Siswa", type_default=True, limit=1, period=1, fine_per_day=100)
    row = LoanRule(
        "row", member_type="SISWA", collection="Fiksi", material="Buku ", limit=2, period=9, fine_per_day=100
    )
    rules = policy(own, row, profile=profile)
    found = resolve(rules, "siswa", "fiksi", "BUKU")
    assert found is not None
    assert found.period == 9
    other = resolve(rules, "siswa ", "", "")
    assert other is not None
    assert other.period == 1
    assert resolve(rules, "siswi", "fiksi", "buku") is None
    assert Coverage(rules).may_borrow("SISWA")
    assert not Coverage(rules).may_borrow("guru")

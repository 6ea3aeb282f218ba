"""SLiMS's member types, rules and closed days become a policy that can be published, or a plain reason why not."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.policy import Policy
from app.domain.policy_check import ERROR, check_policy
from app.domain.records import MemberType
from app.importers.rows import ClosedDayRow, LoanRuleRow, MemberTypeRow, Place, SettingRow
from app.services.import_rules import (
    LoanTerms,
    SourceRules,
    dated,
    is_own,
    policy_of,
    same_rules,
    slug,
    types_of,
)
from resources.loader import load_json

HERE = Place("dump.sql", 1)
ZONE = "Asia/Jakarta"
TODAY = date(2026, 11, 24)


def member_type(number: int, name: str, **terms: int | None) -> MemberTypeRow:
    """A member type with SLiMS's stock terms."""
    said: dict[str, int | None] = {"loan_limit": 3, "loan_days": 7, "renewals": 1, "fine_per_day": 500, **terms}
    return MemberTypeRow(f"slims:member_type:{number}", HERE, name, **said)  # type: ignore[arg-type]


def source(*rows: MemberTypeRow | LoanRuleRow | ClosedDayRow | SettingRow) -> SourceRules:
    """A source that said these rows."""
    said = SourceRules()
    for row in rows:
        said.add(row)
    return said


def campus(name: str = "campus") -> Policy:
    """A shipped policy."""
    return Policy.from_json(load_json(f"policy/{name}.json"))


def test_types_get_readable_codes_and_keep_them() -> None:
    said = source(
        member_type(1, "Mahasiswa S-1"), member_type(2, "Dosen"), member_type(3, "dosén"), member_type(4, "طلاب")
    )
    types = types_of(said, [])
    assert list(types.codes.values()) == ["mahasiswa-s-1", "dosen", "dosen", slug("طلاب")]
    again = types_of(source(member_type(2, "Dosen Tetap")), [(MemberType("dosen", "Dosen"), "slims:member_type:2")])
    assert again.codes == {"slims:member_type:2": "dosen"}
    assert again.put == [(MemberType("dosen", "Dosen Tetap"), "slims:member_type:2")]


def test_a_type_of_the_same_name_is_the_librarys_own() -> None:
    types = types_of(source(member_type(1, "MAHASISWA")), [(MemberType("mhs", "Mahasiswa"), "")])
    assert types.codes == {"slims:member_type:1": "mhs"}


def test_names_of_types_in_sheets_become_types_once() -> None:
    said = SourceRules(said_types={"Mahasiswa": HERE, "mahasiswa": HERE, "Tamu": HERE, "": HERE})
    types = types_of(said, [(MemberType("mahasiswa", "Mahasiswa"), "")])
    assert types.codes == {"Mahasiswa": "mahasiswa", "mahasiswa": "mahasiswa", "Tamu": "tamu"}
    assert [kind.code for kind, _ in types.put] == ["tamu"]


def test_slims_rules_become_a_policy_of_the_slims_profile() -> None:
    said = source(
        member_type(1, "Mahasiswa", grace_days=2),
        LoanRuleRow("slims:rule:9", HERE, "slims:member_type:1", "Referensi", "", 1, 3, 0, 1000, 0),
        ClosedDayRow("slims:holiday:1", HERE, weekday=6),
        ClosedDayRow("slims:holiday:2", HERE, on=date(2026, 8, 17)),
        SettingRow("ignore_holidays_fine_calc", "1", HERE),
        SettingRow("loan_limit_override", "1", HERE),
    )
    codes = types_of(said, []).codes
    policy, notes = policy_of(said, codes, ZONE)
    assert notes == []
    assert policy is not None
    assert [rule.id for rule in policy.rules] == ["type-mahasiswa", "slims:rule:9"]
    assert policy.rules[1].collection == "Referensi"
    assert (policy.calendar.weekly, policy.calendar.dated) == (frozenset({6}), frozenset({date(2026, 8, 17)}))
    assert "limit-reached" in policy.thresholds.overridable
    terms, version = LoanTerms(replace(policy, version="v"))("mahasiswa", "Referensi", "", "slims:rule:9")
    assert (json.loads(terms)["fine_per_day"], json.loads(terms)["grace_days"], version) == (1000, 2, "v")
    terms, _ = LoanTerms(policy)("mahasiswa", "Referensi", "", "")
    # Without a rule of its own SLiMS judges a loan by the member type, whatever the copy is.
    assert json.loads(terms)["rule_id"] == ""


def test_no_fine_is_said_and_what_cannot_lend_is_left_out_and_told() -> None:
    said = source(
        member_type(1, "Mahasiswa", fine_per_day=0),
        member_type(2, "Tamu", loan_days=0),
        LoanRuleRow("slims:rule:1", HERE, "slims:member_type:2", loan_limit=1, loan_days=1),
    )
    policy, notes = policy_of(said, types_of(said, []).codes, ZONE)
    assert policy is not None
    assert policy.rules[0].no_fine
    assert [note.note for note in notes] == ["type-cannot-borrow", "rule-not-usable"]


def test_a_source_without_lending_terms_brings_no_rules() -> None:
    said = source(MemberTypeRow("evergreen:member-type:2", HERE, "Patrons"), ClosedDayRow("e:1", HERE, weekday=6))
    assert policy_of(said, types_of(said, []).codes, ZONE) == (None, [])


_NUMBERS = st.one_of(st.none(), st.integers(-5, 10**13))


@given(st.lists(st.tuples(st.text(max_size=30), _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS), max_size=5))
def test_whatever_the_dump_says_a_policy_that_comes_out_may_be_saved(
    rows: list[tuple[str, *tuple[int | None, ...]]],
) -> None:
    said = SourceRules()
    for number, (name, limit, days, renewals, fine, grace) in enumerate(rows):
        # Importers give no negative numbers; the rest is theirs.
        values = [value if value is None else max(value, 0) for value in (limit, days, renewals, fine, grace)]
        said.add(MemberTypeRow(f"slims:member_type:{number}", HERE, name, *values))
    policy, _ = policy_of(said, types_of(said, []).codes, ZONE)
    if policy is not None:
        assert not [finding for finding in check_policy(policy) if finding.level == ERROR]
        assert Policy.from_json(policy.to_json()) == policy


def test_a_published_version_is_the_one_in_force() -> None:
    from app.domain.policy import policy_on

    base, _ = policy_of(source(member_type(1, "A")), {"slims:member_type:1": "a"}, ZONE)
    assert base is not None
    versions = [campus()]
    for _ in range(3):
        new = dated(base, TODAY, versions)
        versions.append(new)
        assert policy_on(versions, TODAY) == new
    assert len({one.version for one in versions}) == 4
    ahead = replace(campus(), version="zzz", effective_from=date(2030, 1, 1))
    assert policy_on([ahead, dated(base, TODAY, [ahead])], date(2030, 1, 1)) != ahead


@pytest.mark.parametrize("name", ["campus", "campus-slims"])
def test_shipped_rules_are_nobodys_own_in_any_zone(name: str) -> None:
    shipped = [campus(), campus("campus-slims")]
    moved = Policy.from_json({**campus(name).to_json(), "time_zone": "Asia/Jayapura"})
    assert not is_own(moved, shipped)
    assert is_own(replace(moved, calendar=replace(moved.calendar, weekly=frozenset({4}))), shipped)
    assert same_rules(moved, campus(name))

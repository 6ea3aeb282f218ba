"""Which type of the rules a list means: certain words only, and never a guess between two."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.loan_rule import LoanRule, resolve
from app.domain.member_kinds import Coverage, kind_of, known_type, ordinary_type, types_of_rules
from app.domain.policy import Policy
from tests.builders import campus


def rules(*rows: LoanRule, profile: str = "meja") -> Policy:
    """A policy of these rules."""
    return Policy("v", date(2026, 1, 1), profile, rules=rows)


def lending(code: str | None, **scope: str) -> LoanRule:
    """A rule that lends."""
    name = "-".join([code or "any", *scope.values()])
    return LoanRule(name, code, limit=3, period=7, fine_per_day=0, no_fine=True, **scope)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Mhs", "mahasiswa"), ("MAHASISWA", "mahasiswa"), ("Mahasiswa Aktif", "mahasiswa"), ("mhs. S-1", "mahasiswa"),
        ("Mahasiswa/i", "mahasiswa"), ("Mahasiswa S2", "pascasarjana"), ("Pasca Sarjana", "pascasarjana"),
        ("Dosen Tetap", "dosen"), ("DOSEN TIDAK TETAP", "dosen"), ("Dosen Luar Biasa", "dosen"), ("dosen PNS", "dosen"),
        ("Tenaga Kependidikan", "tendik"), ("Karyawan Kontrak", "tendik"), ("Staf", "tendik"), ("Umum", "luar"),
        ("Alumni", ""), ("Mahasiswa Asing", ""), ("Dosen dan Karyawan", ""), ("Standard", ""), ("", ""), ("Siswa", ""),
        ("Guru", ""),
    ],
)  # fmt: skip
def test_a_name_is_matched_where_it_is_certain(name: str, code: str) -> None:
    assert known_type(name, campus()) == code


def test_a_type_written_in_the_rules_is_itself_whatever_else_is_like_it() -> None:
    policy = rules(lending("mahasiswa-s-1"), lending("mahasiswa-d-3"))
    assert known_type("Mahasiswa S-1", policy) == "mahasiswa-s-1"
    # Two types of the rules are students, and the word says neither.
    assert known_type("Mhs", policy) == ""


@given(st.text(max_size=30))
def test_any_name_has_an_answer(name: str) -> None:
    assert known_type(name, campus()) in ("", *types_of_rules(campus()))
    assert kind_of(kind_of(name)) == kind_of(name)


def test_the_ordinary_type_is_the_students() -> None:
    assert ordinary_type(campus()) == "mahasiswa"
    assert ordinary_type(campus("slims")) == "mahasiswa"
    assert ordinary_type(rules(lending("guru"), lending("santri"))) == "santri"
    assert ordinary_type(rules(LoanRule("x", "a", limit=1), lending("b"), lending("c"))) == "b"
    assert ordinary_type(rules(lending(None))) == ""


def test_what_no_rule_lends_is_known() -> None:
    shipped = Coverage(campus())
    assert [shipped.may_borrow(code) for code in ("mahasiswa", "luar", "alumni", "")] == [True, True, False, False]
    assert shipped.may_be_lent("tandon", "cd")
    assert shipped.may_be_lent("what no rule names", "")
    assert Coverage(rules(lending(None))).may_borrow("alumni")
    narrow = Coverage(rules(lending("dosen", collection="umum"), lending("tamu", material="cd")))
    assert narrow.may_borrow("dosen")
    assert not narrow.may_borrow("mahasiswa")
    assert narrow.may_be_lent("umum", "peta")
    assert narrow.may_be_lent("langka", "cd")
    assert not narrow.may_be_lent("langka", "peta")
    assert not narrow.may_be_lent("", "")


@given(st.sampled_from(["meja", "slims"]), st.text(max_size=3), st.text(max_size=3), st.text(max_size=3))
def test_coverage_says_what_the_rules_say(profile: str, kind: str, collection: str, material: str) -> None:
    policy = rules(lending("a"), lending("b", collection="c"), lending("d", material="m"), profile=profile)
    lent = any(resolve(policy, code, collection, material) for code in ("a", "b", "d", ""))
    assert Coverage(policy).may_be_lent(collection, material) == lent
    if resolve(policy, kind, collection, material) is not None:
        assert Coverage(policy).may_borrow(kind)

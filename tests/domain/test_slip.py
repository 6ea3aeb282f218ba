"""What a slip must carry before it may leave the desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.slip import LineAct, Slip, SlipKind, SlipLine, SlipProblem, problems, short_name

WIB = timezone(timedelta(hours=7))

LOAN = Slip(
    SlipKind.LEND,
    "Perpustakaan",
    datetime(2026, 11, 24, 10, 42, tzinfo=WIB),
    (SlipLine("Buku", "B1", due_on=date(2026, 12, 8)),),
)


def test_a_complete_loan_slip_has_no_problem() -> None:
    assert problems(LOAN) == ()


@pytest.mark.parametrize("act", [LineAct.LENT, LineAct.RENEWED])
def test_a_promise_needs_its_date(act: LineAct) -> None:
    line = SlipLine("Buku", "B1", act)
    assert problems(replace(LOAN, lines=(line,))) == (SlipProblem("due-date-missing", 0),)
    assert problems(replace(LOAN, lines=(replace(line, due_at=datetime(2026, 11, 24, 15, tzinfo=WIB)),))) == ()


def test_a_returned_book_needs_no_date() -> None:
    assert problems(replace(LOAN, kind=SlipKind.RETURN, lines=(SlipLine("Buku", "B1", LineAct.RETURNED),))) == ()


def test_money_is_never_negative() -> None:
    assert SlipProblem("money-negative") in problems(replace(LOAN, left=-1))
    fined = replace(LOAN.lines[0], fine=-500)
    assert SlipProblem("money-negative", 0) in problems(replace(LOAN, lines=(fined,)))


def test_a_payment_slip_pays_something() -> None:
    payment = replace(LOAN, kind=SlipKind.PAYMENT, lines=())
    assert problems(payment) == (SlipProblem("payment-missing"),)
    assert problems(replace(payment, paid=1000)) == ()
    assert problems(replace(payment, waived=1000)) == ()


def test_an_empty_loan_slip_is_no_slip() -> None:
    assert problems(replace(LOAN, lines=())) == (SlipProblem("lines-missing"),)


@pytest.mark.parametrize(
    ("name", "keep", "short"),
    [
        ("Siti Nurhaliza Putri", 1, "Siti N. P."),
        ("Siti  Nurhaliza", 2, "Siti Nurhaliza"),
        ("Siti Nurhaliza Putri", 0, "Siti Nurhaliza Putri"),
        ("Muhammad 'Abd (Alm.)", 1, "Muhammad A. A."),
        ("Suharto", 1, "Suharto"),
        ("Budi 2", 1, "Budi"),
        ("محمد أحمد", 1, "محمد أ."),
        ("", 1, ""),
    ],
)
def test_names_are_shortened(name: str, keep: int, short: str) -> None:
    assert short_name(name, keep) == short


@given(st.text(max_size=60), st.integers(1, 3))
def test_a_short_name_never_shows_a_later_word_whole(name: str, keep: int) -> None:
    later = [word for word in name.split()[keep:] if len(word) > 2]
    shown = short_name(name, keep).split()[keep:]
    assert not set(later) & set(shown)

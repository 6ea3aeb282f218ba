"""The first loans of the lending library, replayed; all of them: `python -m tests.flows.shakespeare --full`."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.flows.desk_process import Place
from tests.flows.shakespeare import Loan, barcodes, out_by_the_file, placed, read_loans, replay

SLICE = 150


@pytest.fixture(scope="module")
def loans_folder(shared_data: Path) -> Path:
    """The folder with the loans."""
    return shared_data / "shakespeare_loans"


def test_a_slice_of_the_loans_ends_with_the_same_books_out(loans_folder: Path, tmp_path: Path) -> None:
    place = Place(tmp_path / "library", tmp_path / "account" / "config")
    place.config.mkdir(parents=True)
    result = replay(place, loans_folder, SLICE)
    loans = result.source.loans
    assert result.refused == Counter()
    assert len(loans) == SLICE
    assert result.still_out == out_by_the_file(loans_folder, {loan.event_id for loan in loans})
    assert result.still_out.total() > 3
    assert result.kept == Counter((loan.book, loan.member, loan.lent, loan.back) for loan in loans)
    checked = place.run("check", "--json")
    assert checked.returncode == 0, checked.stdout


def test_every_row_is_placed_or_named(loans_folder: Path) -> None:
    source = read_loans(loans_folder)
    assert (len(source.loans), len(source.without_year)) == (20_785, 55)
    assert all(loan.back is None or loan.back >= loan.lent for loan in source.loans)
    codes = barcodes(source.loans)
    holding: dict[str, date | None] = {}
    for loan in source.loans:
        code = codes[loan.event_id]
        if code in holding:
            before = holding[code]
            assert before is not None
            assert before <= loan.lent, f"{code} is lent while it is out"
        holding[code] = loan.back


@pytest.mark.parametrize(
    ("borrowed", "returned", "lent", "back"),
    [
        ("1920-05-03", "1920-05-10", "1920-05-03", "1920-05-10"),
        ("1920-05-03", "", "1920-05-03", None),
        ("1920-05", "1920-05-10", "1920-05-01", "1920-05-10"),
        ("1920", "1920-05", "1920-01-01", "1920-05-31"),
        ("1936-02-03", "1936-02", "1936-02-03", "1936-02-29"),
        ("1936-02-03", "1937", "1936-02-03", "1937-12-31"),
        ("1936-12-03", "--01-07", "1936-12-03", "1937-01-07"),
        ("", "1920-05-10", "1920-05-10", "1920-05-10"),
        ("", "1935-12", "1935-12-31", "1935-12-31"),
        ("--03-01", "", None, None),
        ("", "--02-01", None, None),
        ("", "", None, None),
    ],
)
def test_dates_that_are_not_whole(borrowed: str, returned: str, lent: str | None, back: str | None) -> None:
    found = placed({"event_id": "E1", "member_id": "M", "book_id": "B", "borrowed": borrowed, "returned": returned})
    if lent is None:
        assert found is None
        return
    assert found is not None
    assert (found.lent.isoformat(), found.back.isoformat() if found.back else None) == (lent, back)


def test_a_copy_is_added_only_while_all_others_are_out() -> None:
    def loan(number: int, lent: int, back: int | None) -> Loan:
        return Loan(f"E{number}", "M", "B", date(1920, 1, lent), date(1920, 1, back) if back else None)

    loans = [loan(1, 1, 5), loan(2, 2, None), loan(3, 5, 5), loan(4, 5, 9), loan(5, 6, 7)]
    assert list(barcodes(loans).values()) == ["B-1", "B-2", "B-1", "B-3", "B-1"]

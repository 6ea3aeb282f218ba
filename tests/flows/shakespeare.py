"""The loans of a lending library of 1919-1962, replayed through one `meja scan` process with their dates.

`python -m tests.flows.shakespeare --full [--home DIR]` replays all of them and prints what came of it; the tests replay
a slice. How dates that are not whole are placed stands in docs/replay.md, and `placed` does it.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import heapq
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.ids import derived_id
from app.domain.records import Item, Member, MemberType, Title
from tests.flows.desk_process import ROOT, Place

POLICY: dict[str, Any] = {
    "version": "permissive-1",
    "effective_from": "1900-01-01",
    "rules": [{"id": "subscriber", "member_type": "subscriber", "limit": 500, "period": 30, "no_fine": True}],
    "thresholds": {"overdue_level": "off", "same_title_level": "off", "debt_level": "off", "owes_level": "off"},
}
RETURNS_AT, LOANS_AT, SAME_DAY_AT = "09:00", "10:00", "17:00"
_WHOLE, _MONTH, _YEAR, _DAY = (
    re.compile(shape) for shape in (r"\d{4}-\d\d-\d\d", r"(\d{4})-(\d\d)", r"(\d{4})", r"--(\d\d)-(\d\d)")
)
LoanKey = tuple[str, str, date, date | None]


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan with whole dates. `back` None: never brought back. `completed` names the dates that were not whole."""

    event_id: str
    member: str
    book: str
    lent: date
    back: date | None
    completed: tuple[str, ...] = ()


@dataclass(slots=True)
class Source:
    """The loans in the order of their dates, and what could not be placed."""

    loans: list[Loan] = field(default_factory=list)
    completed: Counter[str] = field(default_factory=Counter)
    without_year: list[str] = field(default_factory=list)


def first_day(text: str) -> date | None:
    """The earliest day a written date can mean; None when it names no year."""
    if _WHOLE.fullmatch(text):
        return date.fromisoformat(text)
    if found := _MONTH.fullmatch(text):
        return date(int(found[1]), int(found[2]), 1)
    return date(int(found[1]), 1, 1) if (found := _YEAR.fullmatch(text)) else None


def last_day(text: str, after: date) -> date | None:
    """The latest day a written date can mean; a day without a year is the first such day from `after` on."""
    if _WHOLE.fullmatch(text):
        return date.fromisoformat(text)
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return date(year, month, calendar.monthrange(year, month)[1])
    if found := _YEAR.fullmatch(text):
        return date(int(found[1]), 12, 31)
    if found := _DAY.fullmatch(text):
        month, day = int(found[1]), int(found[2])
        this_year = date(after.year, month, day)
        return this_year if this_year >= after else date(after.year + 1, month, day)
    return None


def placed(row: dict[str, str]) -> Loan | None:
    """A row as a loan on whole days; None when nothing in it names a year."""
    borrowed, returned = row["borrowed"], row["returned"]
    lent = first_day(borrowed)
    lent = lent or first_day(returned)
    if lent is None:
        return None
    back = last_day(returned, lent) if returned else None
    if first_day(borrowed) is None:
        lent = back or lent
    parts = {"borrowed": borrowed, "returned": returned}
    completed = tuple(
        f"{name} {shape_of(text)}"
        for name, text in parts.items()
        if not _WHOLE.fullmatch(text) and (text or name == "borrowed")
    )
    return Loan(row["event_id"], row["member_id"], row["book_id"], lent, back, completed)


def shape_of(text: str) -> str:
    """How a date is written: year-month, year only, day without year, or nothing."""
    shapes = {"year-month": _MONTH, "year only": _YEAR, "day without year": _DAY, "nothing": re.compile("")}
    return next((name for name, shape in shapes.items() if shape.fullmatch(text)), "whole")


def read_loans(folder: Path, limit: int = 0) -> Source:
    """The loans of `loans.csv`, by day of lending; `limit` takes only the first so many."""
    source = Source()
    with open(folder / "loans.csv", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            loan = placed(row)
            if loan is None:
                source.without_year.append(row["event_id"])
            else:
                source.loans.append(loan)
    source.loans.sort(key=lambda loan: (loan.lent, loan.member, loan.event_id))
    del source.loans[limit or len(source.loans) :]
    for loan in source.loans:
        source.completed.update(loan.completed)
    return source


def barcodes(loans: Sequence[Loan]) -> dict[str, str]:
    """Which copy each loan is of: one copy for every loan of a book that ran at the same time.

    A copy that came back on a day goes out again on that day, unless it also went out on it.
    """
    free: dict[str, list[tuple[date, str]]] = defaultdict(list)
    count: Counter[str] = Counter()
    chosen: dict[str, str] = {}
    for loan in loans:
        shelf = free[loan.book]
        if shelf and shelf[0][0] <= loan.lent:
            code = heapq.heappop(shelf)[1]
        else:
            count[loan.book] += 1
            code = f"{loan.book}-{count[loan.book]}"
        chosen[loan.event_id] = code
        if loan.back is not None:
            gone = loan.back if loan.back > loan.lent else date.fromordinal(loan.back.toordinal() + 1)
            heapq.heappush(shelf, (gone, code))
    return chosen


def scans(loans: Sequence[Loan], codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The lines for the desk, day after day, each with the outcome it should have ("" = no matter)."""
    days: dict[date, tuple[list[str], list[Loan], list[str]]] = defaultdict(lambda: ([], [], []))
    for loan in loans:
        days[loan.lent][1].append(loan)
        if loan.back is not None:
            days[loan.back][0 if loan.back > loan.lent else 2].append(codes[loan.event_id])
    for day in sorted(days):
        back, out, same_day = days[day]
        yield from _returns(day, RETURNS_AT, back)
        member = ""
        for loan in out:
            if loan.member != member:
                member = loan.member
                yield member, "member"
            yield f"@{day}T{LOANS_AT} {codes[loan.event_id]}", "lent"
        yield from _returns(day, SAME_DAY_AT, same_day)
        yield "=finish", ""


def _returns(day: date, hour: str, codes: list[str]) -> Iterator[tuple[str, str]]:
    if codes:
        yield "=return", ""
        for code in codes:
            yield f"@{day}T{hour} {code}", "returned"


def found_library(place: Place, folder: Path, source: Source, codes: dict[str, str]) -> None:
    """Found the library with `meja init`, then put in its books, copies and readers."""
    policy = place.home.parent / "permissive.json"
    campus = json.loads((ROOT / "resources" / "policy" / "campus.json").read_text(encoding="utf-8"))
    open_daily = {"calendar": {"weekly": [], "dated": []}}
    thresholds = {**campus["thresholds"], "total_limits": [], **POLICY["thresholds"]}
    document = {**campus, **open_daily, **POLICY, "thresholds": thresholds}
    policy.write_text(json.dumps(document), encoding="utf-8")
    done = place.run("init", "--name", "Shakespeare and Company", "--policy-file", str(policy))
    assert done.returncode == 0, done.stderr
    with open(folder / "books.csv", encoding="utf-8", newline="") as handle:
        books = {row["book_id"]: row for row in csv.DictReader(handle)}
    wanted = {loan.book for loan in source.loans}
    with place.desk_store() as store, store.act() as act:
        act.put_member_type(MemberType("subscriber", "Subscriber"))
        for number in sorted({loan.member for loan in source.loans}):
            act.put_member(Member(derived_id("replay-member", number), number, number, "subscriber"))
        for book in sorted(wanted):
            row = books[book]
            authors = (row["author_name"],) if row["author_name"] else ()
            act.put_title(Title(derived_id("replay-title", book), row["book_title"], authors, material="book"))
        for code in sorted(set(codes.values())):
            title = derived_id("replay-title", code.rpartition("-")[0])
            act.put_item(Item(derived_id("replay-item", code), title, code, collection="lending"))


@dataclass(slots=True)
class Replayed:
    """What came of a replay."""

    source: Source
    copies: int = 0
    scans: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    kept: Counter[LoanKey] = field(default_factory=Counter)

    @property
    def still_out(self) -> Counter[tuple[str, str]]:
        """Book and reader of every loan that is open in the store."""
        out: Counter[tuple[str, str]] = Counter()
        for (book, member, _lent, back), count in self.kept.items():
            if back is None:
                out[book, member] += count
        return out


def replay(place: Place, folder: Path, limit: int = 0, patience: float = 120.0) -> Replayed:
    """Found the library, replay its loans through one scan process, read what the store then holds."""
    source = read_loans(folder, limit)
    codes = barcodes(source.loans)
    found_library(place, folder, source, codes)
    result = Replayed(source, copies=len(set(codes.values())))
    lines = list(scans(source.loans, codes))
    begun = time.monotonic()
    with place.desk() as desk:
        feeder = threading.Thread(target=lambda: desk.write("".join(f"{line}\n" for line, _ in lines)), daemon=True)
        feeder.start()
        for _line, wanted in lines:
            answer = desk.answer(patience)
            result.outcomes[answer["outcome"]] += 1
            if wanted and answer["outcome"] != wanted:
                reason = answer.get("code") or ",".join(reason["code"] for reason in answer["reasons"])
                result.refused[f"{wanted}: {answer['outcome']} {reason}"] += 1
        feeder.join()
        assert desk.end() == 0, desk.errors
    result.seconds, result.scans = time.monotonic() - begun, len(lines)
    for code, member, lent, back in place.rows(_LOANS):
        book = code.rpartition("-")[0]
        result.kept[book, member, date.fromisoformat(lent), date.fromisoformat(back) if back else None] += 1
    return result


_LOANS = (
    "SELECT i.barcode, m.member_no, l.lent_on, l.closed_on FROM loan l JOIN item i ON i.id = l.item"
    " JOIN party p ON p.token = l.party JOIN member m ON m.id = p.member"
)


def out_by_the_file(folder: Path, among: set[str]) -> Counter[tuple[str, str]]:
    """Book and reader of every loan without a return, straight from the file: nothing of the replay is used."""
    with open(folder / "loans.csv", encoding="utf-8", newline="") as handle:
        return Counter(
            (row["book_id"], row["member_id"])
            for row in csv.DictReader(handle)
            if row["returned"] == "" and row["borrowed"][:4].isdigit() and row["event_id"] in among
        )


def main() -> int:
    """Replay and print; 0 when the books still out are those of the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="all loans (otherwise the first 1500)")
    parser.add_argument("--home", default="", help="keep the library here (otherwise it goes away)")
    options = parser.parse_args()
    folder = Path(os.environ.get("MEJA_SHARED") or ROOT.parent / "shared") / "data" / "shakespeare_loans"
    if not folder.is_dir():
        sys.stdout.write("the loans are not here; MEJA_SHARED names the folder that holds data/shakespeare_loans\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="meja-replay-") as name:
        root = Path(options.home).absolute() if options.home else Path(name)
        place = Place(root / "library", root / "account" / "config")
        place.config.mkdir(parents=True)
        result = replay(place, folder, 0 if options.full else 1500)
        checked = place.run("check", "--json")
        return report(result, folder, checked.returncode == 0)


def report(result: Replayed, folder: Path, checked: bool) -> int:
    """Print the figures of a replay; 0 when everything agrees."""
    loans = result.source.loans
    wanted = out_by_the_file(folder, {loan.event_id for loan in loans})
    same = result.still_out == wanted
    every = result.kept == Counter((loan.book, loan.member, loan.lent, loan.back) for loan in loans)
    lines = [
        f"loans replayed: {len(loans)}; of copies: {result.copies}; of readers: {len({loan.member for loan in loans})}",
        f"not placed, since nothing names a year: {len(result.source.without_year)}",
        *(f"date completed, {what}: {count}" for what, count in sorted(result.source.completed.items())),
        f"scans: {result.scans}; outcomes: {dict(result.outcomes)}",
        f"otherwise than expected: {dict(result.refused) or 'none'}",
        f"seconds: {result.seconds:.1f}; milliseconds a scan: {1000 * result.seconds / max(result.scans, 1):.2f}",
        f"still out in the store: {result.still_out.total()}; by the file: {wanted.total()}; equal: {same}",
        f"every loan's reader and days as in the file: {every}; meja check: {'ok' if checked else 'NOT ok'}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if same and every and checked and not result.refused else 1


if __name__ == "__main__":
    sys.exit(main())

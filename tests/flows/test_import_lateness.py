"""Weeks beside SLiMS, where both systems record what happens to one loan: one lateness is one charge, money is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.clock import local_date
from app.services.import_sources import Reading
from app.services.imports import ImportRequest, ImportResult, Imports
from db.importing import StoreImport
from tests.builders import Library, derived, founded, rebuilt, rows_of, scan
from tests.importers.slims_dump_text import record, write_dump

PER_DAY = 500
LENT, DUE, LAST = -14, 0, 14
"""Days of the story, counted from the one on which the first import runs."""


@dataclass(frozen=True)
class Story:
    """One reader and one copy. Days are None for what never happened; money is a share of what is owed, in percent.

    `lent`: known "there" at the first import, or noted in "both" systems on the day after it.
    """

    lent: str = "there"
    back_here: int | None = None
    back_there: int | None = None
    renewed_here: int | None = None
    pay_here: tuple[int, int] | None = None
    pay_there: tuple[int, int] | None = None


@dataclass
class Beside:
    """Meja and SLiMS side by side, one reader and one copy for each story."""

    library: Library
    folder: Path
    stories: list[Story]
    day: int = DUE
    runs: int = 0
    fines_here: dict[int, int] = field(default_factory=dict)
    paid_here: dict[int, int] = field(default_factory=dict)
    found: ImportResult | None = None
    said: str = "Overdue fines for item"

    @property
    def start(self) -> date:
        """The day of the first import."""
        return local_date(self.library.store.now(), self.library.store.zone) - timedelta(days=self.day)

    def on(self, day: int | None) -> str | None:
        """A day of the story as a date."""
        return None if day is None else (self.start + timedelta(days=day)).isoformat()

    def due(self, story: Story) -> int:
        """The day on which SLiMS wants the copy back."""
        return DUE if story.lent == "there" else DUE + 3

    def fine_there(self, story: Story) -> int:
        """What SLiMS has booked by today."""
        back = story.back_there
        return 0 if back is None or back > self.day else PER_DAY * max(back - self.due(story), 0)

    def paid_there(self, story: Story) -> int:
        """What SLiMS has taken by today."""
        if story.pay_there is None or story.pay_there[0] > self.day:
            return 0
        return self.fine_there(story) * story.pay_there[1] // 100

    def bring_over(self) -> None:
        """Import what SLiMS says today."""
        self.runs += 1
        loans, fines = [], []
        for n, story in enumerate(self.stories, 1):
            back = story.back_there if story.back_there is not None and story.back_there <= self.day else None
            if story.lent == "there" or self.day > DUE:
                loans.append(
                    record("loan", loan_id=n, item_code=f"B{n:03d}", member_id=f"M{n:03d}",
                           loan_date=self.on(LENT if story.lent == "there" else DUE + 1),
                           due_date=self.on(self.due(story)), is_lent=1, is_return=int(back is not None),
                           return_date=self.on(back))
                )  # fmt: skip
            if self.fine_there(story):
                fines.append(
                    record("fines", fines_id=n, fines_date=self.on(back), member_id=f"M{n:03d}",
                           debet=self.fine_there(story), credit=self.paid_there(story),
                           description=f"{self.said} B{n:03d}")
                )  # fmt: skip
        numbers = range(1, len(self.stories) + 1)
        dump = write_dump(
            self.folder / f"run-{self.runs}.sql",
            [
                ("biblio", [record("biblio", biblio_id=n, title=f"Judul {n}") for n in numbers]),
                ("item", [record("item", item_id=n, biblio_id=n, item_code=f"B{n:03d}") for n in numbers]),
                ("mst_member_type", [
                    record("mst_member_type", member_type_id=1, member_type_name="Mahasiswa", loan_limit=3,
                           loan_periode=2, reborrow_limit=3, fine_each_day=PER_DAY)
                ]),
                ("member", [
                    record("member", member_id=f"M{n:03d}", member_name=f"Pembaca {n}", member_type_id=1,
                           register_date="2025-01-01", expire_date="2099-01-01")
                    for n in numbers
                ]),
                ("loan", loans),
                ("fines", fines),
            ],
        )  # fmt: skip
        store = self.library.store
        door = StoreImport(store)
        imports = Imports(door, store.zone, store.now(), [])
        request = ImportRequest([dump], reading=Reading(), rules="replace")
        self.found = imports.run(request, f"{self.runs:032x}", {}, lambda *_: None)
        door.close()

    def live(self) -> None:
        """What is done at the desk today."""
        session = self.library.session()
        for n, story in enumerate(self.stories, 1):
            card, code = f"M{n:03d}", f"B{n:03d}"
            if story.lent == "both" and self.day == DUE + 1:
                assert scan(session, card, code).kind == "lent"
                scan(session, "=finish")
            if story.renewed_here == self.day:
                scan(session, card, "=renew")
                done = scan(session, code)
                self.fines_here[n] = self.fines_here.get(n, 0) + (done.fine if done.kind == "renewed" else 0)
                scan(session, "=auto", "=finish")
            if story.back_here == self.day:
                done = scan(session, "=return", code)
                self.fines_here[n] = self.fines_here.get(n, 0) + done.fine
                scan(session, "=auto", "=finish")
            if story.pay_here is not None and story.pay_here[0] == self.day:
                amount = self.owed(n) * story.pay_here[1] // 100
                if amount:
                    scan(session, card)
                    assert scan(session, f"=pay {amount}").kind == "paid"
                    self.paid_here[n] = amount
                    scan(session, "=finish")

    def tomorrow(self) -> None:
        """A day goes by."""
        self.library.clock.go(days=1)
        self.day += 1

    # --- how it stands ------------------------------------------------------------------------------------------

    def owed(self, n: int) -> int:
        """What a reader owes here."""
        with self.library.store.read() as facts:
            return facts.member_by_card(f"M{n:03d}")[0].facts.owed

    def money(self, n: int, what: str) -> int:
        """Charged (less what was waived) or paid by a reader here."""
        value = "amount - waived" if what == "charge" else "amount"
        (row,) = rows_of(
            self.library.store,
            f"SELECT coalesce(sum({value}), 0) FROM {what} WHERE party IN (SELECT token FROM party JOIN member m"
            " ON m.id = party.member WHERE m.member_no = ?)" + (" AND NOT voided" if what == "payment" else ""),
            (f"M{n:03d}",),
        )
        return int(row[0])

    def told(self) -> set[str]:
        """The readers of whom the last run said that both systems charged one lateness."""
        assert self.found is not None
        return {
            finding.params.split('"member_no":"')[1][:4]
            for finding in self.found.totals.findings
            if finding.reason == "charged-in-both"
        }


def prove(beside: Beside) -> None:
    """What must hold after the last run, whatever happened."""
    for n, story in enumerate(beside.stories, 1):
        here, there = beside.fines_here.get(n, 0), beside.fine_there(story)
        charged, paid = beside.money(n, "charge"), beside.money(n, "payment")
        paid_here, paid_there = beside.paid_here.get(n, 0), beside.paid_there(story)
        # One lateness is one charge, and what the slip promised is not topped by the other system.
        assert charged <= max(here, there), (story, charged, here, there)
        # A return there comes before a later renewal here, which was then none.
        slots_in = (story.back_there or LAST) < (story.renewed_here or 0)
        assert slots_in or charged >= here, (story, charged, here, there)
        assert beside.owed(n) <= max(here, there), (story, here, there)
        if story.back_there is not None and story.back_here is None and story.lent == "there" and not here:
            assert charged == (there if story.renewed_here is None else charged), story
        # Money is not lost and not doubled over the runs.
        assert max(paid_here, paid_there) <= paid <= paid_here + paid_there, (story, paid, paid_here, paid_there)
        assert beside.owed(n) == max(charged - paid, 0), story
        if there and here and charged < here + there and not slots_in:
            assert f"M{n:03d}" in beside.told(), story


def run_stories(stories: list[Story], imports_on: set[int]) -> None:
    """Live through all days, import on some of them and at the end, and prove."""
    with tempfile.TemporaryDirectory(prefix="meja-beside-") as name:
        beside = Beside(founded(Path(name)), Path(name), stories)
        beside.library.hurry()
        try:
            beside.bring_over()
            while beside.day < LAST:
                beside.tomorrow()
                beside.live()
                if beside.day in imports_on:
                    beside.bring_over()
            beside.bring_over()
            prove(beside)
            before = derived(beside.library.store)
            beside.bring_over()
            assert derived(beside.library.store) == before == rebuilt(beside.library.store)
            assert beside.found is not None
            assert not any(beside.found.totals.accepted.values())
            prove(beside)
        finally:
            beside.library.close()


days = st.none() | st.integers(DUE + 1, LAST)
shares = st.none() | st.tuples(st.integers(DUE + 2, LAST), st.sampled_from((30, 50, 100)))
stories = st.builds(Story, st.sampled_from(("there", "there", "both")), days, days, days, shares, shares)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(stories, min_size=6, max_size=6), st.sets(st.integers(DUE + 1, LAST), max_size=4))
@example([Story(back_here=7, back_there=7)], set())
@example([Story(back_here=7, back_there=9, pay_here=(8, 100), pay_there=(9, 100))], {8})
@example([Story(back_here=9, back_there=7, pay_here=(10, 30), pay_there=(8, 100))], {12})
@example([Story(back_here=7, back_there=5, pay_there=(12, 100))], {8, 10})
@example([Story("both", back_here=9, back_there=10, pay_here=(11, 50), pay_there=(12, 50))], {5, 11})
@example([Story("both", back_there=9, back_here=12)], {10})
@example([Story(renewed_here=4, back_there=5)], {6})
def test_one_lateness_is_one_charge_and_money_is_kept(histories: list[Story], imports_on: set[int]) -> None:
    run_stories(histories, imports_on)


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    """One reader who brings the copy back seven days late, in both systems."""
    made = Beside(founded(tmp_path), tmp_path, [Story(back_here=7, back_there=7)])
    yield made
    made.library.close()


def test_a_judgement_that_was_taken_back_leaves_the_sources_charge(beside: Beside) -> None:
    beside.bring_over()
    for _ in range(7):
        beside.tomorrow()
    beside.live()
    beside.bring_over()
    assert beside.owed(1) == 3500
    assert beside.told() == {"M001"}
    (returned,) = rows_of(beside.library.store, "SELECT id, item FROM event WHERE kind = 'item.returned'")
    with beside.library.store.act() as act:
        act.record("act.undone", {"event": returned[0], "item": returned[1]})
    assert beside.owed(1) == 0
    beside.bring_over()
    assert (beside.owed(1), beside.told()) == (3500, set())
    beside.bring_over()
    assert beside.owed(1) == 3500


def test_a_lost_book_on_the_same_day_is_no_lateness(beside: Beside) -> None:
    beside.bring_over()
    for _ in range(7):
        beside.tomorrow()
    beside.live()
    beside.said = "Ganti buku hilang"
    beside.bring_over()
    assert beside.owed(1) == 3500 + 3500
    assert beside.told() == set()


def test_a_payment_lowered_and_raised_again_is_taken_once(beside: Beside) -> None:
    beside.stories[0] = Story(back_there=7, pay_there=(7, 100))
    beside.bring_over()
    for _ in range(8):
        beside.tomorrow()
    for share in (100, 30, 100):
        beside.stories[0] = Story(back_there=7, pay_there=(7, share))
        beside.bring_over()
        assert (beside.money(1, "payment"), beside.owed(1)) == (3500, 0)

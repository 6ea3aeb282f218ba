"""Whatever happens at a desk, in any order: rows kept act by act are the rows of a fold from nothing.

A plain reference of our own says who has which copy and who owes what; the store must agree after every act, and an
undone act must leave no trace.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from app.domain.clock import local_date
from app.domain.fact import HoldFacts
from app.services.circulation import Approval
from app.services.outcome import ENDED, Kind, Outcome
from tests.builders import DAY, Library, arrived_otherwise, campus, derived, founded, rebuilt, rows_of

MEMBERS = ("21.01.0001", "21.01.0002", "21.01.0003")
COPIES = ("A-1", "A-2", "B-1", "C-1")
OFF = (
    "debt_level", "overdue_level", "same_title_level", "renew_debt_level", "renew_overdue_member_level",
    "renew_overdue_item_level", "lost_level", "missing_level", "repair_level", "damaged_level",
)  # fmt: skip
GENEROUS: dict[str, Any] = {
    **dict.fromkeys(OFF, "off"), "total_limits": [], "not_before_days": 0, "renew_once_a_day": False,
}  # fmt: skip


@dataclass
class Reference:
    """Who has what and who owes what, kept with pencil and paper."""

    holder: dict[str, str] = field(default_factory=dict)
    due: dict[str, date] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEMBERS, 0))
    taken: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEMBERS, 0))
    forgiven: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEMBERS, 0))
    lost: dict[str, int] = field(default_factory=dict)


def fine(due: date, back: date, closed: frozenset[date], price: int) -> int:
    """Rp500 for every open day after the due day, never more than the book is worth."""
    late = [due + timedelta(days=n) for n in range(1, (back - due).days + 1)]
    return min(500 * sum(day.weekday() != 6 and day not in closed for day in late), 50_000, price)


class Desk(RuleBasedStateMachine):
    """A desk in service."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="meja-histories-"))
        self.library: Library | None = None
        self.reference = Reference()
        self.steps: list[tuple[Reference, dict[str, Any]]] = []

    @initialize()
    def begin(self) -> None:
        """A small library; every reader has a token and a coin of debt, so that accounts live from the start."""
        self.library = lib = founded(self.folder, campus(thresholds=GENEROUS))
        for number in MEMBERS:
            lib.member(number, f"Pembaca {number}")
        for barcode in COPIES:
            lib.item(barcode, f"Judul {barcode[0]}", price=4000 if barcode == "B-1" else 90_000)
        lib.hurry()
        self.closed = lib.store.policies.version("campus-1").calendar.dated

    @property
    def lib(self) -> Library:
        """The library, founded by now."""
        assert self.library is not None
        return self.library

    def teardown(self) -> None:
        if self.library is not None:
            self.library.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- acts that can be undone ----------------------------------------------------------------------------------

    def act(self, outcome: Outcome, before: tuple[Reference, dict[str, Any]]) -> bool:
        """Remember how everything stood before an act that was recorded."""
        if outcome.event_id:
            self.steps.append(before)
        return bool(outcome.event_id)

    def now(self) -> tuple[Reference, dict[str, Any]]:
        """How everything stands."""
        return deepcopy(self.reference), {k: v for k, v in derived(self.lib.store).items() if k != "undone"}

    def came_back(self, copy: str, money: int | None) -> None:
        """The copy is not with its reader any more; the lateness must be what our own arithmetic says."""
        who = self.reference.holder.pop(copy)
        today = local_date(self.lib.clock.wall, self.lib.store.zone)
        cost = fine(self.reference.due[copy], today, self.closed, 4000 if copy == "B-1" else 90_000)
        if money is not None:
            assert money == cost
        self.reference.asked[who] += cost

    def was_found(self, copy: str) -> None:
        """A lost copy is here again: what was asked for it is taken back."""
        who_and_sum = self.reference.lost.pop(copy, None)
        if who_and_sum is not None:
            self.reference.forgiven[self.payer_of_lost[copy]] += who_and_sum

    payer_of_lost: dict[str, str] = {}  # noqa: RUF012 - written whole before it is read

    @rule(who=st.sampled_from(MEMBERS), copy=st.sampled_from(COPIES), sign=st.booleans())
    def lend(self, who: str, copy: str, sign: bool) -> None:
        before = self.now()
        member, item = self.lib.members[who].id, self.lib.items[copy].id
        outcome = self.lib.circulation.lend(self.lib.desk, member, item)
        if outcome.kind is Kind.NEEDS_CONFIRMATION and sign:
            codes = frozenset(outcome.verdict.missing())
            outcome = self.lib.circulation.lend(self.lib.desk, member, item, Approval(codes, "", "x"))
        if not self.act(outcome, before):
            assert outcome.verdict.missing() or outcome.verdict.impossible
            return
        if copy in self.reference.holder:
            self.came_back(copy, None)
        if copy in self.reference.lost:
            self.steps.clear()
            del self.reference.lost[copy]
        self.reference.holder[copy], self.reference.due[copy] = who, outcome.due_on or date.max

    @rule(copy=st.sampled_from(COPIES))
    def bring(self, copy: str) -> None:
        before = self.now()
        outcome = self.lib.circulation.return_item(self.lib.desk, self.lib.items[copy].id)
        assert self.act(outcome, before)
        assert (outcome.kind is Kind.RETURNED) == (copy in self.reference.holder)
        if copy in self.reference.holder:
            self.came_back(copy, outcome.fine)
        self.was_found(copy)

    @rule(copy=st.sampled_from(COPIES), seen=st.booleans())
    def renew(self, copy: str, seen: bool) -> None:
        before = self.now()
        outcome = self.lib.circulation.renew(self.lib.desk, self.lib.items[copy].id, seen=seen)
        if self.act(outcome, before):
            who = self.reference.holder[copy]
            self.came_back(copy, outcome.fine)
            self.reference.holder[copy], self.reference.due[copy] = who, outcome.due_on or date.max

    @rule(copy=st.sampled_from(COPIES))
    def lose(self, copy: str) -> None:
        if copy in self.reference.lost:
            return
        before = self.now()
        outcome = self.lib.circulation.lose(self.lib.desk, self.lib.items[copy].id)
        assert self.act(outcome, before)
        who = self.reference.holder.pop(copy, None)
        if who is not None:
            assert outcome.fine == (4000 if copy == "B-1" else 90_000) + 10_000
            self.reference.asked[who] += outcome.fine
            self.payer_of_lost = {**self.payer_of_lost, copy: who}
            self.reference.lost[copy] = outcome.fine

    @rule()
    def undo(self) -> None:
        if not self.steps:
            return
        outcome = self.lib.circulation.undo(self.lib.desk)
        if outcome.kind is not Kind.UNDONE:
            assert outcome.code in ("something-happened-since", "cannot-undo-this")
            self.steps.clear()
            return
        self.reference, rows = self.steps.pop()
        assert {k: v for k, v in derived(self.lib.store).items() if k != "undone"} == rows

    # --- holds ----------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(MEMBERS), copy=st.sampled_from(COPIES), only=st.booleans())
    def place_hold(self, who: str, copy: str, only: bool) -> None:
        before = self.now()
        item = self.lib.items[copy]
        outcome = self.lib.holds.place(
            self.lib.desk, self.lib.members[who].id, item.title_id, only_item=item.id if only else ""
        )
        self.act(outcome, before)

    @rule(copy=st.sampled_from(COPIES), place=st.integers(0, 2))
    def cancel_hold(self, copy: str, place: int) -> None:
        before = self.now()
        title = self.lib.items[copy].title_id
        with self.lib.store.read() as facts:
            queue = facts.queue(title)
        if place < len(queue):
            self.act(self.lib.holds.cancel(self.lib.desk, title, queue[place].hold_id), before)

    @rule(copy=st.sampled_from(COPIES), place=st.integers(0, 2))
    def put_aside(self, copy: str, place: int) -> None:
        title = self.lib.items[copy].title_id
        with self.lib.store.read() as facts:
            queue = facts.queue(title)
        if place < len(queue):
            self.lib.holds.put_aside(self.lib.desk, title, queue[place].hold_id, self.lib.items[copy].id)
            self.steps.clear()

    # --- money ----------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(MEMBERS), amount=st.integers(1, 120) | st.just(0))
    def pay(self, who: str, amount: int) -> None:
        outcome = self.lib.money.pay(self.lib.desk, self.lib.members[who].id, amount * 500)
        if outcome.kind is Kind.PAID:
            self.steps.clear()
            self.reference.taken[who] += amount * 500

    @rule(who=st.sampled_from(MEMBERS), amount=st.integers(1, 20))
    def waive(self, who: str, amount: int) -> None:
        with self.lib.store.read() as facts:
            charges = [c for c in facts.charges_of_member(self.lib.members[who].id) if c.reason != "lost"]
        if charges:
            outcome = self.lib.money.waive(
                self.lib.desk, self.lib.members[who].id, charges[0].charge_id, amount * 500, "hujan"
            )
            if outcome.kind is Kind.WAIVED:
                self.steps.clear()
                self.reference.forgiven[who] += amount * 500

    @rule(who=st.sampled_from(MEMBERS), amount=st.integers(1, 20))
    def refund(self, who: str, amount: int) -> None:
        outcome = self.lib.money.refund(self.lib.desk, self.lib.members[who].id, amount * 500, "kelebihan")
        if outcome.kind is Kind.REFUNDED:
            self.steps.clear()
            self.reference.taken[who] -= amount * 500

    @rule()
    def void_the_last_payment(self) -> None:
        lines = self.last_acts()
        if not lines or lines[0].kind != "payment.made":
            return
        outcome = self.lib.circulation.undo(self.lib.desk)
        assert outcome.kind is Kind.UNDONE
        assert outcome.member is not None
        self.reference.taken[outcome.member.member_no] -= outcome.amount

    def last_acts(self) -> list[Any]:
        """The desk's last acts that stand."""
        with self.lib.store.read() as facts:
            skip = ("act.undone", "payment.voided")
            return [x for x in facts.acts(limit=5) if not x.undone and x.kind not in skip and not x.body.get("with")]

    # --- time, and acts from a paper log --------------------------------------------------------------------------

    @rule(days=st.integers(0, 30), minutes=st.integers(1, 300))
    def time_passes(self, days: int, minutes: int) -> None:
        self.lib.clock.go(days=days, minutes=minutes)

    @rule()
    def restart(self) -> None:
        self.lib.reopen()
        self.lib.hurry()

    # --- what must always hold ------------------------------------------------------------------------------------

    @invariant()
    @precondition(lambda self: self.library is not None)
    def readers_have_what_the_reference_says(self) -> None:
        for who in MEMBERS:
            mine = sorted(copy for copy, holder in self.reference.holder.items() if holder == who)
            assert self.lib.has(who) == mine

    @invariant()
    @precondition(lambda self: self.library is not None)
    def money_is_what_the_reference_says(self) -> None:
        for who in MEMBERS:
            with self.lib.store.read() as facts:
                hit = facts.member_by_id(self.lib.members[who].id)
            assert hit is not None
            reference = self.reference
            # Over all tokens: what is asked for is what is owed less what the library holds.
            assert hit.facts.owed - hit.credit == reference.asked[who] - reference.forgiven[who] - reference.taken[who]

    @invariant()
    @precondition(lambda self: self.library is not None)
    def a_fold_from_nothing_gives_the_same_rows(self) -> None:
        assert derived(self.lib.store) == rebuilt(self.lib.store)

    @invariant()
    @precondition(lambda self: self.library is not None)
    def a_copy_that_stands_aside_is_in(self) -> None:
        clash = "SELECT count(*) FROM hold h JOIN loan l ON l.item = h.copy WHERE l.closed_at IS NULL"
        assert rows_of(self.lib.store, clash) == [(0,)]


@pytest.mark.slow
def test_any_history_of_a_desk() -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@dataclass
class Kept:
    """One loan as it is kept: when it began, its date, whether it has ended, what it cost."""

    opened_at: int
    due: str
    closed: bool
    fine: int


class LateEntries(RuleBasedStateMachine):
    """A desk whose acts are typed in from a paper log, in any order of time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="meja-late-"))
        self.lib = founded(self.folder, campus(thresholds=GENEROUS))
        self.lib.hurry()
        for number in MEMBERS:
            self.lib.member(number, f"Pembaca {number}")
        for barcode in COPIES[:2]:
            self.lib.item(barcode, "Judul A", price=90_000)
        self.lib.clock.go(days=60)

    def teardown(self) -> None:
        self.lib.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stated(self, days: int) -> int:
        """Some days ago."""
        return self.lib.clock.wall - days * DAY

    def hold_of(self, who: str, copy: str) -> tuple[Any, ...] | None:
        """The reader's live hold on a copy's title: (state, the copy it is for, last day on the shelf, number)."""
        found = rows_of(
            self.lib.store,
            "SELECT h.state, coalesce(h.copy, h.only_item), h.until, h.number FROM hold h"
            " JOIN party p ON p.token = h.party WHERE p.member = ? AND h.queue = ? AND h.state IN ('waiting', 'aside')",
            (self.lib.members[who].id, self.lib.items[copy].title_id),
        )
        return found[0] if found else None

    @rule(who=st.sampled_from(MEMBERS), copy=st.sampled_from(COPIES[:2]), days=st.integers(0, 60), sign=st.booleans())
    def lend(self, who: str, copy: str, days: int, sign: bool) -> None:
        waited = self.hold_of(who, copy)
        other = waited is not None and waited[1] not in (None, self.lib.items[copy].id)
        before = self.loans()
        outcome = self.lib.lend(who, copy, stated_at=self.stated(days))
        if outcome.kind is Kind.NEEDS_CONFIRMATION and sign:
            desk = replace(self.lib.desk, stated_at=self.stated(days))
            codes = Approval(frozenset(outcome.verdict.missing()), "", "kertas")
            outcome = self.lib.circulation.lend(desk, self.lib.members[who].id, self.lib.items[copy].id, codes)
        if outcome.kind is not Kind.LENT:
            assert self.loans() == before
            return
        assert outcome.late == bool(days)
        self.nothing_said_before_is_taken_back(before, self.stated(days))
        loan = self.loans()[outcome.event_id]
        if outcome.code == ENDED:
            assert (loan.closed, loan.fine) == (True, outcome.fine)
            assert self.hold_of(who, copy) == waited
            return
        assert (loan.closed, loan.due) == (False, str(outcome.due_on))
        # Who has the book waits for it no more, whether the hold is older or younger than the loan.
        assert self.hold_of(who, copy) == (waited if other else None)

    @rule(copy=st.sampled_from(COPIES[:2]), days=st.integers(0, 60), sign=st.booleans())
    def bring(self, copy: str, days: int, sign: bool) -> None:
        had = [who for who in MEMBERS if copy in self.lib.has(who)]
        before = self.loans()
        put_in = False
        outcome = self.lib.bring(copy, stated_at=self.stated(days))
        if outcome.kind is Kind.NEEDS_CONFIRMATION and sign:
            put_in = True
            desk = replace(self.lib.desk, stated_at=self.stated(days))
            codes = Approval(frozenset(outcome.verdict.missing()), "", "kertas")
            outcome = self.lib.circulation.return_item(desk, self.lib.items[copy].id, codes)
        has = [who for who in MEMBERS if copy in self.lib.has(who)]
        if outcome.event_id:
            self.nothing_said_before_is_taken_back(before, self.stated(days))
            with self.lib.store.read() as facts:
                ended = facts.loan_of_event(outcome.event_id)
            assert (ended[2] if ended else 0) == outcome.fine
            assert (ended is not None) == (outcome.kind is Kind.RETURNED)
        if put_in:
            # Whoever got the copy after that time still has it.
            assert has in ([], had)
            return
        self.what_was_said_of_the_shelf_is_kept(copy, outcome)
        if outcome.kind is Kind.RETURNED:
            assert had
            assert not has
        else:
            assert has == had

    def loans(self) -> dict[str, Kept]:
        """Every loan that is kept."""
        rows = rows_of(self.lib.store, "SELECT id, opened_at, due_on, closed_at IS NOT NULL, charges FROM loan")
        return {
            row[0]: Kept(row[1], row[2], bool(row[3]), sum(one["amount"] for one in json.loads(row[4] or "[]")))
            for row in rows
        }

    def nothing_said_before_is_taken_back(self, before: dict[str, Kept], stated: int) -> None:
        """No loan of after the stated time ends by what is put in, no date moves forward, and nobody pays more."""
        after = self.loans()
        for loan, kept in before.items():
            assert after[loan].due >= kept.due
            assert not kept.closed or after[loan].fine <= kept.fine
            assert after[loan].closed == kept.closed or kept.opened_at <= stated

    @rule(who=st.sampled_from(MEMBERS), amount=st.integers(1, 60))
    def pay(self, who: str, amount: int) -> None:
        self.lib.money.pay(self.lib.desk, self.lib.members[who].id, amount * 500)

    def what_was_said_of_the_shelf_is_kept(self, copy: str, outcome: Outcome) -> None:
        """A copy that the desk says stands aside does so, for that number and until that day; else none does."""
        kept = rows_of(
            self.lib.store,
            "SELECT number, until FROM hold WHERE state = 'aside' AND copy = ?",
            (self.lib.items[copy].id,),
        )
        if outcome.kind in (Kind.REFUSED, Kind.NEEDS_CONFIRMATION):
            return
        said = [(outcome.aside_number, str(outcome.aside_until))] if outcome.aside else []
        assert said == kept

    @rule(who=st.sampled_from(MEMBERS), copy=st.sampled_from(COPIES[:2]), days=st.integers(0, 60), only=st.booleans())
    def wait(self, who: str, copy: str, days: int, only: bool) -> None:
        item = self.lib.items[copy]
        desk = replace(self.lib.desk, stated_at=self.stated(days))
        outcome = self.lib.holds.place(desk, self.lib.members[who].id, item.title_id, only_item=item.id if only else "")
        if outcome.code == "placed":
            assert self.hold_of(who, copy) == ("waiting", item.id if only else None, None, outcome.number)

    @rule(copy=st.sampled_from(COPIES[:2]), place=st.integers(0, 2), aside=st.booleans())
    def end_or_serve_a_wait(self, copy: str, place: int, aside: bool) -> None:
        item = self.lib.items[copy]
        with self.lib.store.read() as facts:
            queue = facts.queue(item.title_id)
        if place >= len(queue):
            return
        if not aside:
            self.lib.holds.cancel(self.lib.desk, item.title_id, queue[place].hold_id)
            return
        outcome = self.lib.holds.put_aside(self.lib.desk, item.title_id, queue[place].hold_id, item.id)
        if outcome.aside:
            self.what_was_said_of_the_shelf_is_kept(copy, replace(outcome, aside_number=self.number(queue[place])))

    def number(self, hold: HoldFacts) -> int:
        """The number of a hold."""
        return int(rows_of(self.lib.store, "SELECT number FROM hold WHERE id = ?", (hold.hold_id,))[0][0])

    @rule(copy=st.sampled_from(COPIES[:2]), days=st.integers(0, 60))
    def renew(self, copy: str, days: int) -> None:
        desk = replace(self.lib.desk, stated_at=self.stated(days))
        before = self.loans()
        owed = {who: self.lib.owed(who) for who in MEMBERS}
        outcome = self.lib.circulation.renew(desk, self.lib.items[copy].id)
        if outcome.kind is Kind.NEEDS_CONFIRMATION:
            codes = Approval(frozenset(outcome.verdict.missing()), "", "kertas")
            outcome = self.lib.circulation.renew(desk, self.lib.items[copy].id, codes)
        if outcome.kind is Kind.RENEWED:
            if outcome.code == ENDED:
                assert all(self.lib.owed(who) <= owed[who] for who in MEMBERS), "an ended loan grew dearer"
            after = self.loans()
            assert str(outcome.due_on) in {loan.due for loan in after.values()}
            assert all(after[loan].due >= kept.due for loan, kept in before.items())
            assert all(after[loan].closed == kept.closed for loan, kept in before.items())

    @rule()
    def undo(self) -> None:
        self.lib.circulation.undo(self.lib.desk)

    @rule(minutes=st.integers(1, 3000))
    def time_passes(self, minutes: int) -> None:
        self.lib.clock.go(minutes=minutes)

    @invariant()
    def a_fold_from_nothing_gives_the_same_rows(self) -> None:
        assert derived(self.lib.store) == rebuilt(self.lib.store)

    @invariant()
    def events_that_come_in_any_order_give_the_same_rows(self) -> None:
        assert arrived_otherwise(self.lib.store, Random(self.lib.store.author.seq).shuffle) == derived(self.lib.store)

    @invariant()
    def money_that_was_taken_is_somewhere(self) -> None:
        taken = rows_of(self.lib.store, "SELECT coalesce(sum(amount), 0) FROM payment WHERE voided = 0")
        used = rows_of(self.lib.store, "SELECT coalesce(sum(paid), 0) FROM charge")
        credit = rows_of(self.lib.store, "SELECT coalesce(sum(credit), 0) FROM account")
        back = rows_of(
            self.lib.store,
            "SELECT coalesce(sum(json_extract(body, '$.amount')), 0) FROM event WHERE kind = 'refund.made'"
            " AND id NOT IN (SELECT event FROM undone)",
        )
        assert taken[0][0] - back[0][0] == used[0][0] + credit[0][0]

    @invariant()
    def each_reader_has_one_balance(self) -> None:
        """What is asked for is what all tokens owe, less what they hold."""
        for who in MEMBERS:
            member = self.lib.members[who].id
            with self.lib.store.read() as facts:
                hit = facts.member_by_id(member)
                gross = sum(line.left for line in facts.charges_of_member(member))
                held = sum(amount for _, amount in facts.purses(member))
            assert hit is not None
            assert hit.facts.owed - hit.credit == gross - held
            assert not (hit.facts.owed and hit.credit)

    @rule(who=st.sampled_from(MEMBERS), part=st.integers(1, 3))
    def waive(self, who: str, part: int) -> None:
        member = self.lib.members[who].id
        with self.lib.store.read() as facts:
            charges = facts.charges_of_member(member)
        if charges:
            amount = max(charges[0].left // part, 1)
            self.lib.money.waive(self.lib.desk, member, charges[0].charge_id, amount, "hujan")

    @rule(who=st.sampled_from(MEMBERS))
    def settle(self, who: str) -> None:
        before = self.lib.owed(who)
        self.lib.money.settle(self.lib.desk, self.lib.members[who].id)
        assert self.lib.owed(who) == before

    @invariant()
    def a_copy_that_stands_aside_is_in_and_for_one_reader(self) -> None:
        clash = "SELECT count(*) FROM hold h JOIN loan l ON l.item = h.copy WHERE l.closed_at IS NULL"
        assert rows_of(self.lib.store, clash) == [(0,)]
        assert rows_of(self.lib.store, "SELECT copy FROM hold WHERE copy <> '' GROUP BY copy HAVING count(*) > 1") == []

    @invariant()
    def a_late_entry_does_not_move_the_clock_of_the_desk(self) -> None:
        newest = rows_of(self.lib.store, "SELECT coalesce(max(at), 0) FROM event WHERE late = 0")[0][0]
        assert self.lib.store.last_at == newest


@pytest.mark.slow
def test_any_paper_log() -> None:
    run_state_machine_as_test(
        LateEntries,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

"""The fold of a copy: one state for one set of events, and what it must never do to a reader."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from app.domain.canonical import canonical_bytes, digest
from app.domain.clock import local_date
from app.domain.event import Event
from app.domain.fold import in_effective_order
from app.domain.fold.item import Finding, ItemState, LoanState, fold_item, step_item
from app.domain.overdue import overdue
from tests.domain.fold.history import (
    DAY,
    FIRST,
    ITEM,
    READERS,
    RULES,
    START,
    SUNDAYS,
    TERMS,
    histories,
    opened,
    renewed,
    returned,
    undone,
)

AHMAD, DEWI, RIZKY = READERS


def loans_of(events: list[Event]) -> dict[str, LoanState]:
    """All loans of a history, by id."""
    return {loan.id: loan for loan in fold_item(ITEM, events, RULES).loans}


@given(histories(), st.randoms())
def test_any_order_of_arrival_gives_one_state(events: list[Event], luck: Random) -> None:
    one = fold_item(ITEM, events, RULES)
    shuffled = [*events]
    luck.shuffle(shuffled)
    other = fold_item(ITEM, shuffled, RULES)
    assert other.state.hash() == one.state.hash()
    assert set(map(repr, other.loans)) == set(map(repr, one.loans))
    assert set(other.findings) == set(one.findings)


@given(histories(), st.integers(0, 12))
def test_one_step_after_another_is_the_fold_from_nothing(events: list[Event], cut: int) -> None:
    ordered = in_effective_order(events)
    head, tail = ordered[:cut], ordered[cut:]
    first = fold_item(ITEM, head, RULES)
    state, loans = first.state, {loan.id: loan for loan in first.loans}
    for event in tail:
        step = step_item(state, event, RULES)
        state = step.state
        loans.update((loan.id, loan) for loan in step.loans)
    whole = fold_item(ITEM, ordered, RULES)
    assert state == whole.state
    assert loans == {loan.id: loan for loan in whole.loans}
    assert fold_item(ITEM, tail, RULES, base=first.state).state == whole.state


@given(histories())
def test_the_state_is_kept_and_read_back_whole(events: list[Event]) -> None:
    state = fold_item(ITEM, events, RULES).state
    assert ItemState.from_text(state.text()) == state
    # The form that every release hashes: sorted keys, no blanks, plain JSON.
    assert state.text() == canonical_bytes(to_builtins(state))
    assert state.hash() == digest(["item", to_builtins(state)])


@given(histories())
def test_at_most_one_loan_is_open_and_it_is_the_state_s(events: list[Event]) -> None:
    step = fold_item(ITEM, events, RULES)
    still_open = [loan for loan in step.loans if loan.closed_at is None]
    assert still_open == ([step.state.loan] if step.state.loan else [])


@given(histories())
def test_nobody_pays_for_the_time_after_the_book_was_in_other_hands(events: list[Event]) -> None:
    ordered = in_effective_order(events)
    for loan in loans_of(events).values():
        after = [e for e in ordered if e.at > loan.opened_at and e.kind in ("item.returned", "item.lost")]
        after += [
            e for e in ordered if e.at > loan.opened_at and e.kind == "loan.opened" and e.body["party"] != loan.party
        ]
        left = min((local_date(e.at, RULES.zone) for e in after), default=date.max)
        for charge in loan.charges:
            assert date.fromisoformat(charge.on) <= left
            assert charge.days_late <= (left - FIRST).days


@given(histories())
def test_a_printed_due_date_is_never_shortened(events: list[Event]) -> None:
    promised: dict[str, str] = {}
    state = ItemState(ITEM)
    for event in in_effective_order(events):
        before, state = state, step_item(state, event, RULES).state
        if before.loan is not None and state.loan is not None and state.loan.id == before.loan.id:
            assert state.loan.due_on >= before.loan.due_on
        if event.kind in ("loan.opened", "loan.renewed") and state.loan is not None:
            mine = event.body.get("loan", state.loan.id) == state.loan.id
            if mine:
                promised[state.loan.id] = max(promised.get(state.loan.id, ""), event.body["due"])
                assert state.loan.due_on >= promised[state.loan.id]


@given(histories())
def test_a_lateness_is_charged_once_and_only_when_it_costs_something(events: list[Event]) -> None:
    for loan in loans_of(events).values():
        for charge in loan.charges:
            assert charge.amount >= 0
            assert charge.amount or charge.suspension_days
        assert len({charge.id for charge in loan.charges}) == len(loan.charges)


@given(histories(), st.integers(0, 11))
def test_an_undone_act_is_as_if_it_had_never_been(events: list[Event], place: int) -> None:
    target = events[place % len(events)]
    if target.kind == "act.undone" or any(e.body.get("event") == target.id for e in events):
        return
    late = max(e.at for e in events) + DAY
    taken_back = [*events, undone(99, late, target)]
    without = [event for event in events if event is not target]
    assert fold_item(ITEM, taken_back, RULES).state == fold_item(ITEM, without, RULES).state
    again = [*taken_back, undone(100, late + DAY, taken_back[-1])]
    assert fold_item(ITEM, again, RULES).state == fold_item(ITEM, events, RULES).state


def test_a_loan_of_a_copy_that_is_out_closes_the_earlier_one_and_is_a_case() -> None:
    first, second = opened(1, START, AHMAD), opened(2, START + 20 * DAY, DEWI)
    step = fold_item(ITEM, [second, first], RULES)
    loans = {loan.party: loan for loan in step.loans}
    assert loans[AHMAD].how == "implied"
    assert loans[AHMAD].closing == second.id
    # Due on the 16th, in Dewi's hands from the 22nd, a Sunday: five open days.
    assert [charge.amount for charge in loans[AHMAD].charges] == [2500]
    assert loans[DEWI].closed_at is None
    assert step.findings == (Finding("lent-while-out", (first.id, second.id)),)
    assert step.findings[0].case_id == Finding("lent-while-out", (second.id, first.id)).case_id


def test_a_late_upload_lowers_what_was_charged() -> None:
    lent, back = opened(1, START, AHMAD), returned(2, START + 30 * DAY)
    charged = loans_of([lent, back])[lent.id]
    assert charged.charges[0].amount == 500 * (SUNDAYS.open_days(date(2026, 3, 16), date(2026, 4, 1)))
    earlier = returned(3, START + 17 * DAY)
    lowered = loans_of([lent, back, earlier])[lent.id]
    assert [charge.amount for charge in lowered.charges] == [1500]
    assert lowered.charges[0].id == charged.charges[0].id


def test_lent_again_to_the_same_reader_keeps_the_later_date() -> None:
    first, second = opened(1, START, AHMAD, 14), opened(2, START + DAY, AHMAD, 7)
    step = fold_item(ITEM, [first, second], RULES)
    assert step.state.loan is not None
    assert step.state.loan.id == first.id
    assert step.state.loan.due_on == first.body["due"]
    assert [finding.kind for finding in step.findings] == ["lent-again-to-same"]


def test_two_renewals_from_one_date_count_as_one_and_the_later_date_stands() -> None:
    lent = opened(1, START, AHMAD)
    base = lent.body["due"]
    one = renewed(2, START + 12 * DAY, lent, base, "2026-03-30")
    other = renewed(3, START + 13 * DAY, lent, base, "2026-03-28")
    for events in ([lent, one, other], [other, one, lent]):
        state = fold_item(ITEM, events, RULES).state
        assert state.loan is not None
        assert (state.loan.due_on, state.loan.renewals) == ("2026-03-30", 1)


def test_a_renewal_after_the_return_renews_nothing_and_is_a_case() -> None:
    lent, back = opened(1, START, AHMAD), returned(2, START + DAY)
    late = renewed(3, START + 2 * DAY, lent, lent.body["due"], "2026-04-01")
    step = fold_item(ITEM, [late, back, lent], RULES)
    assert step.state.loan is None
    assert [finding.kind for finding in step.findings] == ["renewed-after-return"]


def test_a_renewal_ends_the_running_fine_and_the_next_lateness_has_its_own() -> None:
    lent = opened(1, START, AHMAD)
    late = renewed(2, START + 16 * DAY, lent, lent.body["due"], "2026-04-01")
    back = returned(3, START + 31 * DAY)
    loan = loans_of([lent, late, back])[lent.id]
    assert [(charge.on, charge.amount) for charge in loan.charges] == [("2026-03-18", 1000), ("2026-04-02", 500)]


def test_a_lost_copy_ends_its_loan_without_a_fine_and_comes_back_with_the_book() -> None:
    lent = opened(1, START, AHMAD)
    from tests.domain.fold.history import event

    lost = event(2, "item.lost", START + 40 * DAY, {"item": ITEM})
    step = fold_item(ITEM, [lent, lost], RULES)
    assert step.state.lost
    assert step.loans[0].how == "lost"
    assert step.loans[0].charges == ()
    assert not fold_item(ITEM, [lent, lost, returned(3, START + 41 * DAY)], RULES).state.lost
    assert not fold_item(ITEM, [lent, lost, opened(4, START + 41 * DAY, DEWI)], RULES).state.lost


def test_the_act_s_own_price_terms_and_day_judge_it() -> None:
    from msgspec.structs import replace

    capped = replace(TERMS, cap_at_price=True)
    lent = opened(1, START, AHMAD, terms=capped)
    at = START + 60 * DAY
    plain = loans_of([lent, returned(2, at)])[lent.id].charges[0].amount
    assert plain == overdue(capped, SUNDAYS, date(2026, 3, 16), date(2026, 5, 1)).amount
    assert loans_of([lent, returned(2, at, price=3000)])[lent.id].charges[0].amount == 3000
    free = replace(TERMS, fine_per_day=0).to_json()
    assert loans_of([lent, returned(2, at, judged=free)])[lent.id].charges == ()
    stated = loans_of([lent, returned(2, at, on="2026-03-17")])[lent.id]
    assert (stated.closed_on, stated.charges[0].amount) == ("2026-03-17", 500)


@pytest.mark.parametrize("open_", [True, False])
def test_an_imported_loan_stands_as_it_was_said(open_: bool) -> None:
    from tests.domain.fold.history import TITLE, event

    body = {"item": ITEM, "title": TITLE, "party": AHMAD, "lent": "2026-02-01", "due": "2026-02-15", "open": open_}
    made = event(1, "loan.imported", START, {**body, "returned": "2026-02-20", "renewals": 1})
    step = fold_item(ITEM, [made], RULES)
    loan = step.loans[0]
    assert (loan.lent_on, loan.due_on, loan.renewals, loan.charges) == ("2026-02-01", "2026-02-15", 1, ())
    assert (step.state.loan is not None) == open_
    assert loan.closed_on == (None if open_ else "2026-02-20")


def test_a_second_reader_s_time_begins_at_the_hand_over() -> None:
    first, second = opened(1, START, AHMAD), opened(2, START + 5 * DAY, RIZKY)
    loans = {loan.party: loan for loan in fold_item(ITEM, [first, second], RULES).loans}
    assert loans[AHMAD].charges == ()
    assert loans[RIZKY].lent_on == (FIRST + timedelta(days=5)).isoformat()

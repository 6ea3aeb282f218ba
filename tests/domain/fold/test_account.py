"""The fold of an account: money is conserved, nothing is deleted, suspensions run on."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.event import Event
from app.domain.fold.account import AccountState, fold_account
from app.domain.fold.item import LoanState, fold_item
from app.domain.ids import derived_id
from tests.domain.fold.history import (
    DAY,
    ITEM,
    READERS,
    RULES,
    START,
    SUSPENDING,
    event,
    histories,
    opened,
    returned,
    undone,
)

PARTY = READERS[0]
CHARGES = tuple(derived_id("t", "charge", str(n)) for n in range(3))
PAYMENTS = tuple(derived_id("t", "payment", str(n)) for n in range(3))


def made(seq: int, charge: str = CHARGES[0], amount: int = 5000, at: int = START, **more: Any) -> Event:
    """Something to pay."""
    return event(seq, "charge.made", at, {"charge": charge, "party": PARTY, "amount": amount, "reason": "x", **more})


def paid(seq: int, amount: int, *lines: tuple[str, int], payment: str = PAYMENTS[0], at: int = START + DAY) -> Event:
    """Money taken."""
    body = {"payment": payment, "party": PARTY, "amount": amount, "receipt": seq, "lines": [list(x) for x in lines]}
    return event(seq, "payment.made", at, body)


def money(seq: int, kind: str, at: int = START + 2 * DAY, **more: Any) -> Event:
    """Any other entry of the ledger."""
    return event(seq, kind, at, {"party": PARTY, **more})


def fold(*events: Event, loans: tuple[LoanState, ...] = ()) -> AccountState:
    """The account after these events."""
    return fold_account(PARTY, loans, events)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Event]:
    """Anything that can happen to an account, also what no desk would do."""
    events: list[Event] = []
    amounts = st.integers(-1000, 20_000)
    for seq in range(1, draw(st.integers(1, 12)) + 1):
        at = START + draw(st.integers(0, 20)) * DAY
        charge, payment = draw(st.sampled_from(CHARGES)), draw(st.sampled_from(PAYMENTS))
        amount = draw(amounts)
        kinds = ["charge", "charge", "pay", "pay", "waive", "void", "refund", "impose", "lift", "undo"]
        match draw(st.sampled_from(kinds)):
            case "charge":
                events.append(made(seq, charge, amount, at))
            case "pay":
                count = draw(st.integers(0, 3))
                lines = [(draw(st.sampled_from(CHARGES)), draw(amounts)) for _ in range(count)]
                events.append(paid(seq, amount, *lines, payment=payment, at=at))
            case "waive":
                events.append(money(seq, "charge.waived", at, charge=charge, amount=amount))
            case "void":
                events.append(money(seq, "payment.voided", at, payment=payment))
            case "refund":
                events.append(money(seq, "refund.made", at, amount=amount, receipt=seq))
            case "impose":
                events.append(money(seq, "suspension.imposed", at, until="2026-03-20"))
            case "lift":
                events.append(money(seq, "suspension.lifted", at))
            case "undo" if events:
                events.append(undone(seq, at, draw(st.sampled_from(events))))
    return events


@given(ledgers(), st.randoms())
def test_any_order_of_arrival_gives_one_account(events: list[Event], luck: Random) -> None:
    one = fold(*events)
    luck.shuffle(events)
    assert fold(*events).hash() == one.hash()


@given(ledgers(), histories())
def test_money_is_conserved(events: list[Event], history: list[Event]) -> None:
    loans = tuple(loan for loan in fold_item(ITEM, history, RULES).loans if loan.party == PARTY)
    state = fold(*events, loans=loans)
    from app.domain.fold import in_effective_order

    standing = in_effective_order(events)
    taken = sum(payment.amount for payment in state.payments if not payment.voided)
    given_back = sum(max(e.body["amount"], 0) for e in standing if e.kind == "refund.made")
    on_charges = sum(charge.paid for charge in state.charges)
    assert taken == on_charges + state.credit + given_back
    for charge in state.charges:
        assert charge.paid >= 0
        assert 0 <= charge.waived <= charge.amount
        assert charge.paid + charge.waived <= charge.amount
        assert charge.left == charge.amount - charge.paid - charge.waived
    assert state.owed == max(sum(charge.left for charge in state.charges) - state.credit, 0)


def test_paying_in_parts_shows_what_is_left() -> None:
    state = fold(made(1, amount=5000), paid(2, 2000, (CHARGES[0], 2000)))
    assert (state.owed, state.charges[0].left, state.credit) == (3000, 3000, 0)
    whole = fold(made(1), paid(2, 2000, (CHARGES[0], 2000)), paid(3, 3500, (CHARGES[0], 3000), payment=PAYMENTS[1]))
    assert (whole.owed, whole.credit) == (0, 500)


def test_a_charge_that_shrinks_turns_payment_into_credit() -> None:
    state = fold(made(1), paid(2, 5000, (CHARGES[0], 5000)), money(3, "charge.waived", charge=CHARGES[0], amount=5000))
    assert (state.owed, state.credit) == (0, 5000)
    back = money(4, "refund.made", amount=5000, receipt=9)
    assert fold(made(1), paid(2, 5000, (CHARGES[0], 5000)), back).owed == 5000


def test_a_voided_payment_counts_for_nothing_and_stays_listed() -> None:
    state = fold(made(1), paid(2, 5000, (CHARGES[0], 5000)), money(3, "payment.voided", payment=PAYMENTS[0]))
    assert state.owed == 5000
    assert [(payment.receipt, payment.voided) for payment in state.payments] == [(2, True)]


def test_a_loan_s_lateness_is_a_charge_or_a_suspension() -> None:
    late = fold_item(ITEM, [opened(1, START, PARTY), returned(2, START + 16 * DAY)], RULES).loans
    state = fold(loans=late)
    assert [(charge.reason, charge.amount, charge.item) for charge in state.charges] == [("overdue", 1000, ITEM)]
    barred = fold_item(ITEM, [opened(1, START, PARTY, terms=SUSPENDING), returned(2, START + 16 * DAY)], RULES).loans
    state = fold(loans=barred)
    assert (state.charges, state.suspended_until) == ((), "2026-03-22")


def test_a_second_lateness_lengthens_the_suspension_and_a_pardon_ends_it() -> None:
    first = fold_item(ITEM, [opened(1, START, PARTY, terms=SUSPENDING), returned(2, START + 16 * DAY)], RULES).loans
    other = derived_id("t", "other")
    again = [opened(3, START, PARTY, terms=SUSPENDING), returned(4, START + 17 * DAY)]
    second = fold_item(other, again, RULES).loans
    assert fold(loans=(*first, *second)).suspended_until == "2026-03-28"
    assert fold(money(5, "suspension.lifted", START + 20 * DAY), loans=(*first, *second)).suspended_until is None
    assert fold(money(5, "suspension.imposed", START, until="2026-04-30")).suspended_until == "2026-04-30"
    # A lateness during an imposed suspension comes on top of it.
    assert fold(money(5, "suspension.imposed", START, until="2026-04-30"), loans=first).suspended_until == "2026-05-04"


def test_nothing_happened_is_an_empty_account() -> None:
    one = made(1)
    assert fold(one, undone(2, START + DAY, one)) == AccountState(PARTY)

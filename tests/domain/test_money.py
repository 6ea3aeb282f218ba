"""Payments over charges, to the last rupiah."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import money
from app.domain.money import (
    ALL_CODES,
    ChargeFacts,
    PaymentFacts,
    Surplus,
    allocate,
    apply,
    leading_rupiah,
    lost_charge,
    owed,
    refund,
    rupiah,
    void,
    waive,
)
from app.domain.policy import Thresholds

OLD = ChargeFacts("old", date(2026, 1, 5), 3000)
MID = ChargeFacts("mid", date(2026, 2, 5), 2000, paid=500)
NEW = ChargeFacts("new", date(2026, 3, 5), 1000)
DONE = ChargeFacts("done", date(2026, 1, 1), 700, paid=500, waived=200)
ACCOUNT = (NEW, OLD, DONE, MID)

accounts = st.lists(
    st.builds(
        lambda n, day, amount, paid, waived: ChargeFacts(f"c{n}", day, amount, min(paid, amount), waived),
        st.integers(0, 10**6),
        st.dates(date(2026, 1, 1), date(2026, 1, 9)),
        st.integers(0, 9000),
        st.integers(0, 9000),
        st.integers(0, 500),
    ),
    max_size=8,
    unique_by=lambda charge: charge.charge_id,
)


def test_oldest_first() -> None:
    paid = allocate(ACCOUNT, 3500)
    assert [(line.charge_id, line.amount, line.left) for line in paid.lines] == [("old", 3000, 0), ("mid", 500, 1000)]
    assert (paid.left, paid.credit) == (2000, 0)
    assert paid.verdict.codes() == ("left-to-pay",)


def test_chosen_first_then_the_oldest() -> None:
    paid = allocate(ACCOUNT, 1200, ["new"])
    assert [(line.charge_id, line.amount) for line in paid.lines] == [("new", 1000), ("old", 200)]


def test_what_is_too_much_becomes_credit() -> None:
    paid = allocate(ACCOUNT, 6000)
    assert (paid.left, paid.credit) == (0, 500)
    assert paid.verdict.codes() == ("overpaid",)


def test_without_a_word_about_the_rest_too_much_is_refused() -> None:
    paid = allocate(ACCOUNT, 6000, surplus=Surplus.REFUSED)
    assert (paid.lines, paid.credit, paid.change, paid.left) == ((), 0, 0, 5500)
    assert paid.verdict.impossible
    assert dict(paid.verdict.reasons[0].params) == {"given": 6000, "owed": 5500, "change": 500}
    assert allocate(ACCOUNT, 5500, surplus=Surplus.REFUSED).left == 0


def test_change_is_never_taken() -> None:
    paid = allocate(ACCOUNT, 6000, surplus=Surplus.CHANGE)
    assert (sum(line.amount for line in paid.lines), paid.credit, paid.change, paid.left) == (5500, 0, 500, 0)
    assert paid.verdict.reasons == ()


@given(accounts, st.integers(1, 20_000), st.sampled_from(Surplus))
def test_no_rupiah_is_lost_whatever_becomes_of_the_rest(
    charges: list[ChargeFacts], given_: int, surplus: Surplus
) -> None:
    paid = allocate(charges, given_, surplus=surplus)
    booked = sum(line.amount for line in paid.lines)
    assert paid.left == owed(charges) - booked
    if paid.verdict.impossible:
        assert surplus is Surplus.REFUSED
        assert given_ > owed(charges) > 0
    else:
        assert booked + paid.credit + paid.change == given_


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("5000", (5000, "")),
        ("Rp 5.000 banjir", (5000, "banjir")),
        ("rp5.000,- B001: buku basah", (5000, "B001: buku basah")),
        ("5000banjir", (0, "5000banjir")),
        ("banjir 5000", (0, "banjir 5000")),
        ("", (0, "")),
    ],
)
def test_an_amount_before_words(line: str, read: tuple[int, str]) -> None:
    assert leading_rupiah(line) == read


def test_paying_when_nothing_is_owed_is_said() -> None:
    paid = allocate((DONE,), 100)
    assert (paid.lines, paid.credit) == ((), 100)
    assert paid.verdict.codes() == ("nothing-owed",)


@pytest.mark.parametrize(
    ("amount", "chosen", "code"),
    [
        (0, [], "amount-not-positive"),
        (-1, [], "amount-not-positive"),
        (10**10, [], "amount-too-large"),
        (5, ["x"], "charge-unknown"),
    ],
)
def test_refused_payments_move_nothing(amount: int, chosen: list[str], code: str) -> None:
    paid = allocate(ACCOUNT, amount, chosen)
    assert paid.verdict.impossible
    assert paid.verdict.codes() == (code,)
    assert (paid.lines, paid.credit, paid.left) == ((), 0, 5500)


@given(accounts, st.integers(1, 50_000), st.data())
def test_no_rupiah_is_made_or_lost(account: list[ChargeFacts], amount: int, data: st.DataObject) -> None:
    ids = [charge.charge_id for charge in account]
    chosen = data.draw(st.lists(st.sampled_from(ids), max_size=4)) if ids else []
    paid = allocate(account, amount, chosen)
    assert sum(line.amount for line in paid.lines) + paid.credit == amount
    assert owed(apply(account, paid.lines)) == paid.left == max(owed(account) - amount, 0)
    assert all(line.amount > 0 and line.left >= 0 for line in paid.lines)
    assert allocate(account[::-1], amount, chosen).lines == paid.lines


@given(accounts, st.integers(1, 9000), st.integers(1, 9000))
def test_two_payments_come_to_the_same_as_one(account: list[ChargeFacts], first: int, second: int) -> None:
    after = apply(account, allocate(account, first).lines)
    after = apply(after, allocate(after, second).lines)
    assert owed(after) == owed(apply(account, allocate(account, first + second).lines))


def test_a_waiver_needs_a_reason_and_keeps_within_the_charge() -> None:
    assert waive(MID, 1501, "thesis deadline").verdict.codes() == ("waiver-over-charge",)
    assert waive(MID, 100, "  ").verdict.codes() == ("reason-missing",)
    part = waive(MID, 500, "thesis deadline")
    assert part.lines == (money.Line("mid", 500, 1000),)
    assert part.verdict.codes() == ("left-to-pay",)
    assert waive(MID, 1500, "flood").verdict.reasons == ()


def test_a_refund_comes_out_of_credit() -> None:
    assert refund(500, 500, "book found").allows()
    assert refund(500, 501, "book found").codes() == ("refund-over-credit",)
    assert refund(500, 0, "").codes() == ("amount-not-positive", "reason-missing")


def test_a_payment_is_voided_once_and_not_after_a_refund() -> None:
    assert void(PaymentFacts("p", 100), "typed wrong").allows()
    assert void(PaymentFacts("p", 100, voided=True), "again").codes() == ("payment-voided",)
    assert void(PaymentFacts("p", 100, refunded=1), "x").codes() == ("payment-refunded",)
    assert void(PaymentFacts("p", 100), " ").codes() == ("reason-missing",)


def test_every_code_is_listed_and_reached() -> None:
    said = set(allocate(ACCOUNT, 1, ["done"]).verdict.codes())
    for verdict in (
        allocate(ACCOUNT, 9000).verdict,
        allocate(ACCOUNT, 9000, surplus=Surplus.REFUSED).verdict,
        allocate(ACCOUNT, -1, ["x"]).verdict,
        allocate((), 10**12).verdict,
        allocate((), 5).verdict,
        waive(NEW, 2000, "").verdict,
        refund(0, 5, "x"),
        void(PaymentFacts("p", 1, 1, True), "x"),
    ):
        said |= set(verdict.codes())
    assert said == set(ALL_CODES)


@pytest.mark.parametrize(
    ("rules", "price", "amount"),
    [
        (Thresholds(lost_fixed=100_000, lost_fee=10_000), 75_000, 85_000),
        (Thresholds(lost_fixed=100_000, lost_fee=10_000), None, 110_000),
        (Thresholds(lost_fixed=100_000), 0, 100_000),
        (Thresholds(lost_charge="fixed", lost_fixed=100_000), 75_000, 100_000),
    ],
)
def test_what_a_lost_copy_costs(rules: Thresholds, price: int | None, amount: int) -> None:
    assert lost_charge(rules, price) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("5000", 5000), ("5.000", 5000), ("Rp5.000", 5000), ("rp 5.000,-", 5000), ("5000,00", 5000), ("0", 0), ("-5", 0),
     ("5,5", 0), ("٥٠٠٠", 0), ("1e9", 0), ("", 0), ("9" * 13, 0), ("1.000.000", 1_000_000),
     ("5.00", 0), ("5.000.", 0)],
)  # fmt: skip
def test_rupiah_as_they_are_typed(text: str, amount: int) -> None:
    assert rupiah(text) == amount

"""Money between the library and its readers, in whole rupiah: payments over charges, waivers, refunds, voids.

Pure arithmetic and refusals as verdicts; it knows no till, no reader's name and no printer. Nothing is
deleted: undoing is one more entry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from app.domain.findings import Findings
from app.domain.policy import Thresholds
from app.domain.verdict import Verdict

MAX_AMOUNT: Final = 1_000_000_000
_RUPIAH: Final = re.compile(r"(?:rp\.? ?)?(\d{1,3}(?:\.\d{3}){1,2}|\d{1,9})(?:,-|,00)?", re.IGNORECASE | re.ASCII)
_AFTER_AMOUNT: Final = re.compile(rf"({_RUPIAH.pattern})(?: +(.*))?", re.IGNORECASE | re.ASCII | re.DOTALL)
ALL_CODES: Final = (
    "amount-not-positive",
    "amount-too-large",
    "nothing-owed",
    "charge-unknown",
    "charge-settled",
    "overpaid",
    "more-than-owed",
    "left-to-pay",
    "reason-missing",
    "waiver-over-charge",
    "refund-over-credit",
    "payment-voided",
    "payment-refunded",
)


def rupiah(text: str) -> int:
    """Whole rupiah from what a person types: 5000, 5.000, Rp5.000, Rp 5.000,-; 0 when it cannot be one."""
    found = _RUPIAH.fullmatch(text.strip())
    return int(found[1].replace(".", "")) if found else 0


def leading_rupiah(text: str) -> tuple[int, str]:
    """The amount a typed line begins with and the words behind it: "Rp 5.000 banjir" is 5000 and "banjir"; 0 and the
    whole line when it begins with none.
    """
    line = text.strip()
    found = _AFTER_AMOUNT.fullmatch(line)
    return (rupiah(found[1]), (found[3] or "").strip()) if found else (0, line)


class Surplus(StrEnum):
    """What becomes of money above what is owed. Nobody guesses: without a word of the person it is refused."""

    REFUSED = "refused"
    CHANGE = "change"
    CREDIT = "credit"


class ChargeFacts(Struct, frozen=True):
    """One charge of a reader's account: what was asked, what has been settled by payments and waivers."""

    charge_id: str
    charged_on: date
    amount: int
    paid: int = 0
    waived: int = 0
    kind: str = ""

    @property
    def left(self) -> int:
        """What is still open, never below 0."""
        return max(self.amount - self.paid - self.waived, 0)


class PaymentFacts(Struct, frozen=True):
    """One payment: its amount, what was given back of it, and whether it was voided."""

    payment_id: str
    amount: int
    refunded: int = 0
    voided: bool = False


class Line(Struct, frozen=True):
    """The part of a payment or waiver that goes to one charge, and what is left of that charge after it."""

    charge_id: str
    amount: int
    left: int


class Allocation(Struct, frozen=True):
    """Money spread over charges. `credit`: what was paid too much and is kept; `change`: what is given back at once and
    was never taken; `left`: what the account still owes.
    """

    verdict: Verdict
    lines: tuple[Line, ...] = ()
    credit: int = 0
    left: int = 0
    change: int = 0


def owed(charges: Sequence[ChargeFacts]) -> int:
    """What an account owes in all."""
    return sum(charge.left for charge in charges)


def allocate(
    charges: Sequence[ChargeFacts], amount: int, chosen: Sequence[str] = (), surplus: Surplus = Surplus.CREDIT
) -> Allocation:
    """Spread `amount` over open charges: the chosen ones in that order, then the rest, oldest first.

    `surplus` says what becomes of what is left after every charge. The order never depends on the order of `charges`.
    """
    found = Findings()
    _weigh_amount(found, amount)
    by_id = {charge.charge_id: charge for charge in charges}
    for charge_id in chosen:
        if charge_id not in by_id:
            found.refuse("charge-unknown")
        elif by_id[charge_id].left == 0:
            found.alert("charge-settled")
    before = owed(charges)
    above = max(amount - before, 0) if before else 0
    if above and surplus is Surplus.REFUSED and not found.verdict().impossible:
        found.refuse("more-than-owed", given=amount, owed=before, change=above)
    if found.verdict().impossible:
        return Allocation(found.verdict(), left=before)
    change = above if surplus is Surplus.CHANGE else 0
    amount -= change
    if before == 0:
        found.alert("nothing-owed", amount=amount)
    lines, rest = _spread(_in_order(charges, chosen, by_id), amount)
    left = before - (amount - rest)
    if rest and before:
        found.alert("overpaid", credit=rest)
    if left:
        found.tell("left-to-pay", left=left)
    return Allocation(found.verdict(), lines, rest, left, change)


def waive(charge: ChargeFacts, amount: int, reason: str) -> Allocation:
    """Forgive `amount` of one charge; a reason is always needed, and no more than what is open can be
    forgiven.
    """
    found = Findings()
    _weigh_amount(found, amount)
    _weigh_reason(found, reason)
    if amount > charge.left:
        found.refuse("waiver-over-charge", left=charge.left)
    if found.verdict().impossible:
        return Allocation(found.verdict(), left=charge.left)
    left = charge.left - amount
    if left:
        found.tell("left-to-pay", left=left)
    return Allocation(found.verdict(), (Line(charge.charge_id, amount, left),), 0, left)


def refund(credit: int, amount: int, reason: str) -> Verdict:
    """May `amount` be given back out of `credit` (paid too much, or freed by a waiver or a lost copy found)?"""
    found = Findings()
    _weigh_amount(found, amount)
    _weigh_reason(found, reason)
    if amount > credit:
        found.refuse("refund-over-credit", credit=credit)
    return found.verdict()


def void(payment: PaymentFacts, reason: str) -> Verdict:
    """May this payment be undone? Once only, with a reason, and not after money of it was given back."""
    found = Findings()
    _weigh_reason(found, reason)
    if payment.voided:
        found.refuse("payment-voided")
    if payment.refunded > 0:
        found.refuse("payment-refunded", refunded=payment.refunded)
    return found.verdict()


def apply(charges: Sequence[ChargeFacts], lines: Sequence[Line]) -> tuple[ChargeFacts, ...]:
    """The charges after a payment's lines were booked on them."""
    paid: dict[str, int] = {}
    for line in lines:
        paid[line.charge_id] = paid.get(line.charge_id, 0) + line.amount
    return tuple(replace(charge, paid=charge.paid + paid.get(charge.charge_id, 0)) for charge in charges)


def lost_charge(rules: Thresholds, price: int | None) -> int:
    """What a lost copy costs its borrower: the price (or the fixed sum), plus the fee for making it ready
    again.
    """
    known = price is not None and price > 0 and rules.lost_charge == "price"
    base = price if known and price is not None else rules.lost_fixed
    return base + rules.lost_fee


def _weigh_amount(found: Findings, amount: int) -> None:
    if amount <= 0:
        found.refuse("amount-not-positive")
    elif amount > MAX_AMOUNT:
        found.refuse("amount-too-large", most=MAX_AMOUNT)


def _weigh_reason(found: Findings, reason: str) -> None:
    if not reason.strip():
        found.refuse("reason-missing")


def _in_order(
    charges: Sequence[ChargeFacts], chosen: Sequence[str], by_id: dict[str, ChargeFacts]
) -> list[ChargeFacts]:
    first = [by_id[charge_id] for charge_id in dict.fromkeys(chosen)]
    rest = sorted(charges, key=lambda charge: (charge.charged_on, charge.charge_id))
    picked = {charge.charge_id for charge in first}
    return first + [charge for charge in rest if charge.charge_id not in picked]


def _spread(ordered: Sequence[ChargeFacts], amount: int) -> tuple[tuple[Line, ...], int]:
    lines: list[Line] = []
    for charge in ordered:
        part = min(charge.left, amount)
        if part > 0:
            lines.append(Line(charge.charge_id, part, charge.left - part))
            amount -= part
    return tuple(lines), amount

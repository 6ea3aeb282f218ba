"""Third stage: the account of one party. What is owed, paid, waived; until when borrowing is suspended.

Money facts are never dropped: a payment beyond what is owed becomes credit, a void takes a payment back, a waiver
lowers what is left of a charge. All amounts are integer rupiah.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from app.domain.calendar import plus_days
from app.domain.canonical import struct_digest
from app.domain.event import Event
from app.domain.fold import in_effective_order
from app.domain.fold.item import LoanState
from app.domain.overdue import suspension_end


class ChargeState(Struct, frozen=True):
    """One charge: what it was for and what is left of it."""

    id: str
    party: str
    reason: str
    at: int
    amount: int
    paid: int = 0
    waived: int = 0
    loan: str | None = None
    item: str | None = None

    @property
    def left(self) -> int:
        """Rupiah still to pay; never below zero."""
        return max(self.amount - self.paid - self.waived, 0)


class PaymentState(Struct, frozen=True):
    """One payment with its receipt number; a voided one counts for nothing but stays listed."""

    id: str
    party: str
    at: int
    amount: int
    receipt: int
    lines: tuple[tuple[str, int], ...] = ()
    voided: bool = False


class AccountState(Struct, frozen=True):
    """A party's money and standing."""

    party: str
    charges: tuple[ChargeState, ...] = ()
    payments: tuple[PaymentState, ...] = ()
    credit: int = 0
    suspended_until: str | None = None

    @property
    def owed(self) -> int:
        """What the party has to pay, after credit."""
        return max(sum(charge.left for charge in self.charges) - self.credit, 0)

    def hash(self) -> bytes:
        """The aggregate's part of the state hash."""
        return struct_digest(["account", self.party, self.charges, self.payments, self.credit, self.suspended_until])


def fold_account(party: str, loans: Sequence[LoanState], events: Iterable[Event]) -> AccountState:
    """Fold a party's charges from its loans and its own money events in effective order."""
    book = _Book(party)
    for loan in loans:
        book.from_loan(loan)
    for event in in_effective_order(events):
        book.apply(event)
    return book.close()


class _Mercy(Struct, frozen=True):
    """What was forgiven of one loan's lateness: of the days after `base` up to `on` (ISO dates)."""

    charge: str
    amount: int
    loan: str
    base: str
    on: str

    def covers(self, charge: ChargeState, start: str, end: str) -> bool:
        """True when a charge is for days of the same lateness, whatever its id is by now."""
        return charge.loan == self.loan and start < self.on and end > self.base


class _Book:
    """The account while it is being added up; lives only inside one fold."""

    def __init__(self, party: str) -> None:
        self.party = party
        self.charges: dict[str, ChargeState] = {}
        self.payments: dict[str, PaymentState] = {}
        self.waived: dict[str, int] = {}
        self.mercies: list[_Mercy] = []
        self.days: dict[str, tuple[str, str]] = {}
        self.refunded = 0
        self.suspensions: list[tuple[int, str, int]] = []

    def from_loan(self, loan: LoanState) -> None:
        at = loan.closed_at or loan.opened_at
        for charge in loan.charges:
            if charge.amount:
                self.charges[charge.id] = ChargeState(
                    charge.id,
                    self.party,
                    "overdue",
                    at,
                    charge.amount,
                    loan=loan.id,
                    item=loan.item,
                )
                start = plus_days(date.fromisoformat(charge.on), -charge.days_late)
                self.days[charge.id] = (start.isoformat(), charge.on)
            if charge.suspension_days:
                self.suspensions.append((at, charge.on, charge.suspension_days))

    def apply(self, event: Event) -> None:
        body = event.body
        match event.kind:
            case "charge.made":
                self.charges[body["charge"]] = ChargeState(
                    body["charge"],
                    self.party,
                    body["reason"],
                    event.at,
                    max(body["amount"], 0),
                    loan=body.get("loan"),
                    item=body.get("copy"),
                )
            case "charge.waived" if body.get("loan") and body.get("base") and body.get("on"):
                mercy = _Mercy(body["charge"], max(body["amount"], 0), body["loan"], body["base"], body["on"])
                self.mercies.append(mercy)
            case "charge.waived":
                self.waived[body["charge"]] = self.waived.get(body["charge"], 0) + max(body["amount"], 0)
            case "payment.made":
                lines = tuple((str(charge), int(amount)) for charge, amount in body.get("lines", ()))
                self.payments[body["payment"]] = PaymentState(
                    body["payment"], self.party, event.at, max(body["amount"], 0), body["receipt"], lines
                )
            case "payment.voided":
                known = self.payments.get(body["payment"])
                if known is not None:
                    self.payments[body["payment"]] = replace(known, voided=True)
            case "refund.made":
                self.refunded += max(body["amount"], 0)
            case "suspension.imposed":
                self.suspensions.append((event.at, body["until"], 0))
            case "suspension.lifted":
                self.suspensions = [one for one in self.suspensions if one[0] > event.at]

    def close(self) -> AccountState:
        charges = {
            key: replace(charge, waived=min(self.waived.get(key, 0), charge.amount))
            for key, charge in self.charges.items()
        }
        credit = -self.refunded
        for payment in self.payments.values():
            if not payment.voided:
                credit += payment.amount - _pay(charges, payment)
        for mercy in self.mercies:
            self._forgive(charges, mercy)
        ordered, credit = _settle(sorted(charges.values(), key=lambda charge: (charge.at, charge.id)), credit)
        payments = tuple(self.payments.values())
        return AccountState(self.party, ordered, payments, credit, self._suspended_until())

    def _forgive(self, charges: dict[str, ChargeState], mercy: _Mercy) -> None:
        """Forgive what is still open of a lateness: its own charge first, then what became of its days since. Money
        that was paid counts before, so that no sum is forgiven that would come back as credit."""
        meant = [charges[key] for key, span in self.days.items() if mercy.covers(charges[key], *span)]
        rest = mercy.amount
        for charge in sorted(meant, key=lambda one: (one.id != mercy.charge, one.at, one.id)):
            part = min(rest, charge.left)
            charges[charge.id] = replace(charge, waived=charge.waived + part)
            rest -= part

    def _suspended_until(self) -> str | None:
        """Each lateness lengthens what is still running; an imposed day stands as it was said."""
        until: date | None = None
        for _, start, days in sorted(self.suspensions):
            end = suspension_end(date.fromisoformat(start), days, until if days else None)
            until = end if until is None else max(until, end)
        return until.isoformat() if until else None


def _settle(charges: list[ChargeState], credit: int) -> tuple[tuple[ChargeState, ...], int]:
    """Let what was paid too much settle open charges, oldest first, so that one account tells one truth."""
    settled = []
    for charge in charges:
        part = min(max(credit, 0), charge.left)
        settled.append(replace(charge, paid=charge.paid + part) if part else charge)
        credit -= part
    return tuple(settled), credit


def _pay(charges: dict[str, ChargeState], payment: PaymentState) -> int:
    """Put a payment's lines on their charges; what a charge cannot take any more is left over."""
    used = 0
    for key, amount in payment.lines:
        charge = charges.get(key)
        if charge is None or amount <= 0:
            continue
        part = min(amount, charge.left, payment.amount - used)
        charges[key] = replace(charge, paid=charge.paid + part)
        used += part
    return used

"""Money between the library and its readers, in whole rupiah: payments over charges, credit, refunds, receipts.

Pure arithmetic and refusals as verdicts; it knows no till, no reader's name and no printer. Nothing is deleted:
undoing is one more entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.verdict import Verdict

ALL_CODES: Final = (
    "amount-not-positive",
    "amount-too-large",
    "nothing-owed",
    "charge-unknown",
    "charge-settled",
    "overpaid",
    "left-to-pay",
    "reason-missing",
    "waiver-over-charge",
    "refund-over-credit",
    "payment-voided",
    "payment-refunded",
)


@dataclass(frozen=True, slots=True)
class ChargeFacts:
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


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One payment: its amount, the part kept as credit, what was refunded of it, and whether it was voided."""

    payment_id: str
    amount: int
    refunded: int = 0
    voided: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The part of a payment or waiver that goes to one charge, and what is left of that charge after it."""

    charge_id: str
    amount: int
    left: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """A payment spread over charges. `credit`: what was paid too much; `left`: what the account still owes."""

    verdict: Verdict
    lines: tuple[Line, ...] = ()
    credit: int = 0
    left: int = 0


def allocate(charges: Sequence[ChargeFacts], amount: int, chosen: Sequence[str] = ()) -> Allocation:
    """Spread `amount` over open charges: the chosen ones in that order, else the oldest first."""
    raise NotImplementedError

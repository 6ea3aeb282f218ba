"""A reader's credit under one token against what is owed under another: no cash, a refund and a payment in one.

A reader has a token for each unbroken relation; a paper log can lower a fine of an old one after the next has begun.
What is asked of the reader is what is owed less what the library holds already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.ports import Act, ChargeLine, Reader

OF_CREDIT = "of_credit"
"""The mark of a refund and a payment that went through no till."""


class Move(Struct, frozen=True):
    """Credit of one token that settles a charge of another, in rupiah."""

    purse: str
    charge: ChargeLine
    amount: int


def moves(facts: Reader, member_id: str) -> tuple[Move, ...]:
    """How a reader's credit settles what is owed: oldest charges first."""
    purses = dict(facts.purses(member_id))
    found: list[Move] = []
    for charge in facts.charges_of_member(member_id) if purses else ():
        left = charge.left
        for purse, held in purses.items():
            part = min(left, held)
            if part:
                found.append(Move(purse, charge, part))
                purses[purse] = held - part
                left -= part
    return tuple(found)


def after(lines: Sequence[ChargeLine], moved: Sequence[Move]) -> list[ChargeLine]:
    """The charges as they stand after the moves, those that are left."""
    rest = [
        replace(line, left=line.left - sum(move.amount for move in moved if move.charge.charge_id == line.charge_id))
        for line in lines
    ]
    return [line for line in rest if line.left]


def record(act: Act, moved: Sequence[Move], mark: Mapping[str, bool], main: str = "") -> tuple[str, int]:
    """Record the moves under one receipt number, as parts of the act `main`, else as one of their own: its event and
    the receipt's number. A payment of that token and a refund of the other: each account stays whole in itself."""
    receipt = act.next_receipt()
    for purse, party in dict.fromkeys((move.purse, move.charge.party) for move in moved):
        parts = [move for move in moved if (move.purse, move.charge.party) == (purse, party)]
        amount = sum(move.amount for move in parts)
        body: dict[str, Any] = {"amount": amount, "receipt": receipt, OF_CREDIT: True, **mark}
        lines = [[move.charge.charge_id, move.amount] for move in parts]
        payment = {**body, "payment": act.new_id(), "party": party, "lines": lines}
        event = act.record("payment.made", _with(payment, main), event_id=str(payment["payment"]))
        main = main or event.id
        act.record("refund.made", _with({**body, "party": purse}, main))
    return main, receipt


def _with(body: dict[str, Any], main: str) -> dict[str, Any]:
    return {**body, "with": main} if main else body

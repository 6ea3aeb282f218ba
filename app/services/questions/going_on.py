"""An act that waited for money: what becomes of it once the money was paid or forgiven."""

from __future__ import annotations

from msgspec.structs import replace

from app.services.outcome import PAID_FIRST, WAIVED_FIRST, Kind, Outcome
from app.services.session import Pending, Session

_NOTES = {Kind.PAID: PAID_FIRST, Kind.WAIVED: WAIVED_FIRST}


def then_go_on(session: Session, held: Pending | None, done: Outcome) -> Outcome:
    """The book that waited goes on now; nobody has to scan it again. Where a signature is still wanted, it waits for
    that."""
    if held is None:
        return done
    if done.kind is Kind.NEEDS_CONFIRMATION and session.pending is not None:
        session.pending = replace(session.pending, after=held)
    note = _NOTES.get(done.kind, "")
    if not note:
        return done
    gone_on = session.go_on(held)
    return replace(gone_on, amount=done.amount, change=done.change, left=done.left, notes=(*gone_on.notes, note))

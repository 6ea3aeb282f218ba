"""Command codes, typed or scanned from the printed sheet: each is a verb of the session."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.domain.barcode import Command
from app.domain.money import Surplus, leading_rupiah
from app.services.members import NewMember
from app.services.outcome import Kind, Outcome, refused

if TYPE_CHECKING:
    from app.services.session import Session


def carry_out(session: Session, command: Command) -> Outcome:
    """Do what a command code says."""
    match command.name:
        case "finish":
            return session.finish()
        case "undo":
            return session.undo()
        case "return" | "lend" | "renew" | "auto":
            return session.set_mode(command.name)
        case "override":
            return session.override(command.argument)
        case "cancel":
            session.drop_question()
            return Outcome(Kind.MODE, code=session.mode)
        case "pay":
            amount, more = leading_rupiah(command.argument)
            if not amount or more.casefold() not in ("", "credit"):
                return refused("amount-unreadable")
            return session.pay(amount, surplus=Surplus.CREDIT if more else Surplus.REFUSED)
        case "waive":
            amount, more = leading_rupiah(command.argument)
            return session.waive_of(amount, more) if amount else refused("amount-unreadable")
        case "refund":
            amount, more = leading_rupiah(command.argument)
            return session.refund(amount, more) if amount else refused("amount-unreadable")
        case "settle":
            return session.settle()
        case "fix-due":
            return _fix_due(session, command.argument)
        case "condition":
            code, _, more = command.argument.partition(" ")
            return session.condition(code, repair=more.strip() == "repair")
        case "book-drop":
            return session.empty_book_drop()
        case "profile":
            return session.use_profile(command.argument)
        case "lost":
            return session.lose(command.argument)
        case "provisional":
            return session.provisional(command.argument)
        case "register":
            kind, typed, name = command.argument.partition(":")
            return session.register(NewMember(name, kind.strip()) if typed else NewMember(command.argument))
        case "reprint":
            return session.reprint()
        case "renew-all":
            return session.renew_all()
        case "renew-phone":
            return session.renew_by_phone(command.argument)
    return refused("command-unknown")


def _fix_due(session: Session, argument: str) -> Outcome:
    code, day, reason = [*argument.split(maxsplit=2), "", ""][:3]
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        return refused("date-unreadable")
    return session.fix_due(code, wanted, reason)

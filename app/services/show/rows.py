"""The rows of the table: acts of this transaction, loans that run."""

from __future__ import annotations

from datetime import date, datetime

from app.domain.clock import local_datetime
from app.domain.records import Title
from app.domain.standing import days_past
from app.domain.text import shorten_name
from app.domain.verdict import Param
from app.ports import ActLine, LoanLine
from app.services.circulation.damage import LOST
from app.services.outcome import ENDED, Kind, Outcome
from app.services.show.phrases import shelf
from app.services.view import Chip, Row, Tone


def row(outcome: Outcome, no: int) -> Row | None:
    """The row an act adds to the table, or None for acts that have none."""
    chip = _chip(outcome)
    over = outcome.code == ENDED
    if chip is None or outcome.item is None or not outcome.event_id:
        return None
    return Row(
        id=outcome.event_id,
        no=no,
        title=outcome.title.title if outcome.title else "",
        author=_author(outcome.title),
        barcode=outcome.item.barcode,
        chip=chip,
        due_on=None if over else outcome.due_on,
        due_at=None if over else outcome.due_at,
        from_name=shorten_name(outcome.member.name) if outcome.member else "—",
        from_no=outcome.member.member_no if outcome.member else "",
    )


def _author(title: Title | None) -> str:
    return title.authors[0] if title and title.authors else ""


def _chip(outcome: Outcome) -> Chip | None:
    late = outcome.overdue
    match outcome.kind:
        case Kind.LENT if outcome.code == ENDED:
            return Chip(Tone.TOLD, "lent-ended")
        case Kind.RENEWED if outcome.code == ENDED:
            return Chip(Tone.TOLD, "renewed-ended")
        case Kind.LENT | Kind.RENEWED if outcome.counts_at is not None:
            return Chip(Tone.DONE, "noted-late", {"at": outcome.counts_at})
        case Kind.LENT:
            return Chip(Tone.DONE, "lent")
        case Kind.RENEWED:
            return Chip(Tone.DONE, "renewed")
        case Kind.RETURNED if outcome.aside:
            return Chip(Tone.ASIDE, "put-aside")
        case Kind.RETURNED if late is not None and outcome.fine:
            return Chip(Tone.NEEDS, "returned-late", {"n": late.days_late, "amount": outcome.fine})
        case Kind.RETURNED if late is not None and late.suspension_days:
            return Chip(Tone.NEEDS, "returned-late-free", {"n": late.days_late})
        case Kind.RETURNED if {"was-lost", "was-missing"} & set(outcome.verdict.codes()):
            return Chip(Tone.TOLD, "found")
        case Kind.RETURNED if outcome.counts_at is not None:
            return Chip(Tone.DONE, "noted-late", {"at": outcome.counts_at})
        case Kind.RETURNED:
            return Chip(Tone.DONE, "returned")
        case Kind.CONDITION if outcome.code == LOST:
            return Chip(Tone.NEEDS, "lost-cost" if outcome.fine else "lost", {"amount": outcome.fine})
        case Kind.CONDITION:
            facts: dict[str, Param] = {"condition": outcome.code, "amount": outcome.fine}
            return Chip(Tone.NEEDS, "condition", facts) if outcome.fine else Chip(Tone.TOLD, "condition-free", facts)
        case Kind.SHOWN if outcome.aside:
            return Chip(Tone.ASIDE, "put-aside")
        case Kind.SHOWN if outcome.code == "not-on-loan":
            place = shelf(outcome.item)
            return Chip(Tone.TOLD, "not-on-loan-shelf" if place else "not-on-loan", {"shelf": place})
    return None


def act_row(
    line: ActLine, no: int, closed: tuple[str, str, int] | None, days: int | None, zone: str, *, over: bool = False
) -> Row | None:
    """The row of an act read back from the journal after a restart.

    `closed` is what a return closed (loan, party, fine), None when the copy was not on loan; `days` what it was
    charged for; `over`: a loan from a paper log that had ended already.
    """
    codes = {
        "loan.opened": "lent",
        "loan.renewed": "renewed",
        "loan.corrected": "renewed",
        "item.returned": "returned",
        "item.lost": "lost",
        "item.condition_noted": "condition-free",
    }
    if line.kind not in codes:
        return None
    chip = Chip(Tone.DONE, codes[line.kind])
    if line.kind in ("item.lost", "item.condition_noted"):
        chip = Chip(Tone.TOLD, codes[line.kind], {"condition": str(line.body.get("condition", ""))})
    elif line.late:
        chip = Chip(Tone.DONE, "noted-late", {"at": local_datetime(line.at, zone)})
    if line.kind == "item.returned" and closed is None:
        chip = Chip(Tone.TOLD, "not-on-loan")
    elif closed is not None and closed[2]:
        chip = Chip(Tone.NEEDS, "returned-late", {"n": days or 0, "amount": closed[2]})
    due, due_at = line.body.get("due"), line.body.get("due_at")
    if over:
        ended = "lent-ended" if line.kind == "loan.opened" else "renewed-ended"
        chip, due, due_at = Chip(Tone.TOLD, ended), None, None
    return Row(
        id=line.event_id,
        no=no,
        title=line.title,
        author=line.author,
        barcode=line.barcode,
        chip=chip,
        due_on=date.fromisoformat(due) if due else None,
        due_at=local_datetime(due_at, zone) if due_at is not None else None,
        from_name=shorten_name(line.member_name) if line.member_name else "—",
        from_no=line.member_no,
    )


def running_row(line: LoanLine, now: datetime) -> Row:
    """A loan the reader already had."""
    days = days_past(line.due_on, line.due_at, now)
    if days > 0:
        chip = Chip(Tone.NEEDS, "late", {"n": days})
    elif days == 0:
        chip = Chip(Tone.NEEDS, "due-today")
    elif days == -1:
        chip = Chip(Tone.NEEDS, "due-tomorrow")
    else:
        chip = Chip(Tone.TOLD, "running")
    return Row(
        id=line.loan_id,
        title=line.title,
        author=line.author,
        barcode=line.barcode,
        chip=chip,
        due_on=line.due_on,
        due_at=line.due_at,
    )

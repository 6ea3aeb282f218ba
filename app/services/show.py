"""Outcomes as the screen shows them: banners, rows, chips, the reader's card. Codes and facts, no words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from app.domain.clock import local_datetime
from app.domain.decide_loan import QUESTIONS as PLAIN
from app.domain.records import Item, Member, Title
from app.domain.scan_repair import CAPS_REPAIRED, LAYOUT_REPAIRED
from app.domain.standing import days_past
from app.domain.text import shorten_name
from app.domain.verdict import Level, Param, Reason, Verdict
from app.ports import ActLine, LoanLine, MemberHit
from app.services.circulation.damage import LOST
from app.services.circulation.extending import DUE_FIXED
from app.services.circulation.inserting import FOLLOWING
from app.services.outcome import (
    ENDED,
    FIRST_SLIP,
    MORE_THAN_OWED,
    NO_PRINTER,
    PAID_FIRST,
    PRINTER_OFF,
    REGISTERED,
    UNSEEN,
    WAIVED_FIRST,
    Kind,
    Outcome,
)
from app.services.view import Banner, Chip, MemberCard, Note, Phrase, ReasonLine, Row, Say, Sound, Tone

NOTE_LETTERS = 200
"""Letters of a free note that the desk shows."""


def reason_lines(verdict: Verdict, title: str = "", barcode: str = "") -> tuple[ReasonLine, ...]:
    """A verdict's reasons for the screen, heaviest first; title and barcode where it is one copy's among several."""
    return tuple(
        ReasonLine(
            reason.level,
            reason.code,
            dict(reason.params),
            str(reason.params.get("rule", "")),
            title,
            barcode,
            asks=reason.level is Level.CONFIRM and reason.code in PLAIN,
        )
        for reason in verdict.reasons
    )


def heavy(verdict: Verdict) -> Verdict:
    """Only what stops or needs a signature."""
    return Verdict(tuple(reason for reason in verdict.reasons if reason.level >= Level.CONFIRM))


def banner(outcome: Outcome) -> Banner:
    """The banner of an outcome."""
    if outcome.parts:
        return _renewed_all(outcome)
    make = _BANNERS.get(outcome.kind)
    made = make(outcome) if make else Banner(Tone.TOLD, outcome.code or outcome.kind.value)
    return replace(
        made,
        lines=(*made.lines, *_cash(outcome), *_repair(outcome)),
        reasons=tuple(_with_its_note(line, outcome.member) for line in made.reasons),
    )


def _with_its_note(line: ReasonLine, member: Member | None) -> ReasonLine:
    """Why a reader is blocked, as it was noted: what the desk needs to know to answer the reader."""
    why = _block_note(member) if member is not None and line.code == "member-blocked" else ""
    return replace(line, code="member-blocked-why", params={**line.params, "why": why}) if why else line


def _block_note(member: Member) -> str:
    return " ".join(member.block_reason.split())[:NOTE_LETTERS]


def _cash(outcome: Outcome) -> tuple[Say, ...]:
    """The money that went before an act that waited for it, and what goes back over the desk."""
    facts: dict[str, Param] = {"amount": outcome.amount}
    said = [Phrase(note, facts) for note in (PAID_FIRST, WAIVED_FIRST) if note in outcome.notes]
    if said and outcome.change:
        said.append(Phrase("change", {"amount": outcome.change}))
    return tuple(said)


def _repair(outcome: Outcome) -> tuple[Say, ...]:
    """What a scan was read from, when a keyboard layout or caps lock had spoiled it: a repair is always said."""
    scanned: dict[str, Param] = {"code": outcome.scan}
    if LAYOUT_REPAIRED in outcome.notes:
        return (Phrase("read-layout", scanned),)
    return (Phrase("read-caps", scanned),) if CAPS_REPAIRED in outcome.notes else ()


def sound(outcome: Outcome) -> Sound:
    """The sound of an outcome: done, needs you, no."""
    if outcome.kind in (Kind.REFUSED, Kind.UNKNOWN):
        return Sound.NEEDS if outcome.code == MORE_THAN_OWED else Sound.NO
    if not all(part.event_id for part in outcome.parts):
        return Sound.NEEDS
    if outcome.kind in (Kind.NEEDS_CONFIRMATION, Kind.AMBIGUOUS):
        return Sound.NEEDS
    if outcome.fine or outcome.aside or outcome.code == "not-on-loan":
        return Sound.NEEDS
    if outcome.kind is Kind.RETURNED and outcome.verdict.codes(Level.ALERT):
        return Sound.NEEDS
    if outcome.kind is Kind.MEMBER and outcome.verdict.level is not None:
        return Sound.NO if outcome.verdict.impossible else Sound.NEEDS
    return Sound.DONE


def _title(outcome: Outcome) -> dict[str, Param]:
    return {"title": outcome.title.title if outcome.title else ""}


def _name(member: Member | None) -> str:
    return member.name if member else ""


def _item_line(outcome: Outcome) -> Phrase:
    facts: dict[str, Param] = {"barcode": outcome.item.barcode if outcome.item else "", "name": _name(outcome.member)}
    return Phrase("item", facts) if outcome.member else Phrase("barcode", facts)


def _lent_and_over(outcome: Outcome) -> Banner:
    """A loan from a paper log that has ended already: no date is promised; what it cost and changed is said."""
    fine = outcome.fine
    return Banner(
        Tone.NEEDS if fine else Tone.TOLD,
        "lent-ended",
        _title(outcome),
        (_item_line(outcome),),
        Phrase("fine") if fine else None,
        Phrase("amount", {"amount": fine}) if fine else None,
        _following(outcome),
    )


def _following(outcome: Outcome) -> tuple[ReasonLine, ...]:
    """What an act with a stated earlier time changed of what came after it."""
    return reason_lines(Verdict(tuple(r for r in outcome.verdict.reasons if r.code in FOLLOWING)))


def _lent(outcome: Outcome) -> Banner:
    if outcome.code == ENDED:
        return _lent_and_over(outcome)
    facts: dict[str, Param] = {
        "name": _name(outcome.member),
        "barcode": outcome.item.barcode if outcome.item else "",
        "n": outcome.loans,
        "limit": outcome.limit,
    }
    line = Phrase("lent" if outcome.limit is not None else "lent-unlimited", facts)
    signed = not set(heavy(outcome.verdict).codes()) <= PLAIN
    return Banner(
        Tone.DONE,
        "lent-approved" if signed else "lent",
        _title(outcome),
        (line,),
        Phrase("due"),
        _promise(outcome),
        reason_lines(Verdict(tuple(r for r in outcome.verdict.reasons if _about_this_loan(r)))),
    )


def _promise(outcome: Outcome) -> Phrase:
    """The due date, with its hour for loans by the hour."""
    if outcome.due_at is not None:
        return Phrase("due-at", {"due_at": outcome.due_at})
    return Phrase("due-on", {"due_on": outcome.due_on})


_OF_THE_PROMISE = frozenset({"due-at-closing", "due-at-opening", "due-shortened-by-expiry", "hold-ready"})
"""Messages that tell why the date is what it is, or that a hold came to its end."""
_SAID_BY_THE_HEADLINE = frozenset({"not-on-loan", "fine-due", "was-lost", "was-missing", "put-aside"})


def _about_this_return(verdict: Verdict) -> tuple[ReasonLine, ...]:
    """What is to be known of a copy that came back, besides what the headline says."""
    return reason_lines(Verdict(tuple(r for r in verdict.reasons if r.code not in _SAID_BY_THE_HEADLINE)))


def _about_this_loan(reason: Reason) -> bool:
    """Alerts of this copy or date; what concerns the reader was said when the card was scanned."""
    if reason.code in _OF_THE_PROMISE:
        return True
    return reason.level is Level.ALERT and reason.code not in ("owes", "member-expiring", "has-overdue", "card-lost")


def _returned(outcome: Outcome) -> Banner:
    told = _about_this_return(outcome.verdict)
    banner = replace(_come_back(outcome), reasons=told)
    grave = any(reason.level >= Level.ALERT for reason in told)
    return replace(banner, tone=Tone.NEEDS) if grave and banner.tone is Tone.DONE else banner


def _come_back(outcome: Outcome) -> Banner:
    late = outcome.overdue
    facts = _title(outcome)
    if outcome.fine and late is not None:
        line_facts: dict[str, Param] = {
            "name": _name(outcome.member),
            "barcode": outcome.item.barcode if outcome.item else "",
            "due_on": outcome.was_due,
            "returned_on": outcome.returned_on,
            "skipped": late.closed_days_skipped,
        }
        line = Phrase("late" if late.closed_days_skipped else "late-plain", line_facts)
        return Banner(
            Tone.NEEDS,
            "returned-late",
            {**facts, "n": late.days_late},
            (line,),
            Phrase("fine"),
            Phrase("amount", {"amount": outcome.fine}),
            icon="return",
        )
    if outcome.aside:
        return Banner(
            Tone.ASIDE,
            "returned-aside",
            facts,
            (Phrase("aside-until", {"hold": hold_number(outcome.aside_number), "until": outcome.aside_until}),),
            reasons=_freed(outcome),
            icon="aside",
        )
    if "was-lost" in outcome.verdict.codes() or "was-missing" in outcome.verdict.codes():
        freed = _freed(outcome)
        tone = Tone.NEEDS if freed else Tone.TOLD
        return Banner(tone, "returned-found", facts, (_item_line(outcome),), reasons=freed, icon="return")
    if outcome.code == "not-on-loan":
        return Banner(Tone.TOLD, "not-on-loan", facts, (_shelf_line(outcome.item),), icon="return")
    if late is not None and late.days_late:
        return Banner(
            Tone.NEEDS, "returned-late", {**facts, "n": late.days_late}, (_item_line(outcome),), icon="return"
        )
    return Banner(Tone.DONE, "returned", facts, (_item_line(outcome),), icon="return")


def _freed(outcome: Outcome) -> tuple[ReasonLine, ...]:
    """What a lost copy that was found does to its reader's account."""
    codes = ("loss-taken-back", "loss-now-credit")
    return reason_lines(Verdict(tuple(reason for reason in outcome.verdict.reasons if reason.code in codes)))


def _shelf_line(item: Item | None) -> Phrase:
    facts: dict[str, Param] = {"barcode": item.barcode if item else "", "shelf": shelf(item)}
    return Phrase("shelf" if facts["shelf"] else "barcode", facts)


def shelf(item: Item | None) -> str:
    """Where a copy belongs: its shelf, else its call number, else its location."""
    return (item.shelf or item.call_number or item.location) if item else ""


def hold_number(number: int) -> str:
    """A hold's number as it is said: R-0417."""
    return f"R-{number:04d}"


def _renewed(outcome: Outcome) -> Banner:
    told = _following(outcome)
    return Banner(
        Tone.NEEDS if told else Tone.DONE,
        outcome.code or ("renewed-phone" if UNSEEN in outcome.notes else "renewed"),
        _title(outcome),
        (_item_line(outcome),),
        Phrase("due"),
        _promise(outcome),
        told or reason_lines(outcome.verdict) if outcome.code == DUE_FIXED else told,
        icon="renew",
    )


def _renewed_all(outcome: Outcome) -> Banner:
    """One answer for all of a reader's loans; what could not be renewed is named, each copy with its reasons."""
    refused = [part for part in outcome.parts if not part.event_id]
    done = len(outcome.parts) - len(refused)
    reasons: list[ReasonLine] = []
    for part in refused:
        title = part.title.title if part.title else ""
        barcode = part.item.barcode if part.item else ""
        stops = heavy(part.verdict)
        reasons.extend(reason_lines(stops if stops.reasons else part.verdict, title, barcode))
    facts: dict[str, Param] = {"n": done, "refused": len(refused)}
    lines: tuple[Say, ...] = (Phrase("by-phone"),) if UNSEEN in outcome.notes else ()
    if not refused:
        return Banner(Tone.DONE, "renewed-all", facts, lines, icon="renew")
    if not done:
        return Banner(Tone.NO, "renewed-none", facts, lines, reasons=tuple(reasons))
    return Banner(Tone.NEEDS, "renewed-some", facts, lines, reasons=tuple(reasons), icon="renew")


def _refused(outcome: Outcome) -> Banner:
    if outcome.code == MORE_THAN_OWED:
        # Nothing is wrong: the question about the rest stands below and has the figures.
        return Banner(Tone.NEEDS, MORE_THAN_OWED, icon="pay")
    lines: tuple[Say, ...] = ()
    reasons = reason_lines(heavy(outcome.verdict))
    code = {"card-first": "need-member", "no-right": "no-right-plain"}.get(outcome.code, outcome.code)
    if outcome.title is not None and reasons:
        lines = (_reasons_line(outcome, len(reasons)),)
    return Banner(Tone.NO, code or "refused", _title(outcome), lines, reasons=reasons)


def _question(outcome: Outcome) -> Banner:
    codes = outcome.verdict.codes(Level.CONFIRM)
    if "on-loan-to-this-member" in codes and len(codes) == 1:
        return Banner(
            Tone.NEEDS,
            "already-here",
            _title(outcome),
            (Phrase("already-keys"),),
            reasons=reason_lines(outcome.verdict),
        )
    reasons = reason_lines(heavy(outcome.verdict))
    if not outcome.verdict.impossible and set(codes) <= PLAIN:
        return Banner(Tone.NEEDS, "check-first", _title(outcome), (_item_line(outcome),), reasons=reasons)
    return Banner(
        Tone.NO,
        outcome.code or "not-lent",
        _title(outcome),
        (_reasons_line(outcome, len(reasons)),),
        reasons=reasons,
    )


def _reasons_line(outcome: Outcome, count: int) -> Phrase:
    """Who and which copy a refusal is about: the reader's card may have given way to the question."""
    facts: dict[str, Param] = {
        "name": _name(outcome.member),
        "barcode": outcome.item.barcode if outcome.item else "",
        "n": count,
    }
    if outcome.item is None:
        return Phrase("name-reasons", facts)
    return Phrase("item-reasons" if outcome.member else "barcode-reasons", facts)


def _member(outcome: Outcome) -> Banner:
    stops = heavy(outcome.verdict)
    name: dict[str, Param] = {"name": _name(outcome.member)}
    lines: list[Say] = []
    if outcome.switched_from is not None:
        lines.append(Phrase("previous-member", {"name": outcome.switched_from.name}))
    if "pile-finished" in outcome.notes:
        lines.append(Phrase("pile-finished"))
    if stops.reasons:
        return Banner(
            Tone.NO if stops.impossible else Tone.NEEDS,
            "member-stopped",
            name,
            tuple(lines),
            reasons=reason_lines(stops),
        )
    if outcome.code == "registered" and outcome.member is not None:
        lines.append(Phrase("registered", {"code": outcome.member.member_no, "on": outcome.member.expires_on}))
        reached = [one for one in (outcome.member.phone, outcome.member.email) if one]
        if reached:
            lines.append(" · ".join(reached))
        lines.append(Phrase("scan-books"))
        return Banner(Tone.DONE, "registered", name, tuple(lines), icon="member")
    lines.append(Phrase("scan-books"))
    code = "member-switched" if outcome.switched_from is not None else "member"
    return Banner(Tone.TOLD, code, name, tuple(lines), icon="member")


def _shown(outcome: Outcome) -> Banner:
    if outcome.code == "not-on-loan":
        return _returned(outcome)
    reasons = reason_lines(outcome.verdict)
    tone = Tone.NEEDS if reasons else Tone.TOLD
    return Banner(tone, "shown", _title(outcome), (_shelf_line(outcome.item),), reasons=reasons, icon="book")


def _unknown(outcome: Outcome) -> Banner:
    facts: dict[str, Param] = {"code": outcome.scan[:40]}
    if outcome.code == "too-long":
        return Banner(Tone.NO, "long-code", {"n": len(outcome.scan)}, (Phrase("scan-again"),))
    code = _UNKNOWN.get(outcome.code, "unknown-code")
    if code == "unknown-code":
        return Banner(Tone.NO, code, facts, (Phrase("take-up"), Phrase("check-label")))
    return Banner(Tone.NO, code, facts, (Phrase("scan-again"),))


_UNKNOWN = {
    "isbn-unknown": "unknown-isbn",
    "isbn-without-copies": "isbn-without-copies",
    "member-unknown": "unknown-member",
    "glued": "glued",
    "empty": "odd-code",
    "no-code": "odd-code",
    "bad-date": "odd-code",
    "unknown-command": "command-unknown",
    "no-argument": "command-unknown",
}


def _paid(outcome: Outcome) -> Banner:
    banner = Banner(
        Tone.DONE,
        "paid",
        {"amount": outcome.amount},
        (Phrase("text", {"text": f"{_name(outcome.member)} · {outcome.receipt}"}), _what_is_left(outcome)),
        reasons=reason_lines(Verdict(tuple(r for r in outcome.verdict.reasons if r.code == "overpaid"))),
        icon="pay",
    )
    if not outcome.change:
        return banner
    # Large as a promise is: this money goes back over the desk now.
    return replace(banner, big_label=Phrase("change"), big_value=Phrase("amount", {"amount": outcome.change}))


def _waived(outcome: Outcome) -> Banner:
    name: dict[str, Param] = {"text": _name(outcome.member)}
    return Banner(
        Tone.DONE, "waived", {"amount": outcome.amount}, (Phrase("text", name), _what_is_left(outcome)), icon="pay"
    )


def _refunded(outcome: Outcome) -> Banner:
    """Credit given back: large as a promise is, since this money goes over the desk now."""
    lines = (Phrase("text", {"text": f"{_name(outcome.member)} · {outcome.receipt}"}), _credit_left(outcome))
    given = Phrase("amount", {"amount": outcome.amount})
    return Banner(Tone.DONE, "refunded", {"amount": outcome.amount}, lines, Phrase("given-back"), given, icon="pay")


def _credit_left(outcome: Outcome) -> Phrase:
    return Phrase("credit-left", {"credit": outcome.credit}) if outcome.credit else Phrase("credit-gone")


def _what_is_left(outcome: Outcome) -> Phrase:
    return Phrase("left", {"left": outcome.left}) if outcome.left else Phrase("settled")


_UNDONE = {
    "loan.opened": "undone-loan",
    "loan.renewed": "undone-renewal",
    "loan.corrected": "undone-due",
    "item.returned": "undone-return",
    "item.condition_noted": "undone-condition",
    "item.lost": "undone-lost",
}


def _undone(outcome: Outcome) -> Banner:
    if outcome.undone_kind == "payment.made":
        return Banner(Tone.TOLD, "undone-payment", {"amount": outcome.amount}, icon="undo")
    if outcome.undone_kind == "refund.made":
        back: dict[str, Param] = {"amount": outcome.amount, "name": _name(outcome.member)}
        return Banner(Tone.TOLD, "undone-refund", back, (Phrase("take-back", back),), icon="undo")
    if outcome.undone_kind == "charge.waived":
        name: dict[str, Param] = {"text": _name(outcome.member)}
        return Banner(Tone.TOLD, "undone-waiver", {"amount": outcome.amount}, (Phrase("text", name),), icon="undo")
    if outcome.undone_kind == REGISTERED:
        return Banner(Tone.TOLD, "undone-registration", {"name": _name(outcome.member)}, icon="undo")
    code = _UNDONE.get(outcome.undone_kind, "undone")
    return Banner(Tone.TOLD, code, _title(outcome), (_item_line(outcome),), icon="undo")


def _finished(outcome: Outcome) -> Banner:
    lent, returned, renewed = outcome.counts
    lines: list[Say] = []
    if any(outcome.counts):
        lines.append(Phrase("finished", {"lent": lent, "returned": returned, "renewed": renewed}))
    if outcome.amount:
        lines.append(Phrase("received", {"amount": outcome.amount}))
    if "slip-sent" in outcome.notes:
        lines.append(_slip(outcome))
    if NO_PRINTER in outcome.notes:
        lines.append(Phrase("no-printer"))
    if outcome.member is not None:
        return Banner(Tone.DONE, "finished", {"name": outcome.member.name}, tuple(lines))
    if not outcome.finished:
        return Banner(Tone.TOLD, "mode-auto")
    if not any(outcome.counts):
        return Banner(Tone.DONE, "finished-plain", {}, tuple(lines))
    return Banner(Tone.DONE, "finished-returns", {"n": returned}, tuple(lines))


def _repeated(outcome: Outcome) -> Banner:
    return Banner(Tone.TOLD, "already-done", {"title": outcome.scan[:40]})


def _condition(outcome: Outcome) -> Banner:
    """What was noted of a copy: its condition, or that it is lost."""
    lost = outcome.code == LOST
    facts: dict[str, Param] = {"condition": outcome.code}
    lines = (_item_line(outcome),) if lost else (_item_line(outcome), Phrase("condition", facts))
    banner = Banner(
        Tone.NEEDS if lost or outcome.fine else Tone.DONE,
        LOST if lost else "condition",
        _title(outcome),
        lines,
        reasons=reason_lines(outcome.verdict),
    )
    if not outcome.fine:
        return banner
    return replace(banner, big_label=Phrase("charge"), big_value=Phrase("amount", {"amount": outcome.fine}))


def _reprinted(outcome: Outcome) -> Banner:
    if PRINTER_OFF in outcome.notes:
        line = Phrase("text", {"text": outcome.receipt})
        return Banner(Tone.NEEDS, "reprint-waits", {}, (line,), icon="printer")
    code = "slip-made" if FIRST_SLIP in outcome.notes else "reprinted"
    return Banner(Tone.DONE, code, {}, (_slip(outcome),), icon="printer")


def _slip(outcome: Outcome) -> Phrase:
    """The slip that was made, by its number; one for a printer that does not answer waits."""
    return Phrase("slip-waits" if PRINTER_OFF in outcome.notes else "slip-number", {"number": outcome.receipt})


def _signed_in(outcome: Outcome) -> Banner:
    return Banner(Tone.DONE, "signed-in", {"name": outcome.code}, icon="member")


def _mode(outcome: Outcome) -> Banner:
    lines: tuple[Say, ...] = ()
    if outcome.notes[:1] == ("member-finished",):
        lines = (Phrase("previous-member", {"name": outcome.notes[1]}),)
    return Banner(Tone.TOLD, f"mode-{outcome.code}", {}, lines)


_BANNERS = {
    Kind.LENT: _lent,
    Kind.RETURNED: _returned,
    Kind.RENEWED: _renewed,
    Kind.REFUSED: _refused,
    Kind.NEEDS_CONFIRMATION: _question,
    Kind.MEMBER: _member,
    Kind.SHOWN: _shown,
    Kind.PROVISIONAL: _shown,
    Kind.UNKNOWN: _unknown,
    Kind.PAID: _paid,
    Kind.WAIVED: _waived,
    Kind.REFUNDED: _refunded,
    Kind.UNDONE: _undone,
    Kind.FINISHED: _finished,
    Kind.REPEATED: _repeated,
    Kind.CONDITION: _condition,
    Kind.REPRINTED: _reprinted,
    Kind.SIGNED_IN: _signed_in,
    Kind.MODE: _mode,
}


# --- rows -------------------------------------------------------------------------------------------------------


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
        case Kind.RETURNED:
            return Chip(Tone.DONE, "returned")
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
    }
    if line.kind not in codes:
        return None
    chip = Chip(Tone.DONE, codes[line.kind])
    if line.kind == "item.returned" and closed is None:
        chip = Chip(Tone.TOLD, "not-on-loan")
    elif closed is not None and closed[2]:
        chip = Chip(Tone.NEEDS, "returned-late", {"n": days or 0, "amount": closed[2]})
    due, due_at = line.body.get("due"), line.body.get("due_at")
    if over:
        chip, due, due_at = Chip(Tone.TOLD, "lent-ended"), None, None
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


# --- the reader's card ------------------------------------------------------------------------------------------


def member_card(
    hit: MemberHit,
    type_name: str,
    limit: int | None,
    lines: Sequence[LoanLine],
    ready: Sequence[tuple[str, str]],
    standing: Verdict,
    now: datetime,
    photo: bytes,
    signed: Collection[str] = (),
) -> MemberCard:
    """The open reader's card; `ready` are holds that stand aside, as (title, shelf).

    `signed` are the codes that one signature answers for this whole transaction.
    """
    member = hit.member
    notes: list[Note] = [note for reason in standing.reasons if (note := _standing_note(reason, member)) is not None]
    if signed:
        notes.insert(0, Note(Tone.TOLD, "signed", {"what": ",".join(f"signed-{code}" for code in sorted(signed))}))
    if len(ready) == 1:
        notes.append(Note(Tone.ASIDE, "hold-ready", {"title": ready[0][0], "shelf": ready[0][1]}))
    elif ready:
        notes.append(Note(Tone.ASIDE, "holds-ready", {"n": len(ready), "shelf": ready[0][1]}))
    notes.extend(_due_notes(lines, now))
    if hit.facts.owed:
        notes.append(Note(Tone.NEEDS, "owes", {"amount": hit.facts.owed}))
    if hit.credit > 0:
        notes.append(Note(Tone.TOLD, "credit", {"amount": hit.credit}))
    if member.notes.strip():
        notes.append(Note(Tone.TOLD, "text", {"text": " ".join(member.notes.split())[:NOTE_LETTERS]}))
    return MemberCard(
        name=member.name,
        member_no=member.member_no,
        member_type=type_name,
        institution=member.institution,
        expires_on=member.expires_on,
        expired=member.expires_on is not None and member.expires_on < now.date(),
        photo=photo,
        loans=len(hit.facts.loans),
        limit=limit,
        owed=hit.facts.owed,
        credit=max(hit.credit, 0),
        holds_ready=len(ready),
        notes=tuple(notes),
    )


def _standing_note(reason: Reason, member: Member) -> Note | None:
    params = dict(reason.params)
    match reason.code:
        case "member-expired":
            return Note(Tone.NO, "expired", {"expires_on": params.get("on")})
        case "member-expiring":
            return Note(Tone.NEEDS, "expires-soon", {"expires_on": params.get("on")})
        case "member-blocked":
            why = _block_note(member)
            return Note(Tone.NO, "blocked", {"text": why}) if why else Note(Tone.NO, "blocked-plain")
        case "member-suspended":
            return Note(Tone.NO, "suspended", {"until": params.get("until")})
        case "card-lost":
            return Note(Tone.NO, "card-lost")
    return None


def _due_notes(lines: Sequence[LoanLine], now: datetime) -> list[Note]:
    late = [line for line in lines if days_past(line.due_on, line.due_at, now) > 0]
    if len(late) > 1:
        return [Note(Tone.NEEDS, "late-many", {"n": len(late)})]
    notes = []
    for line in lines:
        days = days_past(line.due_on, line.due_at, now)
        facts: dict[str, Param] = {"title": line.title, "barcode": line.barcode, "n": days}
        if days > 0:
            notes.append(Note(Tone.NEEDS, "late", facts))
        elif days == 0:
            notes.append(Note(Tone.NEEDS, "due-today", facts))
        elif days == -1:
            notes.append(Note(Tone.NEEDS, "due-tomorrow", facts))
    return notes[:2]

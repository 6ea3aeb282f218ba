"""The banners of readers, slips, modes and what was taken back."""

from __future__ import annotations

from app.domain.text import shorten_name
from app.domain.verdict import Param, Verdict
from app.services.outcome import EXTENDED, FIRST_SLIP, NO_PRINTER, PRINTER_OFF, REGISTERED, TAKEN_UP, Kind, Outcome
from app.services.show.phrases import heavy, hold_number, item_line, name_of, reason_lines, shelf_line, title_of
from app.services.show.returning import returned
from app.services.view import Banner, Phrase, Say, Tone


def member_opened(outcome: Outcome) -> Banner:
    stops = heavy(outcome.verdict)
    name: dict[str, Param] = {"name": name_of(outcome.member)}
    lines: list[Say] = []
    if outcome.switched_from is not None:
        lines.append(Phrase("previous-member", {"name": outcome.switched_from.name}))
    if "pile-finished" in outcome.notes:
        lines.append(Phrase("pile-finished"))
    if outcome.code == EXTENDED and outcome.member is not None:
        lines.append(Phrase("extended", {"on": outcome.member.expires_on}))
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
    if outcome.code == EXTENDED:
        return Banner(Tone.DONE, "extended", name, tuple(lines), icon="member")
    lines.append(Phrase("scan-books"))
    code = "member-switched" if outcome.switched_from is not None else "member"
    return Banner(Tone.TOLD, code, name, tuple(lines), icon="member")


def shown(outcome: Outcome) -> Banner:
    if outcome.code == "not-on-loan":
        return returned(outcome)
    if outcome.aside:
        return _stands_aside(outcome)
    reasons = reason_lines(outcome.verdict)
    tone = Tone.NEEDS if reasons else Tone.TOLD
    lines: tuple[Say, ...] = (shelf_line(outcome.item),)
    if outcome.kind is Kind.PROVISIONAL:
        lines = (*lines, Phrase("taken-up"))
    elif tone is Tone.TOLD:
        # Nothing was done: the next step is said, so that nobody takes the blue for a loan.
        lines = (*lines, Phrase("not-out"))
    return Banner(tone, "shown", title_of(outcome), lines, reasons=reasons, icon="book")


def _stands_aside(outcome: Outcome) -> Banner:
    """A copy that waits for somebody: its place is the hold shelf, whatever the collection's own is."""
    waits: dict[str, Param] = {
        "barcode": outcome.item.barcode if outcome.item else "",
        "shelf": outcome.aside_shelf,
        "name": shorten_name(name_of(outcome.member)) or hold_number(outcome.aside_number),
        "hold": hold_number(outcome.aside_number),
        "until": outcome.aside_until,
    }
    lines = (Phrase("aside-place", waits), Phrase("aside-until", waits))
    others = Verdict(tuple(one for one in outcome.verdict.reasons if one.code != "held-aside-for-another"))
    return Banner(Tone.ASIDE, "shown", title_of(outcome), lines, reasons=reason_lines(others), icon="aside")


_UNDONE = {
    "loan.opened": "undone-loan",
    "loan.renewed": "undone-renewal",
    "loan.corrected": "undone-due",
    "item.returned": "undone-return",
    "item.condition_noted": "undone-condition",
    "item.lost": "undone-lost",
}


def undone(outcome: Outcome) -> Banner:
    if outcome.undone_kind == "payment.made":
        return Banner(Tone.TOLD, "undone-payment", {"amount": outcome.amount}, icon="undo")
    if outcome.undone_kind == "refund.made":
        back: dict[str, Param] = {"amount": outcome.amount, "name": name_of(outcome.member)}
        return Banner(Tone.TOLD, "undone-refund", back, (Phrase("take-back", back),), icon="undo")
    if outcome.undone_kind == "charge.waived":
        name: dict[str, Param] = {"text": name_of(outcome.member)}
        return Banner(Tone.TOLD, "undone-waiver", {"amount": outcome.amount}, (Phrase("text", name),), icon="undo")
    if outcome.undone_kind == EXTENDED and outcome.member is not None:
        again = Phrase("extended", {"on": outcome.member.expires_on})
        return Banner(Tone.TOLD, "undone-extension", {"name": outcome.member.name}, (again,), icon="undo")
    if outcome.undone_kind == TAKEN_UP:
        return Banner(Tone.TOLD, "undone-taken-up", title_of(outcome), icon="undo")
    if outcome.undone_kind == REGISTERED:
        return Banner(Tone.TOLD, "undone-registration", {"name": name_of(outcome.member)}, icon="undo")
    code = _UNDONE.get(outcome.undone_kind, "undone")
    return Banner(Tone.TOLD, code, title_of(outcome), (item_line(outcome),), icon="undo")


def finished(outcome: Outcome) -> Banner:
    lent, returned, renewed = outcome.counts
    lines: list[Say] = []
    if any(outcome.counts):
        lines.append(Phrase("finished", {"lent": lent, "returned": returned, "renewed": renewed}))
    if outcome.amount:
        lines.append(Phrase("received", {"amount": outcome.amount}))
    if outcome.forgiven:
        lines.append(Phrase("forgiven", {"amount": outcome.forgiven}))
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


def repeated(outcome: Outcome) -> Banner:
    return Banner(Tone.TOLD, "already-done", {"title": outcome.scan[:40]})


def reprinted(outcome: Outcome) -> Banner:
    if PRINTER_OFF in outcome.notes:
        line = Phrase("text", {"text": outcome.receipt})
        return Banner(Tone.NEEDS, "reprint-waits", {}, (line,), icon="printer")
    code = "slip-made" if FIRST_SLIP in outcome.notes else "reprinted"
    return Banner(Tone.DONE, code, {}, (_slip(outcome),), icon="printer")


def _slip(outcome: Outcome) -> Phrase:
    """The slip that was made, by its number; one for a printer that does not answer waits."""
    return Phrase("slip-waits" if PRINTER_OFF in outcome.notes else "slip-number", {"number": outcome.receipt})


def signed_in(outcome: Outcome) -> Banner:
    return Banner(Tone.DONE, "signed-in", {"name": outcome.code}, icon="member")


def mode_chosen(outcome: Outcome) -> Banner:
    lines: tuple[Say, ...] = ()
    if outcome.notes[:1] == ("member-finished",):
        lines = (Phrase("previous-member", {"name": outcome.notes[1]}),)
    return Banner(Tone.TOLD, f"mode-{outcome.code}", {}, lines)

"""The banners of loans and renewals."""

from __future__ import annotations

from app.domain.decide_loan import QUESTIONS as PLAIN
from app.domain.verdict import Level, Param, Reason, Verdict
from app.services.circulation.extending import DUE_FIXED
from app.services.outcome import ENDED, UNSEEN, Outcome
from app.services.show.phrases import following, heavy, item_line, name_of, promise, reason_lines, title_of
from app.services.view import Banner, Phrase, ReasonLine, Say, Tone


def _lent_and_over(outcome: Outcome) -> Banner:
    """A loan from a paper log that has ended already: no date is promised; what it cost and changed is said."""
    fine = outcome.fine
    return Banner(
        Tone.NEEDS if fine else Tone.TOLD,
        "lent-ended",
        title_of(outcome),
        (item_line(outcome),),
        Phrase("fine") if fine else None,
        Phrase("amount", {"amount": fine}) if fine else None,
        following(outcome),
    )


def lent(outcome: Outcome) -> Banner:
    if outcome.code == ENDED:
        return _lent_and_over(outcome)
    facts: dict[str, Param] = {
        "name": name_of(outcome.member),
        "barcode": outcome.item.barcode if outcome.item else "",
        "n": outcome.loans,
        "limit": outcome.limit,
    }
    line = Phrase("lent" if outcome.limit is not None else "lent-unlimited", facts)
    signed = not set(heavy(outcome.verdict).codes()) <= PLAIN
    return Banner(
        Tone.DONE,
        "lent-approved" if signed else "lent",
        title_of(outcome),
        (line,),
        Phrase("due"),
        promise(outcome),
        reason_lines(Verdict(tuple(r for r in outcome.verdict.reasons if _about_this_loan(r)))),
    )


_OF_THE_PROMISE = frozenset({"due-at-closing", "due-at-opening", "due-shortened-by-expiry", "hold-ready"})
"""Messages that tell why the date is what it is, or that a hold came to its end."""


def _about_this_loan(reason: Reason) -> bool:
    """Alerts of this copy or date; what concerns the reader was said when the card was scanned."""
    if reason.code in _OF_THE_PROMISE:
        return True
    return reason.level is Level.ALERT and reason.code not in ("owes", "member-expiring", "has-overdue", "card-lost")


def renewed(outcome: Outcome) -> Banner:
    told = following(outcome)
    if outcome.code == ENDED:
        return Banner(Tone.NEEDS, "renewed-ended", title_of(outcome), (item_line(outcome),), reasons=told, icon="renew")
    return Banner(
        Tone.NEEDS if told else Tone.DONE,
        outcome.code or ("renewed-phone" if UNSEEN in outcome.notes else "renewed"),
        title_of(outcome),
        (item_line(outcome),),
        Phrase("due"),
        promise(outcome),
        told or reason_lines(outcome.verdict) if outcome.code == DUE_FIXED else told,
        icon="renew",
    )


def renewed_all(outcome: Outcome) -> Banner:
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

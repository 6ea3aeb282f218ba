"""The banners of what was not done: refused, waiting for an answer, unknown."""

from __future__ import annotations

from app.domain.decide_loan import QUESTIONS as PLAIN
from app.domain.verdict import Level, Param
from app.services.outcome import MORE_THAN_OWED, UNDO_EARLIER, Outcome
from app.services.show.phrases import heavy, item_line, name_of, reason_lines, title_of
from app.services.view import Banner, Phrase, Say, Tone


def refused(outcome: Outcome) -> Banner:
    if outcome.code == MORE_THAN_OWED:
        # Nothing is wrong: the question about the rest stands below and has the figures.
        return Banner(Tone.NEEDS, MORE_THAN_OWED, icon="pay")
    lines: tuple[Say, ...] = ()
    reasons = reason_lines(heavy(outcome.verdict))
    code = {"card-first": "need-member", "no-right": "no-right-plain"}.get(outcome.code, outcome.code)
    if outcome.title is not None and reasons:
        lines = (_reasons_line(outcome, len(reasons)),)
    return Banner(Tone.NO, code or "refused", title_of(outcome), lines, reasons=reasons)


def waiting(outcome: Outcome) -> Banner:
    codes = outcome.verdict.codes(Level.CONFIRM)
    if outcome.code == UNDO_EARLIER:
        return Banner(Tone.NEEDS, UNDO_EARLIER, reasons=reason_lines(outcome.verdict), icon="undo")
    if "on-loan-to-this-member" in codes and len(codes) == 1:
        return Banner(
            Tone.NEEDS,
            "already-here",
            title_of(outcome),
            (Phrase("already-keys"),),
            reasons=reason_lines(outcome.verdict),
        )
    reasons = reason_lines(heavy(outcome.verdict))
    if not outcome.verdict.impossible and set(codes) <= PLAIN:
        return Banner(Tone.NEEDS, "check-first", title_of(outcome), (item_line(outcome),), reasons=reasons)
    return Banner(
        Tone.NO,
        outcome.code or "not-lent",
        title_of(outcome),
        (_reasons_line(outcome, len(reasons)),),
        reasons=reasons,
    )


def _reasons_line(outcome: Outcome, count: int) -> Phrase:
    """Who and which copy a refusal is about: the reader's card may have given way to the question."""
    facts: dict[str, Param] = {
        "name": name_of(outcome.member),
        "barcode": outcome.item.barcode if outcome.item else "",
        "n": count,
    }
    if outcome.item is None:
        return Phrase("name-reasons", facts)
    return Phrase("item-reasons" if outcome.member else "barcode-reasons", facts)


def unknown(outcome: Outcome) -> Banner:
    facts: dict[str, Param] = {"code": outcome.scan[:40]}
    if outcome.code == "too-long":
        return Banner(Tone.NO, "long-code", {"n": len(outcome.scan)}, (Phrase("scan-again"),))
    if outcome.code == "bad-date":
        return Banner(Tone.NO, "bad-date", {}, (Phrase("date-and-hour"),))
    code = UNKNOWN_CODES.get(outcome.code, "unknown-code")
    if code == "unknown-code":
        return Banner(Tone.NO, code, facts, (Phrase("take-up"), Phrase("check-label")))
    return Banner(Tone.NO, code, facts, (Phrase("scan-again"),))


UNKNOWN_CODES = {
    "isbn-unknown": "unknown-isbn",
    "isbn-without-copies": "isbn-without-copies",
    "member-unknown": "unknown-member",
    "glued": "glued",
    "empty": "odd-code",
    "no-code": "odd-code",
    "unknown-command": "command-unknown",
    "no-argument": "command-unknown",
}

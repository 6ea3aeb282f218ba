"""The banner of an outcome, whatever it is about."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.records import Member
from app.domain.scan_repair import CAPS_REPAIRED, LAYOUT_REPAIRED
from app.domain.verdict import Param
from app.services.outcome import Kind, Outcome
from app.services.show.lending import lent, renewed, renewed_all
from app.services.show.money import cash, paid, refunded, waived, whole_debt
from app.services.show.phrases import block_note
from app.services.show.refusing import refused, unknown, waiting
from app.services.show.returning import condition, returned
from app.services.show.serving import (
    finished,
    member_opened,
    mode_chosen,
    repeated,
    reprinted,
    shown,
    signed_in,
    undone,
)
from app.services.view import Banner, Phrase, ReasonLine, Say, Tone


def banner(outcome: Outcome) -> Banner:
    """The banner of an outcome."""
    if outcome.parts:
        return renewed_all(outcome)
    make = _BANNERS.get(outcome.kind)
    made = make(outcome) if make else Banner(Tone.TOLD, outcome.code or outcome.kind.value)
    return replace(
        made,
        lines=(*made.lines, *_counts_from(outcome), *whole_debt(outcome), *cash(outcome), *_repair(outcome)),
        reasons=tuple(_with_its_note(line, outcome.member) for line in made.reasons),
    )


def _with_its_note(line: ReasonLine, member: Member | None) -> ReasonLine:
    """Why a reader is blocked, as it was noted: what the desk needs to know to answer the reader."""
    why = block_note(member) if member is not None and line.code == "member-blocked" else ""
    return replace(line, code="member-blocked-why", params={**line.params, "why": why}) if why else line


def _counts_from(outcome: Outcome) -> tuple[Say, ...]:
    """From when an act counts that was typed in later from a paper log."""
    return (Phrase("counts-from", {"at": outcome.counts_at}),) if outcome.counts_at is not None else ()


def _repair(outcome: Outcome) -> tuple[Say, ...]:
    """What a scan was read from, when a keyboard layout or caps lock had spoiled it: a repair is always said."""
    scanned: dict[str, Param] = {"code": outcome.scan}
    if LAYOUT_REPAIRED in outcome.notes:
        return (Phrase("read-layout", scanned),)
    return (Phrase("read-caps", scanned),) if CAPS_REPAIRED in outcome.notes else ()


_BANNERS = {
    Kind.LENT: lent,
    Kind.RETURNED: returned,
    Kind.RENEWED: renewed,
    Kind.REFUSED: refused,
    Kind.NEEDS_CONFIRMATION: waiting,
    Kind.MEMBER: member_opened,
    Kind.SHOWN: shown,
    Kind.PROVISIONAL: shown,
    Kind.UNKNOWN: unknown,
    Kind.PAID: paid,
    Kind.WAIVED: waived,
    Kind.REFUNDED: refunded,
    Kind.UNDONE: undone,
    Kind.FINISHED: finished,
    Kind.REPEATED: repeated,
    Kind.CONDITION: condition,
    Kind.REPRINTED: reprinted,
    Kind.SIGNED_IN: signed_in,
    Kind.MODE: mode_chosen,
}

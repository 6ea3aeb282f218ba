"""What many answers say: whose book, which copy, where it belongs, why."""

from __future__ import annotations

from app.domain.decide_loan import QUESTIONS as PLAIN
from app.domain.records import Item, Member
from app.domain.verdict import Level, Param, Verdict
from app.services.circulation.damage import BROKEN
from app.services.circulation.inserting import FOLLOWING
from app.services.outcome import Outcome
from app.services.view import Phrase, ReasonLine

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


def block_note(member: Member) -> str:
    return " ".join(member.block_reason.split())[:NOTE_LETTERS]


def title_of(outcome: Outcome) -> dict[str, Param]:
    return {"title": outcome.title.title if outcome.title else ""}


def name_of(member: Member | None) -> str:
    return member.name if member else ""


def item_line(outcome: Outcome) -> Phrase:
    facts: dict[str, Param] = {"barcode": outcome.item.barcode if outcome.item else "", "name": name_of(outcome.member)}
    return Phrase("item", facts) if outcome.member else Phrase("barcode", facts)


def following(outcome: Outcome) -> tuple[ReasonLine, ...]:
    """What an act with a stated earlier time changed of what came after it."""
    return reason_lines(Verdict(tuple(r for r in outcome.verdict.reasons if r.code in FOLLOWING)))


def promise(outcome: Outcome) -> Phrase:
    """The due date, with its hour for loans by the hour."""
    if outcome.due_at is not None:
        return Phrase("due-at", {"due_at": outcome.due_at})
    return Phrase("due-on", {"due_on": outcome.due_on})


def shelf_line(item: Item | None) -> Phrase:
    facts: dict[str, Param] = {"barcode": item.barcode if item else "", "shelf": shelf(item)}
    if item is not None and item.status in BROKEN:
        return Phrase("in-repair", facts)
    return Phrase("shelf" if facts["shelf"] else "barcode", facts)


def shelf(item: Item | None) -> str:
    """Where a copy belongs: its shelf, else its call number, else its location."""
    return (item.shelf or item.call_number or item.location) if item else ""


def hold_number(number: int) -> str:
    """A hold's number as it is said: R-0417."""
    return f"R-{number:04d}"

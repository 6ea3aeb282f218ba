"""The banners of copies that came back, or did not."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.verdict import Level, Param, Verdict
from app.services.circulation.damage import LOST
from app.services.outcome import Outcome
from app.services.show.phrases import hold_number, item_line, name_of, reason_lines, shelf_line, title_of
from app.services.view import Banner, Phrase, ReasonLine, Tone

_SAID_BY_THE_HEADLINE = frozenset({"not-on-loan", "fine-due", "was-lost", "was-missing", "put-aside"})


def _about_this_return(verdict: Verdict) -> tuple[ReasonLine, ...]:
    """What is to be known of a copy that came back, besides what the headline says."""
    return reason_lines(Verdict(tuple(r for r in verdict.reasons if r.code not in _SAID_BY_THE_HEADLINE)))


def returned(outcome: Outcome) -> Banner:
    told = _about_this_return(outcome.verdict)
    banner = replace(_come_back(outcome), reasons=told)
    grave = any(reason.level >= Level.ALERT for reason in told)
    return replace(banner, tone=Tone.NEEDS) if grave and banner.tone is Tone.DONE else banner


def _come_back(outcome: Outcome) -> Banner:
    late = outcome.overdue
    facts = title_of(outcome)
    if outcome.fine and late is not None:
        line_facts: dict[str, Param] = {
            "name": name_of(outcome.member),
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
        return Banner(tone, "returned-found", facts, (item_line(outcome),), reasons=freed, icon="return")
    if outcome.code == "not-on-loan":
        return Banner(Tone.TOLD, "not-on-loan", facts, (shelf_line(outcome.item),), icon="return")
    if late is not None and late.days_late:
        return Banner(Tone.NEEDS, "returned-late", {**facts, "n": late.days_late}, (item_line(outcome),), icon="return")
    return Banner(Tone.DONE, "returned", facts, (item_line(outcome),), icon="return")


def _freed(outcome: Outcome) -> tuple[ReasonLine, ...]:
    """What a lost copy that was found does to its reader's account."""
    codes = ("loss-taken-back", "loss-now-credit")
    return reason_lines(Verdict(tuple(reason for reason in outcome.verdict.reasons if reason.code in codes)))


def condition(outcome: Outcome) -> Banner:
    """What was noted of a copy: its condition, or that it is lost."""
    lost = outcome.code == LOST
    facts: dict[str, Param] = {"condition": outcome.code}
    lines = (item_line(outcome),) if lost else (item_line(outcome), Phrase("condition", facts))
    banner = Banner(
        Tone.NEEDS if lost or outcome.fine else Tone.DONE,
        LOST if lost else "condition",
        title_of(outcome),
        lines,
        reasons=reason_lines(outcome.verdict),
    )
    if not outcome.fine:
        return banner
    return replace(banner, big_label=Phrase("charge"), big_value=Phrase("amount", {"amount": outcome.fine}))

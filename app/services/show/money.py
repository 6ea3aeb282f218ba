"""The banners of the till."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.verdict import Param, Verdict
from app.services.offsetting import OF_CREDIT
from app.services.outcome import PAID_FIRST, WAIVED_FIRST, Kind, Outcome
from app.services.show.phrases import name_of, reason_lines
from app.services.view import Banner, Phrase, Say, Tone


def cash(outcome: Outcome) -> tuple[Say, ...]:
    """The money that went before an act that waited for it, and what goes back over the desk."""
    facts: dict[str, Param] = {"amount": outcome.amount}
    said = [Phrase(note, facts) for note in (PAID_FIRST, WAIVED_FIRST) if note in outcome.notes]
    if said and outcome.change:
        said.append(Phrase("change", {"amount": outcome.change}))
    return tuple(said)


def whole_debt(outcome: Outcome) -> tuple[Say, ...]:
    """What the reader owes in all, where this act's charge is only a part of it."""
    told = outcome.kind in (Kind.RETURNED, Kind.CONDITION) and outcome.fine and outcome.left > outcome.fine
    return (Phrase("owes-in-all", {"left": outcome.left}),) if told else ()


def paid(outcome: Outcome) -> Banner:
    if outcome.code == OF_CREDIT:
        named = Phrase("text", {"text": f"{name_of(outcome.member)} · {outcome.receipt}"})
        kept = (_credit_left(outcome),) if outcome.credit else ()
        lines = (named, _what_is_left(outcome), *kept)
        return Banner(Tone.DONE, "settled-of-credit", {"amount": outcome.amount}, lines, icon="pay")
    banner = Banner(
        Tone.DONE,
        "paid",
        {"amount": outcome.amount},
        (Phrase("text", {"text": f"{name_of(outcome.member)} · {outcome.receipt}"}), _what_is_left(outcome)),
        reasons=reason_lines(
            Verdict(tuple(r for r in outcome.verdict.reasons if r.code in ("overpaid", "credit-used")))
        ),
        icon="pay",
    )
    if not outcome.change:
        return banner
    # Large as a promise is: this money goes back over the desk now.
    return replace(banner, big_label=Phrase("change"), big_value=Phrase("amount", {"amount": outcome.change}))


def waived(outcome: Outcome) -> Banner:
    name: dict[str, Param] = {"text": name_of(outcome.member)}
    return Banner(
        Tone.DONE, "waived", {"amount": outcome.amount}, (Phrase("text", name), _what_is_left(outcome)), icon="pay"
    )


def refunded(outcome: Outcome) -> Banner:
    """Credit given back: large as a promise is, since this money goes over the desk now."""
    lines = (Phrase("text", {"text": f"{name_of(outcome.member)} · {outcome.receipt}"}), _credit_left(outcome))
    given = Phrase("amount", {"amount": outcome.amount})
    used = reason_lines(Verdict(tuple(r for r in outcome.verdict.reasons if r.code == "credit-used")))
    about: dict[str, Param] = {"amount": outcome.amount}
    return Banner(Tone.DONE, "refunded", about, lines, Phrase("given-back"), given, used, icon="pay")


def _credit_left(outcome: Outcome) -> Phrase:
    return Phrase("credit-left", {"credit": outcome.credit}) if outcome.credit else Phrase("credit-gone")


def _what_is_left(outcome: Outcome) -> Phrase:
    return Phrase("left", {"left": outcome.left}) if outcome.left else Phrase("settled")

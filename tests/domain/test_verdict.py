"""The four-way verdict."""

from __future__ import annotations

from app.domain.verdict import Level, Reason, Verdict

DEBT = Reason("debt-over-limit", Level.CONFIRM, {"owed": 27500})
HELD = Reason("held-for-another", Level.CONFIRM)
LOST = Reason("item-withdrawn", Level.IMPOSSIBLE)
TOLD = Reason("hold-ready", Level.MESSAGE)
WARNED = Reason("owes", Level.ALERT)


def test_no_reason_is_a_plain_yes() -> None:
    assert Verdict().allows()
    assert Verdict().level is None


def test_the_heaviest_reason_stands_first_and_the_rest_keep_their_order() -> None:
    verdict = Verdict.of([TOLD, DEBT, LOST, HELD, WARNED])
    assert [reason.code for reason in verdict.reasons] == [
        "item-withdrawn",
        "debt-over-limit",
        "held-for-another",
        "owes",
        "hold-ready",
    ]


def test_every_confirmation_has_to_be_signed() -> None:
    verdict = Verdict.of([DEBT, HELD, TOLD])
    assert not verdict.allows()
    assert verdict.missing({"debt-over-limit"}) == ("held-for-another",)
    assert verdict.allows({"debt-over-limit", "held-for-another"})


def test_nothing_signs_the_impossible_away() -> None:
    assert not Verdict.of([LOST]).allows({"item-withdrawn"})


def test_alerts_and_messages_stop_nothing() -> None:
    assert Verdict.of([TOLD, WARNED]).allows()


def test_what_was_signed_for_still_stands_there_but_asks_nothing() -> None:
    eased = Verdict.of([DEBT, HELD, TOLD, LOST]).eased({"debt-over-limit", "item-withdrawn"})
    assert eased.missing() == ("held-for-another",)
    assert eased.impossible
    assert set(eased.codes()) == {"debt-over-limit", "held-for-another", TOLD.code, "item-withdrawn"}

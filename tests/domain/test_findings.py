"""Reasons are collected once each, at the level the policy gives them."""

from __future__ import annotations

import pytest

from app.domain.findings import Findings
from app.domain.verdict import Level


@pytest.mark.parametrize(
    ("word", "level"),
    [("off", None), ("message", Level.MESSAGE), ("alert", Level.ALERT), ("block", Level.IMPOSSIBLE), ("what", None)],
)
def test_a_word_is_a_level(word: str, level: Level | None) -> None:
    found = Findings()
    found.weigh("owes", word, owed=1)
    assert found.verdict().level is level
    assert found.has("owes") == (level is not None)


def test_only_what_is_named_may_be_signed_for() -> None:
    found = Findings({"owes"})
    found.block("owes")
    found.block("card-lost")
    assert found.verdict().codes(Level.CONFIRM) == ("owes",)
    assert found.verdict().codes(Level.IMPOSSIBLE) == ("card-lost",)


def test_a_refusal_is_never_signed_for() -> None:
    found = Findings({"no-rule"})
    found.refuse("no-rule")
    assert found.verdict().impossible


def test_the_same_finding_counts_once_and_at_its_heaviest() -> None:
    found = Findings()
    found.tell("owes", owed=1)
    found.alert("owes", owed=2)
    found.tell("owes", owed=3)
    (reason,) = found.verdict().reasons
    assert (reason.level, reason.params["owed"]) == (Level.ALERT, 2)


def test_heaviest_first_and_then_as_found() -> None:
    found = Findings()
    found.tell("a")
    found.ask("b")
    found.alert("c")
    found.ask("d")
    assert found.verdict().codes() == ("b", "d", "c", "a")

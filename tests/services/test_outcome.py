"""A refusal says why."""

from __future__ import annotations

from app.domain.verdict import Level
from app.services.outcome import Kind, refused


def test_a_refusal_carries_its_reason_and_facts() -> None:
    outcome = refused("no-right", right="void")
    assert (outcome.kind, outcome.code) == (Kind.REFUSED, "no-right")
    (reason,) = outcome.verdict.reasons
    assert (reason.code, reason.level, dict(reason.params)) == ("no-right", Level.IMPOSSIBLE, {"right": "void"})

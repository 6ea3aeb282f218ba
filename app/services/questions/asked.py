"""An open question and what it is about; the answers that many questions share."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from msgspec import Struct, field

from app.services.outcome import Outcome
from app.services.session import Pending
from app.services.view import Answer, Question

CANCEL = Answer("Esc", "cancel", "cancel")
CLOSE = Answer("Esc", "close", "close")
PICK = Answer("Enter", "pick", "pick", primary=True)


class Asked(Struct, frozen=True):
    """An open question and what it is about.

    `pending`: leaving it is worth a word. `searched`: its lines were found by words, nobody has them in the hand.
    `held` is the act that waits for the answer, `kept` what was typed or picked before and is still needed.
    """

    question: Question
    kind: str
    outcome: Outcome | None = None
    pending: bool = False
    searched: bool = False
    held: Pending | None = None
    kept: Mapping[str, str] = field(default_factory=dict)


def fresh() -> str:
    """The id of a question that was not on the screen before."""
    return secrets.token_hex(4)

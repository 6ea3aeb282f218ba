"""The four-way verdict of every desk decision: impossible, needs confirmation, alert, message.

A decision never throws and never stops at the first objection: it lists all reasons together, each with its level
and the facts a person needs, and leaves the words to the resources. The four levels follow Koha's practice of
separating what cannot be done from what a person may sign for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import IntEnum

from msgspec import Struct, field
from msgspec.structs import replace

Param = str | int | bool | date | None


class Level(IntEnum):
    """How much a reason weighs; higher stops more."""

    MESSAGE = 1
    ALERT = 2
    CONFIRM = 3
    IMPOSSIBLE = 4


class Reason(Struct, frozen=True):
    """One finding: a kebab-case code, its level and the facts for its sentence (never names of other readers)."""

    code: str
    level: Level
    params: Mapping[str, Param] = field(default_factory=dict)


class Verdict(Struct, frozen=True):
    """All reasons found for one act, heaviest first; no reason at all means a plain yes."""

    reasons: tuple[Reason, ...] = ()

    @staticmethod
    def of(reasons: Collection[Reason]) -> Verdict:
        """Order reasons by weight, keeping the order of finding within one level."""
        return Verdict(tuple(sorted(reasons, key=lambda reason: -reason.level)))

    @property
    def level(self) -> Level | None:
        """The heaviest level present, or None for a plain yes."""
        return self.reasons[0].level if self.reasons else None

    @property
    def impossible(self) -> bool:
        """True when at least one reason cannot be overridden by anybody."""
        return self.level is Level.IMPOSSIBLE

    def codes(self, level: Level | None = None) -> tuple[str, ...]:
        """The codes present, of one level or of all."""
        return tuple(r.code for r in self.reasons if level is None or r.level is level)

    def missing(self, approved: Collection[str] = ()) -> tuple[str, ...]:
        """The confirmations still needed when `approved` codes were signed for."""
        return tuple(code for code in self.codes(Level.CONFIRM) if code not in approved)

    def eased(self, signed: Collection[str]) -> Verdict:
        """The same reasons, where those that were signed for need no answer any more."""
        return Verdict.of(
            [
                replace(r, level=Level.ALERT) if r.level is Level.CONFIRM and r.code in signed else r
                for r in self.reasons
            ]
        )

    def allows(self, approved: Collection[str] = ()) -> bool:
        """True when the act may go ahead with these approvals."""
        return not self.impossible and not self.missing(approved)

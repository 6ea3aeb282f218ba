"""Collect the reasons of one decision, each once, each with the level the policy gives it.

It knows level words and the explicit set of codes a person may sign for; it knows no rule.
"""

from __future__ import annotations

from collections.abc import Collection

from app.domain.verdict import Level, Param, Reason, Verdict


class Findings:
    """Reasons found so far. `overridable`: codes whose "block" asks for a signature instead of stopping."""

    __slots__ = ("_overridable", "_reasons")

    def __init__(self, overridable: Collection[str] = ()) -> None:
        self._overridable = overridable
        self._reasons: dict[str, Reason] = {}

    def weigh(self, code: str, word: str, **params: Param) -> None:
        """Add a finding at the policy's level word: off, message, alert or block."""
        if word == "block":
            level = Level.CONFIRM if code in self._overridable else Level.IMPOSSIBLE
            self._add(Reason(code, level, params))
        elif word == "alert":
            self.alert(code, **params)
        elif word == "message":
            self.tell(code, **params)

    def block(self, code: str, **params: Param) -> None:
        """Add a finding that stops the act, unless its code may be signed for."""
        self.weigh(code, "block", **params)

    def refuse(self, code: str, **params: Param) -> None:
        """Add a finding nobody can sign for."""
        self._add(Reason(code, Level.IMPOSSIBLE, params))

    def ask(self, code: str, **params: Param) -> None:
        """Add a question anybody at the desk may answer."""
        self._add(Reason(code, Level.CONFIRM, params))

    def alert(self, code: str, **params: Param) -> None:
        """Add a warning that stops nothing."""
        self._add(Reason(code, Level.ALERT, params))

    def tell(self, code: str, **params: Param) -> None:
        """Add a piece of information."""
        self._add(Reason(code, Level.MESSAGE, params))

    def has(self, code: str) -> bool:
        """True when this code was found."""
        return code in self._reasons

    def verdict(self) -> Verdict:
        """All reasons, heaviest first."""
        return Verdict.of(list(self._reasons.values()))

    def _add(self, reason: Reason) -> None:
        known = self._reasons.get(reason.code)
        if known is None or known.level < reason.level:
            self._reasons[reason.code] = reason

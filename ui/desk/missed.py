"""Scans that fell on an open question: kept until they are scanned again or put away, and told with whose they were."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from msgspec import Struct

_TOLD_LETTERS = 40
_TOLD_SCANS = 4


class Missed(Struct, frozen=True):
    """A scan that fell on an open question, and for whom it was meant: whoever stood at the desk then, or whose card
    was missed before it; "" = no reader. `card`: it is that reader's card."""

    code: str
    reader: str = ""
    card: bool = False


class MissedScans:
    """The missed scans in their order. `clean` makes data from outside safe to show, `card_words` says whose card a
    code is."""

    def __init__(self, clean: Callable[[str], str], card_words: Callable[[str, str], str]) -> None:
        self._clean = clean
        self._card_words = card_words
        self._scans: list[Missed] = []

    def __len__(self) -> int:
        return len(self._scans)

    def shown(self, code: str) -> str:
        """A code as it is told."""
        return self._clean(code)[:_TOLD_LETTERS]

    def add(self, code: str, reader: str, card_of: str = "") -> None:
        """A scan was missed while this reader stood at the desk; one that was missed before moves to the end.

        `card_of` is the name of the reader whose card it is: what is missed after it was for that reader.
        """
        self.forget(code)
        before = next((one.reader for one in reversed(self._scans) if one.card), reader)
        self._scans.append(Missed(self.shown(code), card_of or before, bool(card_of)))

    def forget(self, code: str) -> None:
        """It was scanned again."""
        told = self.shown(code).casefold()
        self._scans = [missed for missed in self._scans if missed.code.casefold() != told]

    def clear(self) -> None:
        """They were put away."""
        self._scans = []

    def codes(self, here: str) -> str:
        """The first few codes in their order, the next ones as those are scanned. A card is told with its reader's
        name; of a copy it is said for whom it was, once that reader is not at the desk and no card before it says it.
        """
        told: list[str] = []
        for reader, run in groupby(self._scans[:_TOLD_SCANS], lambda one: one.reader):
            scans = list(run)
            words = ", ".join(
                self._card_words(self._clean(reader), one.code) if one.card else one.code for one in scans
            )
            named = reader == here or any(one.card for one in scans) or not reader
            told.append(words if named else f"{words} ({self._clean(reader)})")
        return "; ".join(told) + (" …" if len(self._scans) > _TOLD_SCANS else "")

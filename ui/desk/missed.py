"""Scans that fell on an open question: kept until they are scanned again or put away, and told with whose they were."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

_TOLD_LETTERS = 40
_TOLD_SCANS = 4


class Missed(Struct, frozen=True):
    """A scan that fell on an open question, and who stood at the desk then; "" = no reader."""

    code: str
    reader: str = ""


class MissedScans:
    """The missed scans in their order. `clean` makes data from outside safe to show."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean
        self._scans: list[Missed] = []

    def __len__(self) -> int:
        return len(self._scans)

    def shown(self, code: str) -> str:
        """A code as it is told."""
        return self._clean(code)[:_TOLD_LETTERS]

    def add(self, code: str, reader: str) -> None:
        """A scan was missed while this reader stood at the desk; one that was missed before moves to the end."""
        self.forget(code)
        self._scans.append(Missed(self.shown(code), reader))

    def forget(self, code: str) -> None:
        """It was scanned again."""
        told = self.shown(code).casefold()
        self._scans = [missed for missed in self._scans if missed.code.casefold() != told]

    def clear(self) -> None:
        """They were put away."""
        self._scans = []

    def codes(self, here: str) -> str:
        """The first few codes, the next ones as those are scanned. Once a scan's reader is at the desk no more, it is
        said whose it was. `here`: the reader at the desk."""
        told: dict[str, list[str]] = {}
        for one in self._scans[:_TOLD_SCANS]:
            told.setdefault("" if one.reader == here else one.reader, []).append(one.code)
        parts = (", ".join(own) + (f" ({self._clean(reader)})" if reader else "") for reader, own in told.items())
        return "; ".join(parts) + (" …" if len(self._scans) > _TOLD_SCANS else "")

"""Text made ready for paper: cleaned, wrapped in reading order, then joined and put in visual order.

Paper backends draw left to right and neither join Arabic letters nor order them. So: wrap the line in *logical*
order first (wrapping visual text puts the last words on the first line), then `visual` turns each line into what is
drawn. No font is known here; widths come in as a function.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Protocol

Measure = Callable[[str], float]
ELLIPSIS = "…"
_RTL_CLASSES = frozenset(("R", "AL", "AN"))
_JOINERS = "\u200c\u200d"
_RTL_QUICK = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
# The library's transliteration signs that few fonts carry, drawn as the quotes they resemble.
_LOOKALIKES = str.maketrans({"\u02bf": "\u2018", "\u02be": "\u2019", "\u02bb": "\u2018", "\u02bc": "\u2019"})


class _Reshaper(Protocol):
    def reshape(self, text: str) -> str: ...


@cache
def _reshaper() -> _Reshaper:
    from arabic_reshaper import ArabicReshaper

    # Vowel marks have no place of their own without a shaping engine; they would float over the wrong letter.
    reshaper: _Reshaper = ArabicReshaper(configuration={"delete_harakat": True, "support_ligatures": True})
    return reshaper


def clean(text: str) -> str:
    """One line of printable text: NFC, every run of white space (also newlines) one space, no control signs.

    Bidi controls are dropped, so a hostile title cannot turn the line around; the joiners of Arabic script stay.
    What is no letter at all (lone surrogates, unassigned and private signs) becomes U+FFFD, which paper shows as an
    empty box: such signs have no direction, and ordering a line with one fails.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(_printable(sign) for sign in spaced).translate(_LOOKALIKES).strip()


def _printable(sign: str) -> str:
    if sign in _JOINERS:
        return sign
    kind = unicodedata.category(sign)
    if kind in ("Cs", "Cn", "Co"):
        return "\ufffd"
    return "" if kind in ("Cc", "Cf") else sign


def has_rtl(text: str) -> bool:
    """True when the text holds right-to-left letters."""
    return _RTL_QUICK.search(text) is not None


def starts_rtl(text: str) -> bool:
    """True when the first strong letter runs right to left (the paragraph's own direction, UAX #9 P2)."""
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind == "L":
            return False
        if kind in ("R", "AL"):
            return True
    return False


def shape(text: str) -> str:
    """Arabic letters joined into their presentation forms, still in logical order; other text unchanged."""
    if not has_rtl(text):
        return text
    joined = _reshaper().reshape(text)
    return "".join(c for c in joined if c not in _JOINERS)


def visual(line: str, rtl: bool | None = None) -> str:
    """One wrapped line as it is drawn from left to right: joined, ordered, brackets mirrored.

    `rtl` is the paragraph's base direction, None to take it from the line's first strong letter.
    """
    if not has_rtl(line):
        return _latin_in_rtl(line) if rtl else line
    from bidi.algorithm import get_display

    base = starts_rtl(line) if rtl is None else rtl
    return str(get_display(shape(line), base_dir="R" if base else "L"))


def _latin_in_rtl(line: str) -> str:
    """A line without Arabic letters inside right-to-left paper: bidi still moves its closing punctuation."""
    from bidi.algorithm import get_display

    return str(get_display(line, base_dir="R")) if line and not line.isalnum() else line


def wrap(text: str, width: float, measure: Measure, max_lines: int | None = None) -> list[str]:
    """Break clean text into lines of at most `width`, in logical order; an over-long word is broken by signs.

    `measure` gives the drawn width of a piece (it is handed joined Arabic). With `max_lines` the last line ends in
    an ellipsis when text is left over. Never returns an empty list.
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        for piece in _fitting_pieces(word, width, measure):
            candidate = f"{line} {piece.text}" if line and piece.starts_word else line + piece.text
            if measure(shape(candidate)) <= width or not line:
                line = candidate
            else:
                lines.append(line)
                line = piece.text
    lines.append(line)
    if max_lines is not None and len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], _shortened(lines[max_lines - 1], width, measure)]
    return lines


class _Piece:
    __slots__ = ("starts_word", "text")

    def __init__(self, text: str, starts_word: bool) -> None:
        self.text = text
        self.starts_word = starts_word


def _fitting_pieces(word: str, width: float, measure: Measure) -> list[_Piece]:
    if measure(shape(word)) <= width:
        return [_Piece(word, True)]
    pieces: list[_Piece] = []
    current = ""
    for sign in word:
        if current and measure(shape(current + sign)) > width:
            pieces.append(_Piece(current, not pieces))
            current = ""
        current += sign
    pieces.append(_Piece(current, not pieces))
    return pieces


def _shortened(line: str, width: float, measure: Measure) -> str:
    kept = line
    while kept and measure(shape(kept + ELLIPSIS)) > width:
        kept = kept[:-1].rstrip()
    return kept + ELLIPSIS

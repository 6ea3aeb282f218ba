"""The small, safe part of regular expressions that staff may use in scan rules, and a bound on its work.

Python's engine tries every way through a pattern, so a careless one can hang the desk for hours on one scan. Here a
pattern is read first: only literals, `.`, classes, plain groups, `|` and the quantifiers are allowed, and the number
of ways through it over CODE_LIMIT characters is counted from above. It knows nothing of what the patterns are for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from app.domain.text import CODE_LIMIT

PATTERN_LIMIT = 120
"""Longest pattern, in characters."""

WAYS_LIMIT = 300_000
"""Most ways through a pattern: three free quantifiers (64 x 64 x 64), some 10 ms at worst."""

_DEPTH_LIMIT = 6
_CLASS_ESCAPES = "dDwWsS"
_QUANTIFIER = re.compile(r"[*+?]|\{(\d{1,4})?(,)?(\d{1,4})?\}", re.ASCII)


class BadPattern(ValueError):
    """A pattern that may not be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Shape(Struct, frozen=True):
    """What a pattern can match: an upper bound of ways to try, the least and the greatest length."""

    ways: int
    low: int
    high: int


@lru_cache(maxsize=256)
def study(pattern: str) -> Shape:
    """The shape of a pattern. Raises BadPattern: pattern-too-long, -not-supported, -too-slow, -broken, -too-wide."""
    if len(pattern) > PATTERN_LIMIT:
        raise BadPattern("pattern-too-long")
    shape = _Reader(_without_anchors(pattern)).whole()
    if shape.ways > WAYS_LIMIT:
        raise BadPattern("pattern-too-slow")
    if shape.low > CODE_LIMIT:
        raise BadPattern("pattern-too-wide")
    compiled(pattern)
    return shape


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern ready to match, ASCII classes, without case. Only for patterns that `study` let pass."""
    try:
        return re.compile(_without_anchors(pattern), re.IGNORECASE | re.ASCII)
    except (re.error, OverflowError, RecursionError):
        raise BadPattern("pattern-broken") from None


def _without_anchors(pattern: str) -> str:
    """A rule always matches the whole code, so ^ in front and $ behind say nothing (but people write them)."""
    pattern = pattern.removeprefix("^")
    return pattern[:-1] if pattern.endswith("$") and not pattern.endswith("\\$") else pattern


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0

    def whole(self) -> Shape:
        shape = self._either()
        if self._at < len(self._text):
            raise BadPattern("pattern-broken")
        return shape

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise BadPattern("pattern-broken")
        self._at += 1
        return char

    def _either(self) -> Shape:
        shape = self._row()
        while self._peek() == "|":
            self._at += 1
            other = self._row()
            shape = Shape(_cap(shape.ways + other.ways), min(shape.low, other.low), max(shape.high, other.high))
        return shape

    def _row(self) -> Shape:
        ways, low, high = 1, 0, 0
        while self._peek() not in ("", "|", ")"):
            part = self._quantified(self._atom())
            ways, low, high = _cap(ways * part.ways), low + part.low, high + part.high
        return Shape(ways, low, high)

    def _atom(self) -> Shape:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            self._class()
        elif char == "\\":
            self._escape()
        elif char in "*+?{":
            raise BadPattern("pattern-broken")
        elif char in "^$" or not char.isprintable():
            raise BadPattern("pattern-not-supported")
        return Shape(1, 1, 1)

    def _group(self) -> Shape:
        if self._text.startswith("?", self._at):
            if not self._text.startswith("?:", self._at):
                raise BadPattern("pattern-not-supported")
            self._at += 2
        self._depth += 1
        if self._depth > _DEPTH_LIMIT:
            raise BadPattern("pattern-not-supported")
        shape = self._either()
        self._depth -= 1
        if self._take() != ")":
            raise BadPattern("pattern-broken")
        return shape

    def _class(self) -> None:
        if self._peek() == "^":
            self._at += 1
        if self._peek() == "]":
            raise BadPattern("pattern-broken")
        before = ""
        while (char := self._take()) != "]":
            if char == "[" or (char == before and char in "-&~|") or not char.isprintable():
                raise BadPattern("pattern-not-supported")
            if char == "\\":
                self._escape()
            before = char

    def _escape(self) -> None:
        char = self._take()
        if (char.isalnum() and char not in _CLASS_ESCAPES) or not (char.isascii() and char.isprintable()):
            raise BadPattern("pattern-not-supported")

    def _quantified(self, atom: Shape) -> Shape:
        found = _QUANTIFIER.match(self._text, self._at)
        if not found:
            return atom
        self._at = found.end()
        if self._peek() == "?":
            self._at += 1
        if self._peek() and self._peek() in "*+?{":
            raise BadPattern("pattern-not-supported")
        low, high = _bounds(found)
        ways = 0
        for times in range(low, high + 1):
            ways = _cap(ways + atom.ways**times)
        return Shape(ways, atom.low * low, atom.high * high)


def _bounds(found: re.Match[str]) -> tuple[int, int]:
    sign = found[0]
    if sign in "*+?":
        return (1 if sign == "+" else 0), (1 if sign == "?" else CODE_LIMIT)
    if found[1] is None and found[3] is None:
        raise BadPattern("pattern-broken")
    low = int(found[1] or 0)
    high = low if found[2] is None else int(found[3]) if found[3] else max(low, CODE_LIMIT)
    if high < low:
        raise BadPattern("pattern-broken")
    if high > CODE_LIMIT:
        raise BadPattern("pattern-too-wide")
    return low, high


def _cap(ways: int) -> int:
    return min(ways, WAYS_LIMIT + 1)

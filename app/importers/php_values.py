"""Values as PHP serialises them (SLiMS keeps its settings so), read without making anything of them.

Knows b, i, d, s, N and arrays of those, a few levels deep. Objects, references and everything else are not read:
such a value is unknown. Format: PHP manual, "serialize".
"""

from __future__ import annotations

import re

PhpValue = str | int | float | bool | None | dict[str, "PhpValue"]

_DEEPEST = 8
_MOST_ENTRIES = 10_000
_SIMPLE = re.compile(rb"(?:N|b:([01])|i:(-?[0-9]{1,19})|d:(-?[0-9.]{1,400}(?:[eE][-+]?[0-9]{1,4})?));")
_COUNTED = re.compile(rb"([sa]):([0-9]{1,9}):")
_WHOLE_STRING = re.compile(rb's:[0-9]{1,9}:"(.*)";', re.DOTALL)


class _Unreadable(Exception):
    pass


def php_value(text: str) -> PhpValue:
    """The value in a serialised text; arrays as dict with text keys. None for N and for what cannot be read.

    A string whose length is wrong (letters damaged on the way) is still taken when it is the whole value.
    """
    data = text.strip().encode("utf-8", "replace")
    try:
        value, end = _read(data, 0, 0)
    except _Unreadable:
        whole = _WHOLE_STRING.fullmatch(data)
        return whole[1].decode("utf-8", "replace") if whole else None
    return value if end == len(data) else None


def php_text(text: str) -> str:
    """A setting as plain text: true "1", false "0", a number in digits; "" for null, arrays and the unreadable."""
    value = php_value(text)
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None or isinstance(value, dict) else str(value)


def _read(data: bytes, at: int, depth: int) -> tuple[PhpValue, int]:
    simple = _SIMPLE.match(data, at)
    if simple is not None:
        if simple[1] is not None:
            return simple[1] == b"1", simple.end()
        if simple[2] is not None:
            return int(simple[2]), simple.end()
        return (None if simple[3] is None else _number(simple[3])), simple.end()
    counted = _COUNTED.match(data, at)
    if counted is None:
        raise _Unreadable
    count, at = int(counted[2]), counted.end()
    return _string(data, at, count) if counted[1] == b"s" else _array(data, at, count, depth)


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise _Unreadable from error


def _string(data: bytes, at: int, count: int) -> tuple[str, int]:
    end = at + 1 + count
    if data[at : at + 1] != b'"' or data[end : end + 2] != b'";':
        raise _Unreadable
    return data[at + 1 : end].decode("utf-8", "replace"), end + 2


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[dict[str, PhpValue], int]:
    if depth >= _DEEPEST or count > _MOST_ENTRIES or data[at : at + 1] != b"{":
        raise _Unreadable
    at += 1
    entries: dict[str, PhpValue] = {}
    for _ in range(count):
        key, at = _read(data, at, depth + 1)
        if isinstance(key, dict | float) or key is None:
            raise _Unreadable
        entries[str(key)], at = _read(data, at, depth + 1)
    if data[at : at + 1] != b"}":
        raise _Unreadable
    return entries, at + 1

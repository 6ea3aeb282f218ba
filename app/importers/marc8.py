"""MARC-8 bytes to text, silently.

Knows only the escape rules of the "MARC-8 Encoding Environment" (Library of Congress, MARC 21
Specifications); the code tables are pymarc's. pymarc's own decoder is not used because it writes to standard
error, which a windowed program may not have, and because it turns unknown bytes into blanks, so that damage
cannot be told from text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from pymarc import marc8_mapping

UNKNOWN = "\ufffd"

_ESC = 0x1B
_BASIC_LATIN = 0x42
_ANSEL = 0x45
_EACC = 0x31
_LOCKING = frozenset(b"gbp")
_BACK_TO_LATIN = 0x73
_TABLES: Mapping[int, Mapping[int, tuple[int, int]]] = marc8_mapping.CODESETS
_ODD: Mapping[int, int] = marc8_mapping.ODD_MAP


def decode_marc8(raw: bytes) -> tuple[str, int]:
    """Decode one subfield; return its text in NFC and how many characters were unknown (U+FFFD in the text)."""
    if raw.isascii() and _ESC not in raw:
        return raw.decode("ascii"), 0
    letters: list[str] = []
    waiting: list[str] = []  # MARC-8 writes a combining mark before its letter
    unknown = 0
    g0, g1 = _BASIC_LATIN, _ANSEL
    at, end = 0, len(raw)
    while at < end:
        byte = raw[at]
        if byte == _ESC:
            at, g0, g1 = _escape(raw, at, g0, g1)
            continue
        if byte < 0x20:
            at += 1
            letters.append(chr(byte))
            continue
        charset = g1 if byte > 0x80 else g0
        # A blank is one byte in every set; DEL and 0x80 stand in none.
        width = 3 if charset == _EACC and byte not in (0x20, 0x7F, 0x80) else 1
        if byte == 0x20:
            found: tuple[str, int] | None = (" ", 0)
        elif byte in (0x7F, 0x80) or at + width > end:
            found = None
        else:
            found = _look_up(charset, raw[at : at + width])
        at += width
        if found is None:
            unknown += 1
            letters.append(UNKNOWN)
        elif found[1]:
            waiting.append(found[0])
            continue
        else:
            letters.append(found[0])
        if waiting:
            letters.extend(waiting)
            waiting.clear()
    letters.extend(waiting)
    return unicodedata.normalize("NFC", "".join(letters)), unknown


def _escape(raw: bytes, at: int, g0: int, g1: int) -> tuple[int, int, int]:
    """Read one escape sequence; an unfinished or unknown one costs its ESC byte only."""
    rest = raw[at + 1 : at + 5]
    if not rest:
        return at + 1, g0, g1
    first = rest[0]
    if first == _BACK_TO_LATIN:
        return at + 2, _BASIC_LATIN, g1
    if first in _LOCKING:
        return at + 2, first, g1
    used = 1
    into_g1 = first in b")-"
    if first == 0x24 and len(rest) > 1 and rest[1] in b",)-":  # "$", then the half
        into_g1 = rest[1] in b")-"
        used = 2
    elif first not in b"(,)-$":
        return at + 1, g0, g1
    if len(rest) > used and rest[used] == 0x21:  # "!E" names ANSEL in full
        used += 1
    if len(rest) <= used or rest[used] not in _TABLES:
        return at + 1, g0, g1
    final = rest[used]
    return (at + 2 + used, g0, final) if into_g1 else (at + 2 + used, final, g1)


def _look_up(charset: int, code: bytes) -> tuple[str, int] | None:
    """Find a code in a table; tables hold the left or the right half only, the set may be put into either."""
    table = _TABLES[charset]
    plain = int.from_bytes(bytes(byte & 0x7F for byte in code)) if charset == _EACC else code[0]
    for point in (plain, plain & 0x7F, plain | 0x80) if charset != _EACC else (plain,):
        hit = table.get(point)
        if hit is not None:
            return chr(hit[0]), hit[1]
    odd = _ODD.get(plain)
    return None if odd is None else (chr(odd), 0)

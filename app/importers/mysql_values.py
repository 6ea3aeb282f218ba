"""Single values in the text of a MySQL dump: strings, numbers, hexadecimal, NULL, and expressions that stay unknown.

Knows literals (MySQL Reference Manual, "Literal Values"), not statements. Bytes come as Latin-1 letters and leave as
real text.
"""

from __future__ import annotations

import re

_ESCAPING = r"[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+"
# Most strings end at the first mark, and to run up to one letter is quicker than up to one of two.
INSIDE = rf"(?>[^']*+(?<!\\)(?='(?!'))|{_ESCAPING})"
"""The inside of a string in single quotation marks, escapes and doubled marks included."""

STRING = rf"'{INSIDE}'"
DOUBLE = r'"[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+"'
PIECE = re.compile(rf"(?:[^'\"`(),]++|{STRING}|{DOUBLE}|`[^`]*+`)*+", re.DOTALL)
_VALUE = re.compile(
    rf"\s*+(?:_[A-Za-z0-9]{{1,20}}\s*+|([nNxXbB])(?='))?({STRING}|{DOUBLE}|[^'\"`(),\s]++)\s*+(?=[,)])", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)
_ESCAPED_DOUBLE = re.compile(r'\\(.)|""', re.DOTALL)
_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def unescaped(text: str) -> str:
    """The inside of a string in single quotation marks without its escapes."""
    return _ESCAPED.sub(_unescape, text)


def unquoted(token: str) -> str | None:
    """A value without quotation marks: hexadecimal, a truth value, a number; None for anything else."""
    if token[:2] in ("0x", "0X"):
        return _hexadecimal(token[2:])
    if token[0] in "-+.0123456789":
        return token
    if token[0] == '"':
        return real_text(_ESCAPED_DOUBLE.sub(_unescape, token[1:-1]))[0]
    return {"TRUE": "1", "FALSE": "0"}.get(token.upper())


def _hexadecimal(digits: str) -> str | None:
    try:
        return real_text(bytes.fromhex(digits).decode("latin-1"))[0]
    except ValueError:
        return None


def value_at(text: str, at: int) -> tuple[str | None, int] | None:
    """One value in its written form and the place of the comma or bracket behind it; None when it is not whole."""
    found = _VALUE.match(text, at)
    if found is not None:
        mark = (found[1] or "").lower()
        if mark in ("x", "b"):
            digits = found[2][1:-1]
            return (f"0x{digits}" if mark == "x" else None), found.end()
        return found[2], found.end()
    depth = 0
    while True:
        piece = PIECE.match(text, at)
        at = piece.end() if piece else at
        if at >= len(text) or text[at] in "'\"`":
            return None
        if text[at] == "(":
            depth += 1
        elif depth == 0:
            return None, at
        elif text[at] == ")":
            depth -= 1
        at += 1


def _unescape(found: re.Match[str]) -> str:
    letter = found[1]
    return found[0][0] if letter is None else _ESCAPES.get(letter, letter)


def real_text(raw: str) -> tuple[str, bool]:
    """Bytes held as Latin-1 letters become text: UTF-8 when they are, else Windows-1252 (then True).

    Letters that were damaged before they came into the dump stay as they are.
    """
    data = raw.encode("latin-1", "replace")
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), True
    except UnicodeDecodeError:
        return data.decode("latin-1"), True

"""Cells of tables that will be opened in a spreadsheet: text must stay text."""

from __future__ import annotations

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a leading = + - @ or control character gets an apostrophe
    before it (OWASP, "CSV Injection"). Plain numbers stay numbers; NUL goes.
    """
    text = text.replace("\0", "")
    if text.startswith(_RISKY) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    body = text.removeprefix("-").removeprefix("+")
    return body.replace(".", "", 1).isdecimal() and body.isascii()

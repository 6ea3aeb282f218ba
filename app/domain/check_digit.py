"""Check digits of the codes a library meets: Luhn, Code 39 mod 43, EAN and ISBN.

Pure arithmetic over ASCII text. A check that passes says that the code was read as it was printed, never whose
it is. A text that cannot have the digit (letters, wrong length) simply does not pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_CODE39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_CODE39_VALUE = {char: value for value, char in enumerate(_CODE39)}


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def luhn_digit(payload: str) -> str:
    """The mod-10 digit behind `payload` (14-digit library Codabar numbers), "" unless it is digits only.

    Published examples: 3023400051786 takes 1, 3319100010586 takes 4. Rule: ISO/IEC 7812-1, annex B.
    """
    if not _digits(payload):
        return ""
    total = 0
    for place, char in enumerate(reversed(payload)):
        value = ord(char) - 48
        if place % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return str(-total % 10)


def luhn_ok(code: str) -> bool:
    """True when the last digit of `code` is the Luhn digit of the rest."""
    return len(code) > 1 and luhn_digit(code[:-1]) == code[-1]


def mod43_digit(payload: str) -> str:
    """The optional Code 39 check character of `payload`, "" when it holds other characters (ISO/IEC 16388, A.1)."""
    values = [_CODE39_VALUE.get(char) for char in payload]
    known = [value for value in values if value is not None]
    return _CODE39[sum(known) % 43] if known and len(known) == len(values) else ""


def mod43_ok(code: str) -> bool:
    """True when the last character of `code` is the Code 39 check character of the rest."""
    return len(code) > 1 and mod43_digit(code[:-1]) == code[-1]


def ean_digit(payload: str) -> str:
    """The EAN/UPC digit behind `payload`, "" unless it is digits only (GS1 General Specifications, 7.9)."""
    if not _digits(payload):
        return ""
    total = sum((ord(char) - 48) * (1 if place % 2 else 3) for place, char in enumerate(reversed(payload)))
    return str(-total % 10)


def ean_ok(code: str) -> bool:
    """True for an EAN-8, UPC-A or EAN-13 whose last digit is right."""
    return len(code) in (8, 12, 13) and ean_digit(code[:-1]) == code[-1]


def ean13_ok(code: str) -> bool:
    """True for an EAN-13 whose last digit is right."""
    return len(code) == 13 and ean_digit(code[:-1]) == code[-1]


def isbn_compact(text: str) -> str:
    """An ISBN without its hyphens and blanks, its X in upper case; nothing is checked."""
    return text.replace("-", "").replace(" ", "").upper()


def isbn10_digit(payload: str) -> str:
    """The check character behind nine digits of an ISBN-10 (0-9 or X), "" for anything else (ISO 2108:1992)."""
    if len(payload) != 9 or not _digits(payload):
        return ""
    value = sum((place + 1) * (ord(char) - 48) for place, char in enumerate(payload)) % 11
    return "X" if value == 10 else str(value)


def isbn10_ok(text: str) -> bool:
    """True for a right ISBN-10, with or without hyphens."""
    code = isbn_compact(text)
    return len(code) == 10 and isbn10_digit(code[:-1]) == code[-1]


def isbn13_ok(text: str) -> bool:
    """True for a right ISBN-13 (EAN-13 that begins 978 or 979), with or without hyphens."""
    code = isbn_compact(text)
    return code[:3] in ("978", "979") and ean13_ok(code)


def isbn13(text: str) -> str:
    """The ISBN-13 that `text` stands for, 13 digits; "" when it is no right ISBN.

    Takes ISBN-10 and ISBN-13, hyphens, and an EAN-13 followed by a 2 or 5 digit add-on, which is left out.
    """
    code = isbn_compact(text)
    if isbn10_ok(code):
        return f"978{code[:9]}{ean_digit('978' + code[:9])}"
    if len(code) in (15, 18) and _digits(code):
        code = code[:13]
    return code if isbn13_ok(code) else ""


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "luhn": luhn_ok,
    "mod43": mod43_ok,
    "ean": ean_ok,
    "ean13": ean13_ok,
    "isbn10": isbn10_ok,
    "isbn13": isbn13_ok,
    "isbn": lambda text: bool(isbn13(text)),
}
"""The checks a scan rule may name."""

"""The number of an RFID card as readers type it, brought into one form.

Readers that pose as keyboards type the same card differently: decimal or hexadecimal, first byte first or last.
The number can be copied onto another card by anybody: it tells who, it never proves it.
"""

from __future__ import annotations

import re
from enum import StrEnum

_HEX = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{7,20}", re.ASCII)


class UidFormat(StrEnum):
    """What the reader types: the number in decimal or hexadecimal, and its bytes as sent or reversed."""

    DECIMAL = "decimal"
    DECIMAL_REVERSED = "decimal-reversed"
    HEX = "hex"
    HEX_REVERSED = "hex-reversed"


def normalise_uid(text: str, reader: UidFormat) -> str:
    """The card's number as upper-case hexadecimal, 4, 7 or 10 bytes (ISO/IEC 14443-3); "" when it cannot be one.

    Blanks, colons and hyphens between hexadecimal bytes are taken. Two readers in different formats give the same
    result for one card. A decimal number below 2**32 is 4 bytes: "0461851553" and "461851553" are one card.
    """
    if reader in (UidFormat.DECIMAL, UidFormat.DECIMAL_REVERSED):
        if not _DECIMAL.fullmatch(text):
            return ""
        value = int(text)
        size = 8 if value < 1 << 32 else 14 if value < 1 << 56 else 20
        number = f"{value:0{size}X}"
    else:
        number = text.upper().translate({ord(char): None for char in " :-"})
        if not _HEX.fullmatch(number):
            return ""
    if reader in (UidFormat.DECIMAL_REVERSED, UidFormat.HEX_REVERSED):
        number = bytes.fromhex(number)[::-1].hex().upper()
    return number

"""Receipt numbers: consecutive per desk and incarnation, never reused, readable aloud.

Text form: desk short code, incarnation letters, running number, as in `K2B-A-000042`. It knows no money.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

_SHAPE: Final = re.compile(r"([0-9A-Z]{1,12})-([A-Z]{1,4})-([0-9]{1,12})")


class ReceiptNo(Struct, frozen=True, order=True):
    """One receipt number. `incarnation` counts from 1 and is shown as letters: A…Z, AA, AB…"""

    desk_code: str
    incarnation: int
    number: int

    def __str__(self) -> str:
        return f"{self.desk_code}-{letters(self.incarnation)}-{self.number:06d}"


def parse_receipt_no(text: str) -> ReceiptNo | None:
    """Read a receipt number as printed or as typed (any case, spaces around it, leading zeros left out)."""
    match = _SHAPE.fullmatch(text.strip().upper()) if len(text) <= 64 and text.isascii() else None
    if match is None or int(match[3]) == 0:
        return None
    return ReceiptNo(match[1], _from_letters(match[2]), int(match[3]))


def missing_numbers(seen: Iterable[ReceiptNo], most: int = 1_000) -> tuple[ReceiptNo, ...]:
    """The numbers skipped between 1 and the highest seen, per desk and incarnation (at most `most`)."""
    runs: dict[tuple[str, int], set[int]] = {}
    for receipt in seen:
        runs.setdefault((receipt.desk_code, receipt.incarnation), set()).add(receipt.number)
    gaps: list[ReceiptNo] = []
    for (desk_code, incarnation), numbers in sorted(runs.items()):
        expected = 1
        for number in sorted(numbers):
            last = min(number, expected + most - len(gaps))
            gaps += [ReceiptNo(desk_code, incarnation, gap) for gap in range(expected, last)]
            expected = number + 1
    return tuple(gaps)


def letters(incarnation: int) -> str:
    """1 → A, 26 → Z, 27 → AA."""
    text = ""
    while incarnation > 0:
        incarnation, digit = divmod(incarnation - 1, 26)
        text = chr(ord("A") + digit) + text
    return text or "A"


def _from_letters(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 26 + ord(letter) - ord("A") + 1
    return value

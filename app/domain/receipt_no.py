"""Numbers on paper: consecutive per desk and incarnation, never reused, readable aloud.

Text form: desk short code, the incarnation's mark, running number, as in `K2B-A-000042` or `M1K-BX7Q-000001`. It knows
no money.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

_SHAPE: Final = re.compile(r"([0-9A-Z]{1,12})-([0-9A-Z]{1,8})-([0-9]{1,12})")
_PLAIN: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SIGNS: Final = _PLAIN + "23456789"
FIRST_MARK: Final = "A"


class ReceiptNo(Struct, frozen=True, order=True):
    """One number. `mark` is the incarnation's."""

    desk_code: str
    mark: str
    number: int

    def __str__(self) -> str:
        return f"{self.desk_code}-{self.mark}-{self.number:06d}"


def later_mark(incarnation: str) -> str:
    """The mark of an incarnation after the first, by its random name (hex): a letter and three signs.

    The mark keeps two slips from bearing one number. Copies of one home go on as an incarnation each and know
    nothing of each other, so counting would not do: the random name parts them. Two that never heard of each other
    share a mark once in 786,432; a store begins none whose mark it knows. Earlier programs counted with the letter,
    and so shared one once in 32,768. A longer mark would cost the bars of a number on 58 mm paper. No sign looks
    like another on paper.
    """
    name = int(incarnation, 16)
    return _PLAIN[(name >> 15) % len(_PLAIN)] + "".join(_SIGNS[name >> shift & 31] for shift in (10, 5, 0))


def parse_receipt_no(text: str) -> ReceiptNo | None:
    """Read a number as printed or as typed (any case, spaces around it, leading zeros left out)."""
    match = _SHAPE.fullmatch(text.strip().upper()) if len(text) <= 64 and text.isascii() else None
    if match is None or match[2][0].isdigit() or int(match[3]) == 0:
        return None
    return ReceiptNo(match[1], match[2], int(match[3]))


def missing_numbers(seen: Iterable[ReceiptNo], most: int = 1_000) -> tuple[ReceiptNo, ...]:
    """The numbers skipped between 1 and the highest seen, per desk and incarnation (at most `most`)."""
    runs: dict[tuple[str, str], set[int]] = {}
    for receipt in seen:
        runs.setdefault((receipt.desk_code, receipt.mark), set()).add(receipt.number)
    gaps: list[ReceiptNo] = []
    for (desk_code, mark), numbers in sorted(runs.items()):
        expected = 1
        for number in sorted(numbers):
            last = min(number, expected + most - len(gaps))
            gaps += [ReceiptNo(desk_code, mark, gap) for gap in range(expected, last)]
            expected = number + 1
    return tuple(gaps)

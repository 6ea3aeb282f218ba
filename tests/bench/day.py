"""What is scanned on a measured day: cards and books all over the library, each book lent and brought back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.library import barcode, member_no

BOOKS = 2
PER_ROUND = 3 + 2 * BOOKS


@dataclass(frozen=True, slots=True)
class Step:
    """One scan and what it is for: card, lend, return or finish."""

    kind: str
    code: str


def steps(items: int, scans: int, seed: int = 1) -> Iterator[Step]:
    """About `scans` scans over a generated library of `items` copies; equal for equal arguments."""
    chance = random.Random(seed)
    for _round in range(max(scans // PER_ROUND, 1)):
        reader = member_no(chance.randrange(items // 5))
        # The first tenth is out to somebody, so those copies are left alone.
        books = [barcode(number) for number in chance.sample(range(items // 10, items), BOOKS)]
        yield Step("card", reader)
        yield from (Step("lend", book) for book in books)
        yield Step("finish", "=finish")
        yield from (Step("return", book) for book in books)
        yield Step("finish", "=finish")

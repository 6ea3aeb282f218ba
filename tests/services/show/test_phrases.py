"""Where a copy belongs."""

from __future__ import annotations

import pytest

from app.domain.records import Item
from app.services import show


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (Item("i", "t", "b", shelf="R1", call_number="959"), "R1"),
        (Item("i", "t", "b", call_number="959"), "959"),
        (Item("i", "t", "b", location="Gedung A"), "Gedung A"),
        (Item("i", "t", "b"), ""),
        (None, ""),
    ],
)
def test_where_a_copy_belongs(item: Item | None, place: str) -> None:
    assert show.shelf(item) == place

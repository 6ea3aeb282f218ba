"""A server's log and two desks on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import CARD, OTHER_CARD
from tests.sync.central import Central
from tests.sync.desks import Station, first_desk, knows, next_desk


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    """A server without a library yet."""
    made = Central(tmp_path / "central")
    yield made
    made.close()


@pytest.fixture
def one(tmp_path: Path, central: Central) -> Iterator[Station]:
    """The first desk, with the library it brought."""
    made = first_desk(tmp_path / "1", central)
    lib = made.library
    lib.member(CARD, "Ahmad Fauzi", card_nos=("RFID-1",))
    lib.member(OTHER_CARD, "Dewi Lestari")
    for barcode, title in (("B001", "Sejarah Lampung"), ("B002", "Sejarah Lampung"), ("C001", "Fikih Muamalah")):
        lib.item(barcode, title, price=80_000)
    lib.lend(CARD, "C001")
    assert made.round() == ""
    yield made
    made.close()


@pytest.fixture
def two(tmp_path: Path, central: Central, one: Station) -> Iterator[Station]:
    """A second desk, with the same library."""
    made = next_desk(tmp_path / "2", central)
    knows(made, one.library)
    yield made
    made.close()

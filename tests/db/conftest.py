"""A founded library for the tests of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import CARD, OTHER_CARD, Library, founded


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Two readers, three copies of two titles."""
    lib = founded(tmp_path)
    lib.member(CARD, "Ahmad Fauzi")
    lib.member(OTHER_CARD, "Dewi Lestari")
    lib.item("B001", "Sejarah Lampung", price=80_000)
    lib.item("B002", "Sejarah Lampung")
    lib.item("C001", "Fikih Muamalah")
    yield lib
    lib.close()

"""A library in service for the stories of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.services.session import Session
from tests.builders import CARD, OTHER_CARD, Library, founded

ISBN = "9786020312347"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Readers of every standing and a shelf of books, open for service."""
    lib = founded(tmp_path, settings={"library.name": "Perpustakaan INSTIDLA", "slip.print": "always"})
    lib.member(CARD, "Ahmad Fauzi")
    lib.member(OTHER_CARD, "Dewi Lestari")
    lib.member("19.02.0005", "Lukman Hakim", expires_on=date(2026, 1, 31))
    lib.member("D0001", "Umar Abdullah", member_type="dosen")
    lib.item("B001", "Sejarah Lampung", price=80_000, shelf="959.8")
    lib.item("B002", "Sejarah Lampung", price=80_000)
    lib.title("Fikih Muamalah", isbn=ISBN, authors=("Hendi Suhendi",))
    lib.item("C001", "Fikih Muamalah", price=60_000)
    lib.item("D001", "Kamus Besar")
    lib.item("E001", "Peta Lampung", parts="peta lipat")
    yield lib
    lib.close()


@pytest.fixture
def session(library: Library) -> Session:
    """Somebody with every right serves."""
    return library.session()

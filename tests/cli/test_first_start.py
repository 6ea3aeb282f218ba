"""What the first start's choices do with files."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.first_start import Beginnings
from app.ports import KnownError
from db.home import Home

KEY = "-".join(["ABCD"] * 8)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with somebody's own papers."""
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "dokumen").mkdir()
    (tmp_path / "dokumen" / "penting.txt").write_text("x", encoding="utf-8")
    return tmp_path / "dokumen"


def test_an_import_that_fails_takes_back_what_it_made_and_nothing_else(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "tidak-dikenal.bin"
    source.write_bytes(b"\x00\x01")
    with pytest.raises(KnownError):
        Beginnings(home).bring_in("Perpustakaan", "Asia/Jakarta", [source], lambda _done, _total: None)
    assert [path.name for path in home.iterdir()] == ["penting.txt"]


def test_the_key_s_sheet_never_lies_beside_the_library(home: Path, tmp_path: Path) -> None:
    begin = Beginnings(home)
    begin.empty("Perpustakaan", "Asia/Jakarta", lambda _done, _total: None)
    store = Home(home).store.read_bytes()
    for inside in (Home(home).store, home / "kunci.pdf"):
        with pytest.raises(KnownError, match="file-own"):
            begin.key_sheet(inside, "Perpustakaan", KEY)
    assert Home(home).store.read_bytes() == store
    begin.key_sheet(tmp_path / "kunci.pdf", "Perpustakaan", KEY)
    assert (tmp_path / "kunci.pdf").read_bytes().startswith(b"%PDF-")

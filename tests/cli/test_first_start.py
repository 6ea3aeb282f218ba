"""What the first start's choices do with files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app.__main__ import main
from app.cli.first_start import WHOLE, Beginnings, ImportBar, settle_key
from app.ports import KnownError
from app.services.import_columns import Assigned
from app.wiring import opened
from db.home import Home
from db.keys import open_with_recovery, read_wraps
from tests.importers.slims_dump_text import create, insert, record
from ui.first_start.port import SeveralLibraries, Sources

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
        Beginnings(home).bring_in("Perpustakaan", "Asia/Jakarta", Sources((source,)), quiet)
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


def quiet(_done: int, _total: int) -> None:
    """Nobody looks at the bar."""


def test_a_key_counts_as_kept_only_when_somebody_says_so(home: Path) -> None:
    begin = Beginnings(home)
    begin.empty("Perpustakaan", "Asia/Jakarta", quiet)
    assert Home(home).unkept_key.exists()
    begin.kept()
    assert settle_key(home), "nothing is asked any more"


def test_another_key_opens_the_library_and_the_lost_one_no_more(home: Path) -> None:
    begin = Beginnings(home)
    lost = begin.empty("Perpustakaan Coba", "Asia/Jakarta", quiet).recovery
    fresh = begin.new_key(quiet)
    assert fresh.name == "Perpustakaan Coba"
    assert Home(home).unkept_key.exists(), "shown is not kept"
    wraps = read_wraps(Home(home).keys)
    assert open_with_recovery(fresh.recovery, wraps)
    with pytest.raises(KnownError, match="recovery-key-wrong"):
        open_with_recovery(lost, wraps)


def test_the_newest_backup_comes_back_with_its_paper(home: Path, tmp_path: Path) -> None:
    lost = Beginnings(home)
    paper = lost.empty("Perpustakaan Coba", "Asia/Jakarta", quiet).recovery
    stick = tmp_path / "flashdisk"
    for _ in range(2):
        assert main(["backup", str(stick), "--home", str(home)]) == 0
    backups = sorted(stick.iterdir())
    begin = Beginnings(tmp_path / "baru")
    newest = begin.newest(stick)
    assert newest == backups[-1]
    assert begin.newest(backups[0]) == backups[0]
    assert begin.newest(tmp_path / "config") is None
    with pytest.raises(KnownError) as wrong:
        begin.restore(newest, KEY, quiet)
    assert begin.sentence(wrong.value)
    assert not (tmp_path / "baru").exists()
    begun = begin.restore(newest, paper, quiet)
    ((code, told),) = begun.lines
    assert code == "restored"
    assert told["n"]
    with opened(tmp_path / "baru", read_only=True) as store, store.read() as facts:
        assert facts.setting("library.name") == "Perpustakaan Coba"


def test_a_list_is_brought_in_as_somebody_explained_it(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "buku.csv"
    source.write_text("B001,Tafsir al-Jalalain\nB002,Fiqih Sunnah\nB003,Bulughul Maram\n", encoding="utf-8")
    begin = Beginnings(home)
    (unknown,) = begin.columns([source], quiet)
    told = {source: Assigned(unknown.likely, ("barcode", "title"))}
    begun = begin.bring_in("Perpustakaan", "Asia/Jakarta", Sources((source,), told), quiet)
    assert [(code, params["n"]) for code, params in begun.lines[:2]] == [("came-in-title", 3), ("came-in-item", 3)]


def titles(*names: str) -> str:
    """The table of titles of a SLiMS library with these."""
    rows = [record("biblio", biblio_id=number, title=name) for number, name in enumerate(names, 1)]
    return "".join([create("biblio"), *insert("biblio", rows)])


def test_a_dump_with_several_libraries_asks_which_and_takes_that_one(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "dump.sql"
    parts = (("slims", "Bulughul Maram"), ("slims_coba", "Buku Coba"))
    source.write_text("".join(f"USE `{name}`;\n{titles(title)}" for name, title in parts), encoding="utf-8")
    begin = Beginnings(home)
    with pytest.raises(SeveralLibraries) as several:
        begin.bring_in("Perpustakaan", "Asia/Jakarta", Sources((source,)), quiet)
    assert several.value.names == ("slims", "slims_coba")
    assert not Home(home).exists()
    begin.bring_in("Perpustakaan", "Asia/Jakarta", Sources((source,), library="slims"), quiet)
    with opened(home, read_only=True) as store, store.read() as facts:
        assert [hit.title.title for hit in facts.find_titles("bulughul", 5).rows] == ["Bulughul Maram"]
        assert not facts.find_titles("coba", 5).rows


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_the_key_s_sheet_is_for_this_account_alone(home: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "kunci.pdf"
    sheet.write_bytes(b"older")
    sheet.chmod(0o644)
    Beginnings(home).key_sheet(sheet, "Perpustakaan", KEY)
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600


def test_an_import_of_many_steps_never_goes_back() -> None:
    told: list[tuple[int, int]] = []
    bar = ImportBar(lambda done, total: told.append((done, total)))
    for step in range(9):
        for done in (0, 50, 100):
            bar(f"step-{step}", done, 100)
    parts = [done for done, total in told if total == WHOLE]
    assert len(parts) == len(told) == 27
    assert parts == sorted(parts)
    assert 0 < parts[-1] < WHOLE


def test_what_the_system_refused_is_said_with_the_reason(home: Path) -> None:
    said = Beginnings(home).sentence(PermissionError(13, "Permission denied", "/data/meja"))
    assert "/data/meja" in said
    assert "akun ini tidak berhak" in said
    assert Beginnings(home).sentence(ValueError("x")) == ""

"""The window's command: reports of faults, no display, the demo library."""

from __future__ import annotations

import json
import os
from pathlib import Path

import apsw
import pytest

from app.__main__ import main
from app.cli.window import SHEET, demo_greeting, desk_screen, keep_report, make_demo
from app.services.view import Phrase
from app.wiring import WINDOW_FIRST, followers, opened
from db.store import open_store
from tests.builders import CARD, founded
from tests.db.faulty import faulty_disk
from tests.printing.decode import pdf_codes
from ui.text import Text


def test_a_report_names_places_in_the_code_and_no_data(tmp_path: Path) -> None:
    try:
        raise ValueError("Ahmad Fauzi 21.01.0042")
    except ValueError as fault:
        path = keep_report(tmp_path / "reports", fault)
    assert path is not None
    words = path.read_text(encoding="utf-8")
    assert "ValueError" in words
    assert "test_window.py" in words
    assert "Ahmad" not in words


def test_a_report_that_cannot_be_written_is_no_second_fault(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way", encoding="utf-8")
    assert keep_report(tmp_path / "reports", ValueError("x")) is None


def test_without_a_display_a_sentence_names_the_desk_without_a_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["desk", "--home", str(tmp_path / "none")]) == 2
    said = capsys.readouterr().err
    assert "meja scan" in said
    assert "meja demo --no-window" in said


def test_the_demo_library_is_made_once_and_its_sheet_can_be_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))
    home = tmp_path / "contoh"
    for _ in range(2):
        assert main(["demo", "--no-window", "--home", str(home)]) == 0
        assert json.loads(capsys.readouterr().out)["ok"]
    codes = {code for _kind, code in pdf_codes((home / SHEET).read_bytes())}
    with opened(home, read_only=True) as store, store.read() as facts:
        known = {code for code in codes if facts.item_by_code(code) or facts.member_by_card(code)}
        ahmad = facts.member_by_card("21.01.0042")[0]
    assert known == codes
    assert len(codes) > 50
    assert ahmad.facts.owed == 4000


def test_a_demo_that_fails_leaves_no_home_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path / "contoh", stop)
    assert not (tmp_path / "contoh").exists()


def test_a_demo_that_fails_leaves_what_was_there_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "dokumen" / "surat").mkdir(parents=True)
    (tmp_path / "dokumen" / "penting.txt").write_text("x", encoding="utf-8")

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path / "dokumen", stop)
    assert sorted(path.name for path in (tmp_path / "dokumen").iterdir()) == ["penting.txt", "surat"]


def test_the_demo_s_greeting_names_codes_head_and_sheet(tmp_path: Path) -> None:
    text = Text("id")
    spoken = " ".join(
        text.say(f"line.{line.code}", line.params) for line in demo_greeting(tmp_path).lines if isinstance(line, Phrase)
    )
    for word in ("21.01.0042", "Hasan Basri", "1234", SHEET, str(tmp_path)):
        assert word in spoken


@pytest.mark.parametrize(
    ("error", "problem"),
    [(apsw.FullError, "disk-full"), (apsw.ReadOnlyError, "read-only"), (apsw.IOError, "disk-failed")],
)
def test_what_the_last_act_met_stands_in_the_state_line_until_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[apsw.Error], problem: str
) -> None:
    library = founded(tmp_path)
    library.member()
    library.item("B001")
    library.close()
    with faulty_disk(monkeypatch) as disk:
        library.store = open_store(library.home, library.around)
        with followers(library.store, WINDOW_FIRST) as following:
            screen = desk_screen(library.store, following)
            screen.scan(CARD)
            with disk.fails(error):
                screen.scan("B001")
            state = screen.tick().state
            assert (state.unsaved, state.last_error) == (True, Phrase(problem))
            assert screen.scan("B999").state.unsaved, "what records nothing proves nothing"
            assert not screen.scan("B001").state.unsaved
        library.close()


@pytest.mark.skipif(os.name != "posix", reason="nobody can take an open file away there")
def test_a_store_that_was_moved_away_stands_in_the_state_line(tmp_path: Path) -> None:
    library = founded(tmp_path)
    with followers(library.store, WINDOW_FIRST) as following:
        screen = desk_screen(library.store, following)
        assert not screen.tick().state.unsaved
        library.home.store.rename(library.home.store.with_name("elsewhere.db"))
        state = screen.tick().state
    library.close()
    assert state.unsaved
    assert state.last_error == Phrase("store-moved")

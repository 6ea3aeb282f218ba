"""A recovery key that nobody kept is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.first_start.port import KEY, Port, press
from ui.first_start.window import FirstStart


def test_a_key_nobody_kept_is_made_anew_and_saved(
    window: FirstStart, port: Port, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask_about_key()
    press(window, "start.new-key")
    qtbot.waitUntil(lambda: window.page() is window.key)
    assert window.key.key.text().replace(" – ", "-") == KEY
    proposed: list[str] = []

    def answer(_parent: QWidget, _title: str, place: str, _kinds: str) -> tuple[str, str]:
        proposed.append(place)
        return str(tmp_path / "kunci.pdf"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    press(window, "start.save-key")
    assert (tmp_path / "kunci.pdf").read_text(encoding="ascii") == f"Perpustakaan Lama {KEY}"
    assert port.is_kept
    assert str(tmp_path) in window.key.saved.text()
    assert not Path(proposed[0]).is_relative_to(Path(__file__).parents[2]), "never into the program's own folder"


@pytest.mark.parametrize(("word", "kept"), [("start.kept-before", True), ("start.later", False)])
def test_a_key_written_down_before_is_not_asked_about_again(
    window: FirstStart, port: Port, qtbot: QtBot, word: str, kept: bool
) -> None:
    window.ask_about_key()
    with qtbot.waitSignal(window.finished) as ended:
        press(window, word)
    assert (ended.args, port.is_kept) == ([True], kept)

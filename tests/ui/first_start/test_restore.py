"""A backup comes back with its paper."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ports import KnownError
from tests.ui.first_start.port import Port
from ui.first_start.window import FirstStart


def test_a_backup_is_restored_with_its_paper(window: FirstStart, port: Port, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_4)
    window.restore.take_backup(tmp_path)
    assert str(tmp_path) in window.restore.named.text()
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.restore.fault.text()
    port.copy = tmp_path / "meja-20261124"
    window.restore.take_backup(tmp_path)
    assert "meja-20261124" in window.restore.named.text()
    port.fault = KnownError("recovery-key-wrong")
    window.restore.paper.setText(" 23ER ")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.restore.fault.text() == "Kunci pemulihan salah.")
    assert window.page() is window.restore
    port.fault = None
    port.lines = (("restored", {"n": 12, "until": datetime(2026, 11, 23, 16, 5, tzinfo=UTC)}),)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.ready)
    assert "23 Nov 2026 pukul 16.05" in window.ready.told.label.text()
    with qtbot.waitSignal(window.finished) as ended:
        qtbot.keyClick(window, Qt.Key.Key_Return)
    assert ended.args == [True]
    assert port.asked == [("restore", "meja-20261124", "23ER")] * 2

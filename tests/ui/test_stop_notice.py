"""The notice that the desk cannot be opened."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ui.stop_notice import StopNotice


def test_a_sentence_without_a_field(qtbot: QtBot) -> None:
    notice = StopNotice("Disk penuh.\n      The disk is full.", asks=False)
    qtbot.addWidget(notice)
    notice.show()
    assert not notice.field.isVisible()
    assert not notice.opener.isVisible()
    notice.reject()
    assert notice.recovery() == ""


def test_the_recovery_key_is_read_only_when_it_was_meant(qtbot: QtBot) -> None:
    notice = StopNotice("Kunci hilang.", asks=True)
    qtbot.addWidget(notice)
    notice.show()
    notice.field.setText("  ABCD-EFGH  ")
    notice.reject()
    assert notice.recovery() == ""
    notice.show()
    notice.opener.click()
    assert notice.recovery() == "ABCD-EFGH"

"""The screen of cases over a real library: keys answer, a scanner never does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.services.case_desk import CaseDesk
from app.services.view import Sound
from tests.builders import CARD, OTHER_CARD, Library, founded
from tests.services.test_cases import lent_over
from tests.ui.keyboard import CONTROL, Keyboard
from ui.main_window import MainWindow
from ui.settings import UiSettings

Opened = tuple[MainWindow, Library]


class Waiting:
    """Nothing was counted yet."""

    count = 0


@pytest.fixture
def opened(tmp_path: Path, qtbot: QtBot, played: list[Sound]) -> Iterator[Opened]:
    """A window over a library with one case, the cases on the screen."""
    library = founded(tmp_path)
    lent_over(library)
    screen = library.screen()
    cases = CaseDesk(library.store, library.store.identity.desk, screen.serving, Waiting())
    faults: list[Exception] = []
    settings = UiSettings(theme="light", sounds=False, motion=False)
    window = MainWindow(screen, settings, faults.append, tick_ms=0, cases=cases)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.open_cases()
    yield window, library
    window.close()
    library.close()
    assert not faults


def shown(window: MainWindow) -> str:
    """The headline in view."""
    assert window.cases_screen is not None
    return window.cases_screen.sheet.title.text() if window.cases_screen.sheet.isVisible() else ""


def test_the_case_stands_there_with_cause_sides_and_keys(opened: Opened) -> None:
    window, _ = opened
    assert shown(window) == "B001 berpindah dari Ahmad Fauzi ke Dewi Lestari tanpa dicatat kembali"
    assert window.cases_screen is not None
    assert [button.text() for button in window.cases_screen.sheet.buttons] == [
        "Enter  Setuju, selesai", "Z  Buka lagi pinjaman Ahmad Fauzi", "D  Dua eksemplar bernomor sama",
    ]  # fmt: skip
    assert window.rail.buttons["cases"].accessibleDescription() == "1 perkara perlu diperiksa"
    assert not window.desk_screen.isVisible()


def test_enter_agrees_and_esc_goes_back_to_the_box(opened: Opened, keyboard: Keyboard) -> None:
    window, library = opened
    keyboard.enter()
    assert library.kinds(1) == ["case.resolved"]
    assert shown(window) == ""
    assert window.rail.buttons["cases"].accessibleDescription() == ""
    keyboard.key(Qt.Key.Key_Escape)
    assert window.desk_screen.box.input.hasFocus()
    keyboard.key(Qt.Key.Key_D, "\x04", CONTROL)
    assert window.cases_screen is not None
    assert window.cases_screen.isVisible()


def test_a_letter_answers_once_nothing_follows(opened: Opened, keyboard: Keyboard, qtbot: QtBot) -> None:
    window, library = opened
    keyboard.person("z")
    qtbot.waitUntil(lambda: shown(window) == "")
    assert library.has(CARD) == ["B001"]
    assert library.has(OTHER_CARD) == []
    keyboard.person("a")
    qtbot.waitUntil(lambda: bool(shown(window)))
    assert window.cases_screen is not None
    assert "pinjaman pertama dibuka lagi" in window.cases_screen.sheet.foot.text()


@pytest.mark.parametrize("code", ["Z0012", "D1", "B001"])
def test_a_scan_answers_nothing(
    opened: Opened, keyboard: Keyboard, played: list[Sound], code: str, qtbot: QtBot
) -> None:
    window, library = opened
    before = library.kinds()
    keyboard.scan(code)
    assert played[-1:] == [Sound.NO]
    assert library.kinds() == before
    assert window.cases_screen is not None
    wait: Callable[[], bool] = lambda: not window.cases_screen._wait.isActive()  # type: ignore[union-attr] # noqa: E731
    qtbot.waitUntil(wait)
    assert library.kinds() == before


def test_changed_colours_keep_the_way_to_the_cases(opened: Opened) -> None:
    window, _ = opened
    window.use(UiSettings(theme="dark", language="en", sounds=False, motion=False))
    window.open_cases()
    assert shown(window) == "B001 went from Ahmad Fauzi to Dewi Lestari without a return"

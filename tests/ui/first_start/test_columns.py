"""A list that nobody knows is explained by keyboard, column by column."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.ports import KnownError
from app.services.import_columns import Assigned, Way
from tests.ui.first_start.port import Port, press
from ui.first_start.window import FirstStart

BOOKS = "B001,Tafsir al-Jalalain,Al-Mahalli\nB002,Fiqih Sunnah,Sayyid Sabiq\nB003,Riyadhus Shalihin,An-Nawawi\n"
PEOPLE = "Stb,Nm,Almt\n0012,Ahmad,Metro\n0013,Siti,Kotabumi\n"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A list without names of columns."""
    path = tmp_path / "buku.csv"
    path.write_text(BOOKS, encoding="utf-8")
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list whose columns have names that nobody knows."""
    path = tmp_path / "santri.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def begin(window: FirstStart, qtbot: QtBot, *files: Path) -> None:
    """Up to the page with the columns."""
    qtbot.keyClick(window, Qt.Key.Key_2)
    window.form.name.setText("Perpustakaan Coba")
    window.form.take_files(files)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.columns)


def key(qtbot: QtBot, pressed: Qt.Key) -> None:
    """A key, wherever the keyboard is."""
    where = QApplication.focusWidget()
    assert where is not None
    qtbot.keyClick(where, pressed)


def choose(qtbot: QtBot, meaning: str) -> None:
    """Go down the choice that has the keyboard until this is chosen, then on to the next."""
    where = QApplication.focusWidget()
    assert isinstance(where, QComboBox)
    while where.currentData() != meaning:
        before = where.currentIndex()
        qtbot.keyClick(where, Qt.Key.Key_Down)
        assert where.currentIndex() > before, f"{meaning} is not offered"
    qtbot.keyClick(where, Qt.Key.Key_Tab)


def test_every_column_is_told_by_keyboard_alone(window: FirstStart, port: Port, qtbot: QtBot, books: Path) -> None:
    begin(window, qtbot, books)
    choose(qtbot, "items")
    choose(qtbot, 0)
    for meaning in ("barcode", "title", "author"):
        choose(qtbot, meaning)
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    assert port.sources.told == {books: Assigned(Way("items", 0), ("barcode", "title", "author"))}


def test_without_a_title_there_are_no_books(window: FirstStart, port: Port, qtbot: QtBot, books: Path) -> None:
    begin(window, qtbot, books)
    key(qtbot, Qt.Key.Key_Return)
    assert "Judul" in window.columns.fault.text()
    assert port.asked == []
    window.columns.rows[0].choose("title")
    assert not window.columns.fault.text(), "not said any longer once it is there"
    window.columns.rows[1].choose("title")
    key(qtbot, Qt.Key.Key_Return)
    assert "Judul" in window.columns.fault.text()
    assert port.asked == []


def test_the_first_row_is_an_example_or_the_names(window: FirstStart, qtbot: QtBot, people: Path) -> None:
    begin(window, qtbot, people)
    page = window.columns
    assert "Nm" in page.rows[1].choice.accessibleName()
    page.kind.setCurrentIndex(page.kind.findData("members"))
    page.rows[1].choose("name")
    page.header.setCurrentIndex(page.header.findData(0))
    assert page.rows[1].choice.accessibleName().split(". ")[1:] == ["Nm", "Ahmad", "Siti"]
    assert page.rows[1].meaning() == "name", "what was chosen stays"


def test_one_list_after_another_and_back(
    window: FirstStart, port: Port, qtbot: QtBot, books: Path, people: Path
) -> None:
    begin(window, qtbot, books, people)
    page = window.columns
    page.rows[1].choose("title")
    key(qtbot, Qt.Key.Key_Return)
    assert "santri.csv" in page.line.text()
    key(qtbot, Qt.Key.Key_Escape)
    assert "buku.csv" in page.line.text()
    assert page.rows[1].meaning() == "title"
    key(qtbot, Qt.Key.Key_Return)
    page.kind.setCurrentIndex(page.kind.findData("members"))
    page.rows[0].choose("member_no")
    page.rows[1].choose("name")
    port.fault = KnownError("disk-full")
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.fault.text()))
    port.fault = None
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page() is window.key)
    assert port.sources.told == {
        books: Assigned(Way("items", 0), ("", "title", "")),
        people: Assigned(Way("members", 1), ("member_no", "name", "")),
    }


def test_escape_goes_back_to_the_form_with_what_was_typed(window: FirstStart, qtbot: QtBot, books: Path) -> None:
    begin(window, qtbot, books)
    press(window, "start.back")
    assert window.page() is window.form
    assert window.form.library()[0] == "Perpustakaan Coba"


def test_what_has_the_keyboard_is_in_sight(window: FirstStart, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "lebar.csv"
    path.write_text("\n".join(",".join(f"{row}{column}x" for column in range(30)) for row in range(4)), "utf-8")
    begin(window, qtbot, path)
    for _ in range(25):
        key(qtbot, Qt.Key.Key_Tab)
    where = QApplication.focusWidget()
    assert where is window.columns.rows[23].choice
    assert where.visibleRegion().boundingRect().height() == where.height()

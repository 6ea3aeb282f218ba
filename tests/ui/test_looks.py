"""Nothing is cut at 1366 × 768, every control has a name, and every picture is drawn without a complaint of Qt's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.services.view import Chip, Columns, Row, Tone
from tests.ui import samples
from ui.look import make_look
from ui.main_window import MainWindow
from ui.settings import UiSettings
from ui.widgets.chip import chip_lines, chip_size, chip_words
from ui.widgets.key_bar import KeyButton
from ui.widgets.labels import ElidedLabel
from ui.widgets.rail import PlaceButton
from ui.widgets.row_model import Column

OpenWindow = Callable[..., MainWindow]
WORDS_THAT_MAY_NOT_BE_CUT = ("tileLabel", "bannerTitle", "bannerLine", "questionTitle", "memberLine", "place")


def cut(label: QLabel) -> bool:
    if isinstance(label, ElidedLabel):
        wide = QFontMetrics(label.font()).horizontalAdvance(label.text())
        lines = max(1, round(label.height() / label.fontMetrics().lineSpacing()))
        return label.objectName() in WORDS_THAT_MAY_NOT_BE_CUT and wide > label.width() * lines
    if label.wordWrap():
        return label.heightForWidth(label.width()) > label.height()
    return label.sizeHint().width() > label.width() or label.fontMetrics().height() > label.height()


def cut_things(window: MainWindow) -> list[str]:
    found = [
        f"{x.objectName()}: {x.text()}" for x in window.findChildren(QLabel) if x.isVisible() and x.text() and cut(x)
    ]
    for button in window.findChildren(QPushButton):
        if not button.isVisible():
            continue
        if isinstance(button, PlaceButton):
            bare = button.width() < window.look.px(60)
            wide = QFontMetrics(window.look.font(12.5)).horizontalAdvance(button.accessibleName())
            if not button.toolTip() if bare else wide > button.width():
                found.append(f"place: {button.accessibleName()}")
        elif button.sizeHint().width() > button.width():
            found.append(f"button: {button.text()}")
    for edit in window.findChildren(QLineEdit):
        hint = edit.placeholderText()
        if edit.isVisible() and edit.fontMetrics().horizontalAdvance(hint) > edit.width():
            found.append(f"placeholder: {hint}")
    return found


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", list(samples.ALL))
def test_nothing_is_cut(open_window: OpenWindow, qtbot: QtBot, name: str, language: str) -> None:
    window = open_window(samples.ALL[name](), language=language)
    qtbot.waitUntil(lambda: window.desk_screen.keys.width() > 1000)
    window.grab()
    assert cut_things(window) == []
    screen = window.desk_screen
    hints = [hint for hint in screen.view.keys if hint.shown] if screen.view else []
    assert [b.accessibleName() for b in screen.keys.findChildren(KeyButton) if b.isVisible()] == [
        f"{hint.key.replace('+', ' ')} {window.look.text.say(f'key.{hint.code}')}" for hint in hints
    ]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", ["lend", "returns"])
def test_no_chip_date_or_heading_is_cut(open_window: OpenWindow, name: str, language: str) -> None:
    window = open_window(samples.ALL[name](), language=language)
    window.grab()
    table = window.desk_screen.table.table
    look, model = window.look, window.desk_screen.table.model
    view = window.desk_screen.view
    assert view is not None
    pad = 2 * look.px(8)
    for row in (*view.rows, *view.running):
        assert chip_size(look, chip_words(look, row.chip)).width() + pad <= table.columnWidth(Column.STATE)
        third = QFontMetrics(look.font(15)).horizontalAdvance(model.third(row))
        assert third + pad <= table.columnWidth(Column.THIRD)
        code = QFontMetrics(look.code_font(14)).horizontalAdvance(row.barcode)
        assert code + pad <= table.columnWidth(Column.BARCODE)
    for column in (Column.TITLE, Column.BARCODE, Column.THIRD):
        words = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        assert table.horizontalHeader().fontMetrics().horizontalAdvance(words) + pad <= table.columnWidth(column)


@pytest.mark.parametrize("wide", [1100, 1366, 1920])
@pytest.mark.parametrize("columns", list(Columns))
def test_a_late_return_shows_its_whole_fine(open_window: OpenWindow, wide: int, columns: Columns) -> None:
    chip = Chip(Tone.NEEDS, "returned-late", {"n": 114, "amount": 114_000})
    line = Row("1", "Jaringan Komputer", "B0077-3", chip, 1)
    window = open_window(replace(samples.lend(), rows=(line,), columns=columns))
    window.resize(wide, 768)
    window.grab()
    table, look = window.desk_screen.table.table, window.look
    inner = table.columnWidth(Column.STATE) - 2 * look.px(8)
    lines = chip_lines(look, chip_words(look, chip), inner)
    assert max(chip_size(look, line).width() for line in lines) <= inner
    assert chip_size(look, "x").height() * len(lines) <= table.rowHeight(0)


def nameless(window: MainWindow) -> list[str]:
    controls: list[QWidget] = [
        *window.findChildren(QPushButton),
        *window.findChildren(QLineEdit),
        *(view for view in window.findChildren(QAbstractItemView) if view.objectName() in ("table", "choices")),
    ]
    return [f"{type(c).__name__} {c.objectName()}" for c in controls if c.isVisible() and not c.accessibleName()]


@pytest.mark.parametrize("name", list(samples.ALL))
def test_every_control_has_an_accessible_name(open_window: OpenWindow, name: str) -> None:
    window = open_window(samples.ALL[name]())
    assert nameless(window) == []


def test_the_check_for_names_sees_a_nameless_button(open_window: OpenWindow) -> None:
    window = open_window(samples.lend())
    QPushButton("?", window).show()
    assert nameless(window)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scale", [0.9, 1.5])
def test_every_picture_is_drawn_in_every_look(open_window: OpenWindow, theme: str, scale: float) -> None:
    window = open_window(samples.lend(), theme=theme, scale=scale)
    for make in samples.ALL.values():
        window.desk_screen.refresh(make())
        assert not window.grab().isNull()
    ground = window.grab().toImage().pixelColor(window.rail.width() + 4, window.height() // 2).name()
    assert ground == window.look.tokens.ground.lower()


def ink_rows(picture: QImage) -> int:
    """How many rows of pixels have something in them."""
    ground = picture.pixel(picture.width() - 1, picture.height() - 1)
    wide = range(picture.width())
    return sum(any(picture.pixel(x, y) != ground for x in wide) for y in range(picture.height()))


@pytest.mark.parametrize("text", ["صحيح البخاري", "Dipinjam: تفسير الجلالين ج", "Jaringan Komputer"])
@pytest.mark.parametrize(("name", "pixels"), [("bannerTitle", 21), ("questionTitle", 17), ("bannerLine", 13)])
def test_the_deep_bowls_of_arabic_letters_are_not_cut(qtbot: QtBot, text: str, name: str, pixels: int) -> None:
    look = make_look(UiSettings(theme="light"))
    label = ElidedLabel(name, lines=2)
    qtbot.addWidget(label)
    label.setFont(look.font(pixels, QFont.Weight.Bold))
    label.setText(text)
    label.resize(600, label.heightForWidth(600))
    sheet = QPixmap(600, 200)
    sheet.fill(label.palette().window().color())
    painter = QPainter(sheet)
    painter.setFont(label.font())
    painter.drawText(QPoint(10, 100), text)
    painter.end()
    assert ink_rows(label.grab().toImage()) == ink_rows(sheet.toImage())
    assert label.sizeHint().height() == label.heightForWidth(600)


def test_a_very_long_title_and_hostile_text_stay_in_their_place(open_window: OpenWindow) -> None:
    window = open_window(samples.hostile())
    window.grab()
    screen = window.desk_screen
    assert screen.width() + window.rail.width() == window.width() == 1366
    assert "\u202e" not in screen.banner.spoken()
    assert "<img" in screen.side.member.notes.findChildren(QLabel)[0].accessibleName()
    assert "&lt;img" in screen.side.member.notes.findChildren(QLabel)[0].text()


@pytest.mark.parametrize(("wide", "high", "scale"), [(1100, 700, 1.0), (1366, 768, 1.3), (3840, 2160, 2.0)])
@pytest.mark.parametrize("name", ["lend", "returns", "refusal"])
def test_titles_keep_their_room_at_every_size(
    open_window: OpenWindow, name: str, wide: int, high: int, scale: float
) -> None:
    window = open_window(samples.ALL[name](), scale=scale)
    window.resize(wide, high)
    for _ in range(4):
        QApplication.processEvents()
    table = window.desk_screen.table.table
    assert table.columnWidth(Column.TITLE) >= window.look.px(160) or not table.isVisible()
    words = [x for x in window.desk_screen.banner.findChildren(ElidedLabel) if x.isVisible() and x.text()]
    assert all(x.height() >= x.heightForWidth(x.width()) - 1 for x in words)


def test_settings_of_the_window_have_words(open_window: OpenWindow) -> None:
    window = open_window(samples.lend())
    window.desk_screen.open_settings()
    question = window.desk_screen.question
    parts = [part for choice in question.choices.model_of_choices.choices for part in
             question.choices.model_of_choices.parts(choice)]  # fmt: skip
    assert not [part for part in parts if "kode" in part]

"""The desk at every size of window and letters: nothing needed is cut, and a question's answers are always there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import samples
from tests.ui.keyboard import Keyboard
from tests.ui.test_looks import cut_things, nameless
from ui.main_window import MainWindow
from ui.room import ROOMY, Room, largest_scale, room_for
from ui.theme import Measure
from ui.widgets.banner import ReasonRow
from ui.widgets.key_bar import KeyButton
from ui.widgets.labels import ElidedLabel

OpenWindow = Callable[..., MainWindow]
SIZES = [
    *((1366, 768, scale, language) for scale in (1.0, 1.25, 1.5) for language in ("id", "en")),
    *((1920, 1080, scale, "id") for scale in (1.0, 1.5, 2.0)),
    *((3840, 2160, scale, "id") for scale in (1.0, 1.5, 3.0)),
    (1366, 768, 1.5, "ar"),
]
SMALLEST = (1366, 768, 2.0)


def settle(window: MainWindow) -> None:
    """Let the layouts come to rest: what folds away changes the width of what stays."""
    for _ in range(4):
        QApplication.processEvents()


def place(widget: QWidget, window: MainWindow) -> QRect:
    """Where a widget stands in its window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def told(window: MainWindow) -> Iterator[QWidget]:
    """The parts that carry words, from top to bottom, as far as they are shown."""
    screen = window.desk_screen
    parts = (screen.state, screen.box, screen.banner, screen.missed_words, screen.question, screen.table, screen.keys)
    return (part for part in parts if part.isVisible())


def astray(window: MainWindow) -> list[str]:
    """What lies outside the window or over something else."""
    inside, found = window.rect(), []
    spots = [(type(part).__name__, place(part, window)) for part in told(window)]
    found += [f"{name} outside" for name, spot in spots if not inside.contains(spot)]
    found += [f"{one} over {two}" for (one, a), (two, b) in pairwise(spots) if a.intersects(b)]
    question = window.desk_screen.question
    for each in (*question.buttons, *question.fields.values()):
        if each.isVisible() and each.visibleRegion().boundingRect() != each.rect():
            found.append(f"{each.accessibleName()} is cut")
    return found


def squeezed(window: MainWindow) -> list[str]:
    """Words with less height than their lines need."""
    labels = [x for x in window.findChildren(ElidedLabel) if x.isVisible() and x.text()]
    return [x.text() for x in labels if x.height() < x.heightForWidth(x.width()) - 1]


@pytest.mark.parametrize(("wide", "high", "scale", "language"), SIZES)
def test_nothing_needed_is_cut_at_any_size(
    open_window: OpenWindow, wide: int, high: int, scale: float, language: str
) -> None:
    window = open_window(samples.lend(), language=language, scale=scale)
    window.resize(wide, high)
    for name, make in samples.ALL.items():
        if name == "long-names":
            continue
        window.desk_screen.refresh(make())
        settle(window)
        assert (window.width(), window.height()) == (wide, high), name
        assert (cut_things(window), astray(window), squeezed(window), nameless(window)) == ([], [], [], []), name


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", ["refusal", "many-reasons", "find", "pay", "last", "long-names"])
def test_the_largest_letters_on_the_smallest_screen_still_ask_and_answer(
    open_window: OpenWindow, name: str, language: str
) -> None:
    wide, high, scale = SMALLEST
    window = open_window(samples.lend(), language=language, scale=scale, theme="dark")
    window.resize(wide, high)
    window.desk_screen.refresh(samples.ALL[name]())
    settle(window)
    assert (window.width(), window.height()) == (wide, high)
    assert (astray(window), squeezed(window)) == ([], [])
    assert all(b.sizeHint().width() <= b.width() for b in window.desk_screen.question.buttons)


@pytest.mark.parametrize(
    ("wide", "high", "scale"), [(1366, 768, 1.0), (1366, 768, 1.5), (1920, 1080, 1.5), (1920, 1080, 2.0)]
)
def test_five_reasons_are_read_together_above_their_answers(
    open_window: OpenWindow, wide: int, high: int, scale: float
) -> None:
    window = open_window(samples.many_reasons(), scale=scale)
    window.resize(wide, high)
    settle(window)
    seen = place(window.desk_screen.banner.reasons, window)
    rows = [row for row in window.findChildren(ReasonRow) if row.isVisible()]
    assert len(rows) == 5
    assert all(seen.contains(place(row, window)) for row in rows)


def test_reasons_beyond_the_room_are_reached_by_key(open_window: OpenWindow) -> None:
    wide, high, scale = SMALLEST
    window = open_window(samples.many_reasons(), scale=scale)
    window.resize(wide, high)
    settle(window)
    reasons = window.desk_screen.banner.reasons
    last = reasons.rows[-1]
    assert not place(reasons, window).contains(place(last, window))
    bar = reasons.verticalScrollBar()
    while bar.value() < bar.maximum():
        QTest.keyClick(window.desk_screen.question.fields["reason"], Qt.Key.Key_PageDown)
    assert place(reasons, window).contains(place(last, window))


def test_reasons_without_a_question_are_gone_through_by_key_too(open_window: OpenWindow, keyboard: Keyboard) -> None:
    wide, high, scale = SMALLEST
    window = open_window(samples.renewed_some(), scale=scale)
    window.resize(wide, high)
    settle(window)
    reasons = window.desk_screen.banner.reasons
    for _ in range(len(reasons.rows) * 3):
        keyboard.key(Qt.Key.Key_PageDown)
    assert place(reasons, window).contains(place(reasons.rows[-1], window))
    keyboard.scan("B0000004", after=400)
    assert window.desk_screen.box.input.text() == ""


@pytest.mark.parametrize(("wide", "high", "scale"), [(1366, 768, 1.25), (1366, 768, 1.5), (1920, 1080, 2.0)])
def test_every_key_is_shown_on_two_rows_if_need_be(open_window: OpenWindow, wide: int, high: int, scale: float) -> None:
    window = open_window(samples.lend(), scale=scale)
    window.resize(wide, high)
    settle(window)
    shown = [b.hint.key for b in window.desk_screen.keys.findChildren(KeyButton) if b.isVisible() and b.hint]
    assert sorted(shown) == sorted(hint.key for hint in samples.KEYS if hint.shown)


def test_where_keys_must_go_finishing_and_paying_stay(open_window: OpenWindow) -> None:
    wide, high, scale = SMALLEST
    window = open_window(samples.lend(), scale=scale)
    window.resize(wide, high)
    settle(window)
    shown = {b.hint.key for b in window.desk_screen.keys.findChildren(KeyButton) if b.isVisible() and b.hint}
    assert {"F3", "F9", "Enter"} <= shown < {hint.key for hint in samples.KEYS}


def test_what_folds_comes_back_with_the_room(open_window: OpenWindow) -> None:
    window = open_window(samples.refusal(), scale=1.5)
    settle(window)
    screen = window.desk_screen
    assert not any(part.isVisible() for part in (screen.side, screen.keys, screen.box))
    screen.refresh(samples.lend())
    settle(window)
    assert all(part.isVisible() for part in (screen.side, screen.keys, screen.box))
    assert screen.box.input.hasFocus()
    window.resize(3840, 2160)
    settle(window)
    assert window.rail.width() > window.look.px(80)
    words = [label.text() for label in screen.side.findChildren(QLabel, "foot") if label.isVisible()]
    assert words


def test_letters_larger_than_the_window_carries_are_shown_as_large_as_it_can(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(samples.lend(), scale=3.0)
    qtbot.waitUntil(lambda: window.look.measure.scale == pytest.approx(largest_scale(1366, 768)))
    assert 1.9 < window.look.measure.scale < 2.1
    window.desk_screen.refresh(samples.many_reasons())
    settle(window)
    assert (astray(window), squeezed(window)) == ([], [])
    window.resize(3840, 2160)
    settle(window)
    assert window.look.measure.scale < 3, "not in the middle of a question"
    window.desk_screen.refresh(samples.lend())
    assert window.look.measure.scale == 3.0
    assert window.settings.scale == 3.0


def test_the_check_sees_what_lies_outside(open_window: OpenWindow) -> None:
    window = open_window(samples.refusal())
    settle(window)
    button = window.desk_screen.question.buttons[0]
    button.move(button.x(), -200)
    assert astray(window)


def test_room_is_counted_in_letters_not_in_pixels() -> None:
    assert room_for(1366, 768, Measure(1.0)) == ROOMY
    assert room_for(2732, 1536, Measure(2.0)) == ROOMY
    assert room_for(1366, 768, Measure(1.5)) == Room(narrow=True, cramped=True, low=True)
    assert room_for(1366, 768, Measure(2.0)) == Room(True, True, True, True, True)
    assert largest_scale(1360, 768) == 2.0
    assert largest_scale(300, 200) == 1.0

"""The scan box takes each code whole, at once and in order, whatever line ends the scanner sends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.ui import samples
from tests.ui.fake_desk import FakeDesk
from tests.ui.keyboard import CONTROL, Keyboard
from ui.main_window import MainWindow
from ui.scanner import ScanRhythm

OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(samples.lend())


def test_two_scans_a_millisecond_apart_are_two_codes_in_order(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk
) -> None:
    open_window(desk)
    keyboard.scan("M0000005")
    keyboard.scan("B0000004")
    assert desk.scans == ["M0000005", "B0000004"]


def test_a_burst_of_a_hundred_scans_loses_and_merges_none(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk
) -> None:
    open_window(desk)
    codes = [f"B{n:07d}" for n in range(100)]
    for code in codes:
        keyboard.scan(code)
    assert desk.scans == codes


def test_the_box_is_empty_before_the_desk_is_asked(open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk) -> None:
    window = open_window(desk)
    seen: list[str] = []
    desk.script["scan"] = lambda view: seen.append(window.desk_screen.box.input.text()) or view  # type: ignore[func-returns-value]
    keyboard.scan("B0000004")
    assert seen == [""]


@pytest.mark.parametrize("suffix", ["\r", "\r\n", "\n", "\r\r", "\t"])
def test_every_line_end_ends_a_scan_and_none_finishes(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk, suffix: str
) -> None:
    open_window(desk)
    keyboard.scan("M0000005", suffix=suffix)
    keyboard.scan("B0000004", suffix=suffix)
    assert desk.intents == [("scan", "M0000005"), ("scan", "B0000004")]


def test_a_person_finishes_with_enter_on_the_empty_box(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk
) -> None:
    open_window(desk)
    keyboard.scan("B0000004", suffix="\r\r")
    keyboard.enter(after=800)
    assert desk.intents == [("scan", "B0000004"), ("key", "finish")]


def test_only_the_first_empty_line_after_a_scan_is_its_suffix(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk
) -> None:
    open_window(desk)
    keyboard.scan("B0000004", suffix="\r\r")
    keyboard.enter(after=20)
    assert desk.intents[-1] == ("key", "finish")


def test_a_slow_second_line_end_is_known_once_learnt(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk
) -> None:
    open_window(desk)
    keyboard.scan("B0000001", suffix="\r\r")
    keyboard.scan("B0000002")
    keyboard.enter(after=250)
    assert desk.scans == ["B0000001", "B0000002"]
    assert ("key", "finish") not in desk.intents


def test_a_code_typed_by_hand_is_taken_like_a_scan(open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk) -> None:
    open_window(desk)
    keyboard.person("B12")
    keyboard.enter()
    assert desk.scans == ["B12"]


def test_ten_thousand_letters_arrive_whole_and_do_not_slow_the_box(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk
) -> None:
    window = open_window(desk)
    code = "ABCDEFGHIJ" * 1000
    keyboard.scan(code)
    assert desk.scans == [code]
    assert window.desk_screen.box.input.text() == ""
    keyboard.scan("B0000004")
    assert desk.scans[-1] == "B0000004"


def test_backspace_takes_back_hidden_letters_first(open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk) -> None:
    open_window(desk)
    keyboard.letters("A" * 205, 1)
    keyboard.key(Qt.Key.Key_Backspace)
    keyboard.enter()
    assert desk.scans == ["A" * 204]


def test_a_control_key_inside_a_scan_is_no_verb(open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk) -> None:
    open_window(desk)
    keyboard.letters("B00", 1)
    keyboard.key(Qt.Key.Key_Z, "\x1a", CONTROL, after=1)
    keyboard.key(Qt.Key.Key_F3, after=1)
    keyboard.letters("04", 1)
    keyboard.enter(after=1)
    assert [intent[0] for intent in desk.intents] == ["scan"]
    assert desk.scans == ["B00␚04"]


def test_undo_by_a_person_is_a_verb(open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk) -> None:
    open_window(desk)
    keyboard.key(Qt.Key.Key_Z, "\x1a", CONTROL)
    assert desk.intents == [("key", "undo")]


def test_pasted_lines_are_codes_of_their_own(open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk) -> None:
    window = open_window(desk)
    QGuiApplication.clipboard().setText("B0000001\r\nB0000002\nB00")
    keyboard.key(Qt.Key.Key_V, "\x16", CONTROL)
    assert desk.scans == ["B0000001", "B0000002"]
    assert window.desk_screen.box.input.text() == "B00"


def test_letters_of_other_scripts_arrive_as_they_were_sent(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk
) -> None:
    open_window(desk)
    keyboard.scan("B٠٠٤٢📚")
    assert desk.scans == ["B٠٠٤٢📚"]


def test_a_desk_that_fails_is_told_and_stays_usable(
    open_window: OpenWindow, keyboard: Keyboard, desk: FakeDesk, faults: list[Exception], played: list[str]
) -> None:
    window = open_window(desk)
    desk.script["scan B0000001"] = RuntimeError("broken")
    keyboard.scan("B0000001")
    assert [str(fault) for fault in faults] == ["broken"]
    assert played == ["no"]
    assert "belum dicatat" in window.desk_screen.banner.spoken()
    keyboard.scan("B0000002")
    assert desk.scans == ["B0000001", "B0000002"]


@given(st.integers(2, 34), st.integers(4, 40))
def test_a_scanners_rhythm_is_known_and_a_persons_is_not(gap: int, letters: int) -> None:
    scanner, person = ScanRhythm(), ScanRhythm()
    for n in range(letters):
        scanner.typed(n * gap, "A")
        person.typed(n * (gap + 60), "A")
    assert scanner.is_scan(letters * gap)
    assert not person.is_scan(letters * (gap + 60))

"""The screen renders views, sends intents, answers questions by key and never loses the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.verdict import Level
from app.services.view import (
    Answer,
    Banner,
    Choice,
    DeskView,
    Field,
    KeyHint,
    Link,
    Phrase,
    Question,
    ReasonLine,
    Sound,
    Tone,
)
from tests.builders import CARD, founded
from tests.ui import samples
from tests.ui.fake_desk import FakeDesk, without_question
from tests.ui.keyboard import CONTROL, Keyboard, focus
from ui.main_window import MainWindow

OpenWindow = Callable[..., MainWindow]
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def test_the_box_has_the_keyboard_and_the_title_says_ready(open_window: OpenWindow) -> None:
    window = open_window(samples.lend())
    assert focus() is window.desk_screen.box.input
    assert window.windowTitle().startswith("siap — ")


def test_the_title_is_not_ready_while_a_question_is_open(open_window: OpenWindow) -> None:
    window = open_window(samples.refusal())
    assert not window.windowTitle().startswith("siap")


def test_clicking_anywhere_leaves_the_keyboard_with_the_box(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.lend())
    window = open_window(desk)
    screen = window.desk_screen
    for widget in (screen, screen.table.table.viewport(), screen.side, screen.banner, screen.state, window.rail):
        QTest.mouseClick(widget, LEFT, NONE, QPoint(30, 20))
        assert focus() is screen.box.input, widget
    keyboard.scan("B0000004")
    assert desk.scans == ["B0000004"]


def test_the_keyboard_comes_back_when_something_took_it(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(samples.lend())
    button = window.rail.buttons["settings"]
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setFocus()
    qtbot.waitUntil(lambda: focus() is window.desk_screen.box.input)


def test_a_letter_that_reached_nobody_goes_into_the_box(open_window: OpenWindow) -> None:
    window = open_window(samples.lend())
    QTest.keyClicks(window.desk_screen.question, "B4")
    assert window.desk_screen.box.input.text() == "B4"


def test_each_verb_key_is_sent_once(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.lend())
    window = open_window(desk)
    keyboard.key(Qt.Key.Key_F3)
    keyboard.key(Qt.Key.Key_F12)
    keyboard.key(Qt.Key.Key_F1)
    assert desk.intents == [("key", "return"), ("key", "last"), ("key", "help")]
    assert window.desk_screen.router.seen == 3


def test_a_key_that_does_not_work_now_is_not_sent(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.lend())
    open_window(desk)
    keyboard.key(Qt.Key.Key_F11)
    keyboard.key(Qt.Key.Key_Escape)
    assert desk.intents == []


def test_keys_can_be_clicked_too(open_window: OpenWindow) -> None:
    desk = FakeDesk(samples.lend())
    window = open_window(desk)
    QTest.mouseClick(window.desk_screen.keys.buttons[1], LEFT)
    assert desk.intents == [("key", "return")]
    assert focus() is window.desk_screen.box.input


# --- questions


def test_a_refusal_shows_all_reasons_with_their_class(open_window: OpenWindow) -> None:
    window = open_window(samples.refusal())
    words = window.desk_screen.banner.spoken()
    assert "perlu persetujuan: Denda Rp27.500 melebihi batas Rp25.000" in words
    assert "perlu persetujuan: Judul ini direservasi anggota lain (antrean 1)" in words


def test_each_copy_that_could_not_be_renewed_is_named_once_above_its_reasons(open_window: OpenWindow) -> None:
    view = samples.renewed_some()
    assert view.banner is not None
    twice = replace(view.banner.reasons[0], code="renewal-limit", params={"renewals": 2, "limit": 2})
    reasons = (view.banner.reasons[0], twice, *view.banner.reasons[1:])
    window = open_window(replace(view, banner=replace(view.banner, reasons=reasons)))
    words = window.desk_screen.banner.spoken()
    assert words.count("B0110-1 · Metodologi Studi Islam") == 1
    assert words.index("B0110-1") < words.index("Direservasi anggota lain") < words.index("B0031-1")
    shown = [label.text() for label in window.findChildren(QLabel, "reasonOf") if label.isVisible()]
    assert [words.split(" · ")[0] for words in shown] == ["B0110-1", "B0031-1", "B0077-3"]


def test_the_box_is_held_with_the_code_while_a_question_is_open(open_window: OpenWindow) -> None:
    window = open_window(samples.refusal())
    box = window.desk_screen.box
    assert box.input.text() == "B0193-1"
    assert box.input.isReadOnly()
    assert box.label.text() == "Jawab dulu pertanyaan di bawah"
    assert focus() is window.desk_screen.question.fields["reason"]


@pytest.mark.parametrize("suffix", ["\r", "\r\n", "\r\r", "\t"])
def test_a_scan_never_answers_a_question(
    open_window: OpenWindow, keyboard: Keyboard, played: list[Sound], spoken: list[tuple[str, bool]], suffix: str
) -> None:
    desk = FakeDesk(samples.refusal())
    window = open_window(desk)
    keyboard.person("sakit")
    keyboard.scan("B0000004", suffix=suffix, after=150)
    assert desk.intents == []
    assert played == [Sound.NO]
    assert spoken[-1][1]
    question = window.desk_screen.question
    assert question.fields["reason"].text() == "sakit"
    assert question.fields["pin"].text() == ""
    assert focus() is question.fields["reason"] or suffix == "\t"


@pytest.mark.parametrize("view", [samples.find, samples.pay])
def test_a_scan_does_not_press_enter_for_anybody(
    open_window: OpenWindow, keyboard: Keyboard, played: list[Sound], view: Callable[[], object]
) -> None:
    desk = FakeDesk(view())  # type: ignore[arg-type]
    open_window(desk)
    keyboard.scan("B0000004", suffix="\r\n")
    assert [intent for intent in desk.intents if intent[0] != "search"] == []
    assert played == [Sound.NO]


def test_a_scan_in_a_list_without_fields_is_refused(
    open_window: OpenWindow, keyboard: Keyboard, played: list[Sound]
) -> None:
    found = samples.find()
    assert found.question is not None
    desk = FakeDesk(replace(found, question=replace(found.question, fields=())))
    open_window(desk)
    keyboard.scan("B0000004")
    assert desk.intents == []
    assert played == [Sound.NO]


def test_a_question_that_wants_a_scan_gets_it(open_window: OpenWindow, keyboard: Keyboard) -> None:
    view = samples.refusal()
    assert view.question is not None
    desk = FakeDesk(replace(view, question=replace(view.question, takes_scan=True)))
    open_window(desk)
    keyboard.scan("S0000001")
    assert desk.scans == ["S0000001"]


def test_the_line_end_of_the_scan_that_opened_a_question_is_no_answer(
    open_window: OpenWindow, keyboard: Keyboard
) -> None:
    desk = FakeDesk(samples.lend())
    desk.script["scan"] = samples.pay()
    open_window(desk)
    keyboard.scan("B0193-1", suffix="\r\r")
    assert desk.intents == [("scan", "B0193-1")]


def test_the_first_answer_is_paying(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.refusal())
    window = open_window(desk)
    keyboard.key(Qt.Key.Key_F9)
    assert desk.intents == [("answer", "pay")]
    assert window.desk_screen.question.buttons[0].text() == "F9 Bayar denda dulu"


def test_approval_wants_its_reason_and_pin_first(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.refusal())
    window = open_window(desk)
    fields = window.desk_screen.question.fields
    keyboard.key(Qt.Key.Key_F11)
    assert desk.intents == []
    keyboard.person("tugas akhir")
    keyboard.enter()
    assert focus() is fields["pin"]
    keyboard.key(Qt.Key.Key_F11)
    assert desk.intents == []
    keyboard.person("1234")
    keyboard.key(Qt.Key.Key_F11)
    assert desk.intents == [("answer", "approve")]
    assert desk.fields == [{"reason": "tugas akhir", "pin": "1234"}]


def test_after_a_wrong_pin_the_keyboard_is_in_the_emptied_pin_field(
    open_window: OpenWindow, keyboard: Keyboard
) -> None:
    desk = FakeDesk(samples.refusal())
    desk.script["answer approve"] = _with_a_wrong_pin
    window = open_window(desk)
    fields = window.desk_screen.question.fields
    keyboard.person("tugas akhir")
    keyboard.enter()
    keyboard.person("1111")
    keyboard.key(Qt.Key.Key_F11)
    fields = window.desk_screen.question.fields
    assert focus() is fields["pin"]
    keyboard.person("2222")
    assert fields["reason"].text() == "tugas akhir"
    assert fields["pin"].text() == "2222"


def _with_a_wrong_pin(view: DeskView) -> DeskView:
    assert view.question is not None
    reason, pin = view.question.fields
    fields = (replace(reason, value="tugas akhir"), pin)
    question = replace(view.question, id="q2", fields=fields, wrong=Phrase("wrong-pin"), begin="pin")
    return replace(view, question=question, serial=view.serial + 1)


def test_an_answer_closes_the_question_and_frees_the_box(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.refusal())
    desk.script["answer cancel"] = without_question
    window = open_window(desk)
    keyboard.key(Qt.Key.Key_Escape)
    assert focus() is window.desk_screen.box.input
    keyboard.scan("B0000004")
    assert desk.intents == [("answer", "cancel"), ("scan", "B0000004")]


def test_searching_asks_at_every_letter_and_enter_takes_the_chosen_line(
    open_window: OpenWindow, keyboard: Keyboard
) -> None:
    desk = FakeDesk(samples.find())
    open_window(desk)
    keyboard.person("fiq")
    keyboard.key(Qt.Key.Key_Down)
    keyboard.enter()
    assert desk.intents == [("search", "f"), ("search", "fi"), ("search", "fiq"), ("answer", "open", "b")]


def test_a_line_can_be_clicked(open_window: OpenWindow) -> None:
    desk = FakeDesk(samples.find())
    window = open_window(desk)
    choices = window.desk_screen.question.choices
    spot = choices.visualRect(choices.model_of_choices.index(1)).center()
    QTest.mouseClick(choices.viewport(), LEFT, NONE, spot)
    assert desk.intents == [("answer", "open", "b")]


def test_a_click_on_a_charge_chooses_it_and_takes_no_money(open_window: OpenWindow, keyboard: Keyboard) -> None:
    view = samples.pay()
    assert view.question is not None
    charges = (Choice("charge:1", "Sejarah Lampung"), Choice("charge:2", "Fikih Muamalah"))
    enter = replace(view.question.answers[0], needs=("amount",))
    desk = FakeDesk(replace(view, question=replace(view.question, choices=charges, answers=(enter,))))
    window = open_window(desk)
    choices = window.desk_screen.question.choices
    spot = choices.visualRect(choices.model_of_choices.index(1)).center()
    QTest.mouseClick(choices.viewport(), LEFT, NONE, spot)
    assert desk.intents == []
    keyboard.enter()
    assert desk.intents == [("answer", "pay", "charge:2")]


def test_an_amount_is_given_as_its_digits(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.pay())
    window = open_window(desk)
    assert window.desk_screen.question.fields["amount"].text() == "27.500"
    keyboard.enter()
    assert desk.fields == [{"amount": "27500", "payer": ""}]


def test_what_was_typed_stays_while_the_question_stays(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.refusal())
    window = open_window(desk)
    keyboard.person("sakit")
    window.desk_screen.refresh(replace(desk.now, state=samples.state(Link.ONLINE)))
    assert window.desk_screen.question.fields["reason"].text() == "sakit"


# --- outcomes


def test_an_outcome_sounds_and_speaks_once(
    open_window: OpenWindow, played: list[Sound], spoken: list[tuple[str, bool]]
) -> None:
    desk = FakeDesk(samples.empty())
    window = open_window(desk)
    assert played == []
    window.desk_screen.refresh(samples.lend())
    window.desk_screen.refresh(samples.lend())
    assert played == [Sound.DONE]
    assert len(spoken) == 1
    assert "kembali paling lambat Selasa, 8 Desember" in spoken[0][0]
    assert not spoken[0][1]


def test_a_refusal_breaks_into_speech(open_window: OpenWindow, spoken: list[tuple[str, bool]]) -> None:
    window = open_window(samples.empty())
    window.desk_screen.refresh(samples.refusal())
    assert spoken[0][1]


def test_the_sticky_mode_recolours_the_box(open_window: OpenWindow) -> None:
    window = open_window(samples.returns())
    box = window.desk_screen.box
    assert box.property("mode") == "return"
    assert box.label.text() == "Pengembalian — pindai buku satu per satu (F2 untuk peminjaman)"
    window.desk_screen.refresh(samples.lend())
    assert box.property("mode") == "auto"


def test_a_place_that_is_not_there_yet_says_so(open_window: OpenWindow) -> None:
    window = open_window(samples.lend())
    button = window.rail.buttons["reports"]
    assert button.toolTip() == "Laporan: belum ada di versi ini"
    button.click()
    spoken = window.desk_screen.banner.spoken()
    assert "Laporan: belum ada di versi ini" in spoken
    assert "F12" in spoken
    assert focus() is window.desk_screen.box.input
    window.desk_screen.refresh(samples.lend())
    assert window.desk_screen.banner.spoken() == spoken, "a second of quiet time leaves it"
    window.desk_screen.refresh(replace(samples.lend(), serial=samples.lend().serial + 1))
    assert "Laporan" not in window.desk_screen.banner.spoken()
    assert window.rail.buttons["cases"].accessibleDescription() == "3 perkara perlu diperiksa"


# --- settings of the window


def test_language_and_colours_change_while_running(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.lend())
    window = open_window(desk)
    keyboard.key(Qt.Key.Key_Comma, ",", CONTROL)
    assert window.desk_screen.asking()
    keyboard.key(Qt.Key.Key_Down)
    keyboard.enter()
    assert window.settings.language == "en"
    assert window.desk_screen.box.label.text() == "Scan a card or a book — ready"
    assert focus() is window.desk_screen.box.input
    keyboard.scan("B0000004")
    assert desk.intents == [("scan", "B0000004")]


def test_the_rail_and_the_key_lead_to_the_same_settings(open_window: OpenWindow, keyboard: Keyboard) -> None:
    settings = KeyHint("Ctrl+S", "settings", "settings", shown=False)
    desk = FakeDesk(replace(samples.lend(), keys=(settings,)))
    window = open_window(desk)
    window.rail.buttons["settings"].click()
    keyboard.key(Qt.Key.Key_S, "s", CONTROL)
    assert desk.intents == [("key", "settings")] * 2


def test_the_desk_s_settings_lead_on_to_the_look(open_window: OpenWindow, keyboard: Keyboard) -> None:
    question = Question("s", "list", "settings-desk", answers=(Answer("Ctrl+,", "look", "look"),))
    desk = FakeDesk(replace(samples.lend(), question=question))
    desk.script["answer close"] = without_question
    window = open_window(desk)
    keyboard.key(Qt.Key.Key_Comma, ",", CONTROL)
    assert desk.intents == [("answer", "close")]
    shown = window.desk_screen.question.question
    assert shown is not None
    assert shown.code == "settings"


def test_f1_names_the_keys_of_a_question(open_window: OpenWindow, keyboard: Keyboard) -> None:
    window = open_window(samples.refusal())
    keyboard.key(Qt.Key.Key_F1)
    words = window.desk_screen.question.findChild(QLabel, "questionWrong").text()
    assert words.startswith("Tombol yang berlaku: ")
    assert "F11" in words
    assert "Esc" in words


def test_a_help_longer_than_the_window_is_read_with_arrows_page_and_end(
    open_window: OpenWindow, keyboard: Keyboard
) -> None:
    choices = tuple(Choice(f"k{n}", Phrase("help-undo"), mono=str(n), enabled=False) for n in range(60))
    question = Question("h", "list", "help", answers=(Answer("Esc", "close", "close"),), choices=choices)
    window = open_window(replace(samples.lend(), question=question))
    assert window.desk_screen.box.label.text().startswith("Esc menutup daftar ini")
    bar = window.desk_screen.question.choices.verticalScrollBar()
    places = [bar.value()]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_Home):
        keyboard.key(key)
        places.append(bar.value())
    assert places[0] < places[1] < places[2] < places[3] == bar.maximum()
    assert places[4] == 0


def test_a_scan_does_not_choose_a_setting(open_window: OpenWindow, keyboard: Keyboard, played: list[Sound]) -> None:
    desk = FakeDesk(samples.lend())
    window = open_window(desk)
    before = window.settings
    window.desk_screen.open_settings()
    keyboard.scan("B0000004", suffix="\r\r")
    assert window.settings == before
    assert desk.intents == []
    assert played == [Sound.NO]
    keyboard.key(Qt.Key.Key_Escape)
    assert focus() is window.desk_screen.box.input


def test_right_to_left_while_running(open_window: OpenWindow, keyboard: Keyboard, qtbot: QtBot) -> None:
    desk = FakeDesk(samples.lend())
    window = open_window(desk)
    window.use(replace(window.settings, language="ar"))
    screen = window.desk_screen
    assert screen.layoutDirection() is Qt.LayoutDirection.RightToLeft
    qtbot.waitUntil(lambda: screen.side.x() < screen.table.x())
    keyboard.scan("B0000004")
    assert desk.scans == ["B0000004"]
    window.use(replace(window.settings, language="id"))
    assert window.desk_screen.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_buttons_never_take_the_keyboard(open_window: OpenWindow) -> None:
    window = open_window(samples.refusal())
    assert all(b.focusPolicy() is Qt.FocusPolicy.NoFocus for b in window.findChildren(QPushButton))


# --- scans that fell on a question


def test_every_scan_that_fell_on_a_question_is_named_until_it_is_scanned_again(
    open_window: OpenWindow, keyboard: Keyboard, spoken: list[tuple[str, bool]]
) -> None:
    desk = FakeDesk(samples.refusal())
    window = open_window(desk)
    screen = window.desk_screen
    for code in ("B0000004", "B0000005", "B0000006", "B0000005"):
        keyboard.scan(code, after=400)
    assert desk.intents == []
    told = screen.missed_words.text()
    assert "3 pindaian" in told
    assert all(code in told for code in ("B0000004", "B0000005", "B0000006"))
    assert spoken[-1] == (told, True)
    screen.refresh(without_question(samples.refusal()))
    desk.now = samples.lend()
    assert "3 pindaian belum tercatat" in screen.missed_words.text()
    screen.refresh(samples.pay())
    assert "3 pindaian belum tercatat" in screen.missed_words.text()
    assert "Esc" not in screen.missed_words.text()
    screen.refresh(samples.lend())
    keyboard.scan("b0000005", after=400)
    assert desk.scans == ["b0000005"]
    assert "B0000005" not in screen.missed_words.text()
    keyboard.key(Qt.Key.Key_Escape)
    assert not screen.missed_words.isVisible()


def test_many_missed_scans_are_counted_and_the_next_ones_named(open_window: OpenWindow, keyboard: Keyboard) -> None:
    screen = open_window(samples.refusal()).desk_screen
    for number in range(1, 8):
        keyboard.scan(f"B100{number}", after=400)
    assert "7 pindaian" in screen.missed_words.text()
    assert "B1001, B1002, B1003, B1004 …" in screen.missed_words.text()
    screen.refresh(without_question(samples.refusal()))
    keyboard.scan("B1002", after=400)
    assert "6 pindaian" in screen.missed_words.text()
    assert "B1001, B1003, B1004, B1005 …" in screen.missed_words.text()


def test_no_scan_ends_up_as_a_pin(open_window: OpenWindow, keyboard: Keyboard) -> None:
    desk = FakeDesk(samples.refusal())
    screen = open_window(desk).desk_screen
    fields = screen.question.fields
    keyboard.enter()
    assert focus() is fields["pin"]
    keyboard.key(Qt.Key.Key_F11)
    keyboard.enter()
    keyboard.letters("B00", 5)
    keyboard.scan("0009", gap=5, after=140)
    assert fields["pin"].text() == "", "a scanner that stumbled left its first letters"
    assert focus() is fields["reason"]
    assert "1 pindaian tidak dipakai" in screen.missed_words.text()
    keyboard.person("tugas akhir")
    keyboard.enter()
    keyboard.person("1234")
    keyboard.key(Qt.Key.Key_F11)
    assert desk.fields == [{"reason": "tugas akhir", "pin": "1234"}]


def test_what_the_question_is_about_and_the_open_card_are_not_missed(
    open_window: OpenWindow, keyboard: Keyboard, played: list[Sound]
) -> None:
    view = samples.refusal()
    screen = open_window(view).desk_screen
    assert view.question is not None
    assert view.member is not None
    for code in (view.question.held, view.member.member_no):
        keyboard.scan(code, after=400)
    assert not screen.missed_words.isVisible()
    assert played == [Sound.NO, Sound.NO], "the scan did nothing, and that is heard"


def test_a_missed_scan_says_whose_it_was_when_another_reader_comes(open_window: OpenWindow, keyboard: Keyboard) -> None:
    screen = open_window(samples.refusal()).desk_screen
    keyboard.scan("B0000004", after=400)
    screen.refresh(without_question(samples.refusal()))
    assert "Ahmad Fauzi" not in screen.missed_words.text(), "this reader is still here"
    screen.refresh(replace(samples.lend(), member=None))
    assert "B0000004 (Ahmad Fauzi)" in screen.missed_words.text()


def test_scans_that_were_not_used_outlive_a_change_of_the_look(
    open_window: OpenWindow, keyboard: Keyboard, qtbot: QtBot
) -> None:
    window = open_window(samples.refusal())
    keyboard.scan("B0000004", after=400)
    window.use(replace(window.settings, theme="dark"))
    assert "B0000004" in window.desk_screen.missed_words.text()
    qtbot.waitUntil(lambda: window.desk_screen.missed_words.isVisible())


def test_one_sentence_is_said_once(open_window: OpenWindow) -> None:
    reason = ReasonLine(Level.IMPOSSIBLE, "nothing-to-reprint")
    banner = Banner(Tone.NO, "nothing-to-reprint", reasons=(reason,))
    window = open_window(replace(samples.empty(), banner=banner))
    assert not window.desk_screen.banner.reasons.isVisible()
    assert window.desk_screen.banner.spoken() == "Belum ada struk untuk dicetak ulang"


def test_a_state_in_which_nothing_is_kept_is_said_and_never_green(open_window: OpenWindow) -> None:
    view = samples.empty()
    screen = open_window(view).desk_screen
    state = replace(view.state, link=Link.ALONE, unsaved=True, last_error=Phrase("store-moved"))
    screen.refresh(replace(view, state=state))
    words = " ".join(label.text() for label in screen.state.findChildren(QLabel) if label.isVisible())
    assert "TIDAK tersimpan" in words
    assert "Berkas data dipindah atau diganti" in words
    pill = screen.state.findChild(QFrame, "linkPill")
    assert pill is not None
    assert pill.property("tone") == "no"


def test_many_fields_stand_in_two_rows_with_their_names(open_window: OpenWindow) -> None:
    names = ("member-number", "member-name", "member-phone", "member-email", "member-expires")
    question = Question("q", "confirm", "register-typed", fields=tuple(Field(name, name) for name in names))
    panel = open_window(replace(samples.empty(), question=question)).desk_screen.question
    tops = [edit.mapTo(panel, QPoint(0, 0)).y() for edit in panel.fields.values()]
    assert tops[0] == tops[1] == tops[2] < tops[3] == tops[4]
    labels = [label.text() for label in panel.findChildren(QLabel, "fieldLabel") if label.isVisible()]
    assert labels == ["No. anggota", "Nama anggota", "Telepon / WhatsApp", "Email", "Berlaku s.d. (kosong: ikut jenis)"]


@pytest.mark.parametrize(
    "opened", ["settings", "find-member", "find-title", "help", "last", "sign-in", "register", "look"]
)
def test_keys_act_on_what_is_shown_only(
    open_window: OpenWindow, keyboard: Keyboard, tmp_path: Path, opened: str
) -> None:
    library = founded(tmp_path)
    library.item("B001")
    library.member(CARD, "Ahmad Fauzi")
    desk = library.screen()
    before = desk.scan(CARD), desk.scan("B001")
    screen = open_window(desk).desk_screen
    try:
        screen.open_settings() if opened == "look" else screen.refresh(desk.key(opened))
        question = screen.question.question
        assert question is not None
        for key in (Qt.Key.Key_Z, Qt.Key.Key_E, Qt.Key.Key_K):
            keyboard.key(key, held=CONTROL)
        for key in (Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F5, Qt.Key.Key_F9):
            keyboard.key(key)
        assert screen.question.question is question
        if opened != "look":
            assert desk.key("undo").question is not None, "nor does the session take what the question does not offer"
        assert library.has(CARD) == ["B001"]
        assert desk.view().member is not None, "the reader's transaction is still open"
        assert before[1].rows == desk.view().rows
    finally:
        library.close()

"""The settings: by right, by their choices, and what does not fit."""

from __future__ import annotations

from app.services.desk import DeskScreen
from app.services.view import Phrase
from tests.builders import Library
from tests.services.questions.asking import CLERK, answers, asked


def test_settings_without_the_right_lead_to_the_sign_in(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    screen = library.screen(library.session(CLERK))
    question = asked(screen.key("settings"))
    assert question.wrong == Phrase("settings-right")
    assert {hint.key for hint in screen.view().keys} == set(answers(screen.view()))
    assert asked(screen.answer("sign-in", {})).code == "sign-in"


def test_a_setting_s_choices_are_taken_with_enter(library: Library, screen: DeskScreen) -> None:
    screen.key("settings")
    question = asked(screen.answer("pick", {}, "setting:slip.print"))
    assert answers(screen.view()) == {"Enter": "pick", "Esc": "cancel"}
    assert question.begin == "value:always", "what is in use is chosen first"
    back = asked(screen.answer("pick", {}, question.choices[-1].id))
    assert (back.code, back.begin) == ("settings-desk", "setting:slip.print"), "the list keeps its row"
    with library.store.read() as facts:
        assert facts.setting("slip.print") == "never"


def test_an_address_that_does_not_fit_is_said_and_stays_to_be_mended(library: Library, screen: DeskScreen) -> None:
    screen.key("settings")
    screen.answer("pick", {}, "setting:slip.reader_pages")
    wrong = asked(screen.answer("save", {"value": "http://perpus.example.ac.id"}))
    assert wrong.wrong is not None
    assert wrong.wrong.code == "setting-address"
    assert wrong.fields[0].value == "http://perpus.example.ac.id"
    assert asked(screen.answer("save", {"value": "https://perpus.example.ac.id "})).code == "settings-desk"
    with library.store.read() as facts:
        assert facts.setting("slip.reader_pages") == "https://perpus.example.ac.id"


def test_a_number_that_does_not_fit_is_answered_with_its_bounds(library: Library, screen: DeskScreen) -> None:
    screen.key("settings")
    screen.answer("pick", {}, "setting:desk.quiet_end_seconds")
    for text in ("9999", "tiga", ""):
        wrong = asked(screen.answer("save", {"value": text})).wrong
        assert wrong is not None
        assert (wrong.code, wrong.params["low"], wrong.params["high"]) == ("setting-int", 0, 7200)
    assert asked(screen.answer("save", {"value": "60"})).code == "settings-desk"


def test_esc_in_a_setting_leads_back_to_the_list_and_from_there_to_the_desk(
    library: Library, screen: DeskScreen
) -> None:
    screen.key("settings")
    for key in ("slip.print", "library.name"):
        screen.answer("pick", {}, f"setting:{key}")
        back = asked(screen.key("cancel"))
        assert (back.code, back.begin) == ("settings-desk", f"setting:{key}")
    assert screen.key("close").question is None


def test_a_printer_that_needs_an_address_is_asked_for_it_at_once(library: Library, screen: DeskScreen) -> None:
    screen.key("settings")
    screen.answer("pick", {}, "setting:printer.kind")
    question = asked(screen.answer("pick", {}, "value:network"))
    assert (question.code, question.wrong) == ("setting-printer.target", Phrase("setting-printer-address"))
    assert asked(screen.answer("save", {"value": "192.168.1.50:9100"})).code == "settings-desk"
    screen.answer("pick", {}, "setting:printer.kind")
    assert asked(screen.answer("pick", {}, "value:file")).code == "settings-desk", "an address is there already"

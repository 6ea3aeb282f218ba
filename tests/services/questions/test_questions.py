"""Questions: the right answers with keys, hits as they are typed, and what an answer brings."""

from __future__ import annotations

import json

from msgspec.structs import replace

from app.domain import right
from app.domain.records import ItemStatus
from app.services.circulation import Approval
from app.services.desk import DeskScreen
from app.services.view import Phrase, Question, Tone
from tests.builders import CARD, OTHER_CARD, Library, rows_of
from tests.services.conftest import ISBN
from tests.services.questions.asking import CLERK, answers, asked, scanned


def test_the_reader_s_own_book_offers_return_and_renew(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    view = scanned(library, screen, CARD, "B001")
    assert answers(view) == {"F3": "return", "F5": "renew", "Esc": "cancel"}
    screen.answer("return", {})
    assert library.has() == []


def test_own_book_renewed_by_its_key(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=12)
    scanned(library, screen, CARD, "B001")
    view = screen.answer("renew", {})
    assert view.question is None
    assert view.rows[0].chip.code == "renewed"


def test_paying_comes_before_signing(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=80)
    library.bring("C001")
    view = scanned(library, screen, CARD, "B001")
    question = asked(view)
    assert [answer.action for answer in question.answers] == ["pay-first", "approve", "approve-all", "cancel"]
    assert question.answers[0].primary
    assert not question.answers[1].primary
    pay = asked(screen.answer("pay-first", {}))
    assert pay.kind == "pay"
    assert pay.fields[0].value == str(library.owed())
    screen.answer("pay", {"amount": pay.fields[0].value, "payer": ""})
    assert library.owed() == 0
    scanned(library, screen, "B001")
    assert library.has() == ["B001"]


def test_a_clerk_needs_a_reason_and_a_supervisor_s_pin(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    screen = library.screen(library.session(CLERK))
    view = scanned(library, screen, "19.02.0005", "B001")
    approve = next(answer for answer in asked(view).answers if answer.action == "approve")
    assert approve.needs == ("reason", "pin")
    wrong = screen.answer("approve", {"reason": "izin", "pin": "1234"})
    assert asked(wrong).wrong is not None
    kept = {field.name: field.value for field in asked(wrong).fields}
    assert kept == {"reason": "izin", "pin": ""}, "what was typed stays, the PIN does not"
    assert asked(wrong).begin == "pin", "a PIN typed again must not fall into the reason"
    screen.answer("approve", {"reason": "izin", "pin": "2222"})
    assert library.has("19.02.0005") == ["B001"]


def test_one_signature_may_cover_what_this_reader_takes_now(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    screen = library.screen(library.session(CLERK))
    scanned(library, screen, "19.02.0005", "B001")
    signed = screen.answer("approve-all", {"reason": "izin", "pin": "2222"})
    assert signed.member is not None
    assert [n.params for n in signed.member.notes if n.code == "signed"] == [{"what": "signed-member-expired"}]
    view = scanned(library, screen, "C001")
    assert view.question is None
    assert library.has("19.02.0005") == ["B001", "C001"]
    signatures = rows_of(library.store, "SELECT json_extract(body, '$.approver') FROM event WHERE kind = 'loan.opened'")
    assert len(signatures) == 2
    assert len(set(signatures)) == 1
    view = scanned(library, screen, "E001")
    parts = asked(view)
    assert parts.fields == (), "loose parts are looked for at each copy, by anybody"
    assert (parts.answers[0].key, parts.answers[0].code) == ("F11", "parts-lend")
    assert view.banner is not None
    assert (view.banner.tone, view.banner.code) == (Tone.NEEDS, "check-first"), "a question is no refusal"
    assert [reason.asks for reason in view.banner.reasons] == [True]
    screen.answer("approve", {})
    assert library.has("19.02.0005") == ["B001", "C001", "E001"]
    screen.key("finish")
    assert scanned(library, screen, "19.02.0005", "D001").question is not None, "it dies with the transaction"


def test_a_signature_serves_the_reader_it_was_for(library: Library, screen: DeskScreen) -> None:
    for card in (CARD, OTHER_CARD):
        library.member(card, library.members[card].name, card_lost=True)
    dewi, book = library.members[OTHER_CARD].id, library.items["C001"].id
    library.circulation.lend(library.desk, dewi, book, Approval(frozenset({"card-lost"})))
    library.clock.go(days=3)
    scanned(library, screen, CARD)
    screen.key("renew")
    other = asked(scanned(library, screen, "C001"))
    assert "approve-all" not in [answer.action for answer in other.answers]
    screen.answer("approve-all", {"reason": "Dewi saja"})
    screen.key("renew")
    assert asked(scanned(library, screen, "B001")).answers
    assert library.has() == []


def test_each_signature_stays_its_signer_s(library: Library) -> None:
    hasan, rani = library.staff("Hasan Basri", pin="2222"), library.staff("Rani", pin="3333")
    library.item("R001", status=ItemStatus.REFERENCE)
    screen = library.screen(library.session(CLERK))
    scanned(library, screen, "19.02.0005", "B001")
    screen.answer("approve-all", {"reason": "izin", "pin": "2222"})
    scanned(library, screen, "R001")
    screen.answer("approve", {"reason": "untuk pameran", "pin": "3333"})
    body = rows_of(library.store, "SELECT body FROM event WHERE kind = 'loan.opened' ORDER BY n DESC")[0][0]
    kept = json.loads(body)
    assert (kept["approved"], kept["approver"]) == (["item-reference"], rani.id)
    assert (kept["earlier"]["approved"], kept["earlier"]["approver"]) == (["member-expired"], hasan.id)


def test_a_stated_time_stays_with_what_is_picked(library: Library, screen: DeskScreen) -> None:
    library.item("C002", "Fikih Muamalah", price=60_000)
    library.lend(CARD, "C001")
    library.lend(OTHER_CARD, "C002")
    library.clock.go(days=40)
    screen.key("return")
    view = scanned(library, screen, f"@2026-03-10T10:00 {ISBN}")
    screen.pick(asked(view).choices[0].id)
    assert rows_of(library.store, "SELECT kind, late FROM event ORDER BY n DESC LIMIT 1") == [("item.returned", 1)]
    assert library.owed(CARD) + library.owed(OTHER_CARD) == 0


def test_a_signature_for_a_copy_serves_that_copy_alone(library: Library, screen: DeskScreen) -> None:
    library.item("R001", status=ItemStatus.REFERENCE)
    view = scanned(library, screen, CARD, "R001")
    assert [answer.action for answer in asked(view).answers] == ["cancel", "approve"]


def test_a_supervisor_signs_for_a_payment_to_be_undone(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    library.lend(CARD, "C001")
    library.clock.go(days=30)
    library.bring("C001")
    owed = library.owed()
    screen = library.screen(library.session(CLERK))
    scanned(library, screen, CARD)
    screen.key("pay")
    screen.answer("pay", {"amount": str(owed), "payer": ""})
    assert library.owed() == 0
    question = asked(screen.key("undo"))
    assert [answer.code for answer in question.answers] == ["cancel", "approve-void"]
    assert library.owed() == 0
    screen.answer("approve", {"reason": "salah orang", "pin": "2222"})
    assert library.owed() == owed
    assert library.kinds(1) == ["payment.voided"]


def test_a_pin_of_two_people_asks_who_signs(library: Library) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    with library.store.act() as act:
        act.put_staff(replace(hasan, id="d" * 32, name="Dewi Anggraini", short_name="Dewi", badge="petugas-9"))
    screen = library.screen(library.session(CLERK))
    scanned(library, screen, "19.02.0005", "B001")
    for _ in range(5):  # never counted as a wrong PIN
        view = screen.answer("approve", {"reason": "izin", "pin": "2222"})
    question = asked(view)
    assert question.wrong == Phrase("pin-shared")
    assert [field.name for field in question.fields] == ["reason", "signer", "pin"]
    assert question.begin == "signer"
    assert next(a for a in question.answers if a.action == "approve").needs == ("signer", "reason", "pin")
    assert library.has("19.02.0005") == [], "nobody signed"
    screen.answer("approve", {"reason": "izin", "signer": "PETUGAS-9", "pin": "2222"})
    assert library.has("19.02.0005") == ["B001"]
    assert rows_of(library.store, "SELECT json_extract(body, '$.approver') FROM event ORDER BY n DESC LIMIT 1") == [
        ("d" * 32,)
    ]


def test_a_plain_question_needs_no_signature(library: Library) -> None:
    screen = library.screen(library.session(CLERK))
    view = scanned(library, screen, CARD, "E001")
    assert asked(view).fields == ()
    screen.answer("approve", {})
    assert library.has() == ["E001"]


def test_members_are_found_as_they_are_typed(library: Library, screen: DeskScreen) -> None:
    screen.key("find-member")
    assert asked(screen.search("fau")).choices[0].mono == CARD
    assert asked(screen.search("zzz")).choices == ()
    choice = asked(screen.search("dewi")).choices[0]
    view = screen.pick(choice.id)
    assert view.member is not None
    assert view.member.member_no == OTHER_CARD


def test_titles_lead_to_their_copies(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD)
    screen.key("find-title")
    choice = asked(screen.search("sejarah")).choices[0]
    assert choice.side != ""
    view = screen.pick(choice.id)
    question = asked(view)
    assert [copy.mono for copy in question.choices] == ["B001", "B002"]
    screen.pick(question.choices[1].id)
    assert library.has() == ["B002"]
    screen.key("find-title")
    only = asked(screen.pick(asked(screen.search("kamus")).choices[0].id))
    assert [copy.mono for copy in only.choices] == ["D001"], "shown first: a search is no scan"
    screen.pick(only.choices[0].id)
    assert library.has() == ["B002", "D001"]


def test_a_shared_code_asks_which(library: Library, screen: DeskScreen) -> None:
    library.item("B001 ", "Buku lain")
    view = scanned(library, screen, CARD, "B001")
    question = asked(view)
    assert question.kind == "pick"
    assert len(question.choices) == 2
    screen.pick(question.choices[0].id)
    assert len(library.has()) == 1


def test_the_last_acts_can_be_printed_again(library: Library, screen: DeskScreen) -> None:
    empty = asked(screen.key("last"))
    assert empty.choices == ()
    assert not empty.answers[0].enabled
    screen.key("close")
    scanned(library, screen, CARD, "B001")
    screen.key("finish")
    question = asked(screen.key("last"))
    assert [choice.mono for choice in question.choices] == ["B001"]
    view = screen.answer("reprint", {}, question.choices[0].id)
    assert view.banner is not None
    assert view.banner.code == "reprinted"


def test_a_payment_in_the_list_says_how_much_for_what_its_receipt_and_what_is_left(
    library: Library, screen: DeskScreen
) -> None:
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
    library.clock.go(days=20)
    library.bring("B001")
    library.clock.go(days=1)
    library.bring("C001")
    owed = library.owed()
    scanned(library, screen, CARD)
    for amount in (1000, owed - 1000):
        screen.key("pay")
        screen.answer("pay", {"amount": str(amount), "payer": ""})
    screen.key("finish")
    second, first = asked(screen.key("last")).choices[:2]
    assert first.title == Phrase("paid", {"amount": 1000, "what": "Sejarah Lampung"})
    assert second.title == Phrase("paid", {"amount": owed - 1000, "what": "Sejarah Lampung, Fikih Muamalah"})
    assert (first.mono, second.mono) == ("M1K-A-000001", "M1K-A-000002")
    assert first.line == second.line == Phrase("paid-settled", {"name": "Ahmad F.", "left": 0})
    view = screen.answer("reprint", {}, second.id)
    assert view.banner is not None
    assert view.banner.code == "reprinted"
    screen.key("undo")
    void, stands = asked(screen.key("last")).choices[:2]
    assert void.line == Phrase("paid-void", {"name": "Ahmad F.", "left": owed - 1000})
    assert void.chip is not None
    assert void.chip.code == "undone"
    assert stands.line == Phrase("paid-left", {"name": "Ahmad F.", "left": owed - 1000})


def test_history_help_and_condition(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(minutes=60)
    scanned(library, screen, "B001")
    condition = asked(screen.key("condition"))
    assert len(condition.choices) == 6
    wet = next(choice for choice in condition.choices if choice.id == "condition:wet")
    screen.pick(wet.id)
    assert library.owed() == 25_000
    scanned(library, screen, CARD)
    history = asked(screen.key("history"))
    assert [choice.mono for choice in history.choices] == ["B001"]
    screen.key("close")
    helped = asked(screen.key("help"))
    assert {choice.mono for choice in helped.choices} >= {"F2", "F3", "F12", "Ctrl+Z", "Enter"}


def test_a_payment_that_cannot_be_read_is_asked_again(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    scanned(library, screen, "B001")
    screen.key("pay")
    view = screen.answer("pay", {"amount": "banyak", "payer": ""})
    assert asked(view).wrong is not None
    assert library.owed() == 7000


def test_nothing_to_ask_about_asks_nothing(screen: DeskScreen) -> None:
    for action in ("history", "pay", "condition"):
        assert screen.key(action).question is None


def names(question: Question) -> list[object]:
    """The titles of what can be chosen."""
    return [choice.title for choice in question.choices]


def test_signing_in_by_picking_a_name_then_its_pin(library: Library, screen: DeskScreen) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    library.staff("Siti Rahma", right.DESK)
    question = asked(screen.key("sign-in"))
    assert question.takes_scan
    assert names(question) == ["Hasan Basri", "Siti Rahma"]
    assert names(asked(screen.search("rahma"))) == ["Siti Rahma"]
    assert names(asked(screen.search("kepala"))) == ["Hasan Basri"]
    assert not asked(screen.search("Nobody")).choices
    assert asked(screen.answer("pick", {})).code == "sign-in"
    pin = asked(screen.answer("pick", {}, f"staff:{hasan.id}"))
    assert (pin.code, pin.params, pin.wrong) == ("pin-of", {"name": "Hasan Basri"}, None)
    assert asked(screen.answer("sign-in", {"pin": "1"})).wrong is not None
    view = screen.answer("sign-in", {"pin": "2222"})
    assert view.question is None
    assert view.state.staff == "Hasan"


def test_somebody_without_a_pin_is_signed_in_by_the_name_alone(library: Library, screen: DeskScreen) -> None:
    siti = library.staff("Siti Rahma", right.DESK)
    screen.key("sign-in")
    view = screen.answer("pick", {}, f"staff:{siti.id}")
    assert (view.question, view.state.staff) == (None, "Siti")


def test_a_badge_with_a_pin_asks_for_that_pin_only(library: Library, screen: DeskScreen) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    with library.store.act() as act:
        act.put_staff(replace(hasan, badge="STAF-1"))
    question = asked(scanned(library, screen, "meja:s:STAF-1"))
    assert (question.code, question.params) == ("pin-of", {"name": "Hasan Basri"})


def test_settings_without_the_right_lead_to_the_sign_in(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    screen = library.screen(library.session(CLERK))
    question = asked(screen.key("settings"))
    assert question.wrong == Phrase("settings-right")
    assert {hint.key for hint in screen.view().keys} == set(answers(screen.view()))
    assert asked(screen.answer("sign-in", {})).code == "sign-in"


def test_of_a_title_s_copies_the_one_that_can_be_meant_stands_first(library: Library, screen: DeskScreen) -> None:
    title = library.items["B001"].title_id
    library.item("B000", "Sejarah Lampung", status=ItemStatus.LOST)
    library.lend(CARD, "B001")

    def order() -> list[str]:
        screen.key("find-title")
        return [choice.mono for choice in asked(screen.answer("pick", {}, f"title:{title}")).choices]

    assert order() == ["B002", "B001", "B000"]
    screen.answer("cancel", {})
    screen.key("return")
    assert order()[0] == "B001", "among returns the one on loan"


def test_readers_found_by_name_stand_in_the_order_of_names(library: Library, screen: DeskScreen) -> None:
    for number, name in (("21.01.0061", "Rizky Zulfan"), ("21.01.0062", "Rizky Aditya Pratama")):
        library.member(number, name)
    screen.key("find-member")
    names = [choice.title for choice in asked(screen.search("rizky")).choices]
    assert names == ["Rizky Aditya Pratama", "Rizky Zulfan"]


def test_a_setting_s_choices_are_taken_with_enter(library: Library, screen: DeskScreen) -> None:
    screen.key("settings")
    question = asked(screen.answer("pick", {}, "setting:slip.print"))
    assert answers(screen.view()) == {"Enter": "pick", "Esc": "cancel"}
    assert question.begin == "value:always", "what is in use is chosen first"
    back = asked(screen.answer("pick", {}, question.choices[-1].id))
    assert (back.code, back.begin) == ("settings-desk", "setting:slip.print"), "the list keeps its row"
    with library.store.read() as facts:
        assert facts.setting("slip.print") == "never"


def test_a_scan_closes_the_help_and_is_taken(library: Library, screen: DeskScreen) -> None:
    screen.key("help")
    view = scanned(library, screen, CARD)
    assert view.question is None
    assert view.member is not None


def test_an_unknown_book_is_taken_up_from_its_question(library: Library, screen: DeskScreen) -> None:
    scanned(library, screen, CARD, "BARU-9")
    question = asked(screen.key("provisional"))
    assert question.held == "BARU-9"
    screen.answer("save", {"title": "Hibah alumni"})
    assert library.has() == ["BARU-9"]


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


def test_a_torn_copy_goes_to_repair_and_comes_back_whole(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    scanned(library, screen, "B001")
    question = asked(screen.key("condition"))
    assert answers(screen.view()) == {"Enter": "pick", "F11": "repair", "Esc": "cancel"}
    torn = next(choice.id for choice in question.choices if choice.id == "condition:cover-torn")
    screen.answer("repair", {}, torn)
    screen.key("finish")
    refused = scanned(library, screen, CARD, "B001")
    assert [reason.code for reason in refused.banner.reasons if refused.banner] == ["item-in-repair"]
    screen.answer("cancel", {})
    screen.key("finish")
    scanned(library, screen, "B001")
    whole = asked(screen.key("condition"))
    assert [choice.id for choice in whole.choices] == ["condition:repaired"]
    screen.pick("condition:repaired")
    scanned(library, screen, CARD, "B001")
    assert library.has() == ["B001"]


def test_only_the_broken_copy_just_shown_can_be_called_whole(library: Library, screen: DeskScreen) -> None:
    library.item("R001", status=ItemStatus.REPAIR)
    scanned(library, screen, "R001", "D001")
    assert screen.key("condition").question is None


def test_a_found_copy_that_stands_aside_is_not_called_on_the_shelf(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    library.bring("D001")
    screen.key("find-title")
    title = asked(screen.search("kamus besar")).choices[0]
    copies = asked(screen.pick(title.id)).choices
    assert [choice.chip.code for choice in copies if choice.chip] == ["aside"]
    banner = screen.pick(copies[0].id).banner
    assert [reason.code for reason in banner.reasons if banner] == ["held-aside-for-another"]


def test_a_friend_s_book_may_just_come_back(library: Library, screen: DeskScreen) -> None:
    library.lend(OTHER_CARD, "C001")
    scanned(library, screen, CARD, "C001")
    assert answers(screen.view()) == {"F11": "approve", "F3": "return", "Esc": "cancel"}
    screen.answer("return", {})
    assert (library.has(), library.has(OTHER_CARD)) == ([], [])


def test_what_another_reader_s_loan_cost_is_said(library: Library, screen: DeskScreen) -> None:
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=30)
    scanned(library, screen, CARD, "C001")
    banner = screen.answer("approve", {}).banner
    assert banner is not None
    assert [(reason.code, reason.params["amount"] > 0) for reason in banner.reasons] == [("returned-first", True)]


def test_the_book_that_waited_for_a_payment_is_lent_with_it(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=80)
    library.bring("C001")
    scanned(library, screen, CARD, "B001")
    pay = asked(screen.answer("pay-first", {}))
    view = screen.answer("pay", {"amount": pay.fields[0].value, "payer": ""})
    assert library.has() == ["B001"]
    assert view.banner is not None
    assert [line.code for line in view.banner.lines if isinstance(line, Phrase)][-1] == "paid-first"


def test_too_small_a_payment_leaves_the_question(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=80)
    library.bring("C001")
    scanned(library, screen, CARD, "B001")
    screen.answer("pay-first", {})
    view = screen.answer("pay", {"amount": "1000", "payer": ""})
    assert "pay-first" in [answer.action for answer in asked(view).answers]
    assert library.has() == []


def test_how_long_to_wait_after_wrong_pins_is_said(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    screen = library.screen(library.session(CLERK))
    scanned(library, screen, "19.02.0005", "B001")
    for _ in range(3):
        screen.answer("approve", {"reason": "izin", "pin": "0000"})
    library.clock.go(ms=1000)
    assert asked(screen.answer("approve", {"reason": "izin", "pin": "2222"})).wrong == Phrase(
        "pin-waits", {"seconds": 29}
    )
    library.clock.go(ms=29_000)
    screen.answer("approve", {"reason": "izin", "pin": "2222"})
    assert library.has("19.02.0005") == ["B001"]


def test_a_return_tells_what_is_to_be_known(library: Library, screen: DeskScreen) -> None:
    looked = Approval(frozenset({"parts-to-check"}))
    library.circulation.lend(library.desk, library.members[CARD].id, library.items["E001"].id, looked)
    library.lend(CARD, "D001")
    library.circulation.lose(library.desk, library.items["D001"].id)
    parts = scanned(library, screen, "E001").banner
    assert parts is not None
    assert (parts.tone, [reason.code for reason in parts.reasons]) == (Tone.NEEDS, ["parts-to-check"])
    found = scanned(library, screen, "D001").banner
    assert found is not None
    assert found.code == "returned-found"


def test_a_lost_copy_is_called_lost(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    banner = scanned(library, screen, "=lost B001").banner
    assert banner is not None
    assert banner.code == "lost"


def test_a_search_that_shows_not_all_says_so(library: Library, screen: DeskScreen) -> None:
    for number in range(20):
        library.member(f"24.01.{number:04}", f"Wahyu {number}")
    screen.key("find-member")
    question = asked(screen.search("wahyu"))
    assert len(question.choices) == 12
    assert question.more == Phrase("more-hits", {"shown": 12, "n": 20})
    assert asked(screen.search("wahyu 19")).more is None
    assert asked(screen.search("zzz")).more is None

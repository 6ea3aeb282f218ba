"""What waits for an answer: the right answers with their keys, reasons, PINs, whose signature it is."""

from __future__ import annotations

import json

from msgspec.structs import replace

from app.domain.records import ItemStatus
from app.services.circulation import Approval
from app.services.desk import DeskScreen
from app.services.view import Phrase, Tone
from tests.builders import CARD, OTHER_CARD, Library, rows_of
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
    assert [answer.code for answer in question.answers] == ["keep", "approve-void"]
    assert library.owed() == 0
    screen.answer("approve", {"reason": "salah orang", "pin": "2222"})
    assert library.owed() == owed
    assert library.kinds(1) == ["payment.voided"]


def test_a_pin_of_two_people_asks_who_signs(library: Library) -> None:
    hasan = library.staff("Hasan Basri", pin="2222")
    with library.store.act() as act:
        act.put_staff(replace(hasan, id="d" * 32, name="Dewi Anggraini", short_name="Dewi", badge="petugas-9"))
        act.record("record.edited", {"record": "staff", "id": act.new_id()})
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

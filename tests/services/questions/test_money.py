"""F9: paying, money above what is owed, forgiving."""

from __future__ import annotations

import json

import pytest

from app.domain.money import Surplus
from app.services.desk import DeskScreen
from app.services.view import Chip, Phrase, Sound, Tone
from tests.builders import CARD, Library, rows_of
from tests.services.questions.asking import CLERK, answers, asked, lines, said, scanned

PAID = "SELECT json_extract(body, '$.amount') FROM event WHERE kind = 'payment.made'"


@pytest.fixture
def debtor(library: Library) -> Library:
    """Ahmad owes 7,000 for one book and 5,000 for another."""
    library.lend(CARD, "B001")
    library.clock.go(days=4)
    library.lend(CARD, "C001")
    library.clock.go(days=26)
    library.bring("B001")
    library.clock.go(minutes=1)
    library.bring("C001")
    assert library.owed() == 12_000
    return library


def pay(debtor: Library, screen: DeskScreen, amount: str, picked: str = "") -> None:
    """Open Ahmad's F9 and answer it with an amount."""
    scanned(debtor, screen, CARD)
    screen.key("pay")
    screen.answer("pay", {"amount": amount, "payer": "Ibu Siti"}, picked)


def credit(library: Library) -> int:
    """What the library keeps for Ahmad."""
    with library.store.read() as facts:
        hit = facts.member_by_id(library.members[CARD].id)
    assert hit is not None
    return hit.credit


def test_more_than_is_owed_is_asked_with_its_figures(debtor: Library, screen: DeskScreen) -> None:
    pay(debtor, screen, "999999999")
    view = screen.view()
    assert answers(view) == {"Enter": "give-change", "F11": "keep-credit", "Esc": "cancel"}
    figures = {"given": 999_999_999, "owed": 12_000, "change": 999_987_999}
    assert dict(asked(view).params) == figures
    assert rows_of(debtor.store, PAID) == []


def test_enter_takes_what_is_owed_and_says_the_change_large(debtor: Library, screen: DeskScreen) -> None:
    pay(debtor, screen, "50000")
    view = screen.answer("give-change", {})
    assert (said(view).code, said(view).params) == ("paid", {"amount": 12_000})
    assert (said(view).big_label, said(view).big_value) == (Phrase("change"), Phrase("amount", {"amount": 38_000}))
    assert "settled" in lines(view)
    assert (rows_of(debtor.store, PAID), debtor.owed(), credit(debtor)) == ([(12_000,)], 0, 0)
    end = screen.key("finish")
    assert [dict(line.params) for line in said(end).lines if isinstance(line, Phrase) and line.code == "received"] == [
        {"amount": 12_000}
    ]


def test_f11_keeps_the_rest_as_credit_and_who_paid(debtor: Library, screen: DeskScreen) -> None:
    pay(debtor, screen, "50000")
    view = screen.answer("keep-credit", {})
    assert [reason.code for reason in said(view).reasons] == ["overpaid"]
    assert said(view).big_value is None
    assert (rows_of(debtor.store, PAID), debtor.owed(), credit(debtor)) == ([(50_000,)], 0, 38_000)
    payer = rows_of(debtor.store, "SELECT json_extract(body, '$.payer') FROM event WHERE kind = 'payment.made'")
    with debtor.store.read() as facts:
        assert facts.note(str(payer[0][0])) == "Ibu Siti"


def test_neither_a_scan_nor_esc_takes_money(debtor: Library, screen: DeskScreen) -> None:
    pay(debtor, screen, "50000")
    assert said(scanned(debtor, screen, "B001")).code == "scan-refused"
    assert asked(screen.view()).code == "overpaid"
    assert said(screen.answer("cancel", {})).code == "cancelled"
    assert (rows_of(debtor.store, PAID), debtor.owed(), debtor.has()) == ([], 12_000, [])


def test_a_typed_payment_above_the_debt_puts_the_same_question(debtor: Library, screen: DeskScreen) -> None:
    view = scanned(debtor, screen, CARD, "=pay 20.000")
    assert (said(view).tone, asked(view).code) == (Tone.NEEDS, "overpaid")
    assert view.sound is Sound.NEEDS
    screen.answer("give-change", {})
    assert (debtor.owed(), credit(debtor)) == (0, 0)


def test_the_chosen_charge_is_paid_first(debtor: Library, screen: DeskScreen) -> None:
    scanned(debtor, screen, CARD)
    later = asked(screen.key("pay")).choices[1]
    screen.answer("pay", {"amount": "5000", "payer": ""}, later.id)
    left = asked(screen.key("pay")).choices
    assert [choice.mono for choice in left] == ["B001"]


def test_the_book_that_waited_goes_on_and_the_change_is_said(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=80)
    library.bring("C001")
    owed = library.owed()
    scanned(library, screen, CARD, "B001")
    screen.answer("pay-first", {})
    screen.answer("pay", {"amount": str(owed + 1000), "payer": ""})
    view = screen.answer("give-change", {})
    assert library.has() == ["B001"]
    assert lines(view)[-2:] == ["paid-first", "change"]


def test_forgiving_needs_its_right_a_reason_and_no_more_than_is_open(debtor: Library, screen: DeskScreen) -> None:
    scanned(debtor, screen, CARD)
    charges = asked(screen.key("pay")).choices
    question = asked(screen.answer("waive", {}, charges[1].id))
    assert question.params["title"] == "Fikih Muamalah"
    assert [(field.name, field.value) for field in question.fields] == [("amount", "5000"), ("reason", "")]
    assert next(answer for answer in question.answers if answer.key == "Enter").needs == ("amount", "reason")
    wrong = asked(screen.answer("waive", {"amount": "5001", "reason": "banjir"})).wrong
    assert wrong == Phrase("waiver-over-charge", {"left": 5000})
    assert debtor.owed() == 12_000
    view = screen.answer("waive", {"amount": "2000", "reason": "banjir"})
    assert (said(view).code, said(view).params, lines(view)) == ("waived", {"amount": 2000}, ["text", "left"])
    assert debtor.owed() == 10_000
    debtor_left = [(choice.mono, choice.side) for choice in asked(screen.key("pay")).choices]
    assert debtor_left[1] == ("C001", Phrase("money", {"amount": 3000}))


def test_who_may_not_forgive_lets_somebody_sign(debtor: Library) -> None:
    hasan = debtor.staff("Hasan Basri", pin="2222")
    screen = debtor.screen(debtor.session(CLERK))
    scanned(debtor, screen, CARD)
    screen.answer("waive", {}, asked(screen.key("pay")).choices[0].id)
    view = screen.answer("waive", {"amount": "1000", "reason": "banjir"})
    assert said(view).code == "waives-charge"
    assert [field.name for field in asked(view).fields] == ["pin"], "the reason stands there already"
    assert asked(screen.answer("approve", {"pin": "9999"})).wrong == Phrase("wrong-pin")
    assert debtor.owed() == 12_000
    assert said(screen.answer("approve", {"pin": "2222"})).code == "waived"
    assert debtor.owed() == 11_000
    body = json.loads(rows_of(debtor.store, "SELECT body FROM event WHERE kind = 'charge.waived'")[0][0])
    assert (body["approved"], body["approver"]) == (["waives-charge"], hasan.id)
    with debtor.store.read() as facts:
        assert facts.note(body["note"]) == "banjir"


def test_a_typed_waiver_without_the_right_asks_for_the_signature_too(debtor: Library) -> None:
    debtor.staff("Hasan Basri", pin="2222")
    screen = debtor.screen(debtor.session(CLERK))
    assert asked(scanned(debtor, screen, CARD, "=waive 1000 kasihan")).code == "confirm"
    screen.answer("cancel", {})
    assert debtor.owed() == 12_000


def test_the_book_that_waited_goes_on_after_a_signed_waiver(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    library.lend(CARD, "C001")
    library.clock.go(days=80)
    library.bring("C001")
    screen = library.screen(library.session(CLERK))
    scanned(library, screen, CARD, "B001")
    charge = asked(screen.answer("pay-first", {})).choices[0].id
    screen.answer("waive", {}, charge)
    screen.answer("waive", {"amount": str(library.owed()), "reason": "sakit lama"})
    screen.answer("approve", {"pin": "1111"})
    view = screen.answer("approve", {"pin": "2222"})
    assert library.has() == ["B001"]
    assert lines(view)[-1] == "waived-first"


@pytest.fixture
def creditor(debtor: Library) -> Library:
    """Ahmad paid 38,000 too much, which the library keeps; he owes nothing."""
    debtor.money.pay(debtor.desk, debtor.members[CARD].id, 50_000, surplus=Surplus.CREDIT)
    return debtor


def test_f9_gives_a_reader_s_credit_back(creditor: Library, screen: DeskScreen) -> None:
    view = scanned(creditor, screen, CARD)
    assert [(hint.action, hint.code) for hint in view.keys if hint.key == "F9"] == [("pay", "refund")]
    question = asked(screen.key("pay"))
    assert (question.code, dict(question.params)) == ("refund", {"name": "Ahmad Fauzi", "credit": 38_000})
    assert [(field.name, field.value) for field in question.fields] == [("amount", "38000"), ("reason", "")]
    again = asked(screen.answer("refund", {"amount": "38001", "reason": "lulus"}))
    assert again.wrong == Phrase("refund-over-credit", {"credit": 38_000})
    assert asked(screen.answer("refund", {"amount": "banyak", "reason": "x"})).wrong == Phrase("amount-unreadable")
    view = screen.answer("refund", {"amount": "30000", "reason": "lulus"})
    assert (said(view).code, said(view).big_value) == ("refunded", Phrase("amount", {"amount": 30_000}))
    assert Phrase("credit-left", {"credit": 8000}) in said(view).lines
    assert credit(creditor) == 8000
    listed = asked(screen.key("last")).choices[0]
    assert (listed.title, listed.chip) == (
        Phrase("refunded", {"amount": 30_000, "what": ""}),
        Chip(Tone.TOLD, "refund"),
    )
    assert listed.line == Phrase("credit-left", {"name": "Ahmad F.", "left": 0, "credit": 8000})
    assert listed.mono.endswith("000002"), "its receipt's number"


def test_without_credit_or_debt_f9_is_not_shown(library: Library, screen: DeskScreen) -> None:
    assert "F9" not in [hint.key for hint in scanned(library, screen, CARD).keys]
    assert screen.key("pay").question is None


def test_somebody_signs_for_a_refund_and_for_taking_it_back(creditor: Library) -> None:
    creditor.staff("Hasan Basri", pin="2222")
    screen = creditor.screen(creditor.session(CLERK))
    scanned(creditor, screen, CARD)
    screen.key("pay")
    view = screen.answer("refund", {"amount": "38000", "reason": "lulus"})
    assert (said(view).code, credit(creditor)) == ("gives-credit-back", 38_000)
    assert asked(view).answers[-1].code == "approve-refund"
    view = screen.answer("approve", {"pin": "2222"})
    assert (said(view).code, credit(creditor)) == ("refunded", 0)
    assert Phrase("credit-gone") in said(view).lines
    view = screen.key("undo")
    assert (said(view).code, credit(creditor)) == ("undoes-refund", 0)
    view = screen.answer("approve", {"reason": "salah orang", "pin": "2222"})
    assert (said(view).code, credit(creditor)) == ("undone-refund", 38_000)
    assert asked(screen.key("last")).choices[0].line == Phrase(
        "refund-void", {"name": "Ahmad F.", "left": 0, "credit": 38_000}
    )


def test_a_waiver_is_taken_back_by_who_may_waive(debtor: Library, screen: DeskScreen) -> None:
    scanned(debtor, screen, CARD, "=waive 7000 banjir")
    assert debtor.owed() == 5000
    view = screen.key("undo")
    assert (said(view).code, said(view).params) == ("undone-waiver", {"amount": 7000})
    assert debtor.owed() == 12_000


def test_a_clerk_does_not_undo_a_waiver_alone(debtor: Library) -> None:
    debtor.staff("Hasan Basri", pin="2222")
    session = debtor.session()
    screen = debtor.screen(session)
    scanned(debtor, screen, CARD, "=waive 7000 banjir")
    session.staff = CLERK
    assert said(screen.key("undo")).code == "undoes-waiver"
    assert debtor.owed() == 5000
    screen.answer("approve", {"reason": "tidak jadi", "pin": "2222"})
    assert debtor.owed() == 12_000


def test_the_book_that_waited_goes_on_after_a_waiver(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=80)
    library.bring("C001")
    scanned(library, screen, CARD, "B001")
    charge = asked(screen.answer("pay-first", {})).choices[0].id
    screen.answer("waive", {}, charge)
    view = screen.answer("waive", {"amount": str(library.owed()), "reason": "sakit lama"})
    assert library.has() == ["B001"]
    assert lines(view)[-1] == "waived-first"


def test_what_was_forgiven_stands_among_the_last_acts(debtor: Library, screen: DeskScreen) -> None:
    scanned(debtor, screen, CARD, "=waive 7000 banjir")
    first = asked(screen.key("last")).choices[0]
    assert first.title == Phrase("waived", {"amount": 7000, "what": "Sejarah Lampung"})
    assert first.chip == Chip(Tone.TOLD, "waiver")


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


def test_a_payment_that_cannot_be_read_is_asked_again(library: Library, screen: DeskScreen) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    scanned(library, screen, "B001")
    screen.key("pay")
    view = screen.answer("pay", {"amount": "banyak", "payer": ""})
    assert asked(view).wrong is not None
    assert library.owed() == 7000


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

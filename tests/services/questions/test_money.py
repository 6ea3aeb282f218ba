"""F9: paying, money above what is owed, forgiving."""

from __future__ import annotations

import pytest

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


def test_who_may_not_forgive_is_not_offered_it(debtor: Library) -> None:
    screen = debtor.screen(debtor.session(CLERK))
    scanned(debtor, screen, CARD)
    assert "F11" not in answers(screen.key("pay"))
    screen.answer("cancel", {})
    assert said(scanned(debtor, screen, "=waive 1000 kasihan")).code == "no-right-plain"
    assert debtor.owed() == 12_000


def test_a_waiver_is_taken_back_by_who_may_waive(debtor: Library, screen: DeskScreen) -> None:
    scanned(debtor, screen, CARD, "=waive 7000 banjir")
    assert debtor.owed() == 5000
    view = screen.key("undo")
    assert (said(view).code, said(view).params) == ("undone-waiver", {"amount": 7000})
    assert debtor.owed() == 12_000


def test_a_clerk_does_not_undo_a_waiver(debtor: Library) -> None:
    session = debtor.session()
    screen = debtor.screen(session)
    scanned(debtor, screen, CARD, "=waive 7000 banjir")
    session.staff = CLERK
    assert said(screen.key("undo")).code == "no-right-plain"
    assert debtor.owed() == 5000


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

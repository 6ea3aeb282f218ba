"""Slips: what is on paper is what is in the journal, and it names nobody who should not be named."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.money import Surplus
from app.domain.receipt_no import later_mark
from app.domain.setting import BY_KEY
from app.domain.slip import LineAct, Slip, SlipKind, SlipLine, problems
from app.printing.receipt import Pair, receipt
from app.printing.slip_escpos import PROFILES, render_escpos
from app.printing.slip_pdf import render_pdf
from app.printing.words import words
from app.services.outcome import FIRST_SLIP, Kind
from app.services.session import Session
from app.services.show import banner
from app.services.slips import desk_code, slip_from_json, slip_to_json
from db.connection import connect
from db.spool import Spool
from tests.builders import CARD, OTHER_CARD, Library, founded, rows_of, scan
from tests.printing.decode import codes, pdf_codes
from tests.printing.escpos_paper import ThermalPrinter


def slips(library: Library) -> list[Slip]:
    """What waits in the spool, oldest first."""
    return [
        slip_from_json(json.loads(body)) for (body,) in rows_of(library.store, "SELECT body FROM print_job ORDER BY n")
    ]


def test_a_loan_s_slip_says_what_the_journal_says(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "C001")
    done = scan(session, "=finish")
    slip = slips(library)[0]
    assert problems(slip) == ()
    assert slip.kind is SlipKind.LEND
    assert (slip.library, slip.member, slip.member_no) == ("Perpustakaan INSTIDLA", "Ahmad F.", CARD)
    assert slip.act_no == done.receipt == "M1-A-000001"
    assert slip.operator == session.staff.short_name
    kept = rows_of(library.store, "SELECT json_extract(body, '$.due') FROM event WHERE kind = 'loan.opened' ORDER BY n")
    assert [line.due_on.isoformat() for line in slip.lines if line.due_on] == [due for (due,) in kept]
    assert [(line.barcode, line.title, line.act) for line in slip.lines] == [
        ("B001", "Sejarah Lampung", LineAct.LENT),
        ("C001", "Fikih Muamalah", LineAct.LENT),
    ]
    assert slip.left is None


def test_a_friend_who_brings_the_books_learns_no_name(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=20)
    scan(session, "=return", "B001", "C001", "=finish")
    slip = slips(library)[0]
    assert slip.kind is SlipKind.RETURN
    assert (slip.member, slip.member_no, slip.left) == (None, None, None)
    everything = json.dumps(slip_to_json(slip))
    for name in ("Ahmad", "Dewi", CARD, OTHER_CARD):
        assert name not in everything
    assert [(line.fine, line.charged_days, line.fine_per_day) for line in slip.lines] == [(2500, 5, 500)] * 2
    assert slip.total_fine == 5000


def test_a_payment_in_a_pile_has_a_receipt_of_its_own(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=20)
    scan(session, "=return", "B001", "C001", "=pay 2000", "=finish")
    copies, receipt = slips(library)
    assert (copies.kind, copies.member, copies.paid, copies.left) == (SlipKind.RETURN, None, 0, None)
    assert copies.receipt_no == ""
    assert (copies.total_fine, len(copies.lines)) == (5000, 2)
    assert (receipt.kind, receipt.member_no) == (SlipKind.PAYMENT, OTHER_CARD)
    assert (receipt.paid, receipt.left, receipt.total_fine) == (2000, 500, 0)
    assert [(line.title, line.charge, line.fine) for line in receipt.lines] == [("Fikih Muamalah", "overdue", 2000)]
    assert receipt.receipt_no == "M1K-A-000001"
    assert problems(copies) == problems(receipt) == ()
    assert receipt.act_no == copies.act_no
    session.reprint()
    assert slips(library)[2:] == [replace(copies, reprint=True), replace(receipt, reprint=True)]


def test_slips_that_are_switched_off_are_made_for_whoever_asks_and_are_no_reprint_then(
    session: Session, library: Library
) -> None:
    library.set("slip.print", "never")
    scan(session, CARD, "B001", "=finish")
    assert slips(library) == []
    first, again = scan(session, "=reprint"), session.reprint()
    assert (first.kind, first.receipt) == (Kind.REPRINTED, "M1-A-000001")
    assert [slip.reprint for slip in slips(library)] == [False, True]
    assert [FIRST_SLIP in outcome.notes for outcome in (first, again)] == [True, False]
    assert [banner(outcome).code for outcome in (first, again)] == ["slip-made", "reprinted"]


def test_what_was_paid_too_much_is_on_the_slip(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=23)
    library.bring("B001")
    scan(session, CARD)
    session.pay(4500, surplus=Surplus.CREDIT)
    scan(session, "=finish")
    (slip,) = slips(library)
    assert [(line.charge, line.fine) for line in slip.lines] == [("overdue", 4000), ("credit", 500)]
    assert (slip.paid, slip.left, slip.credit) == (4500, 0, 500)


def test_a_condition_is_on_the_slip_and_names_nobody(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    scan(session, "=return", "B001", "=condition wet", "=finish")
    (slip,) = slips(library)
    assert (slip.kind, slip.member) == (SlipKind.RETURN, None)
    assert [(line.act, line.title, line.charge, line.fine) for line in slip.lines] == [
        (LineAct.RETURNED, "Sejarah Lampung", "", 2500),
        (LineAct.CHARGED, "Sejarah Lampung", "condition", 25_000),
    ]
    assert slip.total_fine == 27_500


def test_a_slip_names_who_did_the_acts(library: Library) -> None:
    hasan, siti = library.staff("Hasan Basri"), library.staff("Siti Rahma")
    morning = library.session(hasan)
    scan(morning, CARD, "B001")
    # The desk is started again by somebody else, who ends what the other one began.
    scan(library.session(siti), "=finish")
    assert slips(library)[-1].operator == "Hasan"
    scan(library.session(siti), "=reprint")
    assert slips(library)[-1].operator == "Hasan"
    later = library.session(hasan)
    scan(later, OTHER_CARD, "C001")
    later.sign_in(siti)
    scan(later, "D001", "=finish")
    assert slips(library)[-1].operator == "Siti"


def test_who_takes_something_back_did_not_do_what_stays(library: Library) -> None:
    hasan, siti = library.staff("Hasan Basri"), library.staff("Siti Rahma")
    session = library.session(hasan)
    scan(session, CARD, "B001")
    lent = library.clock.read().wall
    session.sign_in(siti)
    scan(session, "C001", "=undo", "=finish")
    slip = slips(library)[-1]
    assert [line.barcode for line in slip.lines] == ["B001"]
    assert slip.operator == "Hasan"
    assert int(slip.at.timestamp() * 1000) == lent


def test_a_receipt_names_who_took_the_money(library: Library) -> None:
    hasan, siti = library.staff("Hasan Basri"), library.staff("Siti Rahma")
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    session = library.session(hasan)
    scan(session, "B001", "=pay 1000")
    session.sign_in(siti)
    scan(session, "D001", "=finish")
    copies, receipt = slips(library)
    assert (copies.operator, receipt.operator) == ("Hasan", "Hasan"), "a copy that was only shown is no act"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["lend", "late", "wet", "lost", "found", "pay", "keep", "change", "waive", "undo"]),
        st.integers(1, 12),
    ),
    max_size=9,
)
SURPLUS = {"pay": Surplus.REFUSED, "keep": Surplus.CREDIT, "change": Surplus.CHANGE}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, at_card=st.booleans())
def test_a_slip_s_figures_add_up(tmp_path_factory: pytest.TempPathFactory, steps: list[Any], at_card: bool) -> None:
    """Charged is the sum of its lines, paid the sum of the payments, left and credit what the account then says; credit
    is said whenever there is any and the paper names its reader."""
    library = founded(tmp_path_factory.mktemp("sums"), settings={"slip.print": "always"})
    library.hurry()
    library.member(CARD, "Ahmad Fauzi")
    codes = [f"X{n}" for n in range(8)]
    for code in codes:
        library.item(code, price=50_000)
        library.lend(CARD, code)
    library.clock.go(days=20)
    session = library.session()
    if at_card:
        scan(session, CARD)
    member = library.members[CARD].id
    lost: list[str] = []
    free: list[str] = []
    for what, size in steps:
        match what:
            case "late" | "wet":
                session.return_item(library.items[codes.pop()].id)
                if what == "wet":
                    session.condition("wet")
            case "lost":
                lost.append(codes.pop())
                scan(session, f"=lost {lost[-1]}")
            case "found" if lost:
                session.return_item(library.items[lost.pop()].id)
            case "lend" if at_card:
                free.append(f"Y{len(free)}")
                library.item(free[-1])
                scan(session, free[-1], "=override boleh")
            case "pay" | "keep" | "change":
                before, given_ = library.owed(), size * 7000
                paid = session.pay(given_, member_id=member, surplus=SURPLUS[what])
                assert paid.amount + paid.change == (given_ if paid.kind is Kind.PAID else 0)
                assert paid.change == (max(given_ - before, 0) if what == "change" and before else 0)
                assert paid.kind is not Kind.PAID or paid.left == library.owed() == max(before - given_, 0)
            case "waive":
                with library.store.read() as facts:
                    charges = facts.charges_of_member(member)
                if charges:
                    charge = charges[size % len(charges)]
                    session.waive(max(charge.left // size, 1), "sebab", charge.charge_id)
            case "undo" if session.acted:
                session.undo()
    acts = [line for line in session.acts() if not line.undone]
    with library.store.read() as facts:
        hit = facts.member_by_id(member)
        fines = sum((facts.charge_of_event(line.event_id) or (0, 0))[0] for line in acts)
    assert hit is not None
    amounts = {
        kind: sum(int(line.body["amount"]) for line in acts if line.kind == kind)
        for kind in ("charge.made", "charge.waived", "payment.made")
    }
    session.finish()
    printed = slips(library)
    for slip in printed:
        for total, kinds in (
            (slip.total_fine, {LineAct.RETURNED, LineAct.CHARGED}),
            (slip.paid, {LineAct.PAID}),
            (slip.waived, {LineAct.WAIVED}),
        ):
            assert total == sum(line.fine for line in slip.lines if line.act in kinds)
        assert all(line.fine >= 0 and (line.title or line.charge) for line in slip.lines)
        if slip.paid:
            assert (slip.left, slip.member_no) == (hit.facts.owed, CARD)
        assert slip.left in (None, hit.facts.owed)
        assert slip.left is not None or slip.member is None or hit.facts.owed == 0
        assert slip.credit == (max(hit.credit, 0) if slip.member else 0)
        said = [f"{block.label} {block.value}" for block in receipt(slip) if isinstance(block, Pair)]
        assert (f"Titipan Anda {words('id').money(hit.credit)}" in said) is (bool(slip.member) and hit.credit > 0)
    assert sum(slip.total_fine for slip in printed) == fines + amounts["charge.made"]
    assert sum(slip.paid for slip in printed) == amounts["payment.made"]
    assert sum(slip.waived for slip in printed) == amounts["charge.waived"]
    library.close()


# --- the QR code to the reader's page


PAGES = "https://perpus.example.ac.id/anggota/"


def test_without_an_address_no_slip_has_a_qr_code(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "=finish")
    assert slips(library)[0].qr == ""


@pytest.mark.parametrize("width", [58, 80])
def test_the_qr_code_on_paper_leads_to_the_reader_s_page(session: Session, library: Library, width: int) -> None:
    library.set("slip.reader_pages", PAGES)
    scan(session, CARD, "B001", "=finish")
    slip = slips(library)[0]
    page = f"https://perpus.example.ac.id/anggota/m/{CARD}"
    assert slip.qr == page
    assert ("QRCode", page) in pdf_codes(render_pdf(slip, width))
    profile = PROFILES[str(width)]
    paper = ThermalPrinter(profile.dots).print(render_escpos(slip, profile=profile))
    assert ("QRCode", page) in codes(paper.picture)


def test_a_friend_who_brings_books_or_pays_gets_no_way_to_the_reader_s_page(session: Session, library: Library) -> None:
    library.set("slip.reader_pages", PAGES)
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    scan(session, "=return", "B001")
    session.pay(500)
    scan(session, "=finish", CARD)
    session.pay(500, payer="Ahmad (kakak)")
    scan(session, "=finish", CARD)
    session.pay(500)
    scan(session, "=finish")
    # The pile has two: the copies', and the receipt of whoever paid.
    assert [slip.qr for slip in slips(library)] == ["", "", "", f"https://perpus.example.ac.id/anggota/m/{CARD}"]


def test_another_reader_s_fine_is_not_on_the_slip_of_who_got_the_book(session: Session, library: Library) -> None:
    library.lend(OTHER_CARD, "B001")
    library.clock.go(days=30)
    scan(session, CARD, "B001", "=override ya", "=finish")
    slip = slips(library)[0]
    assert [(line.barcode, line.act, line.fine) for line in slip.lines] == [("B001", LineAct.LENT, 0)]
    assert slip.total_fine == 0
    assert library.owed(OTHER_CARD) > 0


def test_a_late_renewal_s_fine_is_on_its_own_line(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=16)
    scan(session, CARD, "=renew", "B001", "=override boleh", "=finish")
    line = slips(library)[0].lines[0]
    assert (line.act, line.fine, line.charged_days, line.fine_per_day) == (LineAct.RENEWED, 1000, 2, 500)
    assert line.due_on == date(2026, 4, 1)
    # The return on time after it costs nothing, and says so.
    library.clock.go(days=3)
    scan(session, "=auto", "B001", "=finish")
    assert slips(library)[1].lines[0].fine == 0


def test_a_capped_fine_shows_no_arithmetic(session: Session, library: Library) -> None:
    library.item("M001", price=1500)
    library.lend(CARD, "M001")
    library.clock.go(days=60)
    scan(session, "M001", "=finish")
    line = slips(library)[0].lines[0]
    assert (line.fine, line.charged_days, line.fine_per_day) == (1500, None, None)


def test_a_payment_shows_what_is_left_and_who_paid(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    library.bring("B001")
    scan(session, CARD)
    session.pay(5000, "Ibu Fauzi")
    session.finish()
    slip = slips(library)[0]
    assert slip.kind is SlipKind.PAYMENT
    assert (slip.paid, slip.left, slip.payer, slip.receipt_no) == (5000, 2000, "Ibu Fauzi", "M1K-A-000001")
    assert problems(slip) == ()


def test_what_was_taken_back_is_not_on_paper(session: Session, library: Library) -> None:
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=30)
    library.bring("C001")
    scan(session, CARD, "B001", "D001", "=undo", "=finish")
    assert [line.barcode for line in slips(library)[0].lines] == ["B001"]
    scan(session, OTHER_CARD, "=pay 2000", "=undo")
    assert session.finish().kind is Kind.FINISHED
    assert len(slips(library)) == 1, "a voided payment alone is no slip"
    assert library.owed(OTHER_CARD) == 7000


def waiting(library: Library) -> list[Slip]:
    """What the printer would still take, oldest first."""
    rows = rows_of(library.store, "SELECT body FROM print_job WHERE state = 'waiting' ORDER BY n")
    return [slip_from_json(json.loads(body)) for (body,) in rows]


def test_a_waiting_slip_promises_nothing_that_was_taken_back(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "C001", "=finish", "=reprint")
    assert [(len(slip.lines), slip.reprint) for slip in waiting(library)] == [(2, False), (2, True)]
    scan(session, "=undo")
    left = waiting(library)
    assert [([line.barcode for line in slip.lines], slip.reprint) for slip in left] == [
        (["B001"], False),
        (["B001"], True),
    ]
    assert {slip.act_no for slip in left} == {"M1-A-000001"}
    scan(session, "=undo")
    assert waiting(library) == []
    assert scan(session, "=reprint").kind is Kind.REFUSED


def test_a_printed_slip_stays_printed_after_an_undo(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "C001", "=finish")
    printer = Spool(connect(library.home.store, library.store.key))
    printer.done(1, 5)
    printer.close()
    scan(session, "=undo")
    assert waiting(library) == []
    assert len(slips(library)) == 1


def test_an_empty_transaction_prints_nothing(session: Session, library: Library) -> None:
    scan(session, CARD, "=finish")
    assert slips(library) == []


@pytest.mark.parametrize(("kind", "printed"), [("pdf", 0), ("network", 1), ("system", 1)])
def test_a_slip_is_printed_by_itself_when_there_is_a_printer(
    session: Session, library: Library, kind: str, printed: int
) -> None:
    library.set("slip.print", BY_KEY["slip.print"].default)
    library.set("printer.kind", kind)
    assert session.prints is bool(printed)
    outcome = scan(session, CARD, "B001", "=finish")
    assert len(slips(library)) == printed
    assert ("no-printer" in outcome.notes) is not bool(printed)
    assert scan(session, CARD, "=finish").notes == (), "nothing was to be printed"
    assert scan(session, "=reprint").kind is Kind.REPRINTED
    assert len(slips(library)) == printed + 1


def test_a_reprint_is_the_same_slip_marked(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "=finish")
    tx = rows_of(library.store, "SELECT id FROM desk_tx")[0][0]
    scan(session, OTHER_CARD, "C001", "=finish")
    assert session.reprint(tx).number == 1
    first, _, again = slips(library)
    assert again == replace(first, reprint=True)
    assert session.reprint("0" * 32).code == "nothing-to-reprint"


def test_a_slip_survives_the_spool_whole() -> None:
    slip = Slip(
        SlipKind.TRANSACTION,
        "Perpustakaan أ",
        datetime.fromisoformat("2026-03-02T09:00:00+07:00"),
        (
            SlipLine(
                "Tandon", "T1", LineAct.LENT, date(2026, 3, 2), datetime.fromisoformat("2026-03-02T12:00:00+07:00")
            ),
            SlipLine("", act=LineAct.PAID, fine=500),
        ),
        note_codes=("a", "b"),
    )
    assert slip_from_json(json.loads(json.dumps(slip_to_json(slip)))) == slip


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Meja 1", "M1"),
        ("Meja Depan 12", "MD12"),
        ("", "M"),
        ("مكتب", "M"),
        ("a b c d e f g h i j k", "ABCDEFGH"),
        ("!", "M"),
    ],
)
def test_a_desk_has_a_short_code_for_paper(name: str, code: str) -> None:
    assert desk_code(name) == code


def test_a_new_incarnation_has_numbers_of_its_own(session: Session, library: Library) -> None:
    from db.store import mint_incarnation

    scan(session, CARD, "B001", "=finish")
    mint_incarnation(library.store, "copied-or-restored")
    again = library.session()
    scan(again, CARD, "C001")
    receipt = scan(again, "=finish").receipt
    assert receipt == f"M1-{later_mark(library.store.identity.inc)}-000001"
    assert not receipt.startswith("M1-A-")


def test_what_was_renewed_for_others_is_not_on_a_reader_s_paper(library: Library, session: Session) -> None:
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=12)
    scan(session, CARD, "B001", "=renew-phone C001", "=finish")
    (slip,) = slips(library)
    assert slip.member_no == CARD
    assert [line.title for line in slip.lines] == ["Sejarah Lampung"]
    session.reprint()
    assert slips(library)[-1] == replace(slip, reprint=True)


def test_the_last_slip_is_the_newest_whatever_the_clock_says(library: Library, session: Session) -> None:
    library.clock.go(days=3)
    scan(session, CARD, "B001", "=finish")
    library.clock.go(days=-2)
    scan(session, OTHER_CARD, "C001", "=finish")
    session.reprint()
    assert slips(library)[-1].member_no == OTHER_CARD


def test_a_payment_says_for_which_book(library: Library, session: Session) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    scan(session, "B001", CARD, "=pay 1000", "=finish")
    paid = [line for line in slips(library)[-1].lines if line.act is LineAct.PAID]
    assert [(line.title, line.fine) for line in paid] == [("Sejarah Lampung", 1000)]


def test_what_was_printed_keeps_its_number_in_a_new_incarnation(session: Session, library: Library) -> None:
    from db.store import mint_incarnation

    library.lend(CARD, "C001")
    library.clock.go(days=30)
    library.bring("C001")
    scan(session, CARD, "B001")
    session.pay(1000)
    session.finish()
    mint_incarnation(library.store, "copied-or-restored")
    session.reprint()
    first, again = slips(library)
    assert again.receipt_no == first.receipt_no != ""
    assert again.act_no == first.act_no


def test_a_refund_has_a_numbered_receipt_that_says_what_is_left(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    library.bring("B001")
    scan(session, CARD, "=pay 10000 credit")
    session.finish()
    scan(session, CARD, "=refund 2000 lulus")
    session.finish()
    slip = slips(library)[-1]
    assert (slip.kind, slip.member_no, slip.refunded, slip.paid, slip.credit) == (SlipKind.REFUND, CARD, 2000, 0, 1000)
    assert [(line.act, line.charge, line.fine) for line in slip.lines] == [(LineAct.REFUNDED, "credit", 2000)]
    assert slip.receipt_no.endswith("000002")
    assert problems(slip) == ()


def test_what_another_incarnation_ends_has_its_mark_and_number_everywhere(session: Session, library: Library) -> None:
    """A desk is copied in the middle of a transaction: the copy takes it up and gives it a number of its own."""
    from db.store import mint_incarnation

    scan(session, OTHER_CARD, "C001", "=finish")
    scan(session, CARD, "B001")
    mint_incarnation(library.store, "copied-or-restored")
    finished = scan(session, "=finish")
    assert finished.receipt == f"M1-{later_mark(library.store.identity.inc)}-000001"
    scan(session, OTHER_CARD, "B002")
    last = scan(session, "=finish")
    assert session.reprint().receipt == last.receipt
    assert session.reprint(finished.tx).receipt == finished.receipt
    printed = [slip.act_no for slip in slips(library)]
    assert printed[1:] == [finished.receipt, last.receipt, last.receipt, finished.receipt]
    assert len(set(printed)) == 3


def test_a_waiver_a_charge_and_a_loss_at_the_reader_s_card_name_the_reader_and_the_debt(
    session: Session, library: Library
) -> None:
    library.lend(CARD, "B001")
    library.lend(CARD, "C001")
    library.clock.go(days=20)
    library.bring("B001")
    scan(session, CARD)
    session.waive(1000, "anak yatim")
    done = scan(session, "=finish")
    assert (done.forgiven, done.amount) == (1000, 0)
    scan(session, CARD, "=lost C001", "=finish")
    waived, lost = slips(library)[-2:]
    assert [(line.act, line.fine, line.whole) for line in waived.lines] == [(LineAct.WAIVED, 1000, 2500)]
    assert (waived.member_no, waived.left) == (CARD, 1500)
    assert [(line.act, line.charge, line.fine) for line in lost.lines] == [(LineAct.CHARGED, "lost", 70_000)]
    assert (lost.member_no, lost.left) == (CARD, 71_500)
    said = receipt(waived)
    assert [block.value for block in said if isinstance(block, Pair) and block.label == "Dibebaskan"] == ["Rp1.000"]
    assert Pair("Denda keterlambatan", "Rp2.500") in said


def test_a_lost_book_that_comes_back_is_on_the_slip(session: Session, library: Library) -> None:
    library.lend(CARD, "C001")
    scan(session, "=lost C001", "=finish")
    scan(session, "=return", "C001", "=finish")
    slip = slips(library)[-1]
    assert [(line.barcode, line.act, line.note_code) for line in slip.lines] == [
        ("C001", LineAct.RETURNED, "lost-found"),
        ("C001", LineAct.WAIVED, ""),
    ]
    assert (slip.kind, slip.member) == (SlipKind.RETURN, None)

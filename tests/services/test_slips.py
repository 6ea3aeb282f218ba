"""Slips: what is on paper is what is in the journal, and it names nobody who should not be named."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from msgspec.structs import replace

from app.domain.receipt_no import later_mark
from app.domain.slip import LineAct, Slip, SlipKind, SlipLine, problems
from app.printing.slip_escpos import PROFILES, render_escpos
from app.printing.slip_pdf import render_pdf
from app.services.outcome import Kind
from app.services.session import Session
from app.services.slips import desk_code, slip_from_json, slip_to_json
from tests.builders import CARD, OTHER_CARD, Library, rows_of, scan
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
    assert [slip.qr for slip in slips(library)] == ["", "", f"https://perpus.example.ac.id/anggota/m/{CARD}"]


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


def test_an_empty_transaction_prints_nothing(session: Session, library: Library) -> None:
    scan(session, CARD, "=finish")
    assert slips(library) == []


def test_slips_can_be_switched_off_and_still_be_reprinted(session: Session, library: Library) -> None:
    library.set("slip.print", "never")
    scan(session, CARD, "B001", "=finish")
    assert slips(library) == []
    outcome = scan(session, "=reprint")
    assert (outcome.kind, outcome.receipt) == (Kind.REPRINTED, "M1-A-000001")
    assert slips(library)[0].reprint


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
    assert receipt == f"M1-{later_mark(1, library.store.identity.inc)}-000001"
    assert receipt.startswith("M1-B")


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

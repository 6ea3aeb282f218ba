"""The desk in its own words: cards and books, one after the other."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from app.domain import right
from app.domain.records import Item, ItemStatus
from app.services.outcome import TAKEN_UP, Kind, Outcome
from app.services.session import AUTO, LEND, RETURN, Session
from tests.builders import CARD, OTHER_CARD, Library, derived, head, rebuilt, rows_of, scan

CLERK = replace(head(), rights=right.DESK)


def said(outcome: Outcome) -> tuple[str, ...]:
    """The codes of an answer."""
    return outcome.verdict.codes()


def test_a_card_and_a_book_lend(session: Session, library: Library) -> None:
    card = scan(session, CARD)
    assert (card.kind, card.member and card.member.name, card.loans) == (Kind.MEMBER, "Ahmad Fauzi", 0)
    lent = scan(session, "B001")
    assert (lent.kind, lent.due_on, lent.loans) == (Kind.LENT, date(2026, 3, 16), 1)
    assert library.has() == ["B001"]


def test_a_book_that_is_out_comes_back_with_nobody_open(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    outcome = scan(session, "b001")
    assert (outcome.kind, outcome.member and outcome.member.name) == (Kind.RETURNED, "Ahmad Fauzi")
    assert library.has() == []


def test_a_book_that_is_in_is_shown_and_nothing_happens(session: Session, library: Library) -> None:
    before = library.kinds()
    outcome = scan(session, "B001")
    assert (outcome.kind, outcome.code) == (Kind.SHOWN, "in")
    assert library.kinds() == before


def test_a_shown_book_says_what_is_to_be_known_of_it(session: Session, library: Library) -> None:
    library.item("R001", status=ItemStatus.REPAIR)
    assert said(scan(session, "R001")) == ("item-in-repair",)
    assert said(scan(session, "E001")) == (), "loose parts are looked for when it is lent"
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    library.bring("D001")
    assert said(scan(session, "D001")) == ("held-aside-for-another",)


def test_a_code_of_two_copies_is_not_lost_by_chance(session: Session, library: Library) -> None:
    other = library.title("Lain")
    with library.store.act() as act:
        act.put_item(Item("a" * 32, other.id, "B001"))
    library.lend(CARD, "C001")
    assert scan(session, "=lost B001").code == "several-copies"
    assert "item.lost" not in library.kinds()


def test_a_pile_comes_back(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.lend(OTHER_CARD, "C001")
    assert scan(session, "=return").code == RETURN
    assert [scan(session, code).kind for code in ("B001", "C001", "D001")] == [Kind.RETURNED, Kind.RETURNED, Kind.SHOWN]
    assert library.kinds(1) == ["item.returned"], "that it is here is evidence too"
    assert scan(session, "=finish").kind is Kind.FINISHED
    assert session.mode == RETURN, "the pile goes on"
    assert scan(session, CARD).kind is Kind.MEMBER
    assert session.mode == AUTO


def test_the_reader_s_own_book_asks_return_or_renew(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=12)
    asked = scan(session, CARD, "B001")
    assert (asked.kind, said(asked)) == (Kind.NEEDS_CONFIRMATION, ("on-loan-to-this-member",))
    renewed = scan(session, "=override ya")
    assert renewed.kind is Kind.RENEWED
    assert library.has() == ["B001"]
    assert scan(session, "=return").kind is Kind.MODE
    assert scan(session, "B001").kind is Kind.RETURNED


def test_renewing_by_mode_and_all_at_once(session: Session, library: Library) -> None:
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
    library.clock.go(days=12)
    scan(session, "=renew")
    outcome = scan(session, "B001")
    assert (outcome.kind, outcome.due_on) == (Kind.RENEWED, date(2026, 3, 28))
    scan(session, "=finish", CARD)
    outcome = session.renew_all()
    assert (outcome.kind, outcome.code) == (Kind.RENEWED, "renewed-some")
    outcomes = outcome.parts
    assert [said(o) for o in outcomes if o.item and o.item.barcode == "B001"] == [
        ("no-gain", "renewed-today", "too-soon")
    ]
    assert [o.kind for o in outcomes if o.item and o.item.barcode == "C001"] == [Kind.RENEWED]
    assert session.pending is None


def test_renewing_by_telephone_counts_on_its_own(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=12)
    outcome = scan(session, "=renew-phone B001")
    assert (outcome.kind, outcome.due_on, outcome.notes) == (Kind.RENEWED, date(2026, 3, 28), ("unseen",))
    told = "SELECT json_extract(body, '$.seen') FROM event WHERE kind = 'loan.renewed'"
    assert rows_of(library.store, told) == [(0,)]
    scan(session, "=finish")
    library.clock.go(days=12)
    again = scan(session, "=renew-phone B001")
    assert (again.kind, again.verdict.codes()) == (Kind.NEEDS_CONFIRMATION, ("unseen-renewal-limit",))
    signed = scan(session, "=override sakit, tidak bisa datang")
    assert (signed.kind, signed.notes) == (Kind.RENEWED, ("unseen",))


def test_all_loans_by_telephone_and_a_copy_that_is_not_out(session: Session, library: Library) -> None:
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
    library.clock.go(days=12)
    scan(session, CARD)
    outcome = session.renew_all(seen=False)
    assert (outcome.code, len(outcome.parts), outcome.notes) == ("renewed-all", 2, ("unseen",))
    assert len(session.acts()) == 2
    assert scan(session, "=renew-phone D001").verdict.codes() == ("not-on-loan",)
    assert scan(session, "=renew-phone X404").code == "item-unknown"


def test_a_card_first_when_lending_was_chosen(session: Session) -> None:
    scan(session, "=lend")
    assert session.mode == LEND
    assert scan(session, "B001").code == "card-first"


def test_an_unknown_book_is_taken_up_and_lent(session: Session, library: Library) -> None:
    scan(session, CARD)
    assert scan(session, "BARU-1").code == "unknown-code"
    outcome = scan(session, "=provisional Buku hibah")
    assert outcome.kind is Kind.LENT
    assert (outcome.item and outcome.item.barcode, outcome.item and outcome.item.provisional) == ("BARU-1", True)
    assert "item-provisional" in said(outcome)
    assert library.has() == ["BARU-1"]


def test_a_book_with_no_code_at_all_gets_a_number(session: Session) -> None:
    scan(session, CARD)
    outcome = scan(session, "=provisional Buku tanpa barkod")
    assert outcome.item is not None
    assert outcome.item.barcode == "P-000001"


def test_a_book_taken_up_by_mistake_goes_with_its_loan(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "salah-ketik")
    assert scan(session, "=provisional Pengantar").kind is Kind.LENT
    undone = scan(session, "=undo")
    assert (undone.undone_kind, library.has()) == ("loan.opened", ["B001"])
    with library.store.read() as facts:
        assert not facts.item_by_code("salah-ketik")
        assert not facts.find_titles("pengantar", 5).rows
    assert scan(session, "=undo").undone_kind == "loan.opened"
    assert library.has() == []
    assert derived(library.store) == rebuilt(library.store)
    # The same code is taken up again, and is another copy.
    scan(session, "salah-ketik")
    assert scan(session, "=provisional Pengantar Fikih").kind is Kind.LENT
    assert scan(session, "=finish").counts == (1, 0, 0)
    assert library.has() == ["salah-ketik"]


def test_a_book_taken_up_without_a_reader_is_taken_back(session: Session, library: Library) -> None:
    scan(session, "salah-ketik")
    assert scan(session, "=provisional Pengantar").kind is Kind.PROVISIONAL
    assert session.may_undo
    assert scan(session, "=undo").undone_kind == TAKEN_UP
    with library.store.read() as facts:
        assert not facts.item_by_code("salah-ketik")
    assert scan(session, "=undo").code == "nothing-to-undo"


def test_what_was_taken_up_stays_once_it_was_lent_for_good(session: Session, library: Library) -> None:
    scan(session, "BARU-1", "=provisional Buku hibah", CARD, "BARU-1", "=finish")
    assert scan(session, "=undo").undone_kind == "loan.opened"
    with library.store.read() as facts:
        assert facts.item_by_code("BARU-1")


def test_a_book_taken_up_while_renewing_is_not_lent(session: Session, library: Library) -> None:
    scan(session, CARD, "=renew", "BARU-1")
    outcome = scan(session, "=provisional Buku hibah")
    assert (outcome.kind, library.has()) == (Kind.PROVISIONAL, [])


def test_taking_up_needs_its_right(library: Library) -> None:
    session = library.session(replace(CLERK, rights=frozenset({right.CIRCULATE})))
    assert scan(session, "=provisional Buku").code == "no-right"


def test_a_condition_is_charged_to_who_had_the_book(session: Session, library: Library) -> None:
    assert scan(session, "=condition wet").code == "nothing-returned"
    library.lend(CARD, "B001")
    scan(session, "B001")
    assert scan(session, "=condition basah kuyup").code == "condition-unknown"
    outcome = scan(session, "=condition cover-torn")
    assert (outcome.kind, outcome.fine) == (Kind.CONDITION, 10_000)
    assert library.owed() == 10_000
    assert scan(session, "=condition wet").code == "nothing-returned", "one condition a return"
    library.lend(CARD, "C001")
    scan(session, "C001", "=finish")
    assert scan(session, "=condition wet").code == "nothing-returned"

"""The desk in its own words: cards and books, one after the other."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain import right
from app.domain.records import Item, ItemStatus, Staff
from app.services.outcome import Kind, Outcome
from app.services.session import AUTO, LEND, RENEW, RETURN, Session
from app.services.staff import NOBODY
from tests.builders import CARD, OTHER_CARD, Library, derived, head, rebuilt, rows_of, scan
from tests.services.conftest import ISBN

CLERK = replace(head(), rights=right.DESK)


def said(outcome: Outcome) -> tuple[str, ...]:
    """The codes of an answer."""
    return outcome.verdict.codes()


# --- card and book ---


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


def test_who_stood_at_the_desk_still_does_after_a_crash(session: Session, library: Library) -> None:
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=12)
    scan(session, CARD, "B001")
    assert scan(session, "=renew-phone C001").kind is Kind.RENEWED
    library.reopen()
    again = library.session()
    assert again.taken_up
    assert again.member_id == library.members[CARD].id
    assert scan(again, "D001").kind is Kind.LENT
    assert library.has() == ["B001", "D001"]


def test_renewals_for_others_bring_nobody_to_the_desk(session: Session, library: Library) -> None:
    library.lend(OTHER_CARD, "C001")
    library.clock.go(days=12)
    assert scan(session, "=renew-phone C001").kind is Kind.RENEWED
    library.reopen()
    assert library.session().member_id == ""


def test_an_old_act_of_a_clock_put_back_is_not_taken_up(session: Session, library: Library) -> None:
    library.clock.go(days=7)
    scan(session, CARD, "B001")
    library.clock.go(days=-5)
    library.reopen()
    assert not library.session().taken_up


def test_a_code_of_two_copies_is_not_lost_by_chance(session: Session, library: Library) -> None:
    other = library.title("Lain")
    with library.store.act() as act:
        act.put_item(Item("a" * 32, other.id, "B001"))
    library.lend(CARD, "C001")
    assert scan(session, "=lost B001").code == "several-copies"
    assert "item.lost" not in library.kinds()


def test_an_undone_payment_at_an_empty_desk_opens_nothing(session: Session, library: Library) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=30)
    library.bring("C001")
    scan(session, CARD, "=pay 1000", "=finish")
    session.staff = CLERK
    assert session.undo().kind is Kind.NEEDS_CONFIRMATION
    session.staff = head()
    assert session.override("salah").kind is Kind.UNDONE
    assert (session.acted, session.tx) == (0, "")
    assert "pile-finished" not in scan(session, CARD).notes


def test_a_question_is_not_answered_for_what_came_after_it(session: Session, library: Library) -> None:
    library.lend(CARD, "C001")
    library.clock.go(days=60)
    library.bring("C001")
    session.staff = CLERK
    scan(session, CARD, "=pay 1000")
    assert session.undo().kind is Kind.NEEDS_CONFIRMATION
    assert scan(session, "=pay 2000").kind is Kind.PAID
    session.staff = head()
    assert session.override("salah").code == "no-question"


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


def test_another_card_switches_and_says_so(session: Session, library: Library) -> None:
    scan(session, CARD, "B001")
    outcome = scan(session, OTHER_CARD)
    assert outcome.switched_from is not None
    assert outcome.switched_from.name == "Ahmad Fauzi"
    scan(session, "C001")
    assert (library.has(CARD), library.has(OTHER_CARD)) == (["B001"], ["C001"])
    assert rows_of(library.store, "SELECT no, finished_at IS NOT NULL FROM desk_tx") == [(1, 1)]


def test_the_same_card_again_stays_open(session: Session) -> None:
    first = scan(session, CARD)
    again = scan(session, CARD)
    assert (again.kind, again.tx, again.switched_from) == (Kind.MEMBER, first.tx, None)


def test_a_card_first_when_lending_was_chosen(session: Session) -> None:
    scan(session, "=lend")
    assert session.mode == LEND
    assert scan(session, "B001").code == "card-first"


# --- scanners and fingers ---


def test_a_double_scan_is_said_once(session: Session, library: Library) -> None:
    scan(session, CARD, "B001")
    library.clock.go(ms=300)
    for code in ("B001", "b001 ", "B001\r"):
        again = session.scan(code)
        assert (again.kind, again.code) == (Kind.REPEATED, "double-scan")
    library.clock.go(ms=1500)
    assert session.scan("B001").kind is Kind.NEEDS_CONFIRMATION
    assert library.kinds().count("loan.opened") == 1


def test_a_scan_never_answers_a_question(session: Session, library: Library) -> None:
    asked = scan(session, "19.02.0005", "B001")
    assert said(asked) == ("member-expired",)
    stray = scan(session, "C001")
    assert stray.kind is Kind.NEEDS_CONFIRMATION
    assert library.kinds(1) == ["policy.published"]
    # The question that stands now is about the second book only.
    assert scan(session, "=override izin kepala").item == library.items["C001"]
    assert library.has("19.02.0005") == ["C001"]


def test_two_codes_run_together_are_said_and_nothing_is_guessed(session: Session, library: Library) -> None:
    for glued in (CARD + CARD, CARD + "B001", "B001C001"):
        outcome = scan(session, glued)
        assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, "glued")
    assert library.kinds(1) == ["policy.published"]


@pytest.mark.parametrize(
    ("code", "said_"),
    [("x" * 10_000, "too-long"), ("\x00\x01", "empty"), ("\u200b\ufeff", "empty"), ("=", "unknown-command"),
     ("=hapus semua", "unknown-command"), ("=pay", "no-argument"), ("@2026-13-01T09:00 B001", "bad-date"),
     ("@2026-03-01T09:00", "no-code"), ("😀📚", "unknown-code"), ("tidak-ada-1", "unknown-code")],
)  # fmt: skip
def test_odd_input_is_said_plainly(session: Session, library: Library, code: str, said_: str) -> None:
    before = derived(library.store), library.kinds()
    outcome = scan(session, code)
    assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, said_)
    assert len(outcome.scan) <= 512
    assert (derived(library.store), library.kinds()) == before


@pytest.mark.parametrize(
    "code", ["B001\r\n", "  B001\t", "\ufeffB001", "b001", "B\u200b001", "B٠٠١", "Ｂ００１"[:1] + "001"]
)
def test_the_same_book_however_it_arrives(session: Session, library: Library, code: str) -> None:
    outcome = scan(session, code)
    if code.startswith("Ｂ"):
        assert outcome.kind in (Kind.SHOWN, Kind.UNKNOWN)
        return
    assert outcome.item == library.items["B001"]


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
@given(
    st.text(max_size=80) | st.sampled_from(["=", "@", "%"]).flatmap(lambda mark: st.text(max_size=40).map(mark.__add__))
)
def test_no_input_breaks_the_desk(session: Session, library: Library, code: str) -> None:
    outcome = scan(session, code)
    assert outcome.kind
    assert library.kinds(1) == ["policy.published"]


# --- ISBN, unknown codes ---


def test_the_isbn_of_the_only_copy_is_that_copy(session: Session, library: Library) -> None:
    scan(session, CARD)
    assert scan(session, ISBN).kind is Kind.LENT
    assert library.has() == ["C001"]
    scan(session, "=finish")
    assert scan(session, ISBN).kind is Kind.RETURNED


def test_the_isbn_of_several_copies_asks_which(session: Session, library: Library) -> None:
    library.item("C002", "Fikih Muamalah")
    scan(session, CARD)
    outcome = scan(session, ISBN)
    assert (outcome.kind, outcome.code) == (Kind.AMBIGUOUS, "isbn")
    assert [hit.item.barcode for hit in outcome.hits] == ["C001", "C002"]
    scan(session, "C001")
    assert scan(session, ISBN).item == library.items["C002"], "only one of them is still in"


def test_an_isbn_nobody_has_and_one_without_copies(session: Session, library: Library) -> None:
    assert scan(session, "9780306406157").code == "isbn-unknown"
    library.title("Tanpa eksemplar", isbn="9780306406157")
    assert scan(session, "9780306406157").code == "isbn-without-copies"


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


def test_taking_up_needs_its_right(library: Library) -> None:
    session = library.session(replace(CLERK, rights=frozenset({right.CIRCULATE})))
    assert scan(session, "=provisional Buku").code == "no-right"


def test_a_code_of_two_books_asks_which(session: Session, library: Library) -> None:
    library.item("B001 ", "Buku lain")
    outcome = scan(session, "B001")
    assert (outcome.kind, len(outcome.hits)) == (Kind.AMBIGUOUS, 2)


# --- debts, blocks, signatures ---


def test_what_stands_against_a_reader_is_said_at_the_card(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=80)
    library.bring("B001")
    card = scan(session, CARD)
    assert "debt-over-limit" in said(card)
    assert card.left == library.owed() > 20_000
    assert "member-expired" in said(scan(session, "19.02.0005"))
    library.member("22.01.0077", "Nabila", blocked=True)
    assert scan(session, "22.01.0077").verdict.impossible


def test_an_override_needs_a_reason_and_a_right(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    session = library.session(CLERK)
    scan(session, "19.02.0005", "B001")
    assert session.override("", "2222").code == "reason-missing"
    assert session.override("izin").code == "needs-supervisor"
    assert session.override("izin", "9999").code == "pin-wrong"
    assert library.has("19.02.0005") == []
    outcome = session.override("izin kepala", "2222")
    assert outcome.kind is Kind.LENT
    row = rows_of(library.store, "SELECT json_extract(body, '$.approver'), staff FROM event ORDER BY n DESC LIMIT 1")
    hasan = session.people.named("Hasan Basri")
    assert hasan is not None
    assert row == [(hasan.id, CLERK.id)]
    assert session.override("lagi").code == "no-question"


def test_a_plain_question_is_anybody_s_to_answer(library: Library) -> None:
    session = library.session(CLERK)
    asked = scan(session, CARD, "E001")
    assert said(asked) == ("parts-to-check",)
    assert scan(session, "=override peta ada").kind is Kind.LENT


def test_an_override_dies_with_the_transaction(session: Session) -> None:
    scan(session, "19.02.0005", "B001", "=finish")
    assert session.pending is None
    assert scan(session, "=override x").code == "no-question"


def test_what_is_impossible_cannot_be_signed_for(session: Session, library: Library) -> None:
    library.member("22.01.0077", "Nabila", blocked=True)
    outcome = scan(session, "22.01.0077", "B001")
    assert outcome.kind is Kind.REFUSED
    assert scan(session, "=override saya kepala").code == "no-question"
    assert library.has("22.01.0077") == []


def test_a_dropped_question_leaves_nothing(session: Session, library: Library) -> None:
    scan(session, "19.02.0005", "B001")
    assert scan(session, "=cancel").kind is Kind.MODE
    assert scan(session, "=override x").code == "no-question"
    assert library.has("19.02.0005") == []


# --- money ---


def test_a_late_book_is_paid_at_once_by_who_brought_it(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    fined = scan(session, "B001")
    assert fined.fine == 7000
    paid = scan(session, "=pay 5.000")
    assert (paid.kind, paid.amount, paid.left, paid.receipt) == (Kind.PAID, 5000, 2000, "M1K-A-000001")
    assert scan(session, "=pay Rp 2000,-").left == 0
    assert library.owed() == 0


def test_a_payment_needs_somebody_and_a_sum(session: Session) -> None:
    assert scan(session, "=pay 1000").code == "nobody-to-pay-for"
    scan(session, CARD)
    assert scan(session, "=pay seribu").code == "amount-unreadable"
    assert scan(session, "=pay 1000").code == "payment-refused"


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


# --- undo, finish, restart ---


def test_undo_takes_the_desk_back_step_by_step(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "C001")
    assert [scan(session, "=undo").kind for _ in range(2)] == [Kind.UNDONE, Kind.UNDONE]
    assert scan(session, "=undo").code == "nothing-to-undo"
    assert library.has() == []
    assert scan(session, "B001").kind is Kind.LENT, "no double scan after an undo"


def test_undo_reaches_over_a_finished_transaction(session: Session, library: Library) -> None:
    scan(session, CARD, "B001", "=finish")
    assert scan(session, "=undo").kind is Kind.UNDONE
    assert library.has() == []


def test_undo_needs_its_right(library: Library) -> None:
    session = library.session(replace(CLERK, rights=frozenset({right.CIRCULATE})))
    scan(session, CARD, "B001")
    assert scan(session, "=undo").code == "no-right"


def test_finishing_numbers_transactions_without_gaps(session: Session) -> None:
    numbers = []
    for codes in ((CARD, "B001"), (OTHER_CARD,), (OTHER_CARD, "C001"), ("B001",)):
        scan(session, *codes)
        numbers.append(scan(session, "=finish").number)
    assert numbers == [1, 0, 2, 3]
    assert scan(session, "=finish").number == 0


def test_an_unfinished_basket_is_taken_up_after_a_restart(session: Session, library: Library) -> None:
    tx = scan(session, CARD, "B001").tx
    library.reopen()
    again = library.session()
    assert (again.tx, again.member_id, again.acted) == (tx, library.members[CARD].id, 1)
    scan(again, "C001")
    outcome = scan(again, "=finish")
    assert (outcome.number, outcome.counts) == (1, (2, 0, 0))
    assert library.session().tx == ""


def test_an_old_basket_is_left(session: Session, library: Library) -> None:
    scan(session, CARD, "B001")
    library.clock.go(minutes=10)
    assert library.session().tx == ""


# --- late entries ---


def test_a_paper_log_is_entered_at_its_true_times(session: Session, library: Library) -> None:
    library.clock.go(days=1)
    scan(session, CARD)
    outcome = scan(session, "@2026-03-02T09:30 B001")
    assert (outcome.kind, outcome.late, outcome.due_on) == (Kind.LENT, True, date(2026, 3, 16))
    again = scan(session, "@2026-03-02T09:31 C001")
    assert again.late
    assert derived(library.store) == rebuilt(library.store)


@pytest.mark.parametrize(
    ("stated", "code"), [("2026-03-09T09:00", "time-in-future"), ("0001-01-01T00:00", "time-too-early")]
)
def test_a_time_that_cannot_be_is_refused(session: Session, library: Library, stated: str, code: str) -> None:
    scan(session, CARD)
    assert scan(session, f"@{stated} B001").code == code
    assert library.has() == []


def test_a_loan_to_the_wrong_reader_is_mended_the_next_day(session: Session, library: Library) -> None:
    wrong = scan(session, CARD, "B001")
    session.finish()
    library.clock.go(days=1)
    asked = scan(session, OTHER_CARD, "@2026-03-02T09:30 B001")
    assert (asked.kind, asked.verdict.codes()) == (Kind.NEEDS_CONFIRMATION, ("on-loan-to-another",))
    right_one = scan(session, "=override keliru")
    assert (right_one.kind, right_one.late, right_one.due_on) == (Kind.LENT, True, wrong.due_on)
    assert (library.has(CARD), library.has(OTHER_CARD), library.owed(CARD)) == ([], ["B001"], 0)
    assert derived(library.store) == rebuilt(library.store)


def test_a_return_nobody_scanned_is_mended_with_the_time_it_came(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    back = scan(session, "=return", "@2026-03-16T10:00 B001")
    assert (back.kind, back.late, back.fine) == (Kind.RETURNED, True, 0)
    assert (library.has(), library.owed()) == ([], 0)


def test_a_library_may_bound_how_late_paper_is_typed_in(session: Session, library: Library) -> None:
    library.set("desk.stated_days", 3)
    scan(session, CARD)
    refusal = scan(session, "@2026-02-27T08:59 B001")
    assert (refusal.code, refusal.verdict.reasons[0].params) == ("time-too-old", {"days": 3})
    assert scan(session, "@2026-02-27T09:01 B001").kind is Kind.LENT


def test_a_late_entry_needs_its_right(library: Library) -> None:
    session = library.session(CLERK)
    library.clock.go(days=1)
    scan(session, CARD)
    assert scan(session, "@2026-03-02T09:30 B001").code == "no-right"


def test_a_lending_log_of_another_century_can_be_typed_in(session: Session, library: Library) -> None:
    library.member("1", "Gertrude Stein", registered_on=date(1919, 1, 1), expires_on=None)
    scan(session, "1")
    outcome = scan(session, "@1920-03-15T10:00 B001")
    assert (outcome.kind, outcome.due_on) == (Kind.LENT, date(1920, 3, 29))


# --- people, modes ---


def test_a_badge_or_a_pin_signs_in(library: Library) -> None:
    with library.store.act() as act:
        act.put_staff(Staff("b" * 32, "Siti Rahma", "Siti", right.DESK, badge="STAF-1"))
    session = library.session(CLERK)
    assert session.sign_in_badge("staf-1").kind is Kind.SIGNED_IN
    assert session.staff.name == "Siti Rahma"
    assert session.sign_in_badge("none").code == "badge-unknown"
    hasan = library.staff("Hasan Basri", pin="2222")
    assert session.sign_in(hasan).code == "pin-needed"
    assert session.sign_in(hasan, "1111").code == "pin-wrong"
    assert session.staff.name == "Siti Rahma"
    assert session.sign_in(hasan, "2222").kind is Kind.SIGNED_IN
    session.sign_out()
    assert session.staff.rights == right.DESK


def test_a_library_may_want_a_name_under_what_it_gives_out(library: Library) -> None:
    library.lend(OTHER_CARD, "D001")
    library.set("desk.needs_sign_in", True)
    session = library.session(NOBODY)
    assert scan(session, CARD, "B001").kind is Kind.LENT, "nobody could sign in yet"
    hasan = library.staff("Hasan Basri", pin="2222")
    said = [scan(session, "C001"), session.renew_all(), session.pay(500), scan(session, "23.01.0099", "=register Nur")]
    assert [outcome.code for outcome in said] == ["sign-in-first"] * 4
    scan(session, "=return")
    assert scan(session, "D001").kind is Kind.RETURNED
    session.sign_in(hasan, "2222")
    assert scan(session, CARD, "C001").kind is Kind.LENT


def test_without_that_setting_the_desk_lends_before_anybody_signed_in(library: Library) -> None:
    library.staff("Hasan Basri", pin="2222")
    assert scan(library.session(NOBODY), CARD, "B001").kind is Kind.LENT


def test_a_mode_stays_until_it_is_changed(session: Session, library: Library) -> None:
    scan(session, "=renew")
    assert session.mode == RENEW
    assert scan(session, "B001").kind is Kind.REFUSED
    scan(session, "=auto")
    assert scan(session, "B001").kind is Kind.SHOWN
    library.lend(OTHER_CARD, "C001")
    scan(session, CARD, "=return")
    assert session.member_id == "", "returning a pile closes the reader first"
    assert scan(session, "C001").kind is Kind.RETURNED


def test_a_command_nobody_has_is_said(session: Session) -> None:
    assert scan(session, "=terbang").code == "unknown-command"
    assert scan(session, "=renew-all").code == "nothing-on-loan"
    assert scan(session, "=reprint").code == "nothing-to-reprint"

"""A paper log that is typed in after the desk knew more: what is said is what the fold keeps, and nobody pays twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain import right
from app.services import show
from app.services.circulation import Approval, Desk
from app.services.outcome import ENDED, Kind, Outcome
from app.services.session import Session
from app.services.slips import Slips
from tests.builders import CARD, DAY, OTHER_CARD, Library, campus, derived, founded, head, rebuilt, rows_of, scan

ASKED = "stated-before-known"


def params(outcome: Outcome, code: str) -> dict[str, Any]:
    """The facts of one of an answer's reasons."""
    return next(dict(reason.params) for reason in outcome.verdict.reasons if reason.code == code)


def lend(library: Library, card: str, barcode: str, at: int) -> Outcome:
    """Lend at an earlier time, signed for whatever is asked."""
    desk = replace(library.desk, stated_at=at)
    member, item = library.members[card].id, library.items[barcode].id
    asked = library.circulation.lend(desk, member, item)
    assert asked.kind is Kind.NEEDS_CONFIRMATION
    assert asked.event_id == ""
    return library.circulation.lend(desk, member, item, Approval(frozenset(asked.verdict.missing()), "", "kertas"))


def bring(library: Library, barcode: str, at: int) -> Outcome:
    """Return at an earlier time, signed for."""
    desk = replace(library.desk, stated_at=at)
    asked = library.circulation.return_item(desk, library.items[barcode].id)
    assert (asked.kind, asked.code, asked.verdict.missing()) == (Kind.NEEDS_CONFIRMATION, "not-returned", (ASKED,))
    return library.circulation.return_item(desk, library.items[barcode].id, Approval(frozenset({ASKED}), "", "kertas"))


def renew(library: Library, barcode: str, at: int) -> Outcome:
    """Renew at an earlier time, signed for whatever is asked."""
    desk, item = replace(library.desk, stated_at=at), library.items[barcode].id
    asked = library.circulation.renew(desk, item)
    assert asked.kind is Kind.NEEDS_CONFIRMATION
    return library.circulation.renew(desk, item, Approval(frozenset(asked.verdict.missing()), "", "kertas"))


def waive(library: Library, amount: int) -> None:
    """Forgive a part of the oldest charge."""
    with library.store.read() as facts:
        charge = facts.charges_of_member(library.members[CARD].id)[0].charge_id
    member = library.members[CARD].id
    assert library.money.waive(library.desk, member, charge, amount, "sakit").kind is Kind.WAIVED


def loans(library: Library) -> list[tuple[Any, ...]]:
    """Every loan's reader, last day and end."""
    return rows_of(
        library.store,
        "SELECT m.member_no, l.closed_on, l.how FROM loan l JOIN party p ON p.token = l.party"
        " JOIN member m ON m.id = p.member ORDER BY l.opened_at",
    )


def test_a_loan_before_a_return_that_was_only_shelved_is_a_past_loan_with_its_fine(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=40)
    back = library.bring("B001")
    assert back.code == "not-on-loan"
    library.clock.go(minutes=60)
    said = lend(library, CARD, "B001", start)
    assert (said.kind, said.code, said.late, said.loans) == (Kind.LENT, ENDED, True, 0)
    assert params(said, "ended-by-return")["at"].isoformat() == "2026-04-11T09:00:00+07:00"
    assert said.fine == library.owed() == params(said, "fine-due")["amount"] == 11_500
    assert library.has() == []
    assert loans(library) == [(CARD, "2026-04-11", "returned")]
    assert derived(library.store) == rebuilt(library.store)


def test_a_loan_before_another_reader_s_loan_ends_there_without_a_fine(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=40)
    assert library.lend(OTHER_CARD, "B001").kind is Kind.LENT
    promised = rows_of(library.store, "SELECT due_on FROM loan")
    library.clock.go(minutes=60)
    said = lend(library, CARD, "B001", start)
    assert (said.code, said.fine, library.owed()) == (ENDED, 0, 0)
    assert params(said, "ended-by-loan")["at"].isoformat() == "2026-04-11T09:00:00+07:00"
    assert library.has(OTHER_CARD) == ["B001"]
    assert rows_of(library.store, "SELECT due_on FROM loan WHERE closed_at IS NULL") == promised
    assert rows_of(library.store, "SELECT kind FROM finding") == []
    assert derived(library.store) == rebuilt(library.store)


def test_a_loan_of_the_same_reader_put_in_before_a_later_one_leaves_that_one_alone(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=5)
    now = library.lend(CARD, "B001")
    library.clock.go(minutes=60)
    assert lend(library, CARD, "B001", start).code == ENDED
    assert rows_of(library.store, "SELECT id FROM loan WHERE closed_at IS NULL") == [(now.event_id,)]
    assert library.circulation.renew(library.desk, library.items["B001"].id).kind is not Kind.UNKNOWN
    assert derived(library.store) == rebuilt(library.store)


def test_a_paper_return_lowers_a_fine_that_was_paid_and_what_was_paid_becomes_credit(library: Library) -> None:
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    assert library.bring("B001").fine == 11_500
    library.money.pay(library.desk, library.members[CARD].id, 11_500)
    said = bring(library, "B001", start + 20 * DAY)
    assert (said.kind, said.late, str(said.returned_on)) == (Kind.RETURNED, True, "2026-03-22")
    assert said.fine == 2500
    assert params(said, "fine-changed") == {"was": 11_500, "amount": 2500, "name": "Ahmad F."}
    assert params(said, "fine-now-credit") == {"credit": 9000, "name": "Ahmad F."}
    assert rows_of(library.store, "SELECT amount, paid FROM charge") == [(2500, 2500)]
    assert rows_of(library.store, "SELECT sum(credit) FROM account") == [(9000,)]
    assert derived(library.store) == rebuilt(library.store)


def test_a_loan_in_the_middle_of_another_ends_that_one_there(library: Library) -> None:
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    assert library.bring("B001").fine == 11_500
    said = lend(library, OTHER_CARD, "B001", start + 20 * DAY)
    assert (said.code, said.fine) == (ENDED, library.owed(OTHER_CARD))
    assert params(said, "fine-changed")["amount"] == library.owed(CARD) == 2500
    assert loans(library) == [(CARD, "2026-03-22", "returned"), (OTHER_CARD, "2026-04-11", "returned")]
    assert derived(library.store) == rebuilt(library.store)


def test_a_loan_that_was_told_to_end_without_a_fine_does_so_wherever_it_ends(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=40)
    library.lend(OTHER_CARD, "B001")
    library.clock.go(minutes=60)
    lend(library, CARD, "B001", start)
    said = bring(library, "B001", start + 30 * DAY)
    assert (said.kind, said.fine, library.owed()) == (Kind.RETURNED, 0, 0)
    assert "fine-forgiven" in said.verdict.codes()
    assert derived(library.store) == rebuilt(library.store)


def test_a_renewed_date_is_never_taken_back(library: Library) -> None:
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=13)
    assert library.circulation.renew(library.desk, library.items["B001"].id).kind is Kind.RENEWED
    before = derived(library.store)
    early = start + 5 * DAY
    assert library.bring("B001", stated_at=early).code == "stated-before-renewal"
    assert library.lend(OTHER_CARD, "B001", stated_at=early).code == "stated-before-renewal"
    assert derived(library.store) == before


def test_a_copy_whose_loss_was_charged_is_not_lent_before_it(library: Library) -> None:
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=10)
    library.circulation.lose(library.desk, library.items["B001"].id)
    assert library.bring("B001", stated_at=start + DAY).code == "stated-before-loss"
    assert library.lend(OTHER_CARD, "B001", stated_at=start + DAY).code == "stated-before-loss"


def test_it_needs_the_right_to_late_entry(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=10)
    library.bring("B001")
    desk = Desk(replace(head(), rights=right.DESK), tx="d" * 32, stated_at=start)
    assert library.circulation.lend(desk, library.members[CARD].id, library.items["B001"].id).code == "no-right"
    assert library.circulation.return_item(desk, library.items["B001"].id).code == "no-right"


def test_an_act_that_was_put_in_is_undone_whole(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=40)
    library.lend(OTHER_CARD, "B001")
    library.clock.go(minutes=60)
    before = {table: rows for table, rows in derived(library.store).items() if table != "undone"}
    lend(library, CARD, "B001", start)
    assert library.circulation.undo(library.desk).undone_kind == "loan.opened"
    assert {table: rows for table, rows in derived(library.store).items() if table != "undone"} == before
    assert derived(library.store) == rebuilt(library.store)


def test_what_an_act_was_put_before_is_not_undone_any_more(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=10)
    library.circulation.lend(Desk(head(), tx="a" * 32), library.members[OTHER_CARD].id, library.items["B001"].id)
    library.clock.go(minutes=60)
    lend(library, CARD, "B001", start)
    assert library.circulation.undo(library.desk, "a" * 32).code == "something-happened-since"


def test_a_loan_judged_by_rules_that_changed_meanwhile_ends_by_its_own(tmp_path: Any) -> None:
    """Under the slims profile a return says by which values it was judged; they are those of the loan of then."""
    library = founded(tmp_path, campus("slims"))
    try:
        library.member(CARD)
        library.member(OTHER_CARD, "Dewi", member_type="dosen")
        library.item("B001", price=90_000)
        start = library.clock.wall
        library.lend(CARD, "B001")
        rows = list(campus("slims").to_json()["rules"])
        changed = [{**row, "fine_per_day": 7000} if row.get("fine_per_day") else row for row in rows]
        with library.store.act() as act:
            act.publish_policy(campus("slims", version="campus-slims-2", rules=changed))
        library.clock.go(days=60)
        library.bring("B001")
        with library.store.read() as facts:
            assert facts.acts(limit=1)[0].body["judged"]
        said = lend(library, OTHER_CARD, "B001", start + 2 * DAY)
        assert said.code == ENDED
        assert said.fine == library.owed(OTHER_CARD)
        assert derived(library.store) == rebuilt(library.store)
    finally:
        library.close()


@pytest.mark.parametrize("mode", ["nobody", "reader"])
def test_the_desk_asks_for_a_reason_and_goes_on(session: Session, library: Library, mode: str) -> None:
    start = library.clock.wall
    library.clock.go(minutes=120)
    if mode == "nobody":
        library.lend(CARD, "B001", stated_at=start)
        library.clock.go(days=20)
        library.bring("B001")
        asked = scan(session, "@2026-03-20T09:30 B001")
    else:
        library.bring("B001")
        asked = scan(session, CARD, "@2026-03-02T09:30 B001")
    assert (asked.kind, asked.verdict.missing()) == (Kind.NEEDS_CONFIRMATION, (ASKED,))
    assert session.right_to_sign(asked.verdict.missing()) == right.LATE_ENTRY
    assert session.override("").code == "reason-missing"
    said = session.override("buku catatan meja")
    assert (said.kind, said.late) == (Kind.RETURNED if mode == "nobody" else Kind.LENT, True)
    assert rows_of(library.store, "SELECT body FROM note") == [("buku catatan meja",)]
    assert derived(library.store) == rebuilt(library.store)


@pytest.mark.parametrize("day", [10, 20])
def test_what_was_forgiven_stays_forgiven_when_a_renewal_is_put_in(library: Library, day: int) -> None:
    """On time (day 10) the renewal moves the lateness; late (day 20) it parts it in two."""
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    assert library.bring("B001").fine == 11_500
    waive(library, 11_500)
    renewed = renew(library, "B001", start + day * DAY)
    assert renewed.kind is Kind.RENEWED
    assert params(renewed, "fine-changed")["amount"] < 11_500
    assert library.owed() == 0
    with library.store.read() as facts:
        hit = facts.member_by_id(library.members[CARD].id)
    assert hit is not None
    assert hit.credit == 0
    assert derived(library.store) == rebuilt(library.store)


def test_what_was_forgiven_of_the_end_does_not_forgive_an_earlier_lateness(library: Library) -> None:
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=18)
    renewed = library.circulation.renew(library.desk, library.items["B001"].id, Approval(frozenset({"item-overdue"})))
    assert renewed.kind is Kind.RENEWED, renewed.verdict
    first = library.owed()
    assert first > 0
    library.clock.go(days=30)
    assert library.bring("B001").fine > 0
    with library.store.read() as facts:
        last = next(c for c in facts.charges_of_member(library.members[CARD].id) if c.left != first)
    library.money.waive(library.desk, library.members[CARD].id, last.charge_id, last.left, "sakit")
    assert library.owed() == first
    bring(library, "B001", start + 40 * DAY)
    assert library.owed() == first
    assert derived(library.store) == rebuilt(library.store)


def test_money_that_was_paid_counts_before_what_was_forgiven(library: Library) -> None:
    """Half was paid and half forgiven; the fine was too high: nothing that was forgiven is paid out as credit."""
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    assert library.bring("B001").fine == 11_500
    library.money.pay(library.desk, library.members[CARD].id, 6000)
    waive(library, 5500)
    said = bring(library, "B001", start + 30 * DAY)
    assert params(said, "fine-changed")["amount"] == 7000
    assert rows_of(library.store, "SELECT amount, paid, waived FROM charge") == [(7000, 6000, 1000)]
    assert "fine-now-credit" not in said.verdict.codes()


def test_a_renewal_that_is_put_in_never_makes_an_ended_loan_dearer(library: Library) -> None:
    """Each of two latenesses has a highest fine; the reader was told one."""
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=400)
    told = library.bring("B001").fine
    said = renew(library, "B001", start + 200 * DAY)
    assert library.owed() == told
    assert not {"fine-due", "fine-changed"} & set(said.verdict.codes())
    assert derived(library.store) == rebuilt(library.store)
    assert library.circulation.undo(library.desk).undone_kind == "loan.renewed"
    assert library.owed() == told


def test_a_changed_fine_is_said_once(library: Library) -> None:
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    library.bring("B001")
    said = renew(library, "B001", start + 10 * DAY)
    assert "fine-changed" in said.verdict.codes()
    assert "fine-due" not in said.verdict.codes()


def printed(library: Library, tx: str) -> list[tuple[str, Any]]:
    """What the slips of a transaction promise: barcode and date."""
    Slips(library.store).finish(tx, library.members[CARD].id, head(), Outcome(Kind.FINISHED))
    bodies = [json.loads(row[0]) for row in rows_of(library.store, "SELECT body FROM print_job")]
    return [(line["barcode"], line["due_on"]) for body in bodies for line in body["lines"]]


def test_slip_answer_and_store_say_one_date_of_a_renewal_that_was_put_in(library: Library) -> None:
    """B001 was renewed again since, C001 is back."""
    start = library.clock.wall
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
    library.clock.go(days=12)
    kept = library.circulation.renew(library.desk, library.items["B001"].id).due_on
    library.clock.go(days=2)
    library.bring("C001")
    library.clock.go(days=6)
    desk = Desk(head(), tx="e" * 32, stated_at=start + 8 * DAY, reader=library.members[CARD].id)
    said = {}
    for barcode in ("B001", "C001"):
        asked = library.circulation.renew(desk, library.items[barcode].id)
        signed = Approval(frozenset(asked.verdict.missing()), "", "kertas")
        said[barcode] = library.circulation.renew(desk, library.items[barcode].id, signed)
    assert all(one.event_id for one in said.values()), said["C001"].verdict
    assert (said["B001"].due_on, said["B001"].code, said["C001"].code) == (kept, "", ENDED)
    assert rows_of(library.store, "SELECT due_on FROM loan WHERE closed_at IS NULL") == [(str(kept),)]
    assert printed(library, "e" * 32) == [("B001", str(kept))]
    assert show.banner(said["C001"]).code == "renewed-ended"
    assert show.row(said["C001"], 1).due_on is None  # type: ignore[union-attr]


def test_a_suspension_by_a_past_loan_is_said(library: Library) -> None:
    start = library.clock.wall
    library.clock.go(days=50)
    library.bring("B001")
    library.clock.go(minutes=5)
    library.members[CARD] = library.members["D0001"]
    said = lend(library, CARD, "B001", start)
    with library.store.read() as facts:
        hit = facts.member_by_id(library.members[CARD].id)
    assert hit is not None
    assert hit.facts.suspended_until is not None
    assert params(said, "now-suspended") == {"name": "Umar A.", "until": hit.facts.suspended_until}
    assert "now-suspended" in [line.code for line in show.banner(said).reasons]
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE


@pytest.mark.parametrize("way", ["lent-on", "renewed"])
def test_a_suspension_by_lending_on_or_by_a_late_renewal_is_said(library: Library, way: str) -> None:
    library.lend("D0001", "B001")
    library.clock.go(days=45)
    item = library.items["B001"].id
    if way == "lent-on":
        signed = Approval(frozenset({"on-loan-to-another"}))
        said = library.circulation.lend(library.desk, library.members[CARD].id, item, signed)
    else:
        asked = library.circulation.renew(library.desk, item)
        said = library.circulation.renew(library.desk, item, Approval(frozenset(asked.verdict.missing())))
    assert said.event_id
    with library.store.read() as facts:
        hit = facts.member_by_id(library.members["D0001"].id)
    assert hit is not None
    assert hit.facts.suspended_until is not None
    assert params(said, "now-suspended") == {"name": "Umar A.", "until": hit.facts.suspended_until}
    assert "now-suspended" in [line.code for line in show.banner(said).reasons]


@pytest.mark.parametrize("way", ["renew", "return"])
def test_a_book_that_was_the_reader_s_own_then_is_one_question_with_an_end(
    session: Session, library: Library, way: str
) -> None:
    """Its loan has ended since: to say that it is renewed or returned at that time settles it."""
    library.lend(CARD, "B001")
    library.clock.go(days=5)
    library.bring("B001")
    library.clock.go(days=1)
    screen = library.screen(session)
    library.clock.go(ms=2000)
    screen.scan(CARD)
    library.clock.go(ms=2000)
    question = screen.scan("@2026-03-04T09:30 B001").question
    assert question is not None
    assert [answer.action for answer in question.answers] == ["return", "renew", "cancel"]
    asked = screen.answer(way, {}).question
    assert asked is not None
    done = screen.answer("approve", {"reason": "buku catatan"})
    assert done.question is None
    assert rows_of(library.store, "SELECT late FROM event ORDER BY n DESC LIMIT 1") == [(1,)]
    assert derived(library.store) == rebuilt(library.store)


def test_a_charge_for_the_condition_goes_with_the_return(library: Library) -> None:
    """The paper log says that another reader had the book when it came back wet."""
    start = library.clock.wall
    library.lend(CARD, "B001")
    library.clock.go(days=12)
    back = library.bring("B001")
    library.clock.go(minutes=1)
    library.circulation.note_condition(library.desk, library.items["B001"].id, back.event_id, "wet", repair=False)
    cost = library.owed(CARD)
    assert cost > 0
    bring(library, "B001", start + 5 * DAY)
    said = lend(library, OTHER_CARD, "B001", start + 6 * DAY)
    assert params(said, "charge-moved") == {"amount": cost, "name": "Ahmad F.", "other": "Dewi L."}
    assert (library.owed(CARD), library.owed(OTHER_CARD)) == (0, cost)
    assert derived(library.store) == rebuilt(library.store)
    assert library.circulation.undo(library.desk).undone_kind == "loan.opened"
    assert (library.owed(CARD), library.owed(OTHER_CARD)) == (cost, 0)

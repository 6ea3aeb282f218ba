"""The verbs of lending by name. Any history of them stands in test_circulation_histories.py."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain import right
from app.domain.policy import Policy
from app.domain.records import ItemStatus
from app.services.circulation import Approval, Desk
from app.services.outcome import Kind, Outcome
from tests.builders import CARD, OTHER_CARD, Library, campus, derived, founded, head, rebuilt, rows_of

HURRY = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def signed(library: Library, outcome: Outcome, reason: str = "sebab") -> Approval:
    """A signature for everything that is asked."""
    return Approval(frozenset(outcome.verdict.missing()), head().id, reason)


def body(library: Library, event_id: str) -> dict[str, object]:
    """An event's body."""
    return json.loads(rows_of(library.store, "SELECT body FROM event WHERE id = ?", (event_id,))[0][0])  # type: ignore[no-any-return]


# --- lending ---


def test_a_loan_carries_what_it_promised_and_under_which_rules(library: Library) -> None:
    outcome = library.lend(CARD, "B001")
    assert outcome.kind is Kind.LENT
    assert outcome.due_on == date(2026, 3, 16)
    assert (outcome.loans, outcome.limit) == (1, 3)
    kept = body(library, outcome.event_id)
    assert kept["due"] == "2026-03-16"
    assert kept["policy"] == "campus-1"
    assert kept["price"] == 80_000
    assert kept["terms"]["fine_per_day"] == 500  # type: ignore[index]
    assert set(kept) == {"item", "title", "party", "due", "policy", "terms", "price", "tx", "vouches"}


def test_an_event_names_nobody_and_holds_no_free_text(library: Library) -> None:
    asked = library.lend("19.02.0005", "B001")
    library.circulation.lend(
        library.desk,
        library.members["19.02.0005"].id,
        library.items["B001"].id,
        signed(library, asked, "skripsi besok"),
    )
    library.clock.go(days=40)
    library.bring("B001")
    library.money.pay(library.desk, library.members["19.02.0005"].id, 1000, payer="Bapak Lukman")
    everything = " ".join(row[0] for row in rows_of(library.store, "SELECT body FROM event"))
    for words in ("Lukman", "skripsi", "19.02.0005", "Sejarah"):
        assert words not in everything
    notes = sorted(row[0] for row in rows_of(library.store, "SELECT body FROM note"))
    assert notes == ["Bapak Lukman", "skripsi besok"]


def test_a_refusal_records_nothing_and_gives_every_reason(library: Library) -> None:
    before = derived(library.store), len(library.kinds())
    outcome = library.lend("19.02.0005", "E001")
    assert outcome.kind is Kind.NEEDS_CONFIRMATION
    assert set(outcome.verdict.missing()) == {"member-expired", "parts-to-check"}
    assert (derived(library.store), len(library.kinds())) == before


def test_a_signature_covers_only_what_was_signed(library: Library) -> None:
    member, item = library.members["19.02.0005"].id, library.items["E001"].id
    half = Approval(frozenset({"parts-to-check"}), head().id, "ada")
    assert library.circulation.lend(library.desk, member, item, half).kind is Kind.NEEDS_CONFIRMATION
    whole = Approval(frozenset({"parts-to-check", "member-expired"}), head().id, "diizinkan")
    outcome = library.circulation.lend(library.desk, member, item, whole)
    assert outcome.kind is Kind.LENT
    kept = body(library, outcome.event_id)
    assert kept["approved"] == ["member-expired", "parts-to-check"]
    assert kept["approver"] == head().id
    assert rows_of(library.store, "SELECT body FROM note WHERE id = ?", (str(kept["note"]),)) == [("diizinkan",)]


def test_nobody_without_the_right_does_anything(library: Library) -> None:
    nobody = Desk(replace(head(), rights=frozenset()))
    item, member = library.items["B001"].id, library.members[CARD].id
    verbs = library.circulation
    refused = [
        verbs.lend(nobody, member, item),
        verbs.return_item(nobody, item),
        verbs.renew(nobody, item),
        verbs.note_condition(nobody, item, "", "wet", repair=False),
        verbs.lose(nobody, item),
        verbs.undo(nobody),
        verbs.return_item(Desk(replace(head(), rights=right.DESK)), item, returned_on=date(2026, 3, 1)),
    ]
    assert {(outcome.kind, outcome.code) for outcome in refused} == {(Kind.REFUSED, "no-right")}


def test_taking_a_copy_from_another_reader_closes_that_loan_first(library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=20)
    asked = library.lend(OTHER_CARD, "B001")
    assert asked.verdict.missing() == ("on-loan-to-another",)
    before = derived(library.store)
    outcome = library.circulation.lend(
        library.desk, library.members[OTHER_CARD].id, library.items["B001"].id, signed(library, asked)
    )
    assert outcome.kind is Kind.LENT
    assert (library.has(CARD), library.has(OTHER_CARD)) == ([], ["B001"])
    assert library.owed(CARD) == 2500
    assert library.owed(OTHER_CARD) == 0
    assert library.kinds(2) == ["item.returned", "loan.opened"]
    assert rows_of(library.store, "SELECT count(*) FROM finding") == [(0,)], "closed in words, so no case"
    # One scan, one undo.
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert library.has(CARD) == ["B001"]
    after = derived(library.store)
    assert {k: v for k, v in after.items() if k != "undone"} == {k: v for k, v in before.items() if k != "undone"}


def test_a_copy_that_goes_on_at_once_is_not_put_aside(library: Library) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members["D0001"].id, library.items["D001"].title_id)
    asked = library.lend(OTHER_CARD, "D001")
    outcome = library.circulation.lend(
        library.desk, library.members[OTHER_CARD].id, library.items["D001"].id, signed(library, asked)
    )
    assert outcome.kind is Kind.LENT
    assert rows_of(library.store, "SELECT state, copy FROM hold") == [("waiting", None)]


def test_a_reader_s_own_copy_is_never_lent_again(library: Library) -> None:
    library.lend(CARD, "B001")
    asked = library.lend(CARD, "B001")
    assert asked.verdict.missing() == ("on-loan-to-this-member",)
    again = library.circulation.lend(
        library.desk, library.members[CARD].id, library.items["B001"].id, signed(library, asked)
    )
    assert again.kind is Kind.NEEDS_CONFIRMATION
    assert library.kinds().count("loan.opened") == 1


def test_unknown_things_are_said(library: Library) -> None:
    desk, none = library.desk, "0" * 32
    assert "member-unknown" in library.circulation.lend(desk, none, library.items["B001"].id).verdict.codes()
    assert "item-unknown" in library.circulation.lend(desk, library.members[CARD].id, none).verdict.codes()
    assert "item-unknown" in library.circulation.return_item(desk, none).verdict.codes()
    assert "item-unknown" in library.circulation.renew(desk, none).verdict.codes()
    assert library.circulation.lose(desk, none).code == "item-unknown"


# --- returning, renewing ---


def test_a_copy_that_was_not_out_is_said_and_noted(library: Library) -> None:
    outcome = library.bring("B001")
    assert (outcome.kind, outcome.code) == (Kind.SHOWN, "not-on-loan")
    assert library.kinds(1) == ["item.returned"]


def test_the_book_drop_counts_as_the_last_open_day(library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=14 + 7)  # Monday the 23rd; the 22nd is a Sunday, the 21st the last open day
    outcome = library.circulation.return_item(library.desk, library.items["B001"].id, book_drop=True)
    assert outcome.returned_on == date(2026, 3, 21)
    assert outcome.fine == 2500
    assert library.owed() == 2500


@pytest.mark.parametrize(("stated", "counts"), [("2026-03-18", "2026-03-18"), ("2026-02-01", "2026-03-02")])
def test_a_back_dated_return_counts_from_that_day_but_not_before_the_loan(
    library: Library, stated: str, counts: str
) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=30)
    day = date.fromisoformat(stated)
    outcome = library.circulation.return_item(library.desk, library.items["B001"].id, returned_on=day)
    assert outcome.returned_on == date.fromisoformat(counts)
    assert library.owed() == outcome.fine == (1000 if stated == counts else 0)


def test_an_hour_loan_is_judged_by_the_hour(library: Library) -> None:
    library.item("T001", "Tandon", collection="tandon", price=100_000)
    outcome = library.lend(CARD, "T001")
    assert outcome.due_at is not None
    assert outcome.due_at.isoformat() == "2026-03-02T12:00:00+07:00"
    library.clock.go(minutes=181)
    assert library.bring("T001").fine == 5000
    assert library.owed() == 5000


@pytest.mark.parametrize(("days", "cost"), [(15, 0), (16, 500), (17, 1000)])
def test_a_due_day_that_was_closed_later_costs_nothing_on_the_first_open_day(
    library: Library, days: int, cost: int
) -> None:
    lent = library.lend(CARD, "B001")
    assert lent.due_on == date(2026, 3, 16)
    calendar = {**campus().to_json()["calendar"], "dated": ["2026-03-16"]}
    with library.store.act() as act:
        act.publish_policy(campus(version="campus-2", calendar=calendar, effective_from="2026-03-03"))
    library.clock.go(days=days)
    said = library.bring("B001")
    assert (said.fine, library.owed()) == (cost, cost)
    assert said.was_due == date(2026, 3, 16), "the printed date stays"
    assert derived(library.store) == rebuilt(library.store)


def test_a_return_of_an_earlier_program_keeps_the_fine_it_was_told(library: Library) -> None:
    library.lend(CARD, "B001")
    calendar = {**campus().to_json()["calendar"], "dated": ["2026-03-16"]}
    with library.store.act() as act:
        act.publish_policy(campus(version="campus-2", calendar=calendar, effective_from="2026-03-03"))
    library.clock.go(days=15)
    with library.store.act() as act:
        act.record("item.returned", {"item": library.items["B001"].id, "policy": "campus-2"})
    assert library.owed() == 500


POLICIES = {
    "meja": campus(thresholds={"overdue_level": "off", "renew_overdue_item_level": "off", "debt_level": "off",
                               "renew_debt_level": "off", "renew_once_a_day": False, "not_before_days": 0}),
    "slims": campus("slims"),
}  # fmt: skip


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Library]:
    """A library of each profile, for many loans."""
    made: dict[str, Library] = {}
    for profile, policy in POLICIES.items():
        lib = made[profile] = founded(tmp_path_factory.mktemp(profile), policy)
        for kind in ("mahasiswa", "dosen", "luar", "tendik"):
            lib.member(kind, kind, member_type=kind, expires_on=date(2099, 1, 1))
        for price in (None, 2000, 90_000):
            lib.item(f"P{price}", price=price)
        lib.hurry()
    return made


@HURRY
@given(
    profile=st.sampled_from(sorted(POLICIES)),
    kind=st.sampled_from(["mahasiswa", "dosen", "luar", "tendik"]),
    copy=st.sampled_from(["PNone", "P2000", "P90000"]),
    out=st.integers(0, 120),
    renewed_after=st.none() | st.integers(0, 60),
    priced=st.booleans(),
    minutes=st.integers(0, 600),
)
def test_what_the_desk_says_is_what_the_fold_keeps(
    shelf: dict[str, Library], profile: str, kind: str, copy: str, out: int, renewed_after: int | None,
    priced: bool, minutes: int,
) -> None:  # fmt: skip
    """Fine and suspension said at a return or renewal are those that stand in the account afterwards."""
    lib = shelf[profile]
    lib.clock.go(minutes=minutes)
    item, member = lib.items[copy], lib.members[kind]
    with lib.store.act() as act:
        act.put_item(item)
    lib.bring(copy)
    asked = lib.lend(kind, copy)
    if not asked.event_id and not asked.verdict.impossible:
        asked = lib.circulation.lend(lib.desk, member.id, item.id, signed(lib, asked))
    if not asked.event_id:
        return
    if priced:
        with lib.store.act() as act:
            act.put_item(replace(item, price=1000))
    said = []
    if renewed_after is not None:
        lib.clock.go(days=renewed_after)
        renewal = lib.circulation.renew(lib.desk, item.id)
        if not renewal.event_id and not renewal.verdict.impossible:
            renewal = lib.circulation.renew(lib.desk, item.id, signed(lib, renewal))
        if renewal.event_id:
            said.append(renewal.overdue)
    lib.clock.go(days=out)
    said.append(lib.bring(copy).overdue)
    rows = rows_of(lib.store, "SELECT charges FROM loan WHERE id = ?", (asked.event_id,))
    kept = [(c["amount"], c["suspension_days"]) for c in json.loads(rows[0][0] or "[]")]
    told = [(one.amount, one.suspension_days) for one in said if one and (one.amount or one.suspension_days)]
    assert kept == told


@pytest.mark.parametrize("fine", [0, 250, 3000])
@pytest.mark.parametrize("profile", ["meja", "slims"])
def test_after_a_change_of_rules_the_fold_judges_as_the_desk_said(tmp_path: Path, profile: str, fine: int) -> None:
    """meja keeps the terms of the loan, slims takes today's: whatever is said stands in the account."""
    off = dict.fromkeys(("renew_overdue_item_level", "renew_overdue_member_level", "renew_debt_level"), "off")
    document: dict[str, Any] = campus(profile, thresholds={**off, "not_before_days": 0}).to_json()
    document["rules"] = [{**rule, "renewals": 3} for rule in document["rules"]]
    lib = founded(tmp_path, Policy.from_json(document))
    lib.member(CARD, expires_on=date(2099, 1, 1))
    lib.item("B001", price=500_000)
    lib.lend(CARD, "B001")
    for rule in document["rules"]:
        rule.pop("no_fine", None)
        if "fine_per_day" in rule:
            rule["fine_per_day"] = fine
            if not fine:
                rule["no_fine"] = True
    with lib.store.act() as act:
        act.publish_policy(Policy.from_json({**document, "version": "later", "effective_from": "2026-03-03"}))
    said = 0
    for verb in (lib.circulation.renew, lib.circulation.return_item):
        lib.clock.go(days=30)
        outcome = verb(lib.desk, lib.items["B001"].id)
        if verb == lib.circulation.renew and not outcome.event_id:
            outcome = lib.circulation.renew(lib.desk, lib.items["B001"].id, signed(lib, outcome))
        assert outcome.event_id
        said += outcome.fine
    assert lib.owed() == said
    assert (said == 0) == (profile == "slims" and fine == 0)
    lib.close()


# --- condition, loss ---


def test_a_condition_is_charged_by_the_list_and_undone_whole(library: Library) -> None:
    library.lend(CARD, "B001")
    back = library.bring("B001")
    before = derived(library.store)
    outcome = library.circulation.note_condition(
        library.desk, library.items["B001"].id, back.event_id, "wet", repair=True
    )
    assert outcome.fine == library.owed() == 25_000
    with library.store.read() as facts:
        assert facts.item_by_code("B001")[0].facts.status is ItemStatus.REPAIR
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    after = derived(library.store)
    assert {k: v for k, v in after.items() if k != "undone"} == {k: v for k, v in before.items() if k != "undone"}
    with library.store.read() as facts:
        assert facts.item_by_code("B001")[0].facts.status is ItemStatus.AVAILABLE


def test_a_condition_nobody_listed_is_refused(library: Library) -> None:
    library.lend(CARD, "B001")
    back = library.bring("B001")
    words = "Ahmad menumpahkan kopi"
    outcome = library.circulation.note_condition(
        library.desk, library.items["B001"].id, back.event_id, words, repair=False
    )
    assert (outcome.kind, outcome.code) == (Kind.REFUSED, "condition-unknown")
    assert library.kinds(1) == ["item.returned"]


def test_a_lost_copy_found_again_gives_the_money_back(library: Library) -> None:
    library.lend(CARD, "B001")
    lost = library.circulation.lose(library.desk, library.items["B001"].id)
    assert lost.fine == library.owed() == 90_000
    assert library.has() == []
    library.money.pay(library.desk, library.members[CARD].id, 90_000)
    found = library.bring("B001")
    said = {reason.code: dict(reason.params) for reason in found.verdict.reasons}
    assert said["was-lost"] == {}
    assert said["loss-taken-back"] == {"amount": 90_000, "name": "Ahmad F."}
    assert said["loss-now-credit"] == {"credit": 90_000, "name": "Ahmad F."}
    with library.store.read() as facts:
        hit = facts.member_by_id(library.members[CARD].id)
    assert hit is not None
    assert (hit.facts.owed, hit.credit) == (0, 90_000)
    refund = library.money.refund(library.desk, library.members[CARD].id, 90_000, "buku ditemukan")
    assert (refund.kind, refund.amount, refund.credit, refund.number) == (Kind.REFUNDED, 90_000, 0, 2)
    assert derived(library.store) == rebuilt(library.store)


def test_a_copy_missing_in_the_catalogue_comes_back_as_available_and_an_undo_misses_it_again(
    library: Library,
) -> None:
    library.item("M001", status=ItemStatus.MISSING)
    assert "was-missing" in library.bring("M001").verdict.codes()
    with library.store.read() as facts:
        assert facts.item_by_code("M001")[0].item.status is ItemStatus.AVAILABLE
    library.circulation.undo(library.desk)
    with library.store.read() as facts:
        assert facts.item_by_code("M001")[0].item.status is ItemStatus.MISSING


# --- undo ---


def test_acts_are_undone_one_after_the_other_as_far_as_they_go(library: Library) -> None:
    library.lend(CARD, "B001")
    library.lend(CARD, "C001")
    library.bring("B001")
    for expected in ("item.returned", "loan.opened", "loan.opened"):
        outcome = library.circulation.undo(library.desk)
        assert (outcome.kind, outcome.undone_kind) == (Kind.UNDONE, expected)
    assert library.circulation.undo(library.desk).code == "nothing-to-undo"
    assert library.has() == []


def test_an_undo_is_refused_after_something_happened_to_that_copy(library: Library) -> None:
    library.lend(CARD, "B001")
    other = Desk(head())
    library.circulation.return_item(other, library.items["B001"].id)
    outcome = library.circulation.undo(library.desk)
    assert outcome.code == "something-happened-since"
    assert library.has() == []


def test_an_undone_return_takes_its_hold_back(library: Library) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    assert library.bring("D001").aside
    assert rows_of(library.store, "SELECT state FROM hold") == [("aside",)]
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert rows_of(library.store, "SELECT state FROM hold") == [("waiting",)]
    assert library.has() == ["D001"]


def test_a_payment_is_voided_whole_with_its_own_right(library: Library) -> None:
    member = library.members[CARD].id
    for barcode in ("B001", "C001"):
        library.lend(CARD, barcode)
        library.clock.go(days=30)
        library.bring(barcode)
        # The next loan gets a token of its own, so that the debts lie under two.
        library.store.connection.execute("UPDATE party SET made_at = made_at - 1")
        # So many tokens since that the older debt is out of sight.
        for number in range(5):
            token = f"{number}{barcode.lower() * 8}"[:32]
            library.store.connection.execute(
                "INSERT INTO party (token, member, made_at) VALUES (?, ?, ?)", (token, member, library.clock.wall)
            )
    owed = library.owed()
    assert len({row[0] for row in rows_of(library.store, "SELECT party FROM charge")}) == 2
    paid = library.money.pay(library.desk, member, owed)
    assert (paid.left, library.owed()) == (0, 0)
    assert library.kinds().count("payment.made") == 2
    without = Desk(replace(head(), rights=right.DESK), tx=library.desk.tx)
    asked = library.circulation.undo(without)
    assert (asked.kind, asked.code, asked.amount) == (Kind.NEEDS_CONFIRMATION, "voids-payment", owed)
    assert "payment.voided" not in library.kinds()
    undone = library.circulation.undo(library.desk)
    assert (undone.kind, undone.amount) == (Kind.UNDONE, owed)
    assert library.owed() == owed
    assert library.kinds().count("payment.voided") == 2
    assert library.circulation.undo(library.desk).undone_kind == "item.returned", "the act before the payment"


def test_a_clock_note_is_no_act_to_undo(library: Library) -> None:
    library.clock.go(days=1)
    library.lend(CARD, "B001")
    library.clock.go(days=-1)
    library.lend(CARD, "C001")
    assert library.kinds(2) == ["clock.behind", "loan.opened"]
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE
    assert library.circulation.undo(library.desk).kind is Kind.UNDONE


def test_a_token_begins_anew_when_everything_under_the_last_is_over(library: Library) -> None:
    for _ in range(3):
        library.lend(CARD, "B001")
        library.bring("B001")
        library.clock.go(days=1)
    tokens = rows_of(library.store, "SELECT count(DISTINCT party) FROM loan")
    assert tokens == [(3,)]

"""Outcomes as the screen shows them: the right banner, tone, sound, row and note for each."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.domain.records import Item, Member, Title
from app.domain.verdict import Level, Reason, Verdict
from app.ports import LoanLine
from app.services import show
from app.services.outcome import Kind, Outcome
from app.services.session import Session
from app.services.view import Phrase, Sound, Tone
from tests.builders import CARD, OTHER_CARD, Library, scan

TODAY = date(2026, 3, 2)
NOW = datetime.fromisoformat("2026-03-02T10:00:00+07:00")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_banner_and_a_sound(kind: Kind) -> None:
    outcome = Outcome(
        kind, "x", "", member=Member("m", "1", "Ahmad", "x"), item=Item("i", "t", "B1"), title=Title("t", "Buku")
    )
    banner = show.banner(outcome)
    assert banner.code
    assert isinstance(banner.tone, Tone)
    assert isinstance(show.sound(outcome), Sound)


def test_lent_shows_the_promise_large(session: Session) -> None:
    outcome = scan(session, CARD, "B001")
    banner = show.banner(outcome)
    assert (banner.tone, banner.code, show.sound(outcome)) == (Tone.DONE, "lent", Sound.DONE)
    assert banner.big_value is not None
    assert banner.big_value.params == {"due_on": date(2026, 3, 16)}
    row = show.row(outcome, 1)
    assert row is not None
    assert (row.id, row.chip.code, row.due_on, row.from_name) == (
        outcome.event_id, "lent", date(2026, 3, 16), "Ahmad F.",
    )  # fmt: skip


def test_a_late_return_needs_somebody(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.clock.go(days=24)
    outcome = scan(session, "B001")
    banner = show.banner(outcome)
    assert (banner.tone, banner.code, show.sound(outcome)) == (Tone.NEEDS, "returned-late", Sound.NEEDS)
    assert banner.params["n"] == 10
    assert banner.big_value is not None
    assert banner.big_value.params == {"amount": 4500}


def test_a_copy_to_set_aside_is_said(session: Session, library: Library) -> None:
    library.lend(CARD, "D001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
    outcome = scan(session, "D001")
    banner = show.banner(outcome)
    assert (banner.tone, banner.code, show.sound(outcome)) == (Tone.ASIDE, "returned-aside", Sound.NEEDS)
    row = show.row(outcome, 1)
    assert row is not None
    assert row.chip.code == "put-aside"


def test_a_refusal_shows_every_reason_and_nothing_lighter(session: Session) -> None:
    outcome = scan(session, "19.02.0005", "E001")
    banner = show.banner(outcome)
    assert {line.code for line in banner.reasons} == {"member-expired", "parts-to-check"}
    assert all(line.level >= Level.CONFIRM for line in banner.reasons)
    assert (banner.tone, show.sound(outcome)) == (Tone.NO, Sound.NEEDS)
    assert show.row(outcome, 1) is None


def test_a_card_that_cannot_borrow_says_no_at_once(library: Library) -> None:
    library.member("22.01.0077", "Nabila", blocked=True)
    outcome = scan(library.session(), "22.01.0077")
    assert (show.banner(outcome).code, show.sound(outcome)) == ("member-stopped", Sound.NO)


def test_an_unknown_code_is_repeated_only_in_part(session: Session) -> None:
    outcome = scan(session, "tidak-ada-" + "9" * 50)
    banner = show.banner(outcome)
    assert len(str(banner.params["code"])) <= 40
    assert (banner.tone, show.sound(outcome)) == (Tone.NO, Sound.NO)
    long = show.banner(scan(session, "x" * 10_000))
    assert long.code == "long-code"


@pytest.mark.parametrize(("days", "chip"), [(3, "late"), (0, "due-today"), (-1, "due-tomorrow"), (-2, "running")])
def test_a_running_loan_says_how_it_stands(days: int, chip: str) -> None:
    line = LoanLine("l", "i", "B1", "Buku", "A", TODAY, TODAY - timedelta(days=days), 0)
    assert show.running_row(line, NOW).chip.code == chip


@pytest.mark.parametrize(("hour", "chip"), [(9, "late"), (10, "due-today"), (11, "due-today")])
def test_a_loan_by_the_hour_is_late_after_its_hour(hour: int, chip: str) -> None:
    line = LoanLine("l", "i", "B1", "Buku", "A", TODAY, TODAY, 0, due_at=NOW.replace(hour=hour))
    shown = show.running_row(line, NOW).chip
    assert shown.code == chip
    assert shown.params.get("n", 1) == 1, "within its day it counts one"


def test_the_card_notes_what_matters_most_first() -> None:
    from app.domain.fact import MemberFacts
    from app.ports import MemberHit

    member = Member("m", "1", "Ahmad", "x", expires_on=TODAY - timedelta(days=1), notes="  sering\nlupa ")
    hit = MemberHit(member, MemberFacts("m", "x", None, None, owed=5000), ())
    lines = [LoanLine("l", "i", f"B{n}", "Buku", "A", TODAY, TODAY - timedelta(days=3), 0) for n in range(2)]
    standing = Verdict((Reason("member-expired", Level.CONFIRM, {"on": member.expires_on}),))
    card = show.member_card(hit, "Mahasiswa", 3, lines, [("Kamus", "R"), ("Peta", "R")], standing, NOW, "")
    assert [note.code for note in card.notes] == ["expired", "holds-ready", "late-many", "owes", "text"]
    assert card.notes[-1].params == {"text": "sering lupa"}
    assert (card.expired, card.owed, card.holds_ready) == (True, 5000, 2)


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (Item("i", "t", "b", shelf="R1", call_number="959"), "R1"),
        (Item("i", "t", "b", call_number="959"), "959"),
        (Item("i", "t", "b", location="Gedung A"), "Gedung A"),
        (Item("i", "t", "b"), ""),
        (None, ""),
    ],
)
def test_where_a_copy_belongs(item: Item | None, place: str) -> None:
    assert show.shelf(item) == place


def test_why_a_reader_is_blocked_stands_on_the_card(library: Library) -> None:
    library.member("22.01.0077", "Nabila Zahrani", blocked=True, block_reason="Belum mengganti kamus")
    library.member("22.01.0078", "Maya Kartika", blocked=True)
    screen = library.screen()
    told = []
    for number in ("22.01.0077", "22.01.0078"):
        library.clock.go(ms=2000)
        card = screen.scan(number).member
        assert card is not None
        told += [(note.code, note.params.get("text")) for note in card.notes]
    assert told == [("blocked", "Belum mengganti kamus"), ("blocked-plain", None)]


def test_the_banner_of_a_blocked_reader_says_why_too(library: Library) -> None:
    library.member("22.01.0077", "Nabila Zahrani", blocked=True, block_reason="Belum  mengganti\nkamus")
    library.member("22.01.0078", "Maya Kartika", blocked=True)
    screen = library.screen()
    told = []
    for number in ("22.01.0077", "22.01.0078"):
        banner = screen.scan(number).banner
        assert banner is not None
        told += [(line.code, line.params.get("why")) for line in banner.reasons]
    assert told == [("member-blocked-why", "Belum mengganti kamus"), ("member-blocked", None)]


@pytest.mark.parametrize(("typed", "said"), [("Bàà&", "read-layout"), ("B001", "")])
def test_a_repaired_scan_is_said_in_the_banner(session: Session, typed: str, said: str) -> None:
    scan(session, CARD)
    outcome = scan(session, typed)
    assert outcome.kind is Kind.LENT
    lines = [line for line in show.banner(outcome).lines if isinstance(line, Phrase) and line.code.startswith("read-")]
    assert [(line.code, line.params) for line in lines] == ([(said, {"code": typed})] if said else [])

"""The reader's card: what matters most comes first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.domain.records import Member
from app.domain.verdict import Level, Reason, Verdict
from app.ports import LoanLine
from app.services import show
from tests.builders import Library

TODAY = date(2026, 3, 2)
NOW = datetime.fromisoformat("2026-03-02T10:00:00+07:00")


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

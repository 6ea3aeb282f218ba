"""Every outcome has a banner and a sound; what a banner adds of its own."""

from __future__ import annotations

import pytest

from app.domain.records import Item, Member, Title
from app.services import show
from app.services.outcome import Kind, Outcome
from app.services.session import Session
from app.services.view import Phrase, Sound, Tone
from tests.builders import CARD, Library, scan


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_banner_and_a_sound(kind: Kind) -> None:
    outcome = Outcome(
        kind, "x", "", member=Member("m", "1", "Ahmad", "x"), item=Item("i", "t", "B1"), title=Title("t", "Buku")
    )
    banner = show.banner(outcome)
    assert banner.code
    assert isinstance(banner.tone, Tone)
    assert isinstance(show.sound(outcome), Sound)


@pytest.mark.parametrize(("typed", "said"), [("Bàà&", "read-layout"), ("B001", "")])
def test_a_repaired_scan_is_said_in_the_banner(session: Session, typed: str, said: str) -> None:
    scan(session, CARD)
    outcome = scan(session, typed)
    assert outcome.kind is Kind.LENT
    lines = [line for line in show.banner(outcome).lines if isinstance(line, Phrase) and line.code.startswith("read-")]
    assert [(line.code, line.params) for line in lines] == ([(said, {"code": typed})] if said else [])


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

"""What came back late, or for somebody else."""

from __future__ import annotations

from app.services import show
from app.services.session import Session
from app.services.view import Sound, Tone
from tests.builders import CARD, OTHER_CARD, Library, scan


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

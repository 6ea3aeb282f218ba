"""A card that is opened, a copy that is shown."""

from __future__ import annotations

from app.services import show
from app.services.session import Session
from app.services.view import Phrase, Sound, Tone
from tests.builders import CARD, OTHER_CARD, Library, scan


def test_a_card_that_cannot_borrow_says_no_at_once(library: Library) -> None:
    library.member("22.01.0077", "Nabila", blocked=True)
    outcome = scan(library.session(), "22.01.0077")
    assert (show.banner(outcome).code, show.sound(outcome)) == ("member-stopped", Sound.NO)


def test_a_copy_that_stands_aside_belongs_on_the_hold_shelf(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["B001"].title_id)
    library.bring("B001")
    banner = show.banner(scan(session, "B001"))
    assert (banner.tone, banner.code, banner.reasons) == (Tone.ASIDE, "shown", ())
    (place, until) = banner.lines
    assert isinstance(place, Phrase)
    assert place.code == "aside-place"
    assert (place.params["shelf"], place.params["name"]) == ("R", "Dewi L.")
    assert isinstance(until, Phrase)
    assert until.params["hold"] == "R-0001"


def test_a_copy_under_repair_does_not_belong_on_its_shelf(session: Session, library: Library) -> None:
    library.lend(CARD, "B001")
    scan(session, "B001")
    session.condition("wet", repair=True)
    session.finish()
    banner = show.banner(scan(session, "B001"))
    assert Phrase("in-repair", {"barcode": "B001", "shelf": "959.8"}) in banner.lines
    assert [line.code for line in banner.reasons] == ["item-in-repair"]

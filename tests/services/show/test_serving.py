"""A card that is opened."""

from __future__ import annotations

from app.services import show
from app.services.view import Sound
from tests.builders import Library, scan


def test_a_card_that_cannot_borrow_says_no_at_once(library: Library) -> None:
    library.member("22.01.0077", "Nabila", blocked=True)
    outcome = scan(library.session(), "22.01.0077")
    assert (show.banner(outcome).code, show.sound(outcome)) == ("member-stopped", Sound.NO)

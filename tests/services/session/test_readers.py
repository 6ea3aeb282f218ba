"""The reader at the desk: another card, the same card, what stands against somebody."""

from __future__ import annotations

from app.services.outcome import Kind, Outcome
from app.services.session import Session
from tests.builders import CARD, OTHER_CARD, Library, rows_of, scan


def said(outcome: Outcome) -> tuple[str, ...]:
    """The codes of an answer."""
    return outcome.verdict.codes()


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

"""What a scan is taken for: doubles, odd input, several answers, ISBNs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.outcome import Kind, Outcome
from app.services.session import Session
from tests.builders import CARD, Library, derived, scan
from tests.services.conftest import ISBN


def said(outcome: Outcome) -> tuple[str, ...]:
    """The codes of an answer."""
    return outcome.verdict.codes()


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


def test_a_code_of_two_books_asks_which(session: Session, library: Library) -> None:
    library.item("B001 ", "Buku lain")
    outcome = scan(session, "B001")
    assert (outcome.kind, len(outcome.hits)) == (Kind.AMBIGUOUS, 2)


def test_a_command_nobody_has_is_said(session: Session) -> None:
    assert scan(session, "=terbang").code == "unknown-command"
    assert scan(session, "=renew-all").code == "nothing-on-loan"
    assert scan(session, "=reprint").code == "nothing-to-reprint"


def test_half_a_copy_s_number_offers_its_copies(session: Session, library: Library) -> None:
    for barcode in ("B0002-1", "B0002-2", "B00021", "B0002X-1"):
        library.item(barcode, "Sejarah Lampung")
    half = scan(session, "b0002")
    assert (half.kind, half.code) == (Kind.AMBIGUOUS, "half")
    assert [hit.item.barcode for hit in half.hits] == ["B0002-1", "B0002-2"]
    assert session.last_unknown == "b0002", "it may be a new copy's number all the same"
    assert scan(session, "B0003").kind is Kind.UNKNOWN

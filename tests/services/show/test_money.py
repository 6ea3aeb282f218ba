"""The till's banners: what goes back over the desk stands large, and what is left is said."""

from __future__ import annotations

from app.domain.records import Member
from app.services import show
from app.services.outcome import Kind, Outcome
from app.services.view import Phrase, Tone

AHMAD = Member("m", "1", "Ahmad Fauzi", "x")


def test_change_stands_large_beside_what_was_paid() -> None:
    banner = show.banner(Outcome(Kind.PAID, member=AHMAD, amount=12_000, change=8000, left=0, receipt="M1K-A-000001"))
    assert (banner.big_label, banner.big_value) == (Phrase("change"), Phrase("amount", {"amount": 8000}))
    assert banner.lines == (Phrase("text", {"text": "Ahmad Fauzi · M1K-A-000001"}), Phrase("settled"))
    assert show.banner(Outcome(Kind.PAID, member=AHMAD, amount=12_000, left=500)).big_value is None


def test_a_refund_says_what_is_given_and_what_is_left() -> None:
    banner = show.banner(Outcome(Kind.REFUNDED, member=AHMAD, amount=3000, credit=500, receipt="M1K-A-000002"))
    assert (banner.tone, banner.big_value) == (Tone.DONE, Phrase("amount", {"amount": 3000}))
    assert banner.lines[-1] == Phrase("credit-left", {"credit": 500})
    assert show.banner(Outcome(Kind.REFUNDED, member=AHMAD, amount=3500)).lines[-1] == Phrase("credit-gone")


def test_a_waiver_says_what_is_still_owed() -> None:
    banner = show.banner(Outcome(Kind.WAIVED, member=AHMAD, amount=1000, left=4000))
    assert banner.lines[-1] == Phrase("left", {"left": 4000})

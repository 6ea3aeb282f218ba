"""What was not done, with every reason and no lighter one."""

from __future__ import annotations

from app.domain.verdict import Level
from app.services import show
from app.services.session import Session
from app.services.view import Sound, Tone
from tests.builders import scan


def test_a_refusal_shows_every_reason_and_nothing_lighter(session: Session) -> None:
    outcome = scan(session, "19.02.0005", "E001")
    banner = show.banner(outcome)
    assert {line.code for line in banner.reasons} == {"member-expired", "parts-to-check"}
    assert all(line.level >= Level.CONFIRM for line in banner.reasons)
    assert (banner.tone, show.sound(outcome)) == (Tone.NO, Sound.NEEDS)
    assert show.row(outcome, 1) is None


def test_an_unknown_code_is_repeated_only_in_part(session: Session) -> None:
    outcome = scan(session, "tidak-ada-" + "9" * 50)
    banner = show.banner(outcome)
    assert len(str(banner.params["code"])) <= 40
    assert (banner.tone, show.sound(outcome)) == (Tone.NO, Sound.NO)
    long = show.banner(scan(session, "x" * 10_000))
    assert long.code == "long-code"

"""The link to the server on the state line: since when, what waits, and what staff can do about it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from app.domain.clock import zone
from app.ports import SyncState
from app.services.desk import DeskScreen
from app.services.link import PROBLEMS, with_link
from app.services.view import Link, Phrase, StateLine
from tests.builders import MONDAY, ZONE, founded, local

LINE = StateLine("Perpustakaan", "Meja 1", "Siti", "head", MONDAY)
NINE = local(MONDAY)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=zone(ZONE))


def test_a_desk_on_its_own_has_no_link() -> None:
    assert with_link(LINE, None, ZONE) == LINE


def test_online_says_when_everything_was_sent() -> None:
    line = with_link(LINE, SyncState(online=True, since=NINE, contact=NINE), ZONE)
    assert (line.link, line.since, line.sent_at, line.unsent, line.last_error) == (Link.ONLINE, AT, AT, 0, None)


def test_offline_says_since_when_and_how_old_the_others_data_are() -> None:
    line = with_link(LINE, SyncState(online=False, since=NINE, contact=NINE - 60_000, unsent=37, fault="no-link"), ZONE)
    assert (line.link, line.since, line.unsent, line.last_error) == (Link.OFFLINE, AT, 37, None)
    assert line.others_at == AT.replace(hour=8, minute=59)
    assert line.sent_at is None


def test_what_staff_can_do_something_about_is_said_after_the_desks_own_warning() -> None:
    portal = SyncState(online=False, fault="captive-portal")
    assert with_link(LINE, portal, ZONE).last_error == Phrase(PROBLEMS["captive-portal"])
    assert with_link(replace(LINE, last_error=Phrase("clock")), portal, ZONE).last_error == Phrase("clock")


def test_the_screen_tells_it(tmp_path: Path) -> None:
    library = founded(tmp_path)
    state = SyncState(online=True, since=NINE, contact=NINE)
    screen = DeskScreen(library.store, library.session(), library.clock, sync=lambda: state)
    assert screen.view().state.link is Link.ONLINE
    library.close()

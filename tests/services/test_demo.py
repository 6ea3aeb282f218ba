"""The demo library: made by true circulation, the same for the same seed, in every state worth trying."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.services import demo
from db.check import check_home
from resources.loader import load_json
from tests.builders import ZONE, HandClock, Library, campus, founded, local, rows_of, scan

NOW = "2026-11-20T09:30"
HOLIDAY = date(2026, 10, 28)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The demo library, filled once."""
    from datetime import datetime

    now = local(datetime.fromisoformat(NOW))
    start = datetime.fromisoformat(NOW) - timedelta(days=demo.DAYS + 1)
    lib = founded(tmp_path_factory.mktemp("demo"), demo.demo_policy(campus(), [HOLIDAY]), demo.LIBRARY, start)
    lib.hurry()
    clock = demo.DemoClock(lib.clock.wall)
    lib.store._around = type(lib.around)(clock, lib.around.secrets, lib.around.config)
    plan = demo.plan(load_json("demo/words.json"), date(2026, 11, 20))
    demo.fill(lib.store, clock, plan, now)
    lib.clock = HandClock(now, now)
    lib.store._around = type(lib.around)(lib.clock, lib.around.secrets, lib.around.config)
    yield lib
    lib.close()


def test_the_plan_is_the_same_for_the_same_day() -> None:
    words = load_json("demo/words.json")
    assert demo.plan(words, date(2026, 11, 20)) == demo.plan(words, date(2026, 11, 20))
    plan = demo.plan(words, date(2026, 11, 20))
    assert len({item.barcode for item in plan.items}) == len(plan.items)
    assert len({member.member_no for member in plan.members}) == len(plan.members)
    assert len(plan.titles) > 100
    assert any("\u0600" <= letter <= "\u06ff" for title in plan.titles for letter in title.title)


def test_it_is_true_circulation_that_a_check_proves(library: Library) -> None:
    report = check_home(library.store, None)
    assert report.faults == []
    assert report.events > 300
    newest = rows_of(library.store, "SELECT max(at) FROM event")[0][0]
    assert newest <= library.clock.wall


def test_nothing_happens_on_a_closed_day(library: Library) -> None:
    days = {row[0] for row in rows_of(library.store, "SELECT lent_on FROM loan")}
    assert "2026-10-27" in days
    assert HOLIDAY.isoformat() not in days
    assert rows_of(library.store, "SELECT count(*) FROM loan WHERE due_on = '2026-10-28'") == [(0,)]


def test_every_state_of_a_loan_is_there(library: Library) -> None:
    def count(where: str) -> int:
        return int(rows_of(library.store, f"SELECT count(*) FROM {where}")[0][0])

    assert count("loan WHERE closed_at IS NULL") > 20
    assert count("loan WHERE closed_at IS NULL AND due_on < '2026-11-20'") > 3
    assert count("loan WHERE closed_at IS NOT NULL") > 50
    assert count("loan WHERE renewals > 0") > 3
    assert count("charge WHERE amount > paid + waived") > 3
    assert count("hold WHERE state = 'aside'") >= 1
    assert count("hold WHERE state = 'waiting'") >= 1
    assert count("payment") >= 1


def test_the_readers_on_the_sheet_do_what_the_sheet_is_for(library: Library) -> None:
    session = library.session()
    card = scan(session, "21.01.0042")
    assert card.member is not None
    assert card.member.name == "Ahmad Fauzi"
    assert card.left > 0
    assert scan(session, "22.01.0077").verdict.impossible, "blocked"
    assert "member-expired" in scan(session, "19.02.0005").verdict.codes()
    assert "card-lost" in scan(session, "23.04.0019").verdict.codes()


def test_someone_serves_without_a_pin_and_someone_signs(library: Library) -> None:
    session = library.session()
    assert session.people.default().short_name == "Siti R."
    assert len(session.people.signers(demo.HEAD_PIN, "override")) == 1
    assert library.store.zone == ZONE
    assert Path(library.root).exists()

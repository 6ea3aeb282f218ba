"""Two desks and one log: both end in one state, whatever was cut, repeated or done meanwhile."""

from __future__ import annotations

from tests.builders import CARD, OTHER_CARD, derived, rebuilt, rows_of
from tests.sync.central import Central
from tests.sync.desks import Station


def settle(*stations: Station) -> None:
    for _ in range(3):
        for station in stations:
            assert station.round() == ""


def test_a_lone_library_becomes_the_first_of_many_and_loses_nothing(one: Station, central: Central) -> None:
    events = rows_of(one.library.store, "SELECT count(*) FROM event")[0][0]
    assert central.store.totals(central.library)["events"] == events
    assert central.state() == one.hash().hex()
    assert rows_of(one.library.store, "SELECT count(*) FROM event WHERE gsn IS NULL") == [(0,)]
    assert one.runner.status.unsent == 0


def test_a_fresh_desk_takes_the_library_over(one: Station, two: Station) -> None:
    assert two.hash() == one.hash()
    with two.library.store.read() as facts:
        assert [hit.member.name for hit in facts.member_by_card("rfid-1")] == ["Ahmad Fauzi"]
        assert len(facts.find_titles("sejarah", 5).rows) == 1
        assert facts.item_by_code("C001")[0].facts.loan is not None
        assert [policy.version for policy in facts.policies()] == ["campus-1"]
    assert derived(two.library.store) == rebuilt(two.library.store)


def test_acts_of_both_desks_meet(one: Station, two: Station) -> None:
    one.library.clock.go(minutes=5)
    two.library.clock.go(minutes=6)
    one.library.lend(CARD, "B001")
    two.library.bring("C001")
    two.library.lend(OTHER_CARD, "C001")
    settle(one, two)
    assert one.hash() == two.hash()
    assert one.library.has(OTHER_CARD) == ["C001"]
    assert two.library.has(CARD) == ["B001"]
    for station in (one, two):
        assert derived(station.library.store) == rebuilt(station.library.store)

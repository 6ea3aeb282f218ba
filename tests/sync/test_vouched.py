"""What acts vouch for holds at every desk, whoever edited which field; what no act wrote is named at each."""

from __future__ import annotations

import json

from msgspec.structs import replace

from app.domain import right
from app.domain.records import Staff
from db.vouch_check import Found, compare_records
from sync.protocol import routes
from tests.builders import CARD, OTHER_CARD, rows_of
from tests.sync.central import Central
from tests.sync.desks import Station, next_desk


def settle(*stations: Station) -> None:
    """Let everybody speak and hear until nothing is new."""
    for _ in range(3):
        for one in stations:
            assert one.round() == ""


def found(station: Station) -> Found:
    """What the desk's check says of its records."""
    with station.library.store.read():
        return compare_records(station.library.store.connection)


def edit(station: Station, name: str, **changes: object) -> None:
    """A person's record edited at this desk."""
    with station.library.store.act() as act:
        staff: Staff = next(one for one in act.staff_list() if one.name == name)
        act.put_staff(replace(staff, **changes))
        act.record("record.edited", {"record": "staff", "id": staff.id})


def names(station: Station) -> list[str]:
    """What is in doubt for good."""
    return [f"{one['kind']} {one['field']} {one['detail']}" for one in found(station).faults]


def at_server(central: Central) -> list[tuple[str, str]]:
    """What the server's check says."""
    return [(one.what, one.detail) for one in central.store.check(central.library)]


def test_every_desk_proves_what_any_of_them_wrote(one: Station, two: Station, central: Central) -> None:
    one.library.staff("Siti Rahma", pin="1234")
    one.library.set("desk.needs_sign_in", True)
    settle(one, two)
    two.library.lend(OTHER_CARD, "B001")
    one.library.lend(CARD, "B002")
    two.library.set("desk.needs_sign_in", False)
    settle(one, two)
    three = next_desk(two.library.root.parent / "3", central, "Meja 3")
    for each in (one, two, three):
        told = found(each)
        assert (told.faults, told.awaited, told.before) == ([], [], {})
        assert rows_of(each.library.store, "SELECT count(DISTINCT id) FROM vouched WHERE kind = 'party'")[0][0] == 2
    three.close()
    assert at_server(central) == []


def test_edits_of_different_fields_without_a_link_are_one_record_that_is_proven(one: Station, two: Station) -> None:
    one.library.staff("Siti Rahma", rights=right.DESK, pin="1234")
    settle(one, two)
    edit(one, "Siti Rahma", rights=right.ALL)
    two.library.clock.go(minutes=5)
    edit(two, "Siti Rahma", short_name="Sri")
    settle(one, two)
    for each in (one, two):
        with each.library.store.read() as facts:
            (siti,) = facts.staff_list()
        assert (siti.rights, siti.short_name) == (right.ALL, "Sri")
        assert names(each) == []


def test_one_field_set_at_both_desks_is_the_later_ones_and_proven(one: Station, two: Station) -> None:
    one.library.set("desk.needs_sign_in", True)
    settle(one, two)
    two.library.clock.go(minutes=1)
    two.library.set("desk.needs_sign_in", False)
    one.library.clock.go(minutes=2)
    # Set to what it was: an act all the same, and the later one.
    one.library.set("desk.needs_sign_in", True)
    settle(one, two)
    for each in (one, two):
        with each.library.store.read() as facts:
            assert facts.setting("desk.needs_sign_in") is True
        assert names(each) == []


def test_a_salt_comes_also_to_a_value_that_stays(one: Station, two: Station) -> None:
    """As when a setting from before is set to what it was, by an act that vouches for it."""
    one.library.set("desk.needs_sign_in", True)
    settle(one, two)
    two.library.store.connection.execute("DELETE FROM vouched WHERE kind = 'setting'")
    assert names(two) == ["setting value salt-gone"]
    one.library.clock.go(minutes=1)
    one.library.set("desk.needs_sign_in", True)
    settle(one, two)
    assert names(two) == []


def test_an_edit_of_what_a_clock_ahead_wrote_is_the_last_at_every_desk(one: Station, two: Station) -> None:
    one.library.clock.go(days=30)
    one.library.staff("Siti Rahma", rights=right.ALL, pin="1234")
    one.library.set("desk.needs_sign_in", True)
    settle(one, two)
    edit(two, "Siti Rahma", rights=right.DESK)
    two.library.set("desk.needs_sign_in", False)
    two.library.set("desk.needs_sign_in", True)
    two.library.set("desk.needs_sign_in", False)
    settle(two, one)
    for each in (one, two):
        with each.library.store.read() as facts:
            assert facts.setting("desk.needs_sign_in") is False
            assert facts.staff_list()[0].rights == right.DESK
        assert (names(each), found(each).awaited) == ([], [])


def test_a_right_that_was_slipped_in_at_one_desk_is_named_at_the_others(
    one: Station, two: Station, central: Central
) -> None:
    one.library.staff("Budi Santoso", rights=right.DESK, pin="1234")
    settle(one, two)
    two.library.clock.go(minutes=10)
    store = two.library.store
    gained = json.dumps(sorted(right.ALL))
    store.connection.execute("UPDATE staff SET rights = ?", (gained,))
    store.connection.execute(
        "INSERT INTO change (kind, id, at) SELECT 'staff', id, ? FROM staff", (two.library.clock.wall,)
    )
    settle(two, one)
    assert [each["field"] for each in found(one).awaited] == ["rights"], "the act might still come"
    two.library.clock.go(minutes=1)
    two.library.lend(OTHER_CARD, "B001")
    settle(two, one)
    for each in (one, two):
        assert rows_of(each.library.store, "SELECT rights FROM staff") == [(gained,)], "kept as it came"
        assert names(each) == ["staff rights changed"]
    assert at_server(central) == [("record", "rights: changed")]


def test_a_record_that_came_before_its_act_is_awaited_until_that_comes(
    one: Station, two: Station, central: Central
) -> None:
    one.library.staff("Siti Rahma", rights=right.DESK, pin="1234")
    settle(one, two)
    two.library.clock.go(minutes=5)
    edit(two, "Siti Rahma", rights=right.ALL)
    asked: list[str] = []

    def after_records(path: str) -> str:
        asked.append(path)
        return "before" if path == routes.PUSH.path and asked.count(path) > 1 else ""

    two.wire.cut = after_records
    assert two.round() != ""
    assert one.round() == ""
    told = found(one)
    assert told.faults == []
    assert [(each["kind"], each["field"]) for each in told.awaited] == [("staff", "rights")]
    assert at_server(central) == []
    two.wire.cut = lambda path: ""
    settle(two, one)
    assert at_server(central) == []
    assert (found(one).faults, found(one).awaited) == ([], [])


def test_a_link_that_another_desk_made_is_gone_with_its_salt_when_the_log_says_so(
    one: Station, two: Station, central: Central
) -> None:
    settle(one, two)
    (token,) = rows_of(one.library.store, "SELECT token FROM party")[0]
    store = one.library.store
    with store.act() as act:
        act.record("party.forgotten", {"party": token})
    store.connection.execute("DELETE FROM party")
    store.connection.execute("INSERT INTO change (kind, id, at) VALUES ('party', ?, ?)", (token, store.now()))
    settle(one, two)
    assert rows_of(two.library.store, "SELECT 1 FROM party") == []
    assert rows_of(two.library.store, "SELECT 1 FROM vouched WHERE kind = 'party'") == []
    assert names(two) == []
    assert at_server(central) == []


def test_a_link_that_was_taken_away_without_an_act_is_named(one: Station, two: Station, central: Central) -> None:
    settle(one, two)
    (token,) = rows_of(one.library.store, "SELECT token FROM party")[0]
    store = one.library.store
    store.connection.execute("DELETE FROM party")
    store.connection.execute("INSERT INTO change (kind, id, at) VALUES ('party', ?, ?)", (token, store.now()))
    one.library.clock.go(minutes=1)
    one.library.bring("C001")
    settle(one, two)
    for each in (one, two):
        assert names(each) == ["party member gone"]
    assert at_server(central) == [("record", "member: gone")]

"""Two desks and one log: both end in one state, whatever was cut, repeated or done meanwhile."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain.record_form import policy_id
from db.home import Home
from db.restore import restore
from db.second_copy import SecondCopy, second_copy_state
from db.store import DeskStore, open_store
from sync.protocol import routes
from sync.protocol.messages import Entry, Page
from sync.protocol.runs import signed_text
from sync.protocol.signing import RUN, Signer, new_private
from tests.builders import CARD, OTHER_CARD, HandClock, Library, campus, derived, rebuilt, rows_of, surroundings
from tests.sync.central import Central, Wire
from tests.sync.desks import Station, knows, station

CARDS, CODES = (CARD, OTHER_CARD), ("B001", "B002", "C001")


def settle(*stations: Station, rounds: int = 3) -> None:
    """Let everybody speak and hear until nothing is new."""
    for _ in range(rounds):
        for one in stations:
            assert one.round() == ""


def agree(central: Central, *stations: Station) -> None:
    """Every desk and the server have one state, and each desk's is the fold of its journal."""
    for one in stations:
        assert one.hash().hex() == central.state()
        assert derived(one.library.store) == rebuilt(one.library.store)
        assert one.runner.status.unsent == 0
        assert rows_of(one.library.store, "SELECT count(*) FROM event WHERE gsn IS NULL") == [(0,)]
        assert one.log_hash() == (central.head, central.state())


def act(library: Library, chance: random.Random) -> None:
    """Something that a desk does."""
    library.clock.go(minutes=chance.randrange(1, 3000))
    match chance.randrange(6):
        case 0 | 1:
            library.lend(chance.choice(CARDS), chance.choice(CODES))
        case 2 | 3:
            library.bring(chance.choice(CODES))
        case 4:
            member = library.members[chance.choice(CARDS)]
            with library.store.act() as doing:
                doing.put_member(replace(member, phone=str(chance.randrange(10**6))))
        case 5:
            library.money.pay(library.desk, library.members[chance.choice(CARDS)].id, 500)


def test_a_lone_library_becomes_the_first_of_many_and_loses_nothing(one: Station, central: Central) -> None:
    events = rows_of(one.library.store, "SELECT count(*) FROM event")[0][0]
    assert central.store.totals(central.library)["events"] == events
    agree(central, one)


def test_a_fresh_desk_takes_the_library_over(one: Station, two: Station, central: Central) -> None:
    settle(one, two)
    agree(central, one, two)
    with two.library.store.read() as facts:
        assert [hit.member.name for hit in facts.member_by_card("rfid-1")] == ["Ahmad Fauzi"]
        assert len(facts.find_titles("sejarah", 5).rows) == 1
        assert facts.item_by_code("C001")[0].facts.loan is not None
        assert [policy.version for policy in facts.policies()] == ["campus-1"]


def test_acts_of_both_desks_meet(one: Station, two: Station, central: Central) -> None:
    one.library.clock.go(minutes=5)
    two.library.clock.go(minutes=6)
    one.library.lend(CARD, "B001")
    two.library.bring("C001")
    two.library.lend(OTHER_CARD, "C001")
    settle(one, two)
    agree(central, one, two)
    assert one.library.has(OTHER_CARD) == ["C001"]
    assert two.library.has(CARD) == ["B001"]


def test_the_second_copy_of_a_desk_that_knows_what_others_did_is_whole(
    tmp_path: Path, one: Station, two: Station
) -> None:
    two.library.lend(OTHER_CARD, "B002")
    settle(one, two, one)
    copy = SecondCopy(one.library.store, tmp_path / "copy")
    copy.start()
    copy.stop()
    state = second_copy_state(one.library.store, tmp_path / "copy")
    assert state is not None
    assert (state.fault, state.behind) == ("", 0)


def test_what_the_other_desk_did_stands_in_no_list_of_this_one(one: Station, two: Station) -> None:
    one.library.lend(CARD, "B001")
    settle(one, two)
    two.library.bring("B001")
    with two.library.store.read() as facts:
        assert [line.kind for line in facts.acts()] == ["item.returned"]
        day = 86_400_000
        start = two.library.clock.wall - day
        assert facts.today(start, start + 2 * day)[:2] == (1, 0)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_acts_exchanges_and_cuts_ends_in_one_state(
    seed: int, one: Station, two: Station, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desks act and speak in any order over a line that loses requests and answers, in shares of any size."""
    chance = random.Random(seed)
    monkeypatch.setattr("db.replica.BATCH", chance.choice([1, 2, 3, 7, 500]))
    pages = chance.choice([1, 2, 5, 2000])
    for station_ in (one, two):
        station_.wire.cut = lambda path: chance.choice(["", "", "before", "after"])
        pull = station_.runner._puller.pull_page
        monkeypatch.setattr(station_.runner._puller, "pull_page", lambda limit=pages, pull=pull: pull(limit))
    for _ in range(25):
        doing = chance.choice((one, two))
        if chance.randrange(3):
            act(doing.library, chance)
        else:
            doing.round()
    for station_ in (one, two):
        station_.wire.cut = lambda path: ""
    settle(one, two)
    agree(central, one, two)
    phones = [
        [rows_of(one_.library.store, "SELECT id, phone FROM member ORDER BY id") for one_ in (one, two)]
    ]  # fmt: skip
    assert phones[0][0] == phones[0][1]


def test_the_logs_own_hash_leaves_out_what_was_not_sent(one: Station, two: Station, central: Central) -> None:
    settle(one, two)
    before = central.state()
    one.library.clock.go(days=60)
    one.library.bring("C001")
    one.library.money.pay(one.library.desk, one.library.members[CARD].id, 500)
    one.library.lend(OTHER_CARD, "B001")
    one.library.holds.place(one.library.desk, one.library.members[CARD].id, one.library.items["B001"].title_id)
    assert one.hash().hex() != before
    assert one.log_hash()[1] == before
    settle(one)
    assert one.log_hash()[1] == central.state() == one.hash().hex() != before


# --- records ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["signature", "body", "key"])
def test_a_run_that_its_desk_did_not_sign_is_not_taken(
    how: str, one: Station, two: Station, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even from the server: whoever has its key still cannot speak for a desk."""
    settle(one, two)
    one.library.lend(CARD, "B001")
    settle(one)
    honest = central.answer

    def lying(path: str, desk: str, body: bytes) -> object:
        found = honest(path, desk, body)
        if not isinstance(found, Page):
            return found
        return replace(found, entries=tuple(spoilt(entry, how) for entry in found.entries))

    monkeypatch.setattr(central, "answer", lying)
    events = rows_of(two.library.store, "SELECT count(*) FROM event")
    assert two.round() == "not-proved"
    assert rows_of(two.library.store, "SELECT count(*) FROM event") == events
    monkeypatch.undo()
    settle(two)
    agree(central, one, two)


def test_a_page_whose_running_hash_is_another_moves_no_cursor(
    one: Station, two: Station, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(one, two)
    one.library.lend(CARD, "B001")
    settle(one)
    honest = central.answer

    def lying(path: str, desk: str, body: bytes) -> object:
        found = honest(path, desk, body)
        return replace(found, hash="00" * 32) if isinstance(found, Page) and found.entries else found

    before = two.replica.place()
    monkeypatch.setattr(central, "answer", lying)
    assert two.round() == "other-hash"
    assert two.replica.place() == before
    monkeypatch.undo()
    settle(two)
    agree(central, one, two)


def spoilt(entry: Entry, how: str) -> Entry:
    """A run with another signature, another body, or another desk's key and signature."""
    run = entry.run
    if run is None:
        return entry
    if how == "signature":
        return replace(entry, run=replace(run, signature="00" * 64))
    if how == "body":
        rows = (replace(run.rows[0], body=run.rows[0].body.replace("campus", "kampus")), *run.rows[1:])
        return replace(entry, run=replace(run, rows=rows))
    other = Signer(new_private())
    text = signed_text("", run.desk, run.inc, run.last, run.head)
    return replace(entry, run=replace(run, public=other.public.hex(), signature=other.sign(RUN, text).hex()))


def edit(station_: Station, **changes: object) -> None:
    """Change a reader's record at a desk."""
    store = station_.library.store
    with store.read() as facts:
        member = facts.member_by_card(CARD)[0].member
    with store.act() as doing:
        doing.put_member(replace(member, **changes))


def member_at(station_: Station) -> object:
    with station_.library.store.read() as facts:
        return facts.member_by_card(CARD)[0].member


def test_edits_of_different_fields_both_stand_and_of_one_field_the_later(one: Station, two: Station) -> None:
    one.library.clock.go(minutes=1)
    edit(one, phone="0811", email="a@kampus")
    two.library.clock.go(minutes=2)
    edit(two, phone="0822", address="Jalan Baru")
    settle(one, two)
    assert member_at(one) == member_at(two)
    assert (member_at(one).phone, member_at(one).email, member_at(one).address) == ("0822", "a@kampus", "Jalan Baru")  # type: ignore[attr-defined]


def test_an_edit_is_stamped_when_it_was_made_though_it_is_sent_later(one: Station, two: Station) -> None:
    """At nine the first desk changes the phone, at noon the second does; at three the first changes the address, and
    only then is there a link: the phone of noon stands."""
    one.library.clock.go(minutes=1)
    edit(one, phone="nine")
    one.runner.local()
    two.library.clock.go(minutes=60)
    edit(two, phone="noon")
    one.library.clock.go(minutes=120)
    edit(one, address="three")
    settle(one, two)
    assert (member_at(one).phone, member_at(two).phone) == ("noon", "noon")  # type: ignore[attr-defined]
    assert member_at(two).address == "three"  # type: ignore[attr-defined]


def test_an_edit_of_what_a_clock_ahead_wrote_stands_everywhere(one: Station, two: Station) -> None:
    """Whoever changes what is on the screen meant what stood there, though it bears a time that is still to come."""
    one.library.clock.go(days=30)
    edit(one, phone="from next month")
    settle(one, two)
    edit(two, phone="now")
    settle(two, one)
    assert (member_at(one).phone, member_at(two).phone) == ("now", "now")  # type: ignore[attr-defined]
    assert member_at(one) == member_at(two)


def test_what_came_is_not_sent_back(one: Station, two: Station, central: Central) -> None:
    settle(one, two)
    two.wire.asked.clear()
    edit(one, phone="0811")
    settle(one, two)
    assert member_at(two).phone == "0811"  # type: ignore[attr-defined]
    assert routes.PUSH.path not in two.wire.asked
    assert rows_of(two.library.store, "SELECT count(*) FROM revision WHERE dirty <> 0") == [(0,)]


def test_settings_of_the_library_travel_and_a_desks_own_do_not(one: Station, two: Station) -> None:
    one.library.set("slip.footer", "Terima kasih")
    one.library.set("printer.kind", "usb")
    settle(one, two)
    with two.library.store.read() as facts:
        assert facts.setting("slip.footer") == "Terima kasih"
        assert facts.setting("printer.kind") == "pdf"


def test_rules_of_both_desks_stand_in_the_order_of_their_publication(one: Station, two: Station) -> None:
    """Both begin on one day; the one published later is in force at both desks, whichever came first to the server."""
    for station_, minutes, version in ((one, 9, "later"), (two, 3, "earlier")):
        station_.library.clock.go(minutes=minutes)
        with station_.library.store.act() as doing:
            doing.publish_policy(campus(version=version, effective_from="2026-03-01"))
    settle(one, two)
    for station_ in (one, two):
        with station_.library.store.read() as facts:
            assert facts.policy_on(campus().effective_from.replace(year=2026, month=3, day=9)).version == "later"


def test_one_name_for_two_rules_means_the_later_everywhere(one: Station, two: Station, central: Central) -> None:
    for station_, minutes, day in ((one, 9, "2026-08-17"), (two, 3, "2026-12-25")):
        station_.library.clock.go(minutes=minutes)
        with station_.library.store.act() as doing:
            doing.publish_policy(campus(version="libur", effective_from=day))
    settle(one, two)
    found = []
    for station_ in (one, two):
        with station_.library.store.read() as facts:
            found.append({policy_id(policy.to_json()) for policy in facts.policies()})
    assert found[0] == found[1]
    agree(central, one, two)


# --- another history ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [True, False])
def test_a_server_that_was_restored_gets_everything_back(
    said: bool, one: Station, two: Station, central: Central
) -> None:
    settle(one, two)
    kept = central.keep()
    for minutes, station_, code in ((5, one, "B001"), (6, two, "B002")):
        station_.library.clock.go(minutes=minutes)
        station_.library.lend(CARD, code)
        edit(station_, phone=code)
    settle(one, two)
    before, head = central.state(), central.head
    central.put_back(kept, said=said)
    assert central.head < head
    # Nobody else comes back: what the first desk did is offered by the second, too.
    two.library.clock.go(minutes=5)
    two.library.bring("C001")
    settle(two)
    events = rows_of(two.library.store, "SELECT count(*) FROM event")[0][0]
    assert central.store.totals(central.library)["events"] == events
    settle(one, two)
    agree(central, one, two)
    assert central.state() != before
    assert not list(central.store.check(central.library))
    assert member_at(one).phone == member_at(two).phone == "B002"  # type: ignore[attr-defined]


def test_what_others_did_is_offered_though_the_link_broke_when_the_loss_was_noticed(
    one: Station, two: Station, central: Central
) -> None:
    """The first desk never comes back; the second learns that the server was restored, and that moment loses its link
    or its power before it could offer what it knows."""
    settle(one, two)
    kept = central.keep()
    one.library.clock.go(minutes=5)
    one.library.lend(CARD, "B001")
    settle(one, two)
    central.put_back(kept)
    two.wire.cut = lambda path: "before" if path == routes.HAVE.path else ""
    assert two.round() == "no-link"
    two.wire.cut = lambda path: ""
    two.replica.close()
    again = station(two.library, two.wire)
    settle(again)
    agree(central, again)
    assert (
        central.store.totals(central.library)["events"]
        == rows_of(again.library.store, "SELECT count(*) FROM event")[0][0]
    )
    again.replica.close()


@pytest.mark.parametrize("said", [True, False])
def test_a_run_that_is_offered_again_in_another_cut_is_read_from_its_middle(
    said: bool, one: Station, two: Station, central: Central
) -> None:
    """The second desk has read half of what the first now sends as one piece."""
    settle(one, two)
    kept = central.keep()
    for code in ("B001", "B002"):
        one.library.clock.go(minutes=5)
        one.library.lend(CARD, code)
    settle(one, two)
    one.library.bring("B001")
    one.library.bring("B002")
    central.put_back(kept, said=said)
    settle(one)
    settle(two)
    agree(central, one, two)
    assert two.library.has(CARD) == ["C001"]


def test_another_server_at_the_same_address_is_told_nothing(tmp_path: Path, one: Station) -> None:
    asked = len(one.wire.asked)
    empty = Central(tmp_path / "anew")
    one.wire.central = empty
    one.library.lend(CARD, "B001")
    assert one.round() != ""
    assert one.round() == "other-server"
    assert not empty.library
    assert len(one.wire.asked) > asked
    empty.close()


def test_a_desk_that_was_put_back_gets_its_own_acts_again(
    tmp_path: Path, one: Station, two: Station, central: Central
) -> None:
    """The second desk's disk dies; its copy of yesterday is restored: what it did since comes back from the log."""
    copy = SecondCopy(two.library.store, tmp_path / "copy")
    copy.start()
    copy.stop()
    two.library.clock.go(minutes=5)
    two.library.lend(OTHER_CARD, "B002")
    settle(one, two)
    recovery, wire = two.library.recovery, two.wire
    two.close()
    around = surroundings(tmp_path / "new", two.library.clock)
    restore(tmp_path / "new" / "home", tmp_path / "copy", recovery, around)
    store = open_store(Home(tmp_path / "new" / "home"), around)
    library = Library(tmp_path / "new" / "home", two.library.clock, around, store, recovery)
    back = station(library, wire)
    knows(back, one.library)
    settle(one, back)
    assert back.library.has(OTHER_CARD) == ["B002"]
    agree(central, one, back)
    back.library.bring("B002")
    settle(one, back)
    agree(central, one, back)
    assert one.library.has(OTHER_CARD) == []
    back.close()
    # The fixture closes what it opened.
    two.library.store = open_store(two.library.home, two.library.around)


def test_a_copied_home_is_noticed_and_neither_copy_loses_anything(
    tmp_path: Path, one: Station, two: Station, central: Central
) -> None:
    settle(one, two)
    two.library.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # The marker outside the home is copied as well, as with a disk image.
    for name in ("home", "config"):
        shutil.copytree(tmp_path / "2" / name, tmp_path / "3" / name)
    clock = same_clock(two.library)
    around = surroundings(tmp_path / "3", clock)
    store = open_store(Home(tmp_path / "3" / "home"), around)
    twin_library = Library(tmp_path / "3" / "home", clock, around, store, "")
    # A disk image brings its markers along, at the place where they belong: nothing tells this home from the other.
    unmint(store, two.library.store)
    store.close()
    twin_library.store = open_store(Home(tmp_path / "3" / "home"), around)
    twin_library.hurry()
    twin = station(twin_library, Wire(central))
    knows(twin, one.library)
    assert not twin_library.store.minted
    for desk, code in ((two, "B001"), (twin, "B002")):
        desk.library.clock.go(minutes=5)
        desk.library.lend(OTHER_CARD, code)
    two.round()
    twin.round()
    assert twin.copied
    for desk in (two, twin):
        desk.library.clock.go(minutes=5)
        desk.library.bring("C001")
    settle(two, twin, one)
    agree(central, one, two, twin)
    assert one.library.has(OTHER_CARD) == ["B001", "B002"]
    incs = {desk.library.store.identity.inc for desk in (two, twin)}
    assert len(incs) == 2
    twin.close()


def unmint(store: DeskStore, original: DeskStore) -> None:
    """Take back that a copied home went on as a new incarnation."""
    with store.connection:
        store.connection.execute("UPDATE meta SET value = ? WHERE key = 'inc'", (original.identity.inc,))
        store.connection.execute("DELETE FROM event WHERE author = (SELECT max(a) FROM author)")
        store.connection.execute("DELETE FROM author WHERE a = (SELECT max(a) FROM author)")


def same_clock(library: Library) -> HandClock:
    """Another clock that shows the same."""
    return HandClock(library.clock.wall, library.clock.mono, library.clock.boot)


# --- what is not understood ---------------------------------------------------------------------------------------


def test_a_newer_desks_acts_are_kept_and_left_out(one: Station, two: Station, central: Central) -> None:
    """An act of a kind that this program does not know: in the chain, in no fold, and handed on as it came."""
    from app.domain.event import KINDS

    KINDS["copy.cleaned"] = ({"item": "id"}, "item")
    try:
        with one.library.store.act() as doing:
            doing.record("copy.cleaned", {"item": one.library.items["B001"].id})
    finally:
        del KINDS["copy.cleaned"]
    settle(one, two)
    rows = rows_of(two.library.store, "SELECT kind, item FROM event WHERE kind = 'copy.cleaned'")
    assert rows == [("copy.cleaned", None)]
    assert two.hash().hex() == central.state()
    assert routes.PULL.path in two.wire.asked


def test_a_record_of_an_unknown_kind_is_kept(one: Station, two: Station, central: Central) -> None:
    from sync.protocol.messages import Push, RecordRow

    row = RecordRow("shelf", "r1", '{"name":"Rak 1"}', (5, "a", "b", 1))
    central.store.push(central.library, one.replica.identity.desk, Push(one.replica.place().epoch, (), (row,)), 5)
    settle(two)
    rows = rows_of(two.library.store, "SELECT id, rest FROM revision WHERE kind = 'shelf'")
    assert rows == [("r1", '{"name":"Rak 1"}')]

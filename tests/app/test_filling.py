"""A new desk that begins with the server's snapshot, over real HTTP: whole, cut, spoilt, foreign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app import filling, joining, wiring
from app.domain.records import ItemStatus
from db import search, search_behind
from db.check import check_home
from db.joining import is_filling
from db.replica import Replica
from db.replica_hash import hash_at_cursor
from db.store import DeskStore
from server import snapshots
from server.snapshots import Snapshots
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.codec import from_json, unpack
from sync.protocol.signing import Signer, new_private
from sync.snapshot import SPOILT
from sync.snapshot_format.facts import sign
from tests.builders import CARD, OTHER_CARD
from tests.sync.central import Central
from tests.sync.desks import Station, first_desk, next_desk
from tests.sync.served import meja, serving

TABLES = {
    "title": "id, title, authors, isbn, subjects, hidden, source_key, isbn_key, gone",
    "item": "id, title, barcode, barcode_key, inventory_no, inventory_key, status, price, provisional, gone",
    "member": "id, member_no, no_key, name, born_on, expires_on, blocked, card_nos, gone",
    "member_card": "card_key, member",
    "party": "token, member, made_at, imported",
    "policy": "version, hash, stamp",
    "note": "id, body",
    "revision": "kind, id, gsn, stamp, edited, seen, rest, gone",
    "event": "id, seq, kind, body, head, gsn",
    "item_state": "item, state, hash",
    "loan": "id, item, party, due_on, closed_at",
    "account": "party, owed, hash",
}
Change = Callable[[m.Snapshot], m.Snapshot]


@pytest.fixture(autouse=True)
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setattr(snapshots, "_WAIT", 10)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    """A server that has a snapshot of the shortest log."""
    made = Central(tmp_path / "central", worth=1)
    yield made
    made.close()


@pytest.fixture
def url(central: Central) -> Iterator[str]:
    with serving(meja(central)) as address:
        yield address


@pytest.fixture
def full(tmp_path: Path, central: Central) -> Iterator[Station]:
    """The first desk, with records of several makes, one edited, and a loan that came back late and cost something."""
    one = first_desk(tmp_path / "1", central)
    lib = one.library
    lib.member(CARD, "Ahmad Fauzi", card_nos=("RFID-1",))
    lib.member(OTHER_CARD, "Dewi Lestari")
    for barcode, title in (("B001", "Sejarah Lampung"), ("B002", "Sejarah Lampung"), ("C001", "Fikih Muamalah")):
        lib.item(barcode, title, price=80_000)
    lib.lend(OTHER_CARD, "C001")
    lib.lend(CARD, "B001")
    lib.clock.go(days=40)
    lib.bring("B001")
    with lib.store.act() as act:
        act.put_note("9" * 32, "Sampul robek")
        act.record("record.edited", {"record": "note", "id": act.new_id()})
    assert one.round() == ""
    lib.item("D001", "Tajwid", status=ItemStatus.REPAIR)
    with lib.store.act() as act:
        act.put_member(replace(lib.members[CARD], name="Ahmad Fauzi, S.Ag.", phone="0812"))
    assert one.round() == ""
    yield one
    one.close()


def anybody(_store: DeskStore) -> None:
    """Whoever asks may."""


def log_hash(store: DeskStore) -> tuple[int, str]:
    return hash_at_cursor(store.connection, store.identity.library, store.policies)


def rows(connection: Any, table: str) -> list[Any]:
    return sorted(connection.execute(f"SELECT {TABLES[table]} FROM {table}").fetchall(), key=repr)


def test_a_desk_from_a_snapshot_is_the_desk_that_read_the_log(
    tmp_path: Path, central: Central, url: str, full: Station
) -> None:
    two = next_desk(tmp_path / "2", central)
    before = {table: rows(two.library.store.connection, table) for table in TABLES}
    two.close()
    told: list[str] = []
    code = central.code()
    joined = joining.join(tmp_path / "b", url, code, "Meja 3", anybody, tell=lambda what, done, all_: told.append(what))
    assert joined.status.fault == ""
    assert {"fetched", "taken"} <= set(told)
    assert full.round() == ""
    with wiring.opened(tmp_path / "b") as store:
        # The new desk says that it is there; all else is as it was.
        for table in TABLES:
            assert set(before[table]) <= set(rows(store.connection, table)), table
        assert len(rows(store.connection, "event")) == len(before["event"]) + 1
        assert hash_at_cursor(store.connection, store.identity.library, store.policies) == (
            central.head,
            central.state(),
        )
        assert check_home(store, None).faults == []
    assert not list((tmp_path / "b").glob("*.snapshot"))
    assert full.log_hash()[1] == central.state()


def test_words_are_found_later_and_an_edit_meanwhile_is_only_of_its_field(
    tmp_path: Path, central: Central, url: str, full: Station
) -> None:
    joining.join(tmp_path / "b", url, central.code(), "Meja 3", anybody)
    member = full.library.members[CARD]
    with wiring.opened(tmp_path / "b") as store:
        assert search_behind.left(store.connection) > 0
        assert search.titles(store.connection, "lampung", 9).ids == ()
        assert search.members(store.connection, CARD, 9).ids == (member.id,)
        with store.act() as act:
            act.put_member(replace(member, name="Ahmad Fauzi, S.Ag.", phone="0899"))
        assert joining.once(store).fault == ""
        replica = Replica(store.home, store.key)
        while replica.index_more():
            pass
        replica.close()
        assert len(search.titles(store.connection, "lampung", 9).ids) == 1
        assert search_behind.left(store.connection) == 0
        edited = store.connection.execute("SELECT edited FROM revision WHERE id = ?", (member.id,)).fetchone()
        assert edited is not None
        assert '"phone":' in str(edited[0])
        assert '"address"' not in str(edited[0])
    assert full.round() == ""
    phone = full.library.store.connection.execute("SELECT phone FROM member WHERE id = ?", (member.id,)).fetchone()
    assert phone == ("0899",)


def test_a_cut_link_goes_on_where_it_was(
    tmp_path: Path, central: Central, full: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SNAPSHOT_PIECE", 2000)
    monkeypatch.setattr("sync.snapshot._REST", 0.0)
    offsets: list[int] = []
    cut = [True]
    answer = meja(central)

    def cutting(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if handler.path == routes.SNAPSHOT.path:
            asked = from_json(unpack(body, handler.headers.get("Content-Encoding", "")), m.AskSnapshot)
            if asked.name:
                offsets.append(asked.offset)
                if cut[0] and asked.offset >= 2000:
                    handler.close_connection = True
                    handler.connection.close()
                    return
        answer(handler, body)

    with serving(cutting) as url:
        joined = joining.join(tmp_path / "b", url, central.code(), "Meja 3", anybody)
        assert joined.status.fault in ("no-link", "cut-short")
        with wiring.opened(tmp_path / "b", filling=True) as store:
            assert is_filling(store.connection)
        assert max(offsets) == 2000
        offsets.clear()
        cut[0] = False
        assert filling.fill_home(tmp_path / "b") == ""
        assert min(offsets) == 2000
        with wiring.opened(tmp_path / "b", filling=True) as store:
            assert joining.once(store).fault == ""
            assert not is_filling(store.connection)
            assert log_hash(store)[1] == central.state()


def _foreign(central: Central) -> Change:
    return lambda one: (one.facts and replace(one, signature=sign(Signer(new_private()), one.facts))) or one


def _other_library(central: Central) -> Change:
    def change(one: m.Snapshot) -> m.Snapshot:
        if one.facts is None:
            return one
        facts = replace(one.facts, library="f" * 32)
        return replace(one, facts=facts, signature=sign(central.signer, facts))

    return change


def _other_state(central: Central) -> Change:
    def change(one: m.Snapshot) -> m.Snapshot:
        if one.facts is None:
            return one
        facts = replace(one.facts, state="0" * 64)
        return replace(one, facts=facts, signature=sign(central.signer, facts))

    return change


def _flipped(central: Central) -> Change:
    return lambda one: (
        replace(one, data=one.data[:-40] + bytes([one.data[-40] ^ 1]) + one.data[-39:]) if one.data else one
    )


def _cut_short(central: Central) -> Change:
    return lambda one: replace(one, data=b"")


def _other_key(central: Central) -> Change:
    return lambda one: replace(one, key="0" * 64)


@pytest.mark.parametrize("spoil", [_foreign, _other_library, _other_state, _flipped, _cut_short, _other_key])
def test_a_spoilt_or_foreign_snapshot_changes_nothing(
    tmp_path: Path, central: Central, url: str, full: Station, monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Central], Change],
) -> None:  # fmt: skip
    whole = Snapshots.answer
    change = spoil(central)
    monkeypatch.setattr(Snapshots, "answer", lambda self, library, asked: change(whole(self, library, asked)))
    root = tmp_path / "b"
    assert joining.join(root, url, central.code(), "Meja 3", anybody).status.fault == SPOILT
    assert not list(root.glob("*.snapshot"))
    assert not list(root.glob("filling*"))
    with wiring.opened(root, filling=True) as store:
        assert is_filling(store.connection)
        for table in ("title", "item", "member", "event", "revision"):
            assert rows(store.connection, table) == []
    monkeypatch.setattr(Snapshots, "answer", whole)
    assert filling.fill_home(root) == ""
    with wiring.opened(root, filling=True) as store:
        assert joining.once(store).fault == ""
        assert log_hash(store)[1] == central.state()

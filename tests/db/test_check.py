"""`meja check` finds what is wrong and says nothing about what is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db.backup import copy_store
from db.check import check_home
from db.store import DeskStore, open_store
from tests.builders import CARD, OTHER_CARD, Library


@pytest.fixture
def used(library: Library) -> Library:
    """A library in which something of every kind happened."""
    library.lend(CARD, "B001")
    library.clock.go(days=40)
    library.bring("B001")
    library.lend(OTHER_CARD, "B001")
    library.circulation.undo(library.desk)
    library.money.pay(library.desk, library.members[CARD].id, 2000)
    library.holds.place(library.desk, library.members[CARD].id, library.items["B002"].title_id)
    library.lend(CARD, "C001", stated_at=library.clock.wall - 10 * 86_400_000)
    library.lend(OTHER_CARD, "C001", stated_at=library.clock.wall - 20 * 86_400_000)
    return library


def beside(library: Library) -> DeskStore:
    """Open beside the desk, as the command does."""
    return open_store(library.home, library.around, read_only=True)


def faults(library: Library, second: Path | None = None) -> list[str]:
    """What is said to be wrong."""
    store = beside(library)
    try:
        return [f"{fault['what']}:{fault.get('detail', '')}" for fault in check_home(store, second).faults]
    finally:
        store.close()


def test_a_healthy_store_beside_its_desk(used: Library) -> None:
    store = beside(used)
    report = check_home(store, None)
    store.close()
    assert report.ok
    assert report.events == len(used.kinds())
    assert report.state_hash == used.store.projection.state_hash.hex()
    told = json.loads(json.dumps(report.to_json()))
    assert told["ok"] is True
    assert told["key_in"] == "file"
    assert told["home_place"] == "local"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE loan SET due_on = '2030-01-01'", "projection:loan"),
        ("DELETE FROM loan WHERE closed_at IS NOT NULL", "projection:loan"),
        ("UPDATE account SET owed = owed + 1", "projection:account"),
        ("UPDATE charge SET paid = 0", "projection:charge"),
        ("UPDATE payment SET amount = 1", "projection:payment"),
        ("UPDATE hold SET state = 'cancelled'", "projection:hold"),
        ("DELETE FROM item_state", "projection:item_state"),
        ("DELETE FROM queue_state", "projection:queue_state"),
        ("DELETE FROM undone", "projection:undone"),
        ("UPDATE meta SET value = zeroblob(32) WHERE key = 'state_hash'", "state-hash:"),
        ("UPDATE event SET staff = 'x' WHERE n = 5", "chain:changed"),
        ("UPDATE event SET body = '{' WHERE n = 5", "chain:changed"),
        ("DELETE FROM event WHERE n = 5", "chain:missing"),
        ("UPDATE event SET tx = NULL WHERE n = 5", "chain:misfiled"),
    ],
)
def test_every_meddling_is_found(used: Library, statement: str, fault: str) -> None:
    used.store.connection.execute(statement)
    assert any(found.startswith(fault) for found in faults(used)), faults(used)


def test_spoilt_pages_are_found_or_refused(used: Library) -> None:
    from app.ports import KnownError

    used.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(used.home.store.read_bytes())
    for place in range(60_000, len(data), 4096):
        data[place] ^= 1
    used.home.store.write_bytes(bytes(data))
    said: list[str] = []
    try:
        said = faults(used)
    except KnownError as error:
        said = [error.code]
    assert said
    assert said[0].startswith(("pages", "store-damaged"))


def test_the_second_copy_is_looked_at(used: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    assert faults(used, folder) == []
    copy_store(used.store.connection, folder / "meja.db", used.store.key)
    used.bring("C001")
    store = beside(used)
    report = check_home(store, folder)
    store.close()
    assert report.ok
    assert report.second is not None
    assert report.second.behind == 1
    assert report.second.place == "same-disk"
    assert report.second.size == (folder / "meja.db").stat().st_size
    (folder / "meja.db").write_bytes(b"x" * 50_000)
    assert faults(used, folder) == ["second-copy:store-not-readable"]


def test_the_check_changes_nothing(used: Library) -> None:
    used.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = used.home.store.read_bytes()
    faults(used)
    assert used.home.store.read_bytes() == before


def test_a_folder_kept_before_that_is_no_full_path_counts_as_empty(used: Library) -> None:
    kept = "INSERT OR REPLACE INTO setting (key, value) VALUES ('copy.folder', ?)"
    used.store.connection.execute(kept, (json.dumps("salinan"),))
    store = beside(used)
    report = check_home(store, used.home.second)
    store.close()
    assert (report.ok, report.chosen, report.heeded) == (True, "salinan", False)
    used.store.connection.execute(kept, (json.dumps(""),))
    store = beside(used)
    report = check_home(store, used.home.second)
    store.close()
    assert (report.chosen, report.heeded) == ("", True)

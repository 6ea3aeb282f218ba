"""The second copy: it follows on its own thread, says what is wrong, recovers, and is enough to begin again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from db import second_copy
from db.connection import connect
from db.home import Home
from db.restore import restore
from db.second_copy import SecondCopy, second_copy_state, shared_fate
from db.store import open_store
from tests.builders import CARD, OTHER_CARD, Library, derived, founded, rows_of, surroundings


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not gather acts for a second; the tests wait for what they expect."""
    monkeypatch.setattr(second_copy, "EVERY", 0.01)


@contextmanager
def following(library: Library, folder: Path) -> Iterator[SecondCopy]:
    """A running second copy."""
    copy = SecondCopy(library.store, folder)
    library.store.after_commit.append(copy.nudge)
    copy.start()
    try:
        yield copy
    finally:
        library.store.after_commit.clear()
        copy.stop()


def behind(library: Library, folder: Path) -> int:
    """How many events the copy lacks; -1 while there is none."""
    state = second_copy_state(library.store, folder)
    return state.behind if state is not None and not state.fault else -1


def test_it_makes_a_base_and_follows(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick أ"
    assert second_copy_state(library.store, folder) is None
    with following(library, folder) as copy:
        until(lambda: behind(library, folder) == 0)
        library.lend(CARD, "B001")
        assert copy.lag is not None
        until(lambda: behind(library, folder) == 0 and copy.lag is None)
        library.set("library.name", "Perpustakaan Lain")
        library.member("23.01.0001", "Zahra", card_nos=("K-9",))
        until(lambda: copy.lag is None)
        assert copy.problem == ""
    state = second_copy_state(library.store, folder)
    assert state is not None
    assert (state.behind, state.fault) == (0, "")
    there = connect(folder / "meja.db", library.store.key, read_only=True)
    assert there.execute("SELECT name FROM member WHERE member_no = '23.01.0001'").fetchone() == ("Zahra",)
    assert there.execute("SELECT value FROM setting").fetchall() == [('"Perpustakaan Lain"',)]
    there.close()


def test_it_goes_on_after_a_restart_where_it_was(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    with following(library, folder):
        library.lend(CARD, "B001")
    base = (folder / "meja.db").stat().st_ino
    library.bring("B001")
    library.reopen()
    with following(library, folder):
        pass
    assert behind(library, folder) == 0
    assert (folder / "meja.db").stat().st_ino == base, "continued, not made anew"
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_many_acts_come_over_in_batches(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_copy, "BATCH", 3)
    library.hurry()
    with following(library, tmp_path / "stick"):
        until(lambda: behind(library, tmp_path / "stick") == 0)
        for _ in range(10):
            library.lend(CARD, "B001")
            library.bring("B001")
            library.member("23.01.0001", "Zahra")
    assert behind(library, tmp_path / "stick") == 0


@pytest.mark.parametrize("whose", ["another library", "an older history"])
def test_a_copy_of_another_history_is_kept_aside_never_overwritten(
    library: Library, tmp_path: Path, whose: str
) -> None:
    folder = tmp_path / "stick"
    if whose == "another library":
        other = founded(tmp_path / "other")
        with following(other, folder):
            pass
        other.close()
    else:
        library.close()
        shutil.copytree(library.root, tmp_path / "kept")
        library.store = open_store(library.home, library.around)
        with following(library, folder):
            library.lend(CARD, "B001")
        library.close()
        shutil.rmtree(library.root)
        shutil.copytree(tmp_path / "kept", library.root)
        library.store = open_store(library.home, library.around)
    before = (folder / "meja.db").read_bytes()
    state = second_copy_state(library.store, folder)
    assert state is not None
    assert state.fault in ("other-history", "store-not-readable")
    with following(library, folder):
        until(lambda: behind(library, folder) == 0)
    kept = [path for path in folder.iterdir() if path.is_dir()]
    assert len(kept) == 1
    assert (kept[0] / "meja.db").read_bytes() == before
    assert (kept[0] / "meja.keys").exists()


def test_a_pulled_stick_is_said_and_comes_back(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    with following(library, folder) as copy:
        until(lambda: behind(library, folder) == 0)
        folder.rename(tmp_path / "pulled")
        folder.write_text("no folder here", encoding="ascii")
        assert library.lend(CARD, "B001").event_id, "the desk goes on"
        until(lambda: copy.problem != "")
        assert copy.lag is not None
        folder.unlink()
        library.lend(CARD, "C001")
        until(lambda: copy.lag is None and copy.problem == "")
        assert behind(library, folder) == 0


def test_a_copy_spoilt_while_it_ran_is_made_anew(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    with following(library, folder) as copy:
        until(lambda: behind(library, folder) == 0 and copy.lag is None)
        (folder / "meja.db").write_bytes(b"spoilt" * 10_000)
        for leftover in folder.glob("meja.db-*"):
            leftover.unlink()
        library.lend(CARD, "B001")
        until(lambda: behind(library, folder) == 0 and copy.problem == "" and copy.lag is None)


@pytest.mark.parametrize("keep", [1000, 20_000, 100_000])
def test_a_torn_copy_is_detected(library: Library, tmp_path: Path, keep: int) -> None:
    folder = tmp_path / "stick"
    with following(library, folder):
        until(lambda: behind(library, folder) == 0)
    store = folder / "meja.db"
    store.write_bytes(store.read_bytes()[:keep])
    state = second_copy_state(library.store, folder)
    assert state is not None
    assert state.fault != ""


def test_a_number_that_no_event_tells_of_is_carried_over(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    with following(library, folder) as copy:
        until(lambda: behind(library, folder) == 0 and copy.lag is None)
        with library.store.act() as act:
            act.open_tx(act.new_id(), "desk", None)
        until(lambda: copy.lag is None)
    with closing(connect(folder / "meja.db", library.store.key, read_only=True)) as there:
        assert there.execute("SELECT value FROM meta WHERE key GLOB 'count.act.*'").fetchall() == [(1,)]


def test_from_the_copy_alone_with_only_the_printed_key(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    with following(library, folder):
        until(lambda: behind(library, folder) == 0)
        # Everything from here on is in the copy only because it followed.
        library.member("23.01.0001", "Zahra Ramadhan", card_nos=("RFID-9",))
        library.item("D001", "تفسير الجلالين", price=50_000)
        library.lend(CARD, "B001")
        library.lend("23.01.0001", "D001")
        library.clock.go(days=40)
        library.bring("B001")
        library.money.pay(library.desk, library.members[CARD].id, 3000, payer="Ibunya")
        library.holds.place(library.desk, library.members[OTHER_CARD].id, library.items["D001"].title_id)
        library.circulation.undo(library.desk)
        library.lend(OTHER_CARD, "C001", stated_at=library.clock.wall - 86_400_000)
        library.staff("Siti Rahma", pin="1234")
        library.set("desk.name", "Meja 9")
    here = derived(library.store)
    records = {table: rows_of(library.store, f"SELECT * FROM {table} ORDER BY 1") for table in RECORDS}
    library.close()
    shutil.rmtree(library.root)
    shutil.rmtree(library.around.config)
    around = surroundings(tmp_path / "new-pc", library.clock)
    report = restore(tmp_path / "new-home", folder, library.recovery, around)
    assert report["state_hash"] == here["state_hash"][0][0].hex()
    store = open_store(Home(tmp_path / "new-home"), around)
    assert derived(store) == here
    again = {table: rows_of(store, f"SELECT * FROM {table} ORDER BY 1") for table in RECORDS}
    assert [row[8] for row in again["event"][len(records["event"]) :]] == ["incarnation.started"]
    again["event"] = again["event"][: len(records["event"])]
    assert again == records
    with store.read() as facts:
        assert [hit.title.title for hit in facts.find_titles("تفسير", 5).rows] == ["تفسير الجلالين"]
        assert [member.name for member in facts.find_members("zahra", 5).rows] == ["Zahra Ramadhan"]
        assert [hit.member.name for hit in facts.member_by_card("RFID-9")] == ["Zahra Ramadhan"]
        assert facts.setting("desk.name") == "Meja 9"
    library.store, library.around = store, around


RECORDS = (
    "title", "item", "member", "member_card", "member_type", "party", "staff", "note", "setting", "policy", "event",
)  # fmt: skip


def test_what_an_import_brought_comes_over(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    with following(library, folder):
        until(lambda: behind(library, folder) == 0)
        with library.store.act() as act:
            act.record("records.imported", {"source": "slims"})
            connection = library.store.connection
            connection.execute("INSERT INTO visit VALUES ('v', 1, NULL, 'Tamu', '', '')")
            connection.execute("INSERT INTO picture VALUES ('h', 'photo', x'00')")
            connection.execute("INSERT INTO import_run VALUES ('r', 'slims', 1, '{}')")
        until(lambda: behind(library, folder) == 0)
    there = connect(folder / "meja.db", library.store.key, read_only=True)
    for table in ("visit", "picture", "import_run"):
        assert there.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
    there.close()


def test_a_folder_s_fate(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "link").symlink_to(home)
    assert shared_fate(home, home / "second") == "home"
    assert shared_fate(home, tmp_path / "link" / "second") == "home"
    assert shared_fate(home, tmp_path / "not" / "yet" / "there") == "same-disk"
    other = Path("/proc/self")
    if other.is_dir():
        assert shared_fate(home, other) == "", "another file system"

"""One act is all or nothing; one desk a home; a copy of a home goes on under a name of its own."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from app.domain.ids import is_id
from app.domain.receipt_no import later_mark
from app.ports import KnownError
from app.services.outcome import Kind
from app.small_file import put_file
from db.home import Home
from db.secret_store import FileSecrets
from db.store import DeskStore, Surroundings, found, mint_incarnation, open_store
from tests.builders import CARD, MONDAY, Library, campus, derived, founded, rebuilt, rows_of, surroundings
from tests.db.faulty import faulty_disk


class Sick(Exception):
    """Something went wrong in the middle."""


def author(store: DeskStore) -> tuple[object, ...]:
    """Where the store's chain ends."""
    a = store.author
    return (a.inc, a.seq, a.head, a.last_at)


# --- founding ---


def test_a_founded_library_has_identity_rules_and_settings(tmp_path: Path) -> None:
    lib = founded(tmp_path, settings={"library.name": "Perpustakaan INSTIDLA"})
    identity = lib.store.identity
    assert is_id(identity.library)
    assert is_id(identity.desk)
    assert len(identity.inc) == 16
    assert lib.store.zone == "Asia/Jakarta"
    assert lib.store.letter == "A"
    assert lib.kinds() == ["library.founded", "policy.published"]
    with lib.store.read() as facts:
        assert facts.setting("library.name") == "Perpustakaan INSTIDLA"
        assert facts.policy_on(MONDAY.date()).version == "campus-1"
    lib.close()


def test_a_home_is_founded_once(library: Library) -> None:
    with pytest.raises(KnownError) as error:
        found(library.home, "Asia/Jakarta", campus(), library.around)
    assert error.value.code == "home-not-empty"


def test_an_interrupted_founding_leaves_an_empty_home_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = surroundings(tmp_path)
    monkeypatch.setattr("db.store.write_wraps", lambda *_: (_ for _ in ()).throw(Sick))
    with pytest.raises(Sick):
        found(Home(tmp_path / "home"), "Asia/Jakarta", campus(), around)
    assert not Home(tmp_path / "home").exists()
    monkeypatch.undo()
    store, _ = found(Home(tmp_path / "home"), "Asia/Jakarta", campus(), around)
    store.close()


def test_rules_of_another_zone_are_not_published(library: Library) -> None:
    with pytest.raises(KnownError) as error, library.store.act() as act:
        act.publish_policy(campus(version="x", time_zone="Asia/Jayapura"))
    assert error.value.code == "policy-other-zone"


# --- an act ---


def test_the_promises_are_really_set(library: Library) -> None:
    def pragma(name: str) -> object:
        return rows_of(library.store, f"PRAGMA {name}")[0][0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("temp_store") == 2
    assert pragma("trusted_schema") == 0


def test_an_exception_in_the_middle_leaves_nothing(library: Library) -> None:
    store = library.store
    told: list[int] = []
    store.after_commit.append(lambda: told.append(1))
    before = author(store), derived(store), rows_of(store, "SELECT * FROM meta ORDER BY key")
    item, member = library.items["B001"], library.members[CARD]
    with pytest.raises(Sick), store.act(staff="s") as act:  # noqa: PT012 - the failure comes at the end
        party = act.new_party(member.id)
        body = {"item": item.id, "title": item.title_id, "party": party, "due": "2026-03-16", "policy": "campus-1"}
        act.record("loan.opened", body)
        act.put_note(act.new_id(), "a note")
        act.set_setting("library.name", "Lain")
        act.publish_policy(campus(version="campus-2"))
        assert act.next_receipt() == 1
        act.queue_print("slip", {}, "")
        raise Sick
    after = author(store), derived(store), rows_of(store, "SELECT * FROM meta ORDER BY key")
    assert after == before
    assert told == []
    for table in ("note", "party", "print_job", "setting"):
        assert rows_of(store, f"SELECT count(*) FROM {table}") == [(0,)]
    with store.read() as facts, pytest.raises(KnownError):
        facts.policy("campus-2")
    assert library.lend(CARD, "B001").event_id
    assert author(store)[1] == before[0][1] + 1  # type: ignore[operator]


def test_a_refused_body_leaves_nothing(library: Library) -> None:
    before = author(library.store)
    with pytest.raises(ValueError, match="bad-item"), library.store.act() as act:
        act.record("item.returned", {"item": "B001"})
    assert author(library.store) == before


def test_listeners_hear_of_an_act_after_its_commit_only(library: Library) -> None:
    beside = library.store.another_reader()
    seen: list[int] = []

    def listen() -> None:
        seen.append(beside.execute("SELECT count(*) FROM event").fetchone()[0])

    library.store.after_commit.append(listen)
    count = len(library.kinds())
    with library.store.act() as act:
        act.record("item.found", {"item": library.items["B001"].id})
        assert seen == []
    assert seen == [count + 1]
    beside.close()


def test_listeners_hear_of_a_slip_though_no_event_tells_of_it(library: Library) -> None:
    told: list[int] = []
    library.store.after_commit.append(lambda: told.append(1))
    with library.store.act() as act:
        act.queue_print("slip", {}, "")
    assert told == [1]
    with library.store.act():
        pass
    assert told == [1]


def test_numbers_are_consecutive_across_failures_and_restarts(library: Library) -> None:
    def number(fails: bool = False) -> int:
        with library.store.act() as act:
            taken = act.next_receipt()
            if fails:
                raise Sick
        return taken

    got = [number()]
    with pytest.raises(Sick):
        number(fails=True)
    got.append(number())
    library.reopen()
    got.append(number())
    assert got == [1, 2, 3]
    mint_incarnation(library.store, "copied-or-restored")
    assert (number(), library.store.letter) == (1, later_mark(library.store.identity.inc))


def test_reading_sees_one_moment(library: Library) -> None:
    beside = open_store(library.home, library.around, read_only=True)
    with beside.read() as facts:
        assert facts.item_by_code("B001")[0].facts.loan is None
        library.lend(CARD, "B001")
        assert facts.item_by_code("B001")[0].facts.loan is None
    with beside.read() as facts:
        assert facts.item_by_code("B001")[0].facts.loan is not None
    beside.close()


# --- time ---


def test_a_clock_that_was_put_back_never_turns_time_back(library: Library) -> None:
    library.lend(CARD, "B001")
    last = library.store.last_at
    library.clock.put("2024-01-01T08:00")
    assert library.store.behind_ms() > 0
    library.lend(CARD, "C001")
    library.bring("B001")
    rows = rows_of(library.store, "SELECT kind, at, wall FROM event ORDER BY n DESC LIMIT 3")
    assert [row[0] for row in reversed(rows)] == ["clock.behind", "loan.opened", "item.returned"]
    assert all(at == last and wall < last for _, at, wall in rows)


def test_a_wrong_clock_is_noted_once_a_boot(library: Library) -> None:
    library.clock.go(minutes=10)
    library.lend(CARD, "B001")
    library.clock.go(minutes=-1)
    library.bring("B001")
    assert "clock.behind" not in library.kinds(), "a minute is ordinary steering"
    library.clock.go(minutes=-9)
    for _ in range(3):
        library.bring("B001")
    library.reopen()
    library.bring("B001")
    assert library.kinds().count("clock.behind") == 1
    library.clock.boot = "boot-2"
    library.bring("B001")
    assert library.kinds().count("clock.behind") == 2
    body = json.loads(rows_of(library.store, "SELECT body FROM event WHERE kind = 'clock.behind'")[0][0])
    assert body["by"] == 10 * 60_000


def test_a_stated_earlier_time_is_marked_and_moves_nothing(library: Library) -> None:
    library.lend(CARD, "B001")
    last, stated = library.store.last_at, library.clock.wall - 3 * 86_400_000
    library.clock.go(minutes=5)
    outcome = library.lend(CARD, "C001", stated_at=stated)
    assert (outcome.late, outcome.at) == (True, stated)
    assert library.store.last_at == last
    assert rows_of(library.store, "SELECT late, at FROM event ORDER BY n DESC LIMIT 1") == [(1, stated)]
    now = library.lend(CARD, "B002", stated_at=library.clock.wall + 1)
    assert not now.late


# --- one desk a home ---


def test_a_second_desk_is_refused_at_once(library: Library) -> None:
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around)
    assert error.value.code == "second-desk"
    assert library.lend(CARD, "B001").event_id


def test_reading_beside_the_desk_works_and_writes_nothing(library: Library) -> None:
    before = rows_of(library.store, "SELECT value FROM meta WHERE key = 'opened'")
    beside = open_store(library.home, library.around, read_only=True)
    with pytest.raises(KnownError) as error, beside.act():
        pass
    assert error.value.code == "store-read-only"
    with pytest.raises(apsw.ReadOnlyError):
        beside.connection.execute("DELETE FROM event")
    beside.close()
    assert rows_of(library.store, "SELECT value FROM meta WHERE key = 'opened'") == before


def test_a_reader_in_the_way_of_nothing(library: Library) -> None:
    done: list[str] = []

    def read() -> None:
        beside = open_store(library.home, library.around, read_only=True)
        with beside.read() as facts:
            done.append(facts.item_by_code("B001")[0].item.barcode)
        beside.close()

    with library.store.act() as act:
        act.record("item.found", {"item": library.items["B001"].id})
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(10)
    assert done == ["B001"]


def test_an_empty_home_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as error:
        open_store(Home(tmp_path / "none"), surroundings(tmp_path))
    assert error.value.code == "home-empty"


# --- copies, moves, incarnations ---


def minted(store: DeskStore) -> list[str]:
    """Why incarnations began, in order."""
    rows = rows_of(store, "SELECT body FROM event WHERE kind = 'incarnation.started' ORDER BY n")
    return [json.loads(body)["reason"] for (body,) in rows]


def test_the_same_home_goes_on_as_the_same_incarnation(library: Library) -> None:
    inc = library.store.identity.inc
    for _ in range(3):
        library.reopen()
    assert library.store.identity.inc == inc
    assert not library.store.minted
    assert minted(library.store) == []


@pytest.mark.parametrize("how", ["copied", "moved"])
def test_a_home_elsewhere_is_another_incarnation(library: Library, how: str) -> None:
    old = library.store.identity
    library.lend(CARD, "B001")
    library.close()
    other = library.root.with_name("elsewhere")
    shutil.copytree(library.root, other) if how == "copied" else library.root.rename(other)
    store = open_store(Home(other), library.around)
    assert store.minted
    assert store.identity.inc != old.inc
    assert (store.identity.desk, store.identity.library) == (old.desk, old.library)
    assert minted(store) == ["copied-or-restored"]
    assert store.letter == later_mark(store.identity.inc)
    store.close()
    store = open_store(Home(other), library.around)
    assert not store.minted, "it is at home there now"
    store.close()
    if how == "copied":
        # The original, at its own place and just as it was left, goes on as it was.
        library.store = open_store(Home(library.root), library.around)
        assert not library.store.minted
    else:
        library.store = open_store(Home(other), library.around)


def test_an_older_state_put_back_in_place_is_another_incarnation(library: Library) -> None:
    library.close()
    kept = library.root.with_name("kept")
    shutil.copytree(library.root, kept)
    library.store = open_store(library.home, library.around)
    library.lend(CARD, "B001")
    library.close()
    shutil.rmtree(library.root)
    shutil.copytree(kept, library.root)
    library.store = open_store(library.home, library.around)
    assert library.store.minted


def test_no_incarnation_takes_a_mark_that_is_known(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, fresh = "0" * 15 + "7", "0" * 15 + "8"
    desk = library.store.identity.desk
    library.store.connection.execute(
        "INSERT INTO author (desk, inc, started_at, seq, head, last_at, letter) VALUES (?, ?, 0, 0, x'00', 0, ?)",
        (desk, "f" * 16, later_mark(taken)),
    )
    names = iter([taken, fresh])
    monkeypatch.setattr("db.store.new_incarnation", lambda: next(names))
    mint_incarnation(library.store, "copied-or-restored")
    assert (library.store.identity.inc, library.store.letter) == (fresh, later_mark(fresh))


def test_another_account_is_another_incarnation(library: Library, tmp_path: Path) -> None:
    library.close()
    other = Surroundings(library.clock, FileSecrets(tmp_path / "other"), tmp_path / "other")
    with pytest.raises(KnownError) as error:
        open_store(library.home, other)
    assert error.value.code == "keyring-lost"
    library.store = open_store(library.home, other, recovery=library.recovery)
    assert library.store.minted


@pytest.mark.parametrize("write", [1, 2])
def test_an_opening_that_ended_between_its_writes_leaves_the_original(
    library: Library, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    """The place is told before and after the store: power may fail at either."""
    library.close()
    written = 0

    def failing(path: Path, content: bytes) -> None:
        nonlocal written
        written += 1
        if written == write:
            raise OSError(5, "gone")
        put_file(path, content)

    with monkeypatch.context() as patched:
        patched.setattr("db.identity.put_file", failing)
        with pytest.raises(KnownError) as error:
            open_store(library.home, library.around)
        assert error.value.code == "home-not-writable"
    library.store = open_store(library.home, library.around)
    assert not library.store.minted


@pytest.mark.parametrize("when", ["open", "closed"])
def test_a_state_of_another_opening_put_back_in_its_place_is_another(library: Library, when: str) -> None:
    library.reopen()
    if when == "closed":
        library.close()
    else:
        library.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = library.home.store.read_bytes()
    if when == "closed":
        library.store = open_store(library.home, library.around)
    library.close()
    # Nothing but the token tells: not one act was made meanwhile.
    library.home.store.write_bytes(kept)
    library.store = open_store(library.home, library.around)
    assert library.store.minted


def test_a_copy_made_again_is_another_again(library: Library) -> None:
    """Whatever its place knows of an earlier copy, and however often either was opened."""
    copy = Home(library.root.with_name("copy"))
    marks = set()
    for _ in range(4):
        library.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.rmtree(copy.root, ignore_errors=True)
        shutil.copytree(library.root, copy.root)
        with closing(open_store(copy, library.around)) as other:
            assert other.minted
            marks.add(other.letter)
        with closing(open_store(copy, library.around)) as other:
            assert not other.minted
        library.reopen()
        assert not library.store.minted
    assert len(marks) == 4


def test_a_new_incarnation_after_a_wrong_clock_may_use_the_true_time(library: Library) -> None:
    library.clock.put("2031-01-01T08:00")
    library.bring("B001")
    library.clock.put("2026-03-03T09:00")
    assert library.store.behind_ms() > 0
    mint_incarnation(library.store, "clock")
    assert library.store.behind_ms() == 0
    library.bring("B002")
    assert rows_of(library.store, "SELECT at FROM event ORDER BY n DESC LIMIT 1") == [(library.clock.wall,)]


def test_what_happens_to_a_book_after_the_clock_was_put_right_comes_after_what_was_known(library: Library) -> None:
    library.clock.put("2026-04-03T08:00")
    assert library.lend(CARD, "B001").kind is Kind.LENT
    library.clock.put("2026-03-04T09:00")
    mint_incarnation(library.store, "clock")
    back = library.bring("B001")
    assert back.kind is Kind.RETURNED
    assert library.has(CARD) == []
    closed = rows_of(library.store, "SELECT closed_on, how FROM loan")
    assert closed == [("2026-03-04", "returned")]
    assert library.store.author.last_at == library.clock.wall, "the wrong clock does not drag this desk along"
    assert derived(library.store) == rebuilt(library.store)


def test_incarnations_have_marks_of_their_own(library: Library) -> None:
    marks = [library.store.letter]
    for _ in range(27):
        mint_incarnation(library.store, "copied-or-restored")
        marks.append(library.store.letter)
    assert marks[0] == "A"
    assert len(set(marks)) == 28


# --- what must not be opened ---


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_store_is_refused_and_left_as_it_is(library: Library, read_only: bool) -> None:
    library.store.connection.execute("PRAGMA user_version = 99")
    library.close()
    before = library.home.store.read_bytes()
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around, read_only=read_only)
    assert error.value.code == "store-too-new"
    assert library.home.store.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_store_that_is_no_store_is_said(library: Library, read_only: bool) -> None:
    library.close()
    library.home.store.write_bytes(b"x" * 65_536)
    for leftover in library.root.glob("meja.db-*"):
        leftover.unlink()
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around, read_only=read_only)
    assert error.value.code == "store-not-readable"


def test_a_home_whose_keys_are_gone_is_said(library: Library) -> None:
    library.close()
    library.home.keys.unlink()
    with pytest.raises(KnownError) as error:
        open_store(library.home, library.around)
    assert error.value.code == "keys-missing"


def test_the_lock_is_let_go_when_opening_fails(library: Library) -> None:
    library.close()
    kept = library.home.keys.read_bytes()
    library.home.keys.unlink()
    with pytest.raises(KnownError):
        open_store(library.home, library.around)
    library.home.keys.write_bytes(kept)
    library.store = open_store(library.home, library.around)


# --- a failing disk ---


@pytest.mark.parametrize(
    ("error", "on", "code"),
    [
        (apsw.FullError, "write", "disk-full"),
        (apsw.IOError, "write", "disk-failed"),
        (apsw.IOError, "sync", "disk-failed"),
        (apsw.ReadOnlyError, "write", "store-read-only"),
    ],
)
@pytest.mark.parametrize("after", [0, 1])
def test_a_failing_disk_loses_nothing_and_is_said(
    library: Library, monkeypatch: pytest.MonkeyPatch, error: type[apsw.Error], on: str, code: str, after: int
) -> None:
    library.close()
    with faulty_disk(monkeypatch) as disk:
        library.store = open_store(library.home, library.around)
        library.lend(CARD, "B001")
        before = author(library.store), derived(library.store)
        if on == "sync" and after:
            after = 0
        with disk.fails(error, on, after), pytest.raises(KnownError) as failed:
            library.lend(CARD, "C001")
        assert failed.value.code == code
        assert (author(library.store), derived(library.store)) == before
        again = library.lend(CARD, "C001")
        assert again.event_id
        assert library.has() == ["B001", "C001"]
        library.close()
    library.store = open_store(library.home, library.around)
    assert library.has() == ["B001", "C001"]


def test_what_was_committed_is_there_whatever_happens_next(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk dies for good after an act: a copy of the files as they are opens with that act in it."""
    library.close()
    with faulty_disk(monkeypatch) as disk:
        library.store = open_store(library.home, library.around)
        library.lend(CARD, "B001")
        with disk.fails(apsw.IOError, "write"):
            with pytest.raises(KnownError):
                library.lend(CARD, "C001")
            left = library.root.with_name("left")
            shutil.copytree(library.root, left)
        library.close()
    store = open_store(Home(left), library.around)
    assert rows_of(store, "SELECT count(*) FROM loan WHERE closed_at IS NULL") == [(1,)]
    store.close()
    library.store = open_store(library.home, library.around)


def test_schema_of_a_founded_store(library: Library) -> None:
    from db.connection import APPLICATION_ID, SCHEMA_VERSION

    assert rows_of(library.store, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert rows_of(library.store, "PRAGMA application_id") == [(APPLICATION_ID,)]

"""The second copy: base + journal + records on another place, by a thread of its own, never on the scan path.

A base is a whole verified copy; after it only new events, changed records, rules and counters are carried over, at
most about two seconds behind. Its projections are not kept up: a restore folds them anew from the journal.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from app.ports import KnownError
from app.small_file import put_file
from db.backup import copy_store
from db.connection import connect
from db.copy_ahead import set_aside
from db.errors import known, spoken
from db.identity import read_identity
from db.journal import check_chains
from db.sql import Reading
from db.store import DeskStore

EVERY = 1.0
# An act writes some fifteen pages: about a thousand are written back at once, as SQLite itself would do it.
WRITE_BACK_EVERY = 60
BATCH = 500
_RECORDS = {
    "title": ("title", "id"),
    "item": ("item", "id"),
    "member": ("member", "id"),
    "member_type": ("member_type", "code"),
    "staff": ("staff", "id"),
    "party": ("party", "token"),
    "note": ("note", "id"),
    "setting": ("setting", "key"),
    "picture": ("picture", "hash"),
}


class SecondCopyState(Struct, frozen=True):
    """How the second copy stands: how many events it lacks (below 0: knows more than the store) and what is wrong with
    it ("" = nothing), its bytes, and whether it shares the library's fate (`place`: home, same-disk, "" = apart)."""

    folder: str
    events: int
    behind: int
    fault: str = ""
    size: int = 0
    place: str = ""

    def to_json(self) -> dict[str, Any]:
        """As one object."""
        return {
            "folder": self.folder,
            "events": self.events,
            "behind": self.behind,
            "fault": self.fault,
            "bytes": self.size,
            "place": self.place or "apart",
        }


def shared_fate(home: Path, folder: Path) -> str:
    """What a folder for copies shares with the home: `home` = inside it, `same-disk`, or "" when it stands apart."""
    here, there = Path(os.path.realpath(home)), Path(os.path.realpath(folder))
    if there.is_relative_to(here):
        return "home"
    # A folder that is yet to be made lies on the disk of the one above it.
    above = next((path for path in (there, *there.parents) if os.path.exists(path)), None)
    try:
        return "same-disk" if above is not None and os.stat(above).st_dev == os.stat(here).st_dev else ""
    except OSError:
        return ""


def second_copy_state(store: DeskStore, folder: Path) -> SecondCopyState | None:
    """Compare the second copy with the store: every event it has must be the store's own. None when there is none."""
    path = folder / store.home.store.name
    if not os.path.exists(path):
        return None
    size, place = os.stat(path).st_size, shared_fate(store.home.root, folder)
    try:
        copy = connect(path, store.key, read_only=True)
    except KnownError as error:
        return SecondCopyState(str(folder), 0, 0, error.code, size, place)
    try:
        there: Reading = copy
        here: Reading = store.connection
        answer = there.execute("PRAGMA quick_check").fetchone()[0]
        count, newest = there.execute("SELECT count(*), coalesce(max(n), 0) FROM event").fetchone()
        total, last = here.execute("SELECT count(*), coalesce(max(n), 0) FROM event").fetchone()
        fault = "" if answer == "ok" else "pages"
        # One of the two is a state of the other; which one knows more is told by the count.
        shared = min(newest, last)
        heads = [one.execute("SELECT head FROM event WHERE n = ?", (shared,)).fetchone() for one in (here, there)]
        if newest and (not shared or heads[0] != heads[1]):
            fault = "other-history"
        fault = fault or _unproven(there, here, store, shared)
        return SecondCopyState(str(folder), count, total - count, fault, size, place)
    except apsw.Error as error:
        return SecondCopyState(str(folder), 0, 0, type(error).__name__, size, place)
    finally:
        copy.close()


def _unproven(there: Reading, here: Reading, store: DeskStore, shared: int) -> str:
    """What is wrong inside a copy whose end looks right: a broken chain, or records that are gone. Up to the event
    `shared` the two must be one."""
    for _fault in check_chains(there, store.identity.library, store.zone, store.identity.desk):
        return "chain"
    count = "SELECT count(*) FROM event WHERE n <= ?"
    if there.execute(count, (shared,)).fetchone() != here.execute(count, (shared,)).fetchone():
        return "events-missing"
    changed = there.execute("SELECT coalesce(max(n), 0) FROM change").fetchone()[0]
    if changed == here.execute("SELECT coalesce(max(n), 0) FROM change").fetchone()[0]:
        for table, _key in _RECORDS.values():
            count = f"SELECT count(*) FROM {table}"
            if there.execute(count).fetchone() != here.execute(count).fetchone():
                return "records-missing"
    return ""


class SecondCopy:
    """The thread that keeps the second copy. `lag` is None while it is up to date, else seconds behind.

    It rests for `rest` seconds before it begins, so that the window need not share the interpreter while it opens.
    """

    def __init__(self, store: DeskStore, folder: Path, *, rest: float = 0.0) -> None:
        self._home, self._key, self._folder = store.home, store.key, folder
        self._in_place = store.in_place
        self._high_water = store.high_water
        self._path = folder / store.home.store.name
        self._rest = rest
        self._leave = threading.Event()
        self._committed = 0
        self._unmarked = True
        self._wake = threading.Event()
        self._stop = False
        self._behind_since: float | None = None
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="second-copy", daemon=True)

    @property
    def lag(self) -> int | None:
        """Seconds since the oldest act that is not in the copy yet; None when it is up to date."""
        since = self._behind_since
        return None if since is None else int(time.monotonic() - since)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """Something was committed."""
        self._committed += 1
        self._unmarked = True
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        self._wake.set()

    def stop(self) -> None:
        """Bring the copy up to date once more and end the thread."""
        self._stop = True
        self._leave.set()
        self._wake.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        self._leave.wait(self._rest)
        self._guarded(self._begin)
        while True:
            self._wake.wait(timeout=30)
            self._wake.clear()
            # Read before following: what was committed while it followed still comes over before the end.
            ending = self._stop
            self._guarded(self._follow)
            with suppress(KnownError, apsw.Error):
                self._mark()
                self._write_back()
            if ending:
                return
            # Many acts in a burst are carried over together.
            self._wake.wait(timeout=EVERY) if self._behind_since is not None else None

    def _guarded(self, step: Callable[[], None]) -> None:
        """A full stick or a pulled plug is said on the state line; the desk goes on, and the copy tries again."""
        try:
            step()
            self.problem = ""
        except (KnownError, apsw.Error, OSError) as error:
            self.problem = error.code if isinstance(error, KnownError) else "second-copy"
            if self._behind_since is None:
                self._behind_since = time.monotonic()

    def _begin(self) -> None:
        """Make the base when there is none that continues into the present store."""
        source = connect(self._home.store, self._key, read_only=True)
        try:
            self._in_place.check()
            continues = self._continues(source)
            if not continues:
                set_aside(self._home, self._folder)
            # The keys first: a copy that nothing opens would be none.
            self._folder.mkdir(parents=True, exist_ok=True)
            put_file(self._folder / self._home.keys.name, self._home.keys.read_bytes())
            if not continues:
                copy_store(source, self._path, self._key)
        finally:
            source.close()
        self._carry()

    def _mark(self) -> None:
        """Take down outside the home how far the journal went, whether or not the copy could be written."""
        if not self._unmarked:
            return
        self._unmarked = False
        source = connect(self._home.store, self._key, read_only=True)
        try:
            self._in_place.check()
            self._high_water.keep(source, read_identity(source))
        finally:
            source.close()

    def _write_back(self) -> None:
        """Bring the store's own log back into its file here, so that no scan has to wait for it."""
        if self._committed < WRITE_BACK_EVERY:
            return
        self._committed = 0
        connection = connect(self._home.store, self._key)
        try:
            self._in_place.check()
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()

    def _continues(self, source: Reading) -> bool:
        if not self._path.exists():
            return False
        try:
            copy = connect(self._path, self._key, read_only=True)
        except KnownError:
            return False
        try:
            there: Reading = copy
            schema = "PRAGMA user_version"
            if there.execute(schema).fetchone() != source.execute(schema).fetchone():
                return False
            newest = there.execute("SELECT n, head FROM event ORDER BY n DESC LIMIT 1").fetchone()
            if newest is None:
                return False
            return bool(source.execute("SELECT 1 FROM event WHERE n = ? AND head = ?", newest).fetchone())
        except apsw.Error:
            return False
        finally:
            copy.close()

    def _follow(self) -> None:
        if not self._path.exists():
            self._begin()
            return
        try:
            self._carry()
        except KnownError as error:
            if error.code not in ("store-damaged", "store-not-readable"):
                raise
            # The copy is spoilt (a stick pulled while it was written): a new one is made beside it.
            self._begin()

    def _carry(self) -> None:
        begun = time.monotonic()
        source = connect(self._home.store, self._key, read_only=True)
        try:
            # Another store at this path must not become the copy of the one that the desk has open.
            self._in_place.check()
            target = connect(self._path, self._key)
            try:
                while carry_over(source, target):
                    pass
            finally:
                target.close()
        finally:
            source.close()
        if self._behind_since is not None and self._behind_since <= begun:
            self._behind_since = None


def carry_over(source: Reading, target: apsw.Connection) -> bool:
    """Bring at most `BATCH` new events and record changes to the copy in one transaction; True when more may wait."""
    there: Reading = target
    with spoken():
        newest = there.execute("SELECT coalesce(max(n), 0) FROM event").fetchone()[0]
        changed = there.execute("SELECT coalesce(max(n), 0) FROM change").fetchone()[0]
        source.execute("BEGIN")
    try:
        events = source.execute("SELECT * FROM event WHERE n > ? ORDER BY n LIMIT ?", (newest, BATCH)).fetchall()
        changes = source.execute("SELECT * FROM change WHERE n > ? ORDER BY n LIMIT ?", (changed, BATCH)).fetchall()
        # The end of a transaction takes a number and records nothing: what is on paper the copy must know.
        if not events and not changes and _counters(source) == _counters(there):
            return False
        with target:
            _put(target, "event", events)
            _put(target, "change", changes)
            for _, kind, record, _ in changes:
                _carry_record(source, target, kind, record)
            for table in ("author", "policy", "meta"):
                _put(target, table, source.execute(f"SELECT * FROM {table}").fetchall())
            _carry_imported(source, target)
            _carry_runs(source, target)
    except apsw.Error as error:
        raise known(error) from error
    finally:
        source.execute("COMMIT")
    return len(events) == BATCH or len(changes) == BATCH


def _counters(connection: Reading) -> list[tuple[str, int]]:
    """The last number of each counter."""
    return list(connection.execute("SELECT key, value FROM meta WHERE key GLOB 'count.*' ORDER BY key"))


def _carry_record(source: Reading, target: apsw.Connection, kind: str, record: str) -> None:
    if kind not in _RECORDS:
        return
    table, key = _RECORDS[kind]
    rows = source.execute(f"SELECT * FROM {table} WHERE {key} = ?", (record,)).fetchall()
    target.execute(f"DELETE FROM {table} WHERE {key} = ?", (record,))
    _put(target, table, rows)
    # The salts go the record's way, also when it goes.
    salts = source.execute("SELECT * FROM vouched WHERE kind = ? AND id = ?", (kind, record)).fetchall()
    target.execute("DELETE FROM vouched WHERE kind = ? AND id = ?", (kind, record))
    _put(target, "vouched", salts)
    stamps = source.execute("SELECT * FROM revision WHERE kind = ? AND id = ?", (kind, record)).fetchall()
    _put(target, "revision", stamps)


def _carry_imported(source: Reading, target: apsw.Connection) -> None:
    """Bring over what comes by import only and is never changed afterwards; looked at when there was a new import."""
    there: Reading = target
    runs = "SELECT count(*) FROM import_run"
    if source.execute(runs).fetchone() == there.execute(runs).fetchone():
        return
    for table in ("visit", "picture", "import_run"):
        width = len(source.execute(f"SELECT * FROM pragma_table_info('{table}')").fetchall())
        marks = ", ".join("?" * width)
        target.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", source.execute(f"SELECT * FROM {table}"))


def _carry_runs(source: Reading, target: apsw.Connection) -> None:
    """Bring over the proofs of what other desks did, so that this copy can hand it on as well."""
    there: Reading = target
    newest = there.execute("SELECT coalesce(max(n), 0) FROM run").fetchone()[0]
    _put(target, "run", source.execute("SELECT * FROM run WHERE n > ? ORDER BY n", (newest,)).fetchall())


def _put(target: apsw.Connection, table: str, rows: list[Any]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        target.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)

"""The log of every library in one database, as the server's front asks for it."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from msgspec.json import decode
from msgspec.structs import replace

from app.domain.canonical import ZERO
from app.domain.clock import ZONES
from app.domain.event import FOLD_VERSION
from app.domain.ids import is_id
from server.log import check, desks, pull, snapshot
from server.log.keep import Library
from server.log.push import Taking
from server.log.sql import LIBRARY, Database, Sql
from server.ports import Aside, DeskState, Fault, LibraryState, ServerIdentity, StoreFault
from sync.protocol.messages import Hashes, HashesAt, Have, Head, Joined, Known, Page, Push, Pushed
from sync.protocol.runs import Run
from sync.protocol.signing import new_private
from sync.snapshot_format.facts import Facts

_HEARD_MS = 60_000


class SqlLogStore:
    """A LogStore over a database that speaks SQL."""

    def __init__(self, database: Database, now: int) -> None:
        self._db = database
        self._heard: dict[str, int] = {}
        self._lock = threading.Lock()
        self._identity = self._load_identity(now)

    @property
    def database(self) -> Database:
        """What the log stands in, for backup."""
        return self._db

    def _load_identity(self, now: int) -> ServerIdentity:
        with self._db.write() as sql:
            desks.lock(sql)
            row = sql.one("SELECT value FROM meta WHERE key = ?", "identity")
            if row is None:
                private = new_private()
                sql.add("meta", [("identity", private + now.to_bytes(8))])
                return ServerIdentity(private, now)
            kept = bytes(row[0])
            return ServerIdentity(kept[:32], int.from_bytes(kept[32:]))

    def identity(self) -> ServerIdentity:
        return self._identity

    # --- libraries ------------------------------------------------------------------------------------------------

    def libraries(self) -> list[LibraryState]:
        with self._db.read() as sql:
            rows = sql.all(LIBRARY + "lib > 0 ORDER BY id")
        return [_state(_library(row)) for row in rows]

    def found(self, library: str, zone: str, now: int) -> LibraryState:
        with self._db.write() as sql:
            desks.lock(sql)
            return _state(_found(sql, library, zone, now))

    # --- desks ----------------------------------------------------------------------------------------------------

    def enrol(self, secret: str, name: str, library: str, until: int, now: int) -> None:
        with self._db.write() as sql:
            if library:
                _need(sql, library)
            desks.keep_code(sql, secret, name, library, until, now)

    def expecting(self, now: int) -> list[str]:
        with self._db.read() as sql:
            named = desks.expected(sql, now)
            here = [_library(row).id for row in sql.all(LIBRARY + "lib > 0 ORDER BY id")] if named else []
        return [one for one in here if one in named or ("" in named and len(here) == 1)]

    def join(self, secret: str, public: str, name: str, library: str, zone: str, now: int) -> Joined | str:
        with self._db.write() as sql:
            desks.lock(sql)
            code = desks.find_code(sql, secret, public, now)
            if isinstance(code, str):
                return code
            into = self._joined_library(sql, code.library, library, zone, now)
            if isinstance(into, str):
                return into
            joined = desks.join(sql, into, code, public, name, now)
        if isinstance(joined, Joined):
            # What came before its desk was known may stand in the log now.
            self._let_in(joined.library, joined.desk, now, reason="unknown-desk")
        return joined

    def _joined_library(self, sql: Sql, named: str, brought: str, zone: str, now: int) -> Library | str:
        """The library that a desk joins, or a code of refusal."""
        here = [_library(row) for row in sql.all(LIBRARY + "lib > 0")]
        wanted = named or brought
        if wanted:
            found = next((one for one in here if one.id == wanted), None)
            if brought and brought != wanted:
                return "other-library"
            if found is not None:
                return "other-library" if brought and zone != found.zone else found
            if here:
                return "other-library"
            return _found(sql, wanted, zone, now) if zone in ZONES and is_id(wanted) else "bad-zone"
        return here[0] if len(here) == 1 else "no-library"

    def desk(self, desk: str) -> DeskState | None:
        with self._db.read() as sql:
            return desks.one(sql, desk)

    def desks(self, library: str) -> list[DeskState]:
        with self._db.read() as sql:
            return desks.of(sql, _need(sql, library))

    def revoke(self, library: str, desk: str, now: int) -> bool:
        with self._db.write() as sql:
            lib = _need(sql, library).lib
            return sql.run("UPDATE desk SET revoked_at = ? WHERE lib = ? AND desk = ?", now, lib, desk) > 0

    def touch(self, desk: str, now: int) -> None:
        with self._lock:
            if now - self._heard.get(desk, -_HEARD_MS) < _HEARD_MS:
                return
            self._heard[desk] = now
        with self._db.write() as sql:
            sql.run("UPDATE desk SET seen_at = ? WHERE desk = ?", now, desk)

    # --- the log --------------------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self, name: str) -> Iterator[tuple[Sql, Library]]:
        """A transaction that holds the library's row, and keeps it at the end."""
        with self._db.write() as sql:
            library = _need(sql, name, hold=True)
            before = replace(library)
            yield sql, library
            if library != before:
                _keep(sql, library)

    def push(self, library: str, desk: str, push: Push, now: int) -> Pushed:
        if not push.runs and not push.records:
            head = self.head(library, now)
            return Pushed(head.epoch, head.head, head.safe, now)
        with self._changing(library) as (sql, held):
            taking = Taking(sql, held, desks.of(sql, held), desk, now)
            runs, records = taking.take(push.runs, push.records)
        return Pushed(held.epoch, held.head, held.safe, now, runs, records)

    def pull(self, library: str, desk: str, cursor: int, hash_: str, limit: int, *, own_whole: bool, now: int) -> Page:
        with self._db.read() as sql:
            found = _need(sql, library)
            return pull.page(sql, found, desk, cursor, hash_, limit, own_whole=own_whole, now=now)

    def have(self, library: str, have: Have) -> Known:
        with self._db.read() as sql:
            return Known(pull.known(sql, _need(sql, library), have.chains))

    def hashes(self, library: str, hashes: Hashes) -> HashesAt:
        with self._db.read() as sql:
            found = _need(sql, library)
            at = (pull.hash_at(sql, found, gsn) for gsn in hashes.at)
            return HashesAt(found.epoch, found.head, tuple(one.hex() if one else "" for one in at))

    def snapshot(self, library: str, file: BinaryIO, key: bytes, tell: Callable[[int], None]) -> Facts:
        with self._db.read() as sql:
            return snapshot.write(sql, _need(sql, library), file, key, tell)

    def head(self, library: str, now: int) -> Head:
        with self._db.read() as sql:
            found = _need(sql, library)
        return Head(found.epoch, found.head, found.safe, now)

    def state_hash(self, library: str) -> tuple[int, str]:
        with self._db.read() as sql:
            found = _need(sql, library)
        return found.head, found.state.hex()

    def set_safe(self, library: str, gsn: int) -> None:
        with self._changing(library) as (_sql, held):
            held.safe = min(max(held.safe, gsn), held.head)

    def new_epoch(self, library: str) -> str:
        with self._changing(library) as (_sql, held):
            held.epoch = secrets.token_hex(8)
            held.safe = 0
        return held.epoch

    # --- for backups ----------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self, library: str) -> Iterator[tuple[Sql, Library]]:
        """One moment of a library's log."""
        with self._db.read() as sql:
            yield sql, _need(sql, library)

    @contextmanager
    def taking_over(self) -> Iterator[Sql]:
        """One transaction in which a library is made from elsewhere."""
        with self._db.write() as sql:
            desks.lock(sql)
            yield sql
        self._identity = self._load_identity(self._identity.created_at)

    def adopt(self, sql: Sql, library: str, zone: str, identity: bytes, now: int) -> Library:
        """A library that another server had, with that server's key where there is no library here yet."""
        if sql.one("SELECT 1 FROM library") is None:
            sql.run("UPDATE meta SET value = ? WHERE key = ?", identity, "identity")
        return _found(sql, library, zone, now)

    def keep(self, sql: Sql, library: Library) -> LibraryState:
        """Keep what a transaction made of a library's row."""
        _keep(sql, library)
        return _state(library)

    # --- aside ----------------------------------------------------------------------------------------------------

    def quarantined(self, library: str) -> list[Aside]:
        with self._db.read() as sql:
            rows = sql.all(
                "SELECT n, run, by_desk, reason, at FROM aside WHERE lib = ? ORDER BY n", _need(sql, library).lib
            )
        return [Aside(n, decode(run, type=Run), by, reason, at) for n, run, by, reason, at in rows]

    def let_in(self, library: str, desk: str, now: int) -> Pushed:
        return self._let_in(library, desk, now, reason="")

    def _let_in(self, library: str, desk: str, now: int, *, reason: str) -> Pushed:
        """Take in what is kept aside of a desk, one run after the other by their numbers. With a reason: only when
        anything was kept aside for it."""
        with self._changing(library) as (sql, held):
            rows = sql.all(
                "SELECT n, run, reason FROM aside WHERE lib = ? AND desk = ? ORDER BY inc, first, n", held.lib, desk
            )
            if reason and all(row[2] != reason for row in rows):
                return Pushed(held.epoch, held.head, held.safe, now)
            for n, _, _ in rows:
                sql.run("DELETE FROM aside WHERE lib = ? AND n = ?", held.lib, n)
            # A person decides about this desk here, so its being revoked does not count.
            believed = [replace(one, revoked_at=0) if one.desk == desk else one for one in desks.of(sql, held)]
            taking = Taking(sql, held, believed, desk, now)
            answers, _ = taking.take([decode(run, type=Run) for _, run, _ in rows], ())
        return Pushed(held.epoch, held.head, held.safe, now, answers)

    # --- for the administrator ------------------------------------------------------------------------------------

    def events(self, library: str) -> Iterator[bytes]:
        with self._db.read() as sql:
            yield from check.canonical_events(sql, _need(sql, library))

    def check(self, library: str) -> Iterator[Fault]:
        with self._db.read() as sql:
            yield from check.faults(sql, _need(sql, library))

    def totals(self, library: str) -> Mapping[str, Any]:
        with self._db.read() as sql:
            lib = _need(sql, library).lib
            counted = {
                "events": "event WHERE lib = ?",
                "parked": "event WHERE lib = ? AND parked > 0",
                "runs": "run WHERE lib = ?",
                "records": "record WHERE lib = ? AND gone = 0",
                "quarantined": "aside WHERE lib = ?",
                "desks": "desk WHERE lib = ?",
                "findings": "finding WHERE lib = ?",
            }
            return {name: (sql.one(f"SELECT count(*) FROM {what}", lib) or (0,))[0] for name, what in counted.items()}

    def close(self) -> None:
        self._db.close()


def open_sqlite(path: Path, key: bytes | None = None, now: int = 0) -> SqlLogStore:
    """The log in a SQLite file, made when it is not there. `key`: 32 raw bytes that encrypt it; `now`: what is kept as
    the time of a database that is made (0 = the present)."""
    from server.log.sqlite import SqliteDatabase

    return SqlLogStore(SqliteDatabase(path, key), now or _present())


def open_postgres(conninfo: str, now: int = 0, schema: str = "") -> SqlLogStore:
    """The log in a PostgreSQL database; its tables are made when they are not there, in `schema` ("" = the one that
    the connection has by itself)."""
    from server.log.postgres import PostgresDatabase

    return SqlLogStore(PostgresDatabase(conninfo, schema), now or _present())


def _present() -> int:
    return time.time_ns() // 1_000_000


def _library(row: tuple[Any, ...]) -> Library:
    lib, id_, zone, epoch, head, safe, hash_, state, fold = row
    return Library(lib, id_, zone, epoch, head, safe, bytes(hash_), bytes(state), fold)


def _need(sql: Sql, name: str, *, hold: bool = False) -> Library:
    row = sql.one(f"{LIBRARY}id = ?{' FOR UPDATE' if hold else ''}", name)
    if row is None:
        raise StoreFault("unknown-library", name[:64])
    return _library(row)


def _keep(sql: Sql, library: Library) -> None:
    sql.run(
        "UPDATE library SET epoch = ?, head = ?, safe = ?, hash = ?, state = ? WHERE lib = ?",
        library.epoch,
        library.head,
        library.safe,
        library.hash,
        library.state,
        library.lib,
    )


def _found(sql: Sql, library: str, zone: str, now: int) -> Library:
    if zone not in ZONES or not is_id(library):
        raise StoreFault("bad-zone" if zone not in ZONES else "bad-library", zone[:64])
    if sql.one("SELECT 1 FROM library WHERE id = ?", library) is not None:
        raise StoreFault("library-known", library)
    row = sql.one("SELECT coalesce(max(lib), 0) + 1 FROM library")
    made = Library(row[0] if row else 1, library, zone, secrets.token_hex(8), 0, 0, ZERO, ZERO, FOLD_VERSION)
    sql.add("library", [(made.lib, library, zone, made.epoch, 0, 0, ZERO, ZERO, FOLD_VERSION, now)])
    return made


def _state(found: Library) -> LibraryState:
    return LibraryState(found.id, found.zone, found.epoch, found.head, found.safe, found.fold)

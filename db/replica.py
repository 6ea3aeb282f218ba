"""The common log in the desk's store: what it brings is taken in with its place in the log, in short transactions.

Works over a connection of its own, on the thread of the sync. No transaction is held over a question to the server,
none takes more than `BATCH` rows, so that a scan never waits long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
from msgspec.structs import replace

from app.domain.canonical import ZERO
from app.domain.event import Event, Touch, genesis, touch
from app.domain.replica import (
    COPIED,
    LOST,
    ChainEnd,
    LogEntry,
    LogEvent,
    LogFault,
    LogRecord,
    LogRun,
    OutRun,
    OwnRun,
    Place,
    RowValues,
    Server,
)
from db import journal, replica_records, search_behind
from db.connection import connect
from db.errors import known
from db.home import Home
from db.identity import Identity, desk_key, get_meta, read_identity
from db.policies import Policies, rules_version
from db.projection import Projection
from db.replica_records import Sent
from db.replica_state import (
    FILLING,
    OFFERING,
    RESETTING,
    keep_number,
    keep_place,
    keep_server,
    read_number,
    read_place,
    read_server,
)
from db.sql import Reading

BATCH = 500
_PUT = (
    "INSERT INTO event (id, author, seq, at, wall, mono, boot, kind, staff, late, v, body, head, item, queue, party,"
    " tx, gsn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ROW = "e.id, e.at, e.wall, e.mono, e.boot, e.kind, e.staff, e.body, e.late, e.v"


class Replica:
    """One desk's side of the log. Made and used on one thread; `close` it there."""

    def __init__(self, home: Home, key: bytes, store: Path | None = None) -> None:
        self._connection = connect(store or home.store, key)
        # A power cut may take the newest of these transactions, never one from before an act that was answered: the
        # log's last pages would be read again, and what was sent would be sent again.
        self._connection.execute("PRAGMA synchronous = normal")
        self._db: Reading = self._connection
        self.identity: Identity = read_identity(self._db)
        self._policies = Policies(self._connection, self.identity.zone)
        self._projection = Projection(self._connection, self.identity.library, self._policies)
        self.private = desk_key(self._db)
        self._rules = rules_version(self._db)
        self._changed = False
        self.copied = False
        """True once acts of the present incarnation came that were made elsewhere."""

    @property
    def connection(self) -> apsw.Connection:
        """What it works over."""
        return self._connection

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def take_changes(self) -> bool:
        """Whether anything was written since this was last asked that the screen or the second copy should know."""
        changed, self._changed = self._changed, False
        return changed

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One short transaction, with what the desk wrote meanwhile taken into account."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._projection.reload()
                self._read_rules()
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if not self._connection.get_autocommit():
                    self._connection.execute("ROLLBACK")
                self._rules = -1
                raise
        except apsw.Error as error:
            raise known(error) from error

    def _read_rules(self) -> None:
        version = rules_version(self._db)
        if version != self._rules:
            self._policies.reload()
            self._rules = version

    # --- the server and the place ----------------------------------------------------------------------------------

    def server(self) -> Server | None:
        """The joined server."""
        return read_server(self._db)

    def keep_server(self, server: Server | None) -> None:
        """Keep what is known of the server; None = this desk is on its own again."""
        with self._writing():
            keep_server(self._connection, server)

    def place(self) -> Place:
        """How far the log was read."""
        return read_place(self._db)

    def keep_place(self, place: Place) -> None:
        """Keep the epoch and the safe mark as the server says them."""
        with self._writing():
            keep_place(self._connection, place)

    def filled(self) -> None:
        """A joined home has the library now."""
        if read_number(self._db, FILLING) is not None:
            with self._writing():
                keep_number(self._connection, FILLING, None)

    def link_at(self, desk: str, inc: str, fork: str, seq: int) -> bytes | None:
        """The chain's link after an event; before its first the one that an incarnation begins with."""
        if seq == 0:
            return genesis(self.identity.library, desk, inc, self.identity.zone)
        found = journal.link_at(self._db, desk, inc, fork, seq)
        return found if found is not None or not fork else journal.link_at(self._db, desk, inc, "", seq)

    # --- what comes ------------------------------------------------------------------------------------------------

    def apply(self, entries: Sequence[LogEntry], place: Place) -> None:
        """Take entries of the log in; after the last one the cursor is `place`. Raises LogFault when they do not fit:
        what was taken before stays, and is passed over when it comes again."""
        self._take_all(entries, place)

    def _take_all(self, entries: Sequence[LogEntry], after: Place | None = None) -> None:
        """Take entries in; the last share's transaction keeps the place `after` them, if their running hash is its."""
        now = self.place()
        link = bytes.fromhex(now.hash) if now.hash else ZERO
        groups = list(_groups(entries)) or ([[]] if after is not None else [])
        for number, group in enumerate(groups, 1):
            with self._writing():
                link = self._take(group, link)
                if after is not None and number == len(groups):
                    if after.hash and link.hex() != after.hash:
                        raise LogFault("other-hash")
                    keep_place(self._connection, after)

    def take_file(self, entries: Sequence[LogRecord] | Sequence[LogRun]) -> None:
        """Take a share of a snapshot into a store that is being filled: records in any order, runs in the log's."""
        records = [entry for entry in entries if isinstance(entry, LogRecord)]
        if records:
            with self._writing():
                for record in records:
                    replica_records.merge_in(self._connection, record, record.revision.stamp[0])
                replica_records.noted_all(self._connection)
        self._take_all([entry for entry in entries if isinstance(entry, LogRun)])

    def taken_file(self, place: Place, state: str) -> None:
        """A snapshot was taken whole: from now on the log is read from `place`. Raises LogFault when what came is not
        the log up to there, or folds to another state hash (hex) than was said."""
        with self._writing():
            if (self.place().hash or ZERO.hex()) != place.hash:
                raise LogFault("other-hash")
            if self._projection.state_hash.hex() != state:
                raise LogFault("other-state")
            keep_place(self._connection, place)

    def index_more(self) -> bool:
        """Put some more of a library that came as a file into the search index; True while there is more."""
        if not search_behind.left(self._db):
            return False
        with self._writing():
            more = search_behind.more(self._connection)
        return more

    def _take(self, group: Sequence[tuple[LogEntry, int, int]], link: bytes) -> bytes:
        """One transaction's share: runs with a range of their events, or records. The cursor moves at a run's end."""
        events: list[Event] = []
        records = [entry for entry, _first, _end in group if isinstance(entry, LogRecord)]
        if records:
            while replica_records.note_edits(self._connection, self.identity.desk, self._inc()):
                pass
            for record in records:
                replica_records.merge_in(self._connection, record, record.revision.stamp[0])
            replica_records.noted_all(self._connection)
            self._judge_again()
        place = self.place()
        for entry, first, end in group:
            if isinstance(entry, LogRun):
                link, whole = self._take_run(entry, first, end, link, events)
                if whole:
                    place = replace(place, cursor=entry.gsn + len(entry.events) - 1, hash=link.hex())
            elif isinstance(entry, OwnRun):
                link = self._take_own(entry, link)
                place = replace(place, cursor=entry.gsn + entry.last - entry.first, hash=link.hex())
            else:
                place = replace(place, cursor=entry.gsn)
        if events:
            self._projection.take(events)
            self._projection.save()
        self._changed = self._changed or bool(events or records)
        keep_place(self._connection, place)
        return link

    def _judge_again(self) -> None:
        """Rules that come after loans under them, or mean something else now, are applied to those loans."""
        before = {policy.version: policy for policy in self._policies.every()}
        self._read_rules()
        for policy in self._policies.every():
            if before.get(policy.version) != policy:
                loans = self._db.execute("SELECT DISTINCT item FROM loan WHERE policy = ?", (policy.version,))
                self._projection.fold(items=[item for (item,) in loans.fetchall()])
                self._projection.save()

    def _inc(self) -> str:
        return get_meta(self._db, "inc")

    def _take_run(
        self, run: LogRun, first: int, end: int, link: bytes, events: list[Event]
    ) -> tuple[bytes, bool]:  # fmt: skip
        author, held = self._author(run)
        part = run.events[first:end]
        read = self.place().cursor
        twice = self._known_ids([one.event.id for one in part])
        fresh: list[tuple[Any, ...]] = []
        mine = run.desk == self.identity.desk
        for place, one in enumerate(part, first):
            seq, gsn = run.first + place, run.gsn + place
            if gsn > read:
                link = sha256(link + one.link).digest()
            if seq <= held:
                self._pass_over(author, seq, gsn, one.link)
                continue
            event = one.event
            known = event.id in twice
            moves = Touch() if known else touch(event.kind, event.body)
            name = f"{event.id}{journal.TWICE}{gsn}" if known else event.id
            fresh.append(
                (
                    name, author, seq, event.at, event.wall, event.mono, event.boot, one.kind, event.staff, event.late,
                     event.v, one.body, one.link, moves.item or None, moves.queue or None,
                    moves.party or None, event.body.get("tx") if mine else None, gsn,
                )
            )  # fmt: skip
            twice.add(event.id)
            if not known:
                events.append(event)
        if fresh:
            if mine and run.inc == self._inc():
                # Somebody else goes on with this desk's present incarnation.
                self.copied = True
                if self._is_present(author):
                    raise LogFault(COPIED)
            self._connection.executemany(_PUT, fresh)
        last = run.first + end - 1
        self._db.execute(
            "UPDATE author SET seq = max(seq, ?1), head = CASE WHEN seq < ?1 THEN ?2 ELSE head END,"
            " logged = max(logged, ?1), acked = max(acked, ?1), public = coalesce(public, ?3) WHERE a = ?4",
            (last, part[-1].link, run.public, author),
        )
        whole = end == len(run.events)
        if whole:
            self._db.execute(
                "INSERT OR IGNORE INTO run (author, first, last, signature, public) VALUES (?, ?, ?, ?, ?)",
                (author, run.first, last, run.signature, run.public),
            )
        return link, whole

    def _is_present(self, author: int) -> bool:
        """Whether this desk writes at the end of this very chain."""
        row = self._db.execute("SELECT letter FROM author WHERE a = ?", (author,)).fetchone()
        return bool(row[0])

    def _known_ids(self, ids: Sequence[str]) -> set[str]:
        """Those that an event here has already. Of two with one id the first in the log counts; the other is kept for
        its chain and folded nowhere."""
        marks = ", ".join("?" * len(ids))
        return {row[0] for row in self._db.execute(f"SELECT id FROM event WHERE id IN ({marks})", tuple(ids))}

    def _author(self, run: LogRun) -> tuple[int, int]:
        """The row of the run's branch and the last number held of it; a new one is begun."""
        key = (run.desk, run.inc, run.fork)
        select = "SELECT a, seq FROM author WHERE desk = ? AND inc = ? AND fork = ?"
        row = self._db.execute(select, key).fetchone()
        if row is None:
            before = self.link_at(run.desk, run.inc, "", run.first - 1)
            if before is None:
                raise LogFault("gap")
            self._db.execute(
                "INSERT INTO author (desk, inc, fork, first, started_at, seq, head, last_at, letter)"
                " VALUES (?, ?, ?, ?, 0, ?, ?, 0, '')",
                (*key, run.first, run.first - 1, before),
            )
            row = self._db.execute(select, key).fetchone()
        if run.first > row[1] + 1:
            raise LogFault("gap")
        return int(row[0]), int(row[1])

    def _pass_over(self, author: int, seq: int, gsn: int, link: bytes) -> None:
        """An event that is here already gets its place in the log; another one at its number is another branch."""
        row = self._db.execute("SELECT n, head, gsn FROM event WHERE author = ? AND seq = ?", (author, seq)).fetchone()
        if row is None or bytes(row[1]) != link:
            raise LogFault("other-branch")
        if row[2] != gsn:
            self._db.execute("UPDATE event SET gsn = ? WHERE n = ?", (gsn, row[0]))

    def _take_own(self, own: OwnRun, link: bytes) -> bytes:
        rows = self._db.execute(
            "SELECT a.a, e.n, e.head FROM author a JOIN event e ON e.author = a.a"
            " WHERE a.desk = ? AND a.inc = ? AND a.fork = ? AND e.seq BETWEEN ? AND ? ORDER BY e.seq",
            (self.identity.desk, own.inc, own.fork, own.first, own.last),
        ).fetchall()
        if len(rows) != own.last - own.first + 1:
            raise LogFault(LOST)
        read = self.place().cursor
        for place, (_author, n, head) in enumerate(rows):
            if own.gsn + place > read:
                link = sha256(link + bytes(head)).digest()
            self._db.execute("UPDATE event SET gsn = ? WHERE n = ?", (own.gsn + place, n))
        self._db.execute(
            "UPDATE author SET logged = max(logged, ?1), acked = max(acked, ?1) WHERE a = ?2", (own.last, rows[0][0])
        )
        return link

    # --- what goes -------------------------------------------------------------------------------------------------

    def unsent(self) -> int:
        """Own events that the server does not hold yet."""
        row = self._db.execute(
            "SELECT coalesce(sum(seq - max(acked, first - 1)), 0) FROM author WHERE desk = ?", (self.identity.desk,)
        ).fetchone()
        return int(row[0])

    def note(self) -> None:
        """Stamp what was edited here."""
        more = True
        while more:
            with self._writing():
                replica_records.note_policies(self._connection)
                more = replica_records.note_edits(self._connection, self.identity.desk, self._inc())

    def records(self, most: int, room: int) -> list[Sent]:
        """Records to send."""
        return replica_records.to_send(self._db, most, room)

    def records_taken(self, sent: Sequence[Sent], refused: Iterable[tuple[str, str]] = ()) -> None:
        """The log has them."""
        with self._writing():
            replica_records.taken(self._db, sent, frozenset(refused))

    def own_runs(self, most: int, longest: int) -> list[OutRun]:
        """The next own events that the server does not hold, in the order of their chains, at most `most`."""
        runs: list[OutRun] = []
        for a, inc, fork, acked, seq, start in self._db.execute(
            "SELECT a, inc, fork, acked, seq, first FROM author WHERE desk = ? AND seq > acked ORDER BY a",
            (self.identity.desk,),
        ).fetchall():
            first = max(acked + 1, start)
            while first <= seq and most > 0:
                run = self._run(self.identity.desk, inc, fork, a, first, min(seq, first + min(longest, most) - 1))
                runs.append(run)
                first, most = run.last + 1, most - len(run.rows)
        return runs

    def _run(self, desk: str, inc: str, fork: str, author: int, first: int, last: int) -> OutRun:
        rows = self._db.execute(
            f"SELECT {_ROW}, e.head FROM event e WHERE e.author = ? AND e.seq BETWEEN ? AND ? ORDER BY e.seq",
            (author, first, last),
        ).fetchall()
        values: tuple[RowValues, ...] = tuple(
            (row[0].partition(journal.TWICE)[0], *row[1:8], bool(row[8]), row[9]) for row in rows
        )
        return OutRun(desk, inc, fork, first, values, bytes(rows[-1][10]))

    def acknowledged(self, inc: str, fork: str, have: int) -> None:
        """The server holds this branch of ours up to a number."""
        with self._writing():
            self._db.execute(
                "UPDATE author SET acked = min(seq, ?) WHERE desk = ? AND inc = ? AND fork = ?",
                (have, self.identity.desk, inc, fork),
            )

    def forked(self, inc: str, fork: str) -> None:
        """The server holds another branch under this incarnation's name: ours is called `fork` from the first event on
        in which it differs, whose link begins with that name. The copies, queues and accounts it touches are folded
        again, since its place in effective order is another."""
        with self._writing():
            row = self._db.execute(
                "SELECT a, seq FROM author WHERE desk = ? AND inc = ? AND fork = ''", (self.identity.desk, inc)
            ).fetchone()
            found = self._db.execute(
                "SELECT e.seq FROM event e WHERE e.author = ? AND lower(hex(e.head)) LIKE ? ORDER BY e.seq LIMIT 1",
                (row[0] if row else 0, fork + "%"),
            ).fetchone()
            if row is None or found is None:
                raise LogFault("other-branch")
            self._branch_off(int(row[0]), inc, fork, int(found[0]))
        self._changed = True

    def _branch_off(self, author: int, inc: str, fork: str, first: int) -> None:
        """Ours keeps its row, since the desk goes on with it; what both branches share gets a row of its own."""
        before = self.link_at(self.identity.desk, inc, "", first - 1)
        self._db.execute("UPDATE author SET fork = ?, first = ?, acked = ?, logged = 0 WHERE a = ?",
                         (fork, first, first - 1, author))  # fmt: skip
        self._db.execute(
            "INSERT INTO author (desk, inc, fork, started_at, seq, head, last_at, letter, acked, logged)"
            " VALUES (?, ?, '', 0, ?, ?, 0, '', ?, 0)",
            (self.identity.desk, inc, first - 1, before, first - 1),
        )
        shared = self._connection.last_insert_rowid()
        self._db.execute("UPDATE event SET author = ? WHERE author = ? AND seq < ?", (shared, author, first))
        items, queues, parties = (
            [
                one
                for (one,) in self._db.execute(
                    f"SELECT DISTINCT {column} FROM event WHERE author = ? AND {column} IS NOT NULL", (author,)
                )
            ]
            for column in ("item", "queue", "party")
        )
        self._projection.fold(items, queues, parties)
        self._projection.save()

    # --- another history -------------------------------------------------------------------------------------------

    def chains(self) -> list[ChainEnd]:
        """How far each chain is known here, own and others'."""
        rows = self._db.execute(
            "SELECT desk, inc, fork, seq, head FROM author WHERE seq >= first ORDER BY a"
        ).fetchall()
        return [ChainEnd(desk, inc, fork, seq, bytes(head)) for desk, inc, fork, seq, head in rows]

    def runs_of(self, end: ChainEnd, after: int) -> Iterator[OutRun]:
        """Another desk's kept runs that reach beyond a number, as it signed them."""
        row = self._db.execute(
            "SELECT a FROM author WHERE desk = ? AND inc = ? AND fork = ?", (end.desk, end.inc, end.fork)
        ).fetchone()
        for first, last, signature, public in self._db.execute(
            "SELECT first, last, signature, public FROM run WHERE author = ? AND last > ? ORDER BY first",
            (row[0], after),
        ).fetchall():
            run = self._run(end.desk, end.inc, end.fork, row[0], first, last)
            yield replace(run, signature=bytes(signature), public=bytes(public))

    def hashes_at(self, numbers: Sequence[int]) -> list[str]:
        """The running hash at log numbers, "" beyond what was read."""
        wanted = sorted(set(numbers))
        found: dict[int, str] = {}
        link, cursor = ZERO, self.place().cursor
        rows = iter(self._db.execute("SELECT gsn, head FROM event WHERE gsn IS NOT NULL ORDER BY gsn"))
        row = next(rows, None)
        for number in wanted:
            while row is not None and row[0] <= number:
                link = sha256(link + bytes(row[1])).digest()
                row = next(rows, None)
            found[number] = link.hex() if number <= cursor else ""
        return [found[number] for number in numbers]

    def reset(self, common: int) -> None:
        """Go back to the last number that this log and the server's share; what came after is read, and offered,
        again. A kill in between is made good by `resume`, and `offering` stays true until others' runs are offered."""
        with self._writing():
            keep_number(self._connection, RESETTING, common)
            keep_number(self._connection, OFFERING, common)
        self.resume()

    def offering(self) -> bool:
        """Whether the server may lack what other desks did, and was not offered it yet."""
        return read_number(self._db, OFFERING) is not None

    def offered(self) -> None:
        """The server was offered all that it lacked."""
        with self._writing():
            keep_number(self._connection, OFFERING, None)

    def resume(self) -> None:
        """Finish going back, if it was cut short."""
        common = read_number(self._db, RESETTING)
        if common is None:
            return
        while True:
            with self._writing():
                rows = self._db.execute("SELECT n FROM event WHERE gsn > ? LIMIT ?", (common, BATCH)).fetchall()
                self._connection.executemany("UPDATE event SET gsn = NULL WHERE n = ?", rows)
            if len(rows) < BATCH:
                break
        with self._writing():
            replica_records.to_send_again(self._db, common)
            held = "coalesce((SELECT max(e.seq) FROM event e WHERE e.author = a AND e.gsn IS NOT NULL), first - 1)"
            self._db.execute(f"UPDATE author SET acked = {held}, logged = {held}")
            place = self.place()
            hash_ = self.hashes_at([common])[0] if common else ""
            keep_place(self._connection, replace(place, cursor=common, hash=hash_))
            keep_number(self._connection, RESETTING, None)


def _groups(entries: Iterable[LogEntry]) -> Iterator[list[tuple[LogEntry, int, int]]]:
    """The entries in shares of at most `BATCH` rows. Records and events never share one: rules come before use."""
    group: list[tuple[LogEntry, int, int]] = []
    size, records = 0, False
    for entry in entries:
        rows = len(entry.events) if isinstance(entry, LogRun) else 1
        if isinstance(entry, OwnRun):
            rows = entry.last - entry.first + 1
        first = 0
        while True:
            if group and (size >= BATCH or isinstance(entry, LogRecord) != records):
                yield group
                group, size = [], 0
            records = isinstance(entry, LogRecord)
            share = min(rows - first, BATCH - size) if isinstance(entry, LogRun) else rows
            group.append((entry, first, first + share))
            size += share
            first += share
            if first >= rows:
                break
    if group:
        yield group


__all__ = ["BATCH", "LogEvent", "Replica"]

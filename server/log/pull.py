"""Reading the log: pages after a cursor, ends of chains, running hashes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct
from msgspec.json import decode

from app.domain.canonical import ZERO
from server.log.keep import Library
from server.log.records import RECORD
from server.log.sql import Row as Columns
from server.log.sql import Sql
from sync.protocol.limits import MAX_BODY, MAX_RUN
from sync.protocol.messages import Chain, Entry, Page, RecordRow
from sync.protocol.runs import Row, Run, branch_name

# Characters of one page's bodies; what stands around them and the longer bytes of other alphabets fit beside it.
_PAGE_SIZE = MAX_BODY // 4
_AROUND_EVENT = 200
RUN = "r.gsn, r.first, r.last, r.head, r.signature, r.public, r.size, r.hash, a.desk, a.inc, a.fork"
_ROW = "gsn, id, at, wall, mono, boot, kind, staff, body, late, v"


class LoggedRun(Struct, frozen=True):
    """A run's place in the log, without its events."""

    gsn: int
    first: int
    last: int
    head: bytes
    signature: bytes
    public: bytes
    size: int
    hash: bytes
    desk: str
    inc: str
    fork: str

    @property
    def count(self) -> int:
        """How many events it has."""
        return self.last - self.first + 1

    def whole(self, rows: Sequence[Row]) -> Run:
        """The run as it travels."""
        return Run(
            self.desk,
            self.inc,
            self.first,
            tuple(rows),
            self.head.hex(),
            self.signature.hex(),
            self.public.hex(),
            self.fork,
        )


def run_from(row: Columns) -> LoggedRun:
    """A run from the columns `RUN`."""
    gsn, first, last, head, signature, public, size, hash_, desk, inc, fork = row
    return LoggedRun(
        gsn, first, last, bytes(head), bytes(signature), bytes(public), size, bytes(hash_), desk, inc, fork
    )


def event_row(row: Columns) -> Row:
    """An event as it travels, from id to version."""
    id_, at, wall, mono, boot, kind, staff, body, late, v = row
    return Row(id_, at, wall, mono, boot, kind, staff, body, bool(late), v)


def hash_at(sql: Sql, library: Library, gsn: int) -> bytes | None:
    """The running hash over all events up to a log number; None beyond the head."""
    if gsn > library.head:
        return None
    if gsn == library.head:
        return library.hash
    row = sql.one(
        "SELECT gsn, last - first + 1, hash FROM run WHERE lib = ? AND gsn <= ? ORDER BY gsn DESC LIMIT 1",
        library.lib,
        gsn,
    )
    if row is None:
        return ZERO
    start, count, after = row
    if start + count - 1 <= gsn:
        return bytes(after)
    before = sql.one("SELECT hash FROM run WHERE lib = ? AND gsn < ? ORDER BY gsn DESC LIMIT 1", library.lib, start)
    running = bytes(before[0]) if before else ZERO
    for (link,) in sql.all(
        "SELECT link FROM event WHERE lib = ? AND gsn >= ? AND gsn <= ? ORDER BY gsn", library.lib, start, gsn
    ):
        running = sha256(running + link).digest()
    return running


def page(
    sql: Sql, library: Library, desk: str, cursor: int, hash_: str, limit: int, *, own_whole: bool, now: int
) -> Page:
    """The log after a cursor in whole runs, about `limit` events and records."""
    at_cursor = hash_at(sql, library, cursor)
    if at_cursor is None or (at_cursor.hex() != hash_ and not (cursor == 0 and not hash_)):
        return Page(library.epoch, library.head, library.safe, now, cursor, hash_, moved=True)
    limit = max(limit, 1)
    runs = [
        run_from(row)
        for row in sql.all(
            f"SELECT {RUN} FROM run r JOIN author a ON a.lib = r.lib AND a.a = r.a"
            # A cursor may stand inside a run: what was read in pieces may have come to a restored log as one.
            " WHERE r.lib = ? AND r.gsn > ? AND r.gsn + r.last - r.first > ? ORDER BY r.gsn LIMIT ?",
            library.lib,
            cursor - MAX_RUN,
            cursor,
            limit,
        )
    ]
    records = sql.all(
        f"SELECT {RECORD} FROM record WHERE lib = ? AND gsn > ? ORDER BY gsn LIMIT ?", library.lib, cursor, limit
    )
    chosen = _fitting(runs, records, limit, desk, own_whole=own_whole)
    whole = len(chosen) == len(runs) + len(records) < limit
    entries = _entries(sql, library, chosen, desk, own_whole=own_whole)
    last = chosen[-1] if chosen else None
    end = cursor if last is None else last.gsn + last.count - 1 if isinstance(last, LoggedRun) else last[6]
    # Where nothing follows, superseded revisions at the end are passed as well.
    end = library.head if whole else end
    after = next((one.hash for one in reversed(chosen) if isinstance(one, LoggedRun)), at_cursor)
    return Page(library.epoch, library.head, library.safe, now, end, after.hex(), entries)


def _fitting(
    runs: list[LoggedRun], records: list[Columns], limit: int, desk: str, *, own_whole: bool
) -> list[LoggedRun | Columns]:
    """The first entries in log order that make one page; always at least one.

    As each counts, no page is longer than what was read of either kind, so nothing between its entries is missed.
    """
    waiting: list[LoggedRun | Columns] = [*runs, *records]
    waiting.sort(key=lambda one: one.gsn if isinstance(one, LoggedRun) else one[6])
    chosen: list[LoggedRun | Columns] = []
    count = size = 0
    for one in waiting:
        if isinstance(one, LoggedRun):
            own = one.desk == desk and not own_whole
            more, heavy = (1, 0) if own else (one.count, one.size + one.count * _AROUND_EVENT)
        else:
            more, heavy = 1, len(one[2]) + _AROUND_EVENT
        if chosen and (count + more > limit or size + heavy > _PAGE_SIZE):
            break
        chosen.append(one)
        count, size = count + more, size + heavy
    return chosen


def _entries(
    sql: Sql, library: Library, chosen: Sequence[LoggedRun | Columns], desk: str, *, own_whole: bool
) -> tuple[Entry, ...]:
    wanted = [one for one in chosen if isinstance(one, LoggedRun) and (own_whole or one.desk != desk)]
    rows = rows_of(sql, library, wanted)
    entries: list[Entry] = []
    for one in chosen:
        if not isinstance(one, LoggedRun):
            entries.append(Entry(one[6], record=record_row(one)))
        elif one.gsn in rows:
            entries.append(Entry(one.gsn, run=one.whole(rows[one.gsn])))
        else:
            entries.append(Entry(one.gsn, own=(branch_name(one.inc, one.fork), one.first, one.last)))
    return tuple(entries)


def rows_of(sql: Sql, library: Library, runs: Sequence[LoggedRun]) -> dict[int, list[Row]]:
    """The events of runs that stand in log order, by the run's number."""
    if not runs:
        return {}
    found: dict[int, list[Row]] = {}
    rows = iter(
        sql.all(
            f"SELECT {_ROW} FROM event WHERE lib = ? AND gsn >= ? AND gsn <= ? ORDER BY gsn",
            library.lib,
            runs[0].gsn,
            runs[-1].gsn + runs[-1].count - 1,
        )
        if _mostly(runs)
        else [row for run in runs for row in _of_run(sql, library, run)]
    )
    for run in runs:
        mine: list[Row] = []
        for gsn, id_, at, wall, mono, boot, kind, staff, body, late, v in rows:
            if gsn < run.gsn:
                continue
            mine.append(Row(id_, at, wall, mono, boot, kind, staff, body, bool(late), v))
            if len(mine) == run.count:
                break
        found[run.gsn] = mine
    return found


def _mostly(runs: Sequence[LoggedRun]) -> bool:
    """Whether runs fill most of the numbers they span, so that one question fetches them all."""
    span = runs[-1].gsn + runs[-1].count - runs[0].gsn
    return span <= 2 * sum(run.count for run in runs)


def _of_run(sql: Sql, library: Library, run: LoggedRun) -> list[Columns]:
    return sql.all(
        f"SELECT {_ROW} FROM event WHERE lib = ? AND gsn >= ? AND gsn <= ? ORDER BY gsn",
        library.lib,
        run.gsn,
        run.gsn + run.count - 1,
    )


def record_row(row: Columns) -> RecordRow:
    """A record as it travels, from the columns `RECORD`."""
    kind, id_, fields, stamp, edited, gone, gsn = row
    stamps = {name: tuple(value) for name, value in decode(edited).items()}
    return RecordRow(kind, id_, fields, tuple(decode(stamp)), stamps, bool(gone), gsn)


def known(sql: Sql, library: Library, chains: Sequence[Chain]) -> tuple[Chain, ...]:
    """How far each of these chains is known here; a branch is asked for by its own name."""
    if not chains:
        return ()
    desks = sorted({chain.desk for chain in chains})
    rows = sql.all("SELECT desk, inc, fork, seq, head FROM author WHERE lib = ? AND desk IN (??)", library.lib, desks)
    found = {
        (desk, name): Chain(desk, name, seq, bytes(head).hex())
        for desk, inc, fork, seq, head in rows
        for name in (branch_name(inc, fork),)
    }
    none = ZERO.hex()
    return tuple(found.get((chain.desk, chain.inc)) or Chain(chain.desk, chain.inc, 0, none) for chain in chains)

"""The file a new desk begins with, written from one moment of the log: records by kind and id, then all runs.

As long as nothing of a log is ever dropped, all of its events are in it: the desk proves them and folds them itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import BinaryIO

from msgspec.json import decode

from app.domain.record_form import POLICY, field_digests
from server.log.keep import Library
from server.log.pull import RUN, LoggedRun, record_row, rows_of, run_from
from server.log.records import records_of
from server.log.sql import Row, Sql
from sync.protocol.messages import RecordRow
from sync.protocol.runs import Run
from sync.snapshot_format.content import ROWS, put_records, put_rows, put_runs, row_of
from sync.snapshot_format.facts import FORMAT, Facts
from sync.snapshot_format.frames import Sealer

_AT_ONCE = 2000
_FRAME = 1024 * 1024
"""Characters of bodies that make a frame full."""
_RUNS_AT_ONCE = 100


def write(sql: Sql, library: Library, file: BinaryIO, key: bytes, tell: Callable[[int], None]) -> Facts:
    """Write the file in the caller's transaction, which sees one moment; `tell` hears how many of the log's numbers
    are in it."""
    summed, size, done = sha256(), 0, 0
    sealer = Sealer(key, file)
    for content, count in _contents(sql, library):
        written = sealer.put(content)
        summed.update(written)
        size, done = size + len(written), done + count
        tell(done)
    return Facts(
        summed.hexdigest(), size, FORMAT, library.id, library.epoch, library.head, library.hash.hex(),
        library.state.hex(), library.fold,
    )  # fmt: skip


def _contents(sql: Sql, library: Library) -> Iterator[tuple[bytes, int]]:
    """Frames with how many records or events each has: rule versions first, since the fold asks for them."""
    kinds = [row[0] for row in sql.all("SELECT DISTINCT kind FROM record WHERE lib = ?", library.lib)]
    for kind in sorted(kinds, key=lambda one: (one != POLICY, one)):
        yield from _of_kind(sql, library, kind)
    yield from _runs(sql, library)
    yield b"", 0


def _of_kind(sql: Sql, library: Library, kind: str) -> Iterator[tuple[bytes, int]]:
    rows: list[Row] = []
    others: list[RecordRow] = []
    size = 0
    for record in records_of(sql, library, kind, _AT_ONCE):
        row = _as_row(kind, record) if kind in ROWS else None
        if row is not None:
            rows.append(row)
        else:
            others.append(record_row(record))
        size += len(record[2])
        if size >= _FRAME or len(rows) + len(others) >= _AT_ONCE:
            yield from _full(kind, rows, others)
            rows, others, size = [], [], 0
    yield from _full(kind, rows, others)


def _full(kind: str, rows: list[Row], others: list[RecordRow]) -> Iterator[tuple[bytes, int]]:
    if rows:
        yield put_rows(kind, rows), len(rows)
    if others:
        yield put_records(others), len(others)


def _as_row(kind: str, record: Row) -> Row | None:
    _, record_id, text, stamp, edited, gone, gsn = record
    fields = decode(text)
    values = None if gone else row_of(kind, fields)
    if values is None:
        return None
    at, desk, inc, n = decode(stamp)
    stamps = "" if edited == "{}" else edited
    return (gsn, at, desk, inc, n, stamps, field_digests(kind, fields), record_id, *values)


def _runs(sql: Sql, library: Library) -> Iterator[tuple[bytes, int]]:
    after = 0
    while True:
        found = [
            run_from(row)
            for row in sql.all(
                f"SELECT {RUN} FROM run r JOIN author a ON a.lib = r.lib AND a.a = r.a"
                " WHERE r.lib = ? AND r.gsn > ? ORDER BY r.gsn LIMIT ?",
                library.lib,
                after,
                _RUNS_AT_ONCE,
            )
        ]
        for part in _fitting(found):
            rows = rows_of(sql, library, part)
            runs: list[tuple[int, Run]] = [(run.gsn, run.whole(rows[run.gsn])) for run in part]
            yield put_runs(runs), sum(run.count for run in part)
        if len(found) < _RUNS_AT_ONCE:
            return
        after = found[-1].gsn


def _fitting(runs: list[LoggedRun]) -> Iterator[list[LoggedRun]]:
    part: list[LoggedRun] = []
    for run in runs:
        part.append(run)
        if sum(one.size for one in part) >= _FRAME:
            yield part
            part = []
    if part:
        yield part

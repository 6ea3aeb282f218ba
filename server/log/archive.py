"""Backups of one library's log: a file that any database here can be made from again, proven before it counts.

Gzipped JSON lines: a head, the rows of the tables that cannot be made again, an end with a digest of all before it. The
folded state is not among them; making it again from the events is the proof. The file holds the server's private key
and all records: whoever keeps it must keep it closed.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.json import decode, encode

from server.log import check
from server.log.keep import Library
from server.log.push import fold_all
from server.log.schema import TABLES, VERSION
from server.log.sql import Row, Sql
from server.log.store import SqlLogStore, open_sqlite
from server.ports import LibraryState, StoreFault

_KEPT = ("desk", "author", "policy", "aside")
_NUMBERED = ("run", "event", "record")
_AT_ONCE = 5000
_FORMAT = "meja-log"


class Head(Struct, frozen=True):
    """The first line: what the file is a copy of. Hashes and the server's key in hex."""

    format: str
    version: int
    library: str
    zone: str
    epoch: str
    head: int
    hash: str
    state: str
    fold: int
    made_at: int
    identity: str


class End(Struct, frozen=True):
    """The last line: how many came before it, and their SHA-256."""

    lines: int
    digest: str


def backup(store: SqlLogStore, library: str, target: Path, now: int) -> int:
    """Copy a library's log into a file, prove the copy by making a log of it, and let its end be `safe`. The last log
    number in it. Raises StoreFault("backup-not-good") and OSError; then nothing stands under the name."""
    aside = target.with_name(target.name + ".part")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as file:
                head = _write(store, library, file, now)
            raw.flush()
            os.fsync(raw.fileno())
        prove(aside)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    store.set_safe(library, head)
    return head


def _write(store: SqlLogStore, library: str, file: gzip.GzipFile, now: int) -> int:
    identity = store.identity()
    summed, lines = sha256(), 0
    with store.reading(library) as (sql, found):
        head = Head(
            _FORMAT, VERSION, found.id, found.zone, found.epoch, found.head, found.hash.hex(), found.state.hex(),
            found.fold, now, (identity.private + identity.created_at.to_bytes(8)).hex(),
        )  # fmt: skip
        line = encode(head) + b"\n"
        summed.update(line)
        file.write(line)
        for table, row in _rows(sql, found):
            line = encode([table, *(_hex(value) for value in row[1:])]) + b"\n"
            summed.update(line)
            file.write(line)
            lines += 1
    file.write(encode(End(lines, summed.hexdigest())))
    return head.head


def _rows(sql: Sql, library: Library) -> Iterator[tuple[str, Row]]:
    for table in _KEPT:
        names = ", ".join(TABLES[table].names)
        for row in sql.all(f"SELECT {names} FROM {table} WHERE lib = ? ORDER BY {TABLES[table].key[1]}", library.lib):
            yield table, row
    for table in _NUMBERED:
        names = ", ".join(TABLES[table].names)
        for start in range(1, library.head + 1, _AT_ONCE):
            rows = sql.all(
                f"SELECT {names} FROM {table} WHERE lib = ? AND gsn >= ? AND gsn < ? ORDER BY gsn",
                library.lib,
                start,
                start + _AT_ONCE,
            )
            for row in rows:
                yield table, row


def _hex(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def prove(path: Path) -> None:
    """Make a log of a backup, in a folder that goes again. Raises StoreFault("backup-not-good")."""
    with tempfile.TemporaryDirectory(prefix="meja-proof-", dir=path.parent) as folder:
        store = open_sqlite(Path(folder) / "proof.db", os.urandom(32))
        try:
            restore(store, path)
        finally:
            store.close()


def restore(store: SqlLogStore, path: Path) -> LibraryState:
    """Make a library's log from a backup, as another history that desks look at anew. Chains, signatures and running
    hash are proven and the folded state is made again. A server without any library becomes the backup's server.

    Raises StoreFault("library-known") when it is there already, and "backup-not-good".
    """
    with store.taking_over() as sql, gzip.open(path, "rb") as file:
        summed = sha256()
        try:
            first = file.readline()
            head = decode(first, type=Head)
            summed.update(first)
            if head.format != _FORMAT or head.version != VERSION:
                raise StoreFault("backup-too-new" if head.version > VERSION else "backup-not-good")
            library = store.adopt(sql, head.library, head.zone, bytes.fromhex(head.identity), head.made_at)
            _read(sql, library, file, summed)
        except (ValueError, EOFError, OSError) as error:
            raise StoreFault("backup-not-good", type(error).__name__) from error
        library.head, library.hash = head.head, bytes.fromhex(head.hash)
        for fault in check.log_faults(sql, library):
            raise StoreFault("backup-not-good", f"{fault.what} {fault.where} {fault.detail}".strip())
        fold_all(sql, library)
        if library.state.hex() != head.state and library.fold == head.fold:
            raise StoreFault("backup-not-good", "state")
        return store.keep(sql, library)


def _read(sql: Sql, library: Library, file: Any, summed: Any) -> None:
    table, rows = "", list[Row]()
    for lines, line in enumerate(file):
        value = decode(line)
        if isinstance(value, dict):
            if rows:
                sql.add(table, rows)
            if value != {"lines": lines, "digest": summed.hexdigest()}:
                raise StoreFault("backup-not-good", "cut short")
            return
        summed.update(line)
        if value[0] != table or len(rows) >= _AT_ONCE:
            if rows:
                sql.add(table, rows)
            table, rows = str(value[0]), []
            if table not in (*_KEPT, *_NUMBERED):
                raise StoreFault("backup-not-good", "other-table")
        rows.append((library.lib, *_bytes(table, value[1:])))
    raise StoreFault("backup-not-good", "cut short")


def _bytes(table: str, values: list[Any]) -> Iterator[Any]:
    for (_, kind), value in zip(TABLES[table].columns[1:], values, strict=True):
        yield bytes.fromhex(value) if kind.startswith("blob") and value is not None else value

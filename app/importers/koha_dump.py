"""One table out of MySQL dump files, row by row, for the Koha importer.

Knows INSERT statements with or without a column list (then CREATE TABLE names the columns). Nothing is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.importers.marc_records import open_source, read_blocks
from app.importers.rows import Place, Progress

LONGEST_ROW = 32 * 1024 * 1024

_HEAD = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+`?(\w{1,64})`?\s*(\([^()]{0,8000}\))?\s*VALUES\s*", re.I
)
_CREATE = re.compile(rb"CREATE TABLE\s+(?:IF NOT EXISTS\s+)?`?(\w{1,64})`?\s*\((.{0,60000}?)\n\)", re.I | re.S)
_COLUMN = re.compile(rb"^\s*`(\w{1,64})`\s", re.M)
_VALUE = re.compile(rb"\s*(?:_\w{1,20}\s*)?('(?:[^'\\]++|\\.|'')*+'|[^'(),\s]{1,100}+)\s*([,)])", re.S)
_ESCAPE = re.compile(rb"\\(.)|''", re.S)
_ESCAPED = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a"}


def table_rows(
    paths: Sequence[Path], table: str, progress: Progress | None = None
) -> Iterator[tuple[Place, dict[str, str | None]]]:
    """Yield the rows of one table as column name to text (None for NULL), with the line they stand on.

    A statement that cannot be understood is left at the point of the fault; the next one is read again.
    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty".
    """
    columns: tuple[str, ...] = ()
    for path in paths:
        reader = _Reader(path, progress)
        while (found := reader.next_statement()) is not None:
            name, named = found
            if named is not None and not reader.is_insert:
                columns = named if name == table else columns
                continue
            for line, values in reader.tuples():
                names = named or columns
                if name == table and len(names) == len(values):
                    yield Place(path.name, line), dict(zip(names, values, strict=True))


class _Reader:
    """A window over a dump file that grows as a statement needs and forgets what was read."""

    def __init__(self, path: Path, progress: Progress | None) -> None:
        _, size = open_source(path)
        self._blocks = read_blocks(path, size, progress)
        self._held = b""
        self._at = 0
        self._line = 1
        self.is_insert = False

    def next_statement(self) -> tuple[str, tuple[str, ...] | None] | None:
        """Go to the next INSERT (table, columns or None) or CREATE TABLE (table, columns); None at the end."""
        while True:
            insert = _HEAD.search(self._held, self._at)
            create = _CREATE.search(self._held, self._at, insert.start() if insert else len(self._held))
            if create is not None:
                self.is_insert = False
                self._move(create.end())
                return _text(create[1]), tuple(_text(name) for name in _COLUMN.findall(create[2]))
            if insert is not None:
                self.is_insert = True
                self._move(insert.end())
                names = insert[2] and tuple(_text(name).strip("` \r\n\t") for name in insert[2][1:-1].split(b","))
                return _text(insert[1]), names or None
            self._move(max(self._at, len(self._held) - 64_000))
            if not self._more():
                return None

    def tuples(self) -> Iterator[tuple[int, list[str | None]]]:
        """Yield the rows of the INSERT that was found."""
        while self._skip(b"("):
            line = self._line
            values = self._tuple()
            if values is None:
                return
            yield line, values
            if not self._skip(b","):
                return

    def _tuple(self) -> list[str | None] | None:
        values: list[str | None] = []
        at = self._at
        while True:
            found = _VALUE.match(self._held, at)
            if found is None:
                at -= self._at
                if len(self._held) - self._at > LONGEST_ROW or not self._more():
                    return None
                at += self._at
                continue
            values.append(_value(found[1]))
            at = found.end()
            if found[2] == b")":
                self._move(at)
                return values

    def _skip(self, mark: bytes) -> bool:
        """Step over blanks and one mark; False, without stepping, when something else stands there."""
        while True:
            at = self._at
            while at < len(self._held) and self._held[at] in b" \t\r\n":
                at += 1
            if at < len(self._held):
                if self._held[at : at + 1] == mark:
                    self._move(at + 1)
                    return True
                return False
            if not self._more():
                return False

    def _more(self) -> bool:
        block = next(self._blocks, b"")
        self._held = self._held[self._at :] + block
        self._at = 0
        return bool(block)

    def _move(self, at: int) -> None:
        self._line += self._held.count(b"\n", self._at, at)
        self._at = at


def _value(raw: bytes) -> str | None:
    if raw.startswith(b"'"):
        raw = raw[1:-1]
        if b"\\" in raw or b"'" in raw:
            raw = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]) if found[1] else b"'", raw)
        return _text(raw)
    return None if raw.upper() == b"NULL" else _text(raw)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")

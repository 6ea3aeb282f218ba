"""PostgreSQL dumps in COPY text form, as pg_dump writes them, read without PostgreSQL.

Knows the text format only (PostgreSQL manual, COPY, "Text Format"): tab between columns, backslash escapes, a line
`\\.` at the end. Which tables mean what stands with the caller. All other statements of a dump are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from app.importers.problems import ImportProblem

LONGEST_LINE = 16 * 1024 * 1024

_TOLD_EVERY = 500
_COPY = re.compile(rb'COPY\s+(?:ONLY\s+)?([\w."]{1,130})\s*\(([^()]{1,8000})\)\s+FROM\s+stdin', re.IGNORECASE)
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}

CopyRow = dict[str, str | None]
"""One row: column name to text, None for NULL."""


class Section(Struct, frozen=True):
    """One COPY block: table ("schema.table"), columns, where its data begin (byte and 1-based line), bytes of data."""

    path: Path
    table: str
    columns: tuple[str, ...]
    offset: int
    line: int
    size: int


def sections(paths: Sequence[Path], wanted: Collection[str]) -> list[Section]:
    """Find the blocks of the wanted tables in some dump files.

    Raises ImportProblem: "file-missing", "file-unreadable".
    """
    return [section for path in paths for section in _sections_of(path) if section.table in wanted]


def rows(section: Section, told: Callable[[int], None] | None = None) -> Iterator[tuple[int, CopyRow | None]]:
    """Yield the rows of one block with their line numbers; None for a row with the wrong number of columns.

    `told` hears now and then how many bytes of the block have been read.
    """
    width = len(section.columns)
    done = 0
    for number, raw in _lines(section.path, section.offset, section.line):
        if raw.rstrip(b"\r\n") == b"\\.":
            break
        done += len(raw)
        if told is not None and number % _TOLD_EVERY == 0:
            told(done)
        values = raw.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if len(values) != width:
            yield number, None
        else:
            yield number, {name: _value(value) for name, value in zip(section.columns, values, strict=True)}
    if told is not None:
        told(section.size)


def _sections_of(path: Path) -> Iterator[Section]:
    offset = 0
    found: tuple[str, tuple[str, ...], int, int] | None = None
    for number, raw in _lines(path, 0, 1):
        offset += len(raw)
        if found is not None:
            if raw.rstrip(b"\r\n") == b"\\.":
                yield Section(path, *found, offset - found[2])
                found = None
        elif raw[:4].upper() == b"COPY" and (match := _COPY.match(raw)) is not None:
            columns = tuple(_name(part) for part in match[2].split(b","))
            found = (_name(match[1]), columns, offset, number + 1)
    if found is not None:
        yield Section(path, *found, offset - found[2])


def _lines(path: Path, offset: int, line: int) -> Iterator[tuple[int, bytes]]:
    """Yield numbered lines; a line beyond any belief comes in pieces, which no table takes."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while raw := file.readline(LONGEST_LINE):
                yield line, raw
                line += raw.endswith(b"\n")
    except FileNotFoundError as error:
        raise ImportProblem("file-missing", {"file": path.name}) from error
    except (OSError, ValueError) as error:
        raise ImportProblem("file-unreadable", {"file": path.name}) from error


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip().replace('"', "")


def _value(text: str) -> str | None:
    if "\\" not in text:
        return text
    if text == "\\N":
        return None
    # Codes in figures name bytes, and only several of them together may be one letter.
    return _ESCAPE.sub(_unescaped, text.encode()).decode("utf-8", "replace")


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if code[:1] == b"x" and len(code) > 1:
        return bytes((int(code[1:], 16),))
    if code[:1] in b"01234567":
        return bytes((int(code, 8) & 0xFF,))
    return _LETTERS.get(code, code)

"""PostgreSQL dumps in COPY text form, as pg_dump writes them, read without PostgreSQL.

Knows the text format only (PostgreSQL manual, COPY, "Text Format"): tab between columns, backslash escapes, a line
`\\.` at the end. Which tables mean what stands with the caller. All other statements of a dump are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.importers.problems import ImportProblem
from app.importers.rows import Progress

LONGEST_LINE = 16 * 1024 * 1024

_COPY = re.compile(rb'COPY\s+(?:ONLY\s+)?([\w."]{1,130})\s*\(([^()]{1,8000})\)\s+FROM\s+stdin', re.IGNORECASE)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

CopyRow = dict[str, str | None]
"""One row: column name to text, None for NULL."""


@dataclass(frozen=True, slots=True)
class Section:
    """One COPY block: table ("schema.table"), columns, and where its data begin (byte and 1-based line)."""

    path: Path
    table: str
    columns: tuple[str, ...]
    offset: int
    line: int


def sections(paths: Sequence[Path], wanted: Collection[str], progress: Progress | None = None) -> list[Section]:
    """Find the blocks of the wanted tables in some dump files.

    Raises ImportProblem: "file-missing", "file-unreadable".
    """
    found: list[Section] = []
    done = 0
    total = sum(_size(path) for path in paths)
    for path in paths:
        for section in _sections_of(path):
            if section.table in wanted:
                found.append(section)
        done += _size(path)
        if progress is not None:
            progress(done, max(total, done))
    return found


def rows(section: Section) -> Iterator[tuple[int, CopyRow | None]]:
    """Yield the rows of one block with their line numbers; None for a row with the wrong number of columns."""
    width = len(section.columns)
    for number, raw in _lines(section.path, section.offset, section.line):
        if raw.rstrip(b"\r\n") == b"\\.":
            return
        values = raw.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if len(values) != width:
            yield number, None
        else:
            yield number, {name: _value(value) for name, value in zip(section.columns, values, strict=True)}


def _sections_of(path: Path) -> Iterator[Section]:
    offset = 0
    inside = False
    for number, raw in _lines(path, 0, 1):
        offset += len(raw)
        if inside:
            inside = raw.rstrip(b"\r\n") != b"\\."
        elif raw[:4].upper() == b"COPY":
            match = _COPY.match(raw)
            if match is not None:
                inside = True
                columns = tuple(_name(part) for part in match[2].split(b","))
                yield Section(path, _name(match[1]), columns, offset, number + 1)


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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError) as error:
        raise ImportProblem("file-missing", {"file": path.name}) from error


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip().replace('"', "")


def _value(text: str) -> str | None:
    if "\\" not in text:
        return text
    return None if text == "\\N" else _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    return _LETTERS.get(code, code)

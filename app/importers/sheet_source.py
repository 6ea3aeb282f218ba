"""Rows of cells out of a CSV or xlsx file, whatever its separator, letters or size.

Knows files, not libraries. Formulas are never computed: of an xlsx the values that stand in it are read, of a
CSV the text. Hostile files are bounded before they are opened: parts of the archive, rows, columns, lengths.
"""

from __future__ import annotations

import codecs
import csv
import re
import warnings
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.importers.marc_records import open_source
from app.importers.problems import ImportProblem
from app.importers.rows import Progress

Cell = str | int | float | date | None
"""A cell's value; date-times come as dates, formulas as the value saved with them, blanks as None."""

MOST_COLUMNS = 400
MOST_ROWS = 1_048_576
LONGEST_LINE = 1_000_000
LONGEST_CELL = 100_000
MOST_LINES_IN_A_ROW = 60
"""Lines that one CSV row may take; beyond it a quotation mark was not closed."""

_PARTS_LIMIT = 5_000
_WORKBOOK_LIMIT = 1 << 30
_STRINGS_LIMIT = 256 << 20
_PART_LIMIT = 64 << 20
_SEPARATORS = ",;\t|"
_BATCH = 500
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')  # how a spreadsheet is told to keep leading zeros
_ZERO_FORMAT = re.compile(r'"?(0{2,20})"?')
_EPOCH = date(1899, 12, 30)


class SheetRow(Struct, frozen=True):
    """One row: its number in the file (1-based; of a CSV the line it begins on), its cells, and a fault or
    "".

    Faults: "quote-not-closed" (the row's cells are not to be trusted), "letters-guessed".
    """

    number: int
    cells: tuple[Cell, ...]
    fault: str = ""

    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell not in (None, "") for cell in self.cells)


def is_workbook(path: Path) -> bool:
    """Whether a file is an xlsx workbook (True) or text (False).

    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty", "format-not-supported" for the old
    xls, for OpenDocument and for archives that are no workbook.
    """
    head, _ = open_source(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportProblem("format-not-supported", {"file": path.name, "format": "xls"})
    if not head.startswith(b"PK\x03\x04"):
        return False
    if b"opendocument" in head[:200]:
        raise ImportProblem("format-not-supported", {"file": path.name, "format": "ods"})
    return True


def read_rows(path: Path, sheet: str = "", progress: Progress | None = None) -> Iterator[SheetRow]:
    """Yield the rows of a file; of a workbook those of the named sheet, or of the first that holds more than
    one row.

    Raises ImportProblem: what `is_workbook` raises, "sheet-missing", "sheet-unreadable", "sheet-too-large".
    """
    return _workbook_rows(path, sheet, progress) if is_workbook(path) else _text_rows(path, progress)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of a workbook's sheets; () for text. Raises ImportProblem like `read_rows`."""
    if not is_workbook(path):
        return ()
    book = _open_workbook(path)
    try:
        return tuple(book.sheetnames)
    finally:
        book.close()


# --- text
# -------------------------------------------------------------------------------------------------------


def _text_rows(path: Path, progress: Progress | None) -> Iterator[SheetRow]:
    head, size = open_source(path)
    codec = _codec(head)
    text = head.decode(codec, "replace")
    feeder = _Lines(path, codec, size, progress)
    try:
        yield from _parsed(feeder, _separator(text))
    finally:
        feeder.close()


def _codec(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head[:2000]:
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    return "utf-8-sig"


def _separator(text: str) -> str:
    """The separator that parts the first lines into the same, largest number of columns."""
    lines = text.splitlines()[:40]
    best, best_score = ",", 0.0
    for separator in _SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            continue
        counted = Counter(width for width in widths if width > 1)
        if counted:
            width, times = counted.most_common(1)[0]
            score = times / len(widths) * (1 + min(width, 50) / 50)
            if score > best_score:
                best, best_score = separator, score
    return best


class _Lines:
    """Feeds a file's lines to the CSV reader and keeps those of the row that is being read.

    A line that is no UTF-8 is read as cp1252, the letters of Indonesian Windows, and remembered as guessed.
    """

    def __init__(self, path: Path, codec: str, size: int, progress: Progress | None) -> None:
        self.number = 0
        self.row: list[str] = []
        self.guessed = False
        self._again: deque[str] = deque()
        self._size = size
        self._progress = progress
        self._read = 0
        errors = "surrogateescape" if codec == "utf-8-sig" else "replace"
        try:
            self._file = path.open(encoding=codec, errors=errors, newline=None)
        except OSError as error:
            raise ImportProblem("file-unreadable", {"file": path.name}) from error
        self._name = path.name

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line of the row; stops early where a row takes too many."""
        if len(self.row) >= MOST_LINES_IN_A_ROW:
            raise StopIteration
        line = self._again.popleft() if self._again else self._next_line()
        if not line:
            raise StopIteration
        self.row.append(line)
        self.number += 1
        return line

    def begin_row(self) -> None:
        self.row = []
        self.guessed = False

    def give_back(self) -> None:
        """Feed the lines of the present row again, except its first."""
        self._again.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1

    def close(self) -> None:
        self._file.close()

    def _next_line(self) -> str:
        try:
            line = self._file.readline(LONGEST_LINE)
        except (OSError, UnicodeError) as error:
            raise ImportProblem("sheet-unreadable", {"file": self._name}) from error
        self._read += len(line)
        if self._progress is not None and self.number % _BATCH == 0:
            self._progress(min(self._read, self._size), self._size)
        try:
            line.encode("utf-8")
        except UnicodeEncodeError:
            self.guessed = True
            line = line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        return line


def _parsed(lines: _Lines, separator: str) -> Iterator[SheetRow]:
    reader = csv.reader(lines, delimiter=separator)
    count = width = 0
    while count < MOST_ROWS:
        lines.begin_row()
        start = lines.number + 1
        try:
            values = next(reader, None)
        except csv.Error:
            values = []
        if values is None or (not lines.row and not values):
            return
        too_long = len(lines.row) >= MOST_LINES_IN_A_ROW or _swallowed(lines.row, separator, width)
        if too_long or (not values and lines.row[0].strip()):
            yield SheetRow(start, (lines.row[0].strip()[:LONGEST_CELL],), "quote-not-closed")
            lines.give_back()
            reader = csv.reader(lines, delimiter=separator)
            continue
        count += 1
        width = width or len(values)
        cells = tuple(_text_cell(value) for value in values[:MOST_COLUMNS])
        yield SheetRow(start, cells, "letters-guessed" if lines.guessed else "")


def _swallowed(row: list[str], separator: str, width: int) -> bool:
    """Whether a quotation mark swallowed whole rows: an inner line that has as many columns as the first row."""
    return width > 2 and any(line.count(separator) >= width - 1 for line in row[1:-1])


def _text_cell(value: str) -> str:
    value = value[:LONGEST_CELL]
    kept = _KEPT_AS_TEXT.fullmatch(value.strip())
    return kept[1] if kept else value


# --- workbook
# ---------------------------------------------------------------------------------------------------


def _open_workbook(path: Path) -> Any:
    """Open an xlsx for reading values only, after its archive has been measured."""
    _measure(path)
    from openpyxl import load_workbook  # a quarter of a second that only those pay who import a workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        raise ImportProblem("sheet-unreadable", {"file": path.name}) from error


def _measure(path: Path) -> None:
    """Refuse an archive that would unpack to more than a library's list can hold. Sizes named there are
    binding.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ImportProblem("sheet-unreadable", {"file": path.name}) from error
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise ImportProblem("format-not-supported", {"file": path.name, "format": "zip"})
    too_large = len(parts) > _PARTS_LIMIT or sum(part.file_size for part in parts) > _WORKBOOK_LIMIT
    for part in parts:
        if part.filename.startswith("xl/worksheets/"):
            continue
        limit = _STRINGS_LIMIT if part.filename == "xl/sharedStrings.xml" else _PART_LIMIT
        too_large = too_large or (part.filename.startswith("xl/") and part.file_size > limit)
    if too_large:
        raise ImportProblem("sheet-too-large", {"file": path.name})


def _workbook_rows(path: Path, sheet: str, progress: Progress | None) -> Iterator[SheetRow]:
    book = _open_workbook(path)
    try:
        if sheet and sheet not in book.sheetnames:
            raise ImportProblem("sheet-missing", {"file": path.name, "sheet": sheet})
        yield from _sheet_rows(path, _choose(book, sheet), progress)
    finally:
        book.close()


def _choose(book: Any, sheet: str) -> Any:
    if sheet:
        return book[sheet]
    for one in book.worksheets:
        if (one.max_row or MOST_ROWS) > 1:
            return one
    return book.worksheets[0] if book.worksheets else None


def _sheet_rows(path: Path, sheet: Any, progress: Progress | None) -> Iterator[SheetRow]:
    if sheet is None:
        raise ImportProblem("sheet-unreadable", {"file": path.name})
    total = min(sheet.max_row or MOST_ROWS, MOST_ROWS)
    sheet.reset_dimensions()  # a file may claim a million columns; only cells that are there count
    rows = iter(sheet.iter_rows(max_row=MOST_ROWS))
    size = path.stat().st_size
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                batch = list(islice(rows, _BATCH))
        except Exception as error:
            raise ImportProblem("sheet-unreadable", {"file": path.name, "row": str(number)}) from error
        for cells in batch:
            number += 1
            yield SheetRow(number, tuple(_cell(cell) for cell in cells[:MOST_COLUMNS]))
        if progress is not None:
            progress(size * min(number, total) // max(total, 1), size)
        if len(batch) < _BATCH:
            return


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, str):
        return value[:LONGEST_CELL] if value else None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        zeros = _ZERO_FORMAT.fullmatch(cell.number_format or "")
        whole = isinstance(value, int) or value.is_integer()
        if zeros and whole and value >= 0:
            return str(int(value)).zfill(len(zeros[1]))
        return int(value) if whole and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value) if isinstance(value, time | timedelta) else None


def date_of_serial(value: int | float) -> date | None:
    """The date a spreadsheet means by a bare number (days since 30 December 1899), for 1954 to 2119 only."""
    return _EPOCH + timedelta(days=int(value)) if 20_000 <= value <= 80_000 else None

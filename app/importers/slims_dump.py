"""A SLiMS library (8 or 9) from its own backup or a mysqldump: everything a desk needs, in one stream.

Reads .sql, .sql.gz, .tar.gz and .zip. The dump is gone through once to see which table stands where, then each table
in the order in which nothing refers ahead: tables stand in a dump by their names, and authors come long after the books
they wrote. Only small tables and the codes of copies and readers are kept in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from app.importers.archives import Limits, Packed, Stream, open_packed
from app.importers.mysql_databases import choose_database
from app.importers.mysql_text import DumpIndex, SqlRow, index_dump, table_rows
from app.importers.php_values import php_text, php_value
from app.importers.problems import ImportProblem
from app.importers.rows import Noted, Place, Progress, Refused, Row, SettingRow
from app.importers.slims_lending import FINE, HOLD, LOAN, VISIT, Circulation
from app.importers.slims_records import CLOSED_DAY, ITEM, MEMBER, MEMBER_TYPE, RULE, TITLE, Library, Records, Table
from app.importers.slims_tables import COLUMNS, KEEPERS, MAIN_TABLES, NOT_TAKEN, SETTINGS

Reader = Callable[[Sequence[str | None], Place, set[str]], Row | None]
"""Makes a row of one record's values; adds to the notes; None when there is nothing to say yet."""


class SlimsOptions(Struct, frozen=True):
    """How to read SLiMS. `source` begins every key; `limits` bound what an archive may unpack to; `database` is the one
    to read where the dump holds several.
    """

    source: str = "slims"
    database: str = ""
    limits: Limits = field(default_factory=Limits)


def read(path: Path, options: SlimsOptions | None = None, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a SLiMS dump: settings, member types, rules (in SLiMS's own row order), closed days, titles,
    items, members, loans (past ones first), fines, holds, visits. What cannot be used comes as `Refused`, what a
    person should know as `Noted`, nothing is passed over in silence but what docs/import-slims.md names.

    Of two open loans of one copy the later is taken: it is the later evidence of who has the book.
    Raises ImportProblem: "file-missing", "file-unreadable", "file-empty", "archive-damaged", "archive-too-large",
    "archive-without-dump", "not-slims", "databases-several", "database-not-found". Memory is constant but for codes,
    master tables and open loans.
    """
    options = options or SlimsOptions()
    packed = open_packed(path, options.limits)
    meter = _Meter(progress, packed)
    index = index_dump(packed, meter.indexing)
    choose_database(index, options.database, MAIN_TABLES, packed.name)
    if not MAIN_TABLES.keys() & (index.extents.keys() | index.columns.keys()):
        raise ImportProblem("not-slims", {"file": packed.name})
    for table, columns in COLUMNS.items():
        index.columns.setdefault(table, columns)
    dump = _Dump(packed, index, meter)
    meter.begin_rows(index)
    yield from _about_the_dump(dump)
    yield from _settings(dump)
    library = Library(options.source)
    yield from _masters(dump, library)
    yield from _records(dump, library)
    meter.finish()


class _Meter:
    """Progress over both runs: the search for tables is the first half, their rows the second."""

    def __init__(self, progress: Progress | None, packed: Packed) -> None:
        self._progress = progress
        self._size = max(packed.size, 1)
        self._done = 0
        self._wanted = 1

    def indexing(self, stream: Stream, _: int) -> None:
        self._tell(min(stream.on_disk(), self._size))

    def begin_rows(self, index: DumpIndex) -> None:
        self._wanted = max(1, sum(e.end - e.start for table in _TABLES for e in index.extents.get(table, ())))

    def reading(self, _: Stream, size: int) -> None:
        self._done = min(self._done + size, self._wanted)
        self._tell(self._size + self._size * self._done // self._wanted)

    def finish(self) -> None:
        self._tell(2 * self._size)

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, 2 * self._size)


class _Dump:
    """An indexed dump whose tables can be read one after the other."""

    def __init__(self, packed: Packed, index: DumpIndex, meter: _Meter) -> None:
        self.packed = packed
        self.index = index
        self._meter = meter

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[SqlRow]:
        return table_rows(self.packed, self.index, table, columns, self._meter.reading)

    def place(self, table: str, line: int = 0) -> Place:
        return Place(self.packed.name, line, table)


def _about_the_dump(dump: _Dump) -> Iterator[Row]:
    if not dump.index.whole:
        yield Noted("dump", "dump-cut-off", dump.place(""))
    for table in sorted(NOT_TAKEN & dump.index.extents.keys()):
        yield Noted("dump", "table-not-taken", dump.place(table, dump.index.extents[table][0].line), {"table": table})


def _settings(dump: _Dump) -> Iterator[Row]:
    for row in dump.rows("setting", ("setting_name", "setting_value")):
        place = dump.place("setting", row.line)
        if row.fault:
            yield Refused("setting", row.fault, place)
            continue
        name, value = ((text or "").strip() for text in row.values)
        if name in SETTINGS:
            yield SettingRow(name, php_text(value).strip(), place)
        elif name == "init_info":
            told = php_value(value)
            yield SettingRow("slims_version", str(told.get("tag") or "") if isinstance(told, dict) else "", place)


def _masters(dump: _Dump, library: Library) -> Iterator[Row]:
    for table, columns, keep in KEEPERS:
        for row in dump.rows(table, columns):
            if row.fault:
                yield Refused("master", row.fault, dump.place(table, row.line), {"table": table})
            else:
                keep(library.masters, row.values)


def _records(dump: _Dump, library: Library) -> Iterator[Row]:
    records = Records(library)
    lending = Circulation(library)
    yield from _rows_of(dump, MEMBER_TYPE, records.member_type)
    yield from _rows_of(dump, RULE, records.rule)
    yield from _rows_of(dump, CLOSED_DAY, records.closed_day)
    yield from _rows_of(dump, TITLE, records.title)
    yield from _rows_of(dump, ITEM, records.item)
    for code, first, second in library.items.doubles():
        params = {"barcode": code, "first": first, "second": second}
        yield Noted("item", "codes-run-together", dump.place("item"), params)
    yield from _rows_of(dump, MEMBER, records.member)
    yield from _rows_of(dump, LOAN, lending.loan)
    yield from _rows_of(dump, Table("loan_history", LOAN.kind, LOAN.columns, LOAN.label), lending.old_loan)
    yield from lending.open_loans()
    yield from _rows_of(dump, FINE, lending.fine)
    yield from _rows_of(dump, HOLD, lending.hold)
    yield from _rows_of(dump, VISIT, lending.visit)


def _rows_of(dump: _Dump, table: Table, reader: Reader) -> Iterator[Row]:
    file, kind, name = dump.packed.name, table.kind, table.name
    for line, values, fault, guessed in dump.rows(name, table.columns):
        place = Place(file, line, name)
        if fault:
            yield Refused(kind, fault, place)
            continue
        notes = {"letters-guessed"} if guessed else set()
        row = reader(values, place, notes)
        if row is not None:
            yield row
        if notes and not isinstance(row, Refused):
            label = {table.label[1]: (values[table.label[0]] or "")[:80]}
            for note in sorted(notes):
                yield Noted(kind, note, place, label)


_TABLES = (
    "setting",
    *(table for table, _, _ in KEEPERS),
    *(table.name for table in (MEMBER_TYPE, RULE, CLOSED_DAY, TITLE, ITEM, MEMBER, LOAN, FINE, HOLD, VISIT)),
    "loan_history",
)

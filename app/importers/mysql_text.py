"""The text of a MySQL or MariaDB dump, read in a stream: which tables stand where, and their rows.

Knows SQL as mysqldump, MariaDB's dump, mysqldump-php (SLiMS's own backup) and phpMyAdmin write it, not what the tables
mean. Nothing is executed. Grammar: MySQL Reference Manual, "String Literals", "Comments", "INSERT Statement".

The bytes are held as Latin-1 letters, one letter a byte, so that places in the text are places in the file; a value
becomes real text only when it is handed out. One regular expression per table takes a whole row at once; what does not
fit it (function calls, introducers, another number of values) takes the slow way, value by value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct, field

from app.importers.archives import CHUNK, Packed, Stream
from app.importers.mysql_values import DOUBLE, INSIDE, PIECE, STRING, real_text, unescaped, unquoted, value_at

LONGEST_ROW = 16 << 20
"""Bytes of one row of a wanted table; a longer one is passed over and told as a fault."""

MOST_TABLES = 2_000
MOST_EXTENTS = 64
"""Stretches remembered per table; beyond it one stretch covers them all."""

_LONGEST_CREATE = 1 << 20
_LONGEST_WORD = 64

_BLANKS = re.compile(r"[\s;\xef\xbb\xbf]*+")  # a byte order mark may stand at the beginning
_SPACE = re.compile(r"\s*+")
_WORD = re.compile(r"[A-Za-z]{1,64}")
_NAME = r"(?:`(?:[^`]{1,128})`|[\w$\x80-\xff]{1,128})"
_INSERT = re.compile(
    r"(?:INSERT|REPLACE)(?:\s++(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE))*+\s++(?:INTO\s++)?"
    rf"(?:({_NAME})\s*+\.\s*+)?({_NAME})\s*+(\([^()]{{0,16000}}\)\s*+)?VALUES?\s*+(?=\()",
    re.IGNORECASE,
)
_CREATE = re.compile(
    rf"CREATE\s++TABLE\s++(?:IF\s++NOT\s++EXISTS\s++)?(?:({_NAME})\s*+\.\s*+)?({_NAME})\s*+\(", re.IGNORECASE
)
_USE = re.compile(rf"USE\s++({_NAME})\s*+(?=[;\r\n]|\Z)", re.IGNORECASE)
_COLUMN = re.compile(r"\s*+(?:`([^`]{1,128})`|([\w$\x80-\xff]{1,128}))")
_NO_COLUMN = frozenset("primary key unique index fulltext spatial constraint foreign check period".split())
_UNMARKED = r"[^'\"`;/\-#]*+"
_PLAIN = re.compile(
    rf"{_UNMARKED}(?:(?:{STRING}|{DOUBLE}|`[^`]*+`|/(?=[^*])|/\*(?:[^*]++|\*(?!/))*+\*/|-(?=[^-])|--(?=\S)"
    rf"|--\s[^\n]*+\n|#[^\n]*+\n){_UNMARKED})*+",
    re.DOTALL,
)
_IN_STRING = {
    "'": re.compile(r"(?:[^'\\]++|\\.|'')*+", re.DOTALL),
    '"': re.compile(r'(?:[^"\\]++|\\.|"")*+', re.DOTALL),
    "`": re.compile(r"[^`]*+"),
}
_DELIMITER = re.compile(r"DELIMITER[ \t]++(\S{1,16})[^\n]*+(?:\n|\Z)", re.IGNORECASE)
_DELIMITER_LINE = re.compile(r"^[ \t]*+DELIMITER[ \t]++;", re.IGNORECASE | re.MULTILINE)
_AFTER_ROW = re.compile(r"\s*+([,;(]|\Z|ON\b|AS\b)", re.IGNORECASE)


_ENDS_STATEMENT = frozenset({"row-too-long", "row-unreadable"})

Values = list[str | None]
"""One row's values as text; None is NULL or an expression that only a server could work out."""


class Extent(Struct):
    """A stretch of the dump in which rows of one table stand: first and last byte, line number of the first, and the
    database in use there, whatever others the stretch goes over to.
    """

    start: int
    end: int
    line: int
    used: str = ""


class Tables(Struct):
    """The tables of one database: columns of each CREATE TABLE, stretches of rows of each table."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extents: dict[str, list[Extent]] = field(default_factory=dict)


class DumpIndex(Struct):
    """What a dump holds, by database ("" where the dump names none), and which database is read.

    `whole` is False when the file ends inside a statement or string: it was cut off.
    """

    size: int = 0
    databases: dict[str, Tables] = field(default_factory=dict)
    database: str = ""
    whole: bool = True

    def of(self, database: str) -> Tables:
        """The tables of a database; none where the dump has no such one."""
        return self.databases.setdefault(database, Tables())

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Columns of each table of the database that is read."""
        return self.of(self.database).columns

    @property
    def extents(self) -> dict[str, list[Extent]]:
        """Stretches of rows of each table of the database that is read."""
        return self.of(self.database).extents


class SqlRow(NamedTuple):
    """One row: its line, its values in the wanted order, "" or a fault, and whether letters were read as Windows-1252.

    Faults: "row-too-long", "row-unreadable" (the rest of the statement is lost with it), "value-count-wrong",
    "columns-unknown" (no CREATE TABLE and no column list: none of the statement's rows can be told apart).
    """

    line: int
    values: Values
    fault: str = ""
    guessed: bool = False


def index_dump(packed: Packed, told: Callable[[Stream, int], None] | None = None) -> DumpIndex:
    """Read a dump once from end to end without keeping rows. Raises ImportProblem when the archive is damaged.

    A table belongs to the database that its name says, else to the one last chosen by USE. The index reads the dump's
    only database; of several one has to be chosen.
    """
    index = DumpIndex()
    last = ("", "")
    count = 0
    with packed.open() as stream:
        scanner = _Scanner(stream, told)
        while (kind := scanner.next_statement()) is not None:
            if kind == "create":
                database, table, columns = scanner.create_table()
                if table and count < MOST_TABLES:
                    count += 1
                    index.of(database).columns[table] = columns
            elif kind == "insert":
                start, line = scanner.place()
                database, table, _ = scanner.insert_head()
                scanner.skip_statement()
                extent = Extent(start, scanner.place()[0], line, scanner.database)
                last = _note_extent(index, (database, table), extent, last)
            else:
                scanner.skip_statement()
        index.size = scanner.place()[0]
        index.whole = not scanner.cut_off
    if len(index.databases) == 1:
        (index.database,) = index.databases
    return index


def _note_extent(index: DumpIndex, table: tuple[str, str], extent: Extent, last: tuple[str, str]) -> tuple[str, str]:
    database, name = table
    if not name:
        return last
    known = index.databases.get(database)
    extents = known.extents.get(name) if known is not None else None
    if extents is None:
        if sum(len(one.extents) for one in index.databases.values()) < MOST_TABLES:
            index.of(database).extents[name] = [extent]
    elif table == last or len(extents) >= MOST_EXTENTS:
        extents[-1].end = extent.end
    else:
        extents.append(extent)
    return table


def table_rows(
    packed: Packed,
    index: DumpIndex,
    table: str,
    wanted: Sequence[str],
    told: Callable[[Stream, int], None] | None = None,
) -> Iterator[SqlRow]:
    """Yield the rows of one table of the database that the index reads.

    `values` hold the wanted columns in their order (None where the table has none).
    Raises ImportProblem when the archive is damaged.
    """
    extents = index.extents.get(table)
    if not extents:
        return
    with packed.open() as stream:
        for extent in extents:
            stream.skip_to(extent.start)
            scanner = _Scanner(stream, told, extent)
            while (kind := scanner.next_statement()) is not None:
                if kind != "insert" or scanner.insert_head()[:2] != (index.database, table):
                    scanner.skip_statement()
                    continue
                columns = scanner.insert_head()[2] or index.columns.get(table, ())
                if not columns:
                    yield SqlRow(scanner.place()[1], [], "columns-unknown")
                    scanner.skip_statement()
                    continue
                yield from scanner.rows(columns, wanted)


class _Scanner:
    """A window over the dump that grows as far as a statement needs and forgets what was read."""

    def __init__(
        self, stream: Stream, told: Callable[[Stream, int], None] | None, extent: Extent | None = None
    ) -> None:
        self._stream = stream
        self.database = extent.used if extent else ""
        self._told = told
        self._left = extent.end - extent.start if extent else None
        self._text = ""
        self._pos = 0
        self._base = extent.start if extent else 0
        self._line = extent.line if extent else 1
        self._counted = 0
        self._ended = False
        self._head: tuple[str, str, tuple[str, ...]] = ("", "", ())
        self._head_text = ""
        self._head_end = 0
        self._shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], _Shape] = {}
        self.cut_off = False

    def place(self) -> tuple[int, int]:
        """The byte in the dump and the line where the window stands."""
        self._line += self._text.count("\n", self._counted, self._pos)
        self._counted = self._pos
        return self._base + self._pos, self._line

    def next_statement(self) -> str | None:
        """Go to the next statement: "insert", "create", "other"; None at the end of the dump."""
        while True:
            self._pos = _BLANKS.match(self._text, self._pos).end()  # type: ignore[union-attr]
            if len(self._text) - self._pos < _LONGEST_WORD and self._more():
                continue
            if self._pos >= len(self._text):
                return None
            char = self._text[self._pos]
            if char == "#" or (char == "-" and self._text.startswith("--", self._pos)):
                self._skip_past("\n")
            elif char == "/" and self._text.startswith("/*", self._pos):
                self._pos += 2
                if not self._skip_past("*/"):
                    self.cut_off = True
            elif (found := _DELIMITER.match(self._text, self._pos)) is not None:
                self._pos = found.end()
                if found[1] != ";":
                    self._skip_to_delimiter_line()
            else:
                return self._kind()

    def _kind(self) -> str:
        if self._head_text and self._text.startswith(self._head_text, self._pos):
            self._head_end = self._pos + len(self._head_text)
            return "insert"
        word = _WORD.match(self._text, self._pos)
        name = word[0].upper() if word else ""
        if name in ("INSERT", "REPLACE"):
            found = self._match_growing(_INSERT, 20_000)
            if found is not None:
                self._head_text, self._head_end = found[0], found.end()
                self._head = (_name(found[1] or ""), _name(found[2]).lower(), _column_names(found[3] or ""))
                return "insert"
        elif name == "CREATE" and self._match_growing(_CREATE, 1_000) is not None:
            return "create"
        elif name == "USE" and (found := self._match_growing(_USE, 1_000)) is not None:
            self.database = _name(found[1])
        return "other"

    def insert_head(self) -> tuple[str, str, tuple[str, ...]]:
        """Database, table and column names (none if it names none) of the INSERT where the window stands."""
        database, table, columns = self._head
        return database or self.database, table, columns

    def create_table(self) -> tuple[str, str, tuple[str, ...]]:
        """Database, table and column names of the CREATE TABLE where the window stands; goes behind it."""
        found = _CREATE.match(self._text, self._pos)
        database, table, head = "", "", 0
        if found is not None:
            database, table, head = _name(found[1] or ""), _name(found[2]).lower(), found.end() - self._pos
        while (end := self._statement_end()) is None and len(self._text) - self._pos < _LONGEST_CREATE and self._more():
            pass
        if end is None:
            self.skip_statement()
            return "", "", ()
        columns = _created_columns(self._text[self._pos + head : end])
        self._pos = end
        return database or self.database, table, columns

    def _statement_end(self) -> int | None:
        end = _PLAIN.match(self._text, self._pos).end()  # type: ignore[union-attr]
        return end if end < len(self._text) and self._text[end] == ";" else None

    def skip_statement(self) -> None:
        """Go behind the end of the statement, holding no more than a block of it."""
        while True:
            self._pos = _PLAIN.match(self._text, self._pos).end()  # type: ignore[union-attr]
            if len(self._text) - self._pos < _LONGEST_WORD and self._more():
                continue
            if self._pos >= len(self._text):
                self.cut_off = True
                return
            char = self._text[self._pos]
            if char == ";":
                self._pos += 1
                return
            if char in _IN_STRING:
                self._skip_string(char)
            elif self._text.startswith("/*", self._pos):
                self._pos += 2
                self.cut_off = not self._skip_past("*/") or self.cut_off
            elif char in "#-":
                self._skip_past("\n")
            else:
                self._pos += 1

    def _skip_string(self, quote: str) -> None:
        self._pos += 1
        inside = _IN_STRING[quote]
        while True:
            self._pos = inside.match(self._text, self._pos).end()  # type: ignore[union-attr]
            # A quote or a backslash as the last letter may belong to what follows.
            if self._pos >= len(self._text) - 1 and self._more():
                continue
            if self._pos >= len(self._text):
                self.cut_off = True
                return
            self._pos += 1
            if self._text[self._pos - 1] == quote:
                return

    def rows(self, columns: tuple[str, ...], wanted: Sequence[str]) -> Iterator[SqlRow]:
        """Yield the rows of the INSERT where the window stands and go behind it."""
        key = (columns, tuple(wanted))
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = _Shape(columns, wanted)
        match, pick = shape.pattern.match, shape.pick
        self._pos = self._head_end
        while True:
            found = match(self._text, self._pos)
            if found is None:
                if len(self._text) - self._pos < CHUNK and self._more():
                    continue
                row = self._slow_row(shape)
                if row is None:
                    return
                yield row
                if row.fault in _ENDS_STATEMENT:
                    return
                more = self._after_row()
            else:
                bracket = self._text.index("(", self._pos)
                self._line += self._text.count("\n", self._counted, bracket)
                self._counted = bracket
                values: Values = list(pick(found.groups()))
                guessed = False
                # One look at all the letters of a row is quicker than one at each of its values.
                letters = "".join(filter(None, values))
                if "\\" in letters or "'" in letters:
                    values = [unescaped(text) if text and ("\\" in text or "'" in text) else text for text in values]
                if not letters.isascii():
                    values, guessed = _real(values)
                self._pos = found.end()
                more = self._text[self._pos - 1] == ","
                yield SqlRow(self._line, values, "", guessed)
            if not more:
                return

    def _slow_row(self, shape: _Shape) -> SqlRow | None:
        """One row value by value; None when no row stands here, then the statement is behind the window."""
        while True:
            self._pos = _SPACE.match(self._text, self._pos).end()  # type: ignore[union-attr]
            if self._pos < len(self._text) or not self._more():
                break
        line = self.place()[1]
        if not self._text.startswith("(", self._pos):
            at_end = self._pos >= len(self._text)
            self.skip_statement()
            return None if at_end else SqlRow(line, [], "row-unreadable")
        at = self._pos + 1
        values: list[str | None] = []
        while True:
            found = value_at(self._text, at)
            if found is None:
                held = len(self._text) - self._pos
                at -= self._pos
                if held <= LONGEST_ROW and self._more():
                    at += self._pos
                    continue
                fault = "row-too-long" if held > LONGEST_ROW else "row-unreadable"
                self.skip_statement()
                return SqlRow(line, [], fault)
            value, at = found
            values.append(value)
            if self._text[at] == ")":
                break
            at += 1
        self._pos = at + 1
        if len(values) != shape.width:
            return SqlRow(line, [], "value-count-wrong")
        meant = [_meant(values[index]) for index in shape.taken]
        return SqlRow(line, list(shape.pick([text for text, _ in meant])), "", any(wrong for _, wrong in meant))

    def _after_row(self) -> bool:
        """Step over what stands behind a row; True when another row follows."""
        found = self._match_growing(_AFTER_ROW, 64)
        if found is not None and found[1] == ",":
            self._pos = found.end()
            return True
        self.skip_statement()
        return False

    def _match_growing(self, pattern: re.Pattern[str], enough: int) -> re.Match[str] | None:
        found = pattern.match(self._text, self._pos)
        while (found is None or found.end() >= len(self._text)) and len(self._text) - self._pos < enough:
            if not self._more():
                break
            found = pattern.match(self._text, self._pos)
        return found

    def _skip_past(self, mark: str) -> bool:
        while (at := self._text.find(mark, self._pos)) < 0:
            self._pos = max(self._pos, len(self._text) - len(mark) + 1)
            if not self._more():
                self._pos = len(self._text)
                return False
        self._pos = at + len(mark)
        return True

    def _skip_to_delimiter_line(self) -> None:
        while (found := _DELIMITER_LINE.search(self._text, self._pos)) is None:
            self._pos = max(self._pos, self._text.rfind("\n") + 1, len(self._text) - 256)
            if not self._more():
                self._pos = len(self._text)
                self.cut_off = True
                return
        self._pos = found.end()

    def _more(self) -> bool:
        """Forget what is behind the window's place and read another block; False at the end."""
        if self._ended:
            return False
        self.place()
        held = self._text[self._pos :]
        # As much again as is held, so that a growing row is not read over and over.
        size = max(CHUNK, len(held))
        block = self._stream.read(size if self._left is None else min(size, self._left))
        if self._told is not None:
            self._told(self._stream, len(block))
        if self._left is not None:
            self._left -= len(block)
        self._base += self._pos
        self._head_end -= self._pos
        self._pos = self._counted = 0
        self._text = held + block.decode("latin-1")
        self._ended = not block
        return bool(block)


class _Shape:
    """How a row of one table is taken apart: the expression for the whole row and where the wanted values stand."""

    def __init__(self, columns: Sequence[str], wanted: Sequence[str]) -> None:
        self.width = len(columns)
        at = {name: index for index, name in reversed(list(enumerate(columns)))}
        self.taken = sorted({at[name] for name in wanted if name in at})
        order = {index: rank for rank, index in enumerate(self.taken)}
        self.pick = _picker([order.get(at.get(name, -1)) for name in wanted])
        taken = set(self.taken)
        unwanted = rf"(?:{STRING}|[^'\"`(),\s]++)"
        parts = [_WANTED if index in taken else unwanted for index in range(self.width)]
        self.pattern = re.compile(r"\s*+\(\s*+" + r"\s*+,\s*+".join(parts) + r"\s*+\)\s*+[,;]", re.DOTALL)


# The inside of a string, or a number, both in one group; NULL leaves the group empty. Whatever else stands as a value
# (hexadecimal, TRUE, a string in double quotation marks) does not match, and its row is read value by value.
_WANTED = rf"(?:NULL|'?+((?<='){INSIDE}|(?<!')[-+.0-9][-+.0-9eE]*+(?!'))'?+)"


def _picker(ranks: Sequence[int | None]) -> Callable[[Sequence[str | None]], Sequence[str | None]]:
    """Puts a row's values into the wanted order, None where the table has no such column."""
    places = [rank for rank in ranks if rank is not None]
    if places == list(range(len(ranks))):
        return lambda values: values
    if places == list(ranks) and len(places) > 1:
        return itemgetter(*places)
    return lambda values: [None if rank is None else values[rank] for rank in ranks]


def _meant(token: str | None) -> tuple[str | None, bool]:
    """What one value's written form means, and whether its letters had to be read as Windows-1252."""
    if token is None or token == "NULL":
        return None, False
    return real_text(unescaped(token[1:-1])) if token[0] == "'" else (unquoted(token), False)


def _real(values: Sequence[str | None]) -> tuple[Values, bool]:
    """Values as real text; True when letters of one had to be read as Windows-1252."""
    real: Values = []
    guessed = False
    for text in values:
        if text is not None and not text.isascii():
            text, wrong = real_text(text)
            guessed = guessed or wrong
        real.append(text)
    return real, guessed


def _name(raw: str) -> str:
    return real_text(raw.strip("` \t\r\n"))[0]


def _column_names(raw: str) -> tuple[str, ...]:
    return tuple(real_text(quoted or bare)[0].lower() for quoted, bare in _COLUMN.findall(raw))


def _created_columns(body: str) -> tuple[str, ...]:
    """The column names in the body of a CREATE TABLE (behind its first bracket)."""
    names: list[str] = []
    at, depth, begins = 0, 0, True
    while at < len(body) and depth >= 0:
        if begins and (found := _COLUMN.match(body, at)):
            begins = False
            if found[1] or found[2].lower() not in _NO_COLUMN:
                names.append(real_text(found[1] or found[2])[0].lower())
            at = found.end()
            continue
        begins = False
        piece = PIECE.match(body, at)
        at = piece.end() if piece else at
        if at >= len(body):
            break
        depth += {"(": 1, ")": -1}.get(body[at], 0)
        begins = body[at] == "," and depth == 0
        at += 1
    return tuple(names)

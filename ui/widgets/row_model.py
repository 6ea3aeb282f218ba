"""The transaction table's rows for Qt: newest on top, then the loans the member already had under a counting header.

Only what changed is inserted or removed, so a scan costs the same with two rows and with two hundred.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.services.view import Columns, Row
from ui.look import Look
from ui.widgets.chip import chip_words

AnyIndex = QModelIndex | QPersistentModelIndex
ROW = int(Qt.ItemDataRole.UserRole)


class Column(IntEnum):
    """The columns in their order."""

    NO = 0
    TITLE = 1
    BARCODE = 2
    THIRD = 3
    STATE = 4


class Width(Enum):
    """How much of a row stands in columns of its own: all, all but from whom, or title and state alone."""

    ROOMY = "roomy"
    TIGHT = "tight"
    CLOSE = "close"


class GroupLine(Struct, frozen=True):
    """The header between this transaction and the running loans."""

    words: str


Line = Row | GroupLine
_NOWHERE = QModelIndex()


class RowModel(QAbstractTableModel):
    """Rows as a Qt table model."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._columns = Columns.DUE
        self.width = Width.ROOMY
        self.lines: tuple[Line, ...] = ()

    def set_columns(self, columns: Columns) -> None:
        """Choose the third column: due date or from whom."""
        if columns is not self._columns:
            self._columns = columns
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def subtitle(self, row: Row) -> str:
        """The line under the title: the author, or what has no column of its own in a narrower table."""
        if self.width is Width.CLOSE:
            return f"{self._look.text.data(row.barcode)} · {self.third(row)}"
        if self.width is Width.TIGHT and self._columns is Columns.FROM:
            return self.third(row)
        return self._look.text.data(row.author)

    def set_lines(self, lines: tuple[Line, ...]) -> tuple[int, int]:
        """Show these lines; returns where and how many were put in, after the least change that leads there."""
        old = self.lines
        tail = _common_tail(old, lines)
        head = _common_head(old[: len(old) - tail], lines[: len(lines) - tail])
        gone, come = len(old) - tail - head, len(lines) - tail - head
        if gone:
            self.beginRemoveRows(_NOWHERE, head, head + gone - 1)
            self.lines = old[:head] + old[head + gone :]
            self.endRemoveRows()
        if come:
            self.beginInsertRows(_NOWHERE, head, head + come - 1)
            self.lines = lines
            self.endInsertRows()
        self.lines = lines
        return head, come

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        say = self._look.text.say
        if role == Qt.ItemDataRole.DisplayRole:
            third = "table.from" if self._columns is Columns.FROM else "table.due"
            return ("", say("table.title"), say("table.barcode"), say(third), "")[section]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return {Column.NO: say("table.no"), Column.STATE: say("table.state")}.get(Column(section))
        return None

    def data(self, index: AnyIndex, role: int = 0) -> Any:
        line = self.lines[index.row()]
        if role == ROW:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return line.words if isinstance(line, GroupLine) else self._cell(line, Column(index.column()), role)
        return None

    def _cell(self, row: Row, column: Column, role: int) -> str | None:
        data = self._look.text.data
        match column:
            case Column.NO:
                return str(row.no) if row.no is not None else ""
            case Column.TITLE:
                author = data(row.author)
                both = role != Qt.ItemDataRole.DisplayRole and author
                return f"{data(row.title)}, {author}" if both else data(row.title)
            case Column.BARCODE:
                return data(row.barcode)
            case Column.THIRD:
                return self.third(row)
            case Column.STATE:
                return chip_words(self._look, row.chip)

    def third(self, row: Row) -> str:
        """The due date, or the borrower the book came from."""
        if self._columns is Columns.DUE:
            say = self._look.text.format
            if row.due_at is not None:
                return f"{say.short(row.due_at)} {say.time(row.due_at)}"
            return say.short(row.due_on) if row.due_on else "—"
        parts = [part for part in (self._look.text.data(row.from_name), self._look.text.data(row.from_no)) if part]
        return " · ".join(parts) or "—"


def _common_tail(one: tuple[Line, ...], other: tuple[Line, ...]) -> int:
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a is not b and a != b:
            break
        count += 1
    return count


def _common_head(one: tuple[Line, ...], other: tuple[Line, ...]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a is not b and a != b:
            break
        count += 1
    return count

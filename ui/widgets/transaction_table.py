"""The table of this transaction: big titles, codes in their own face, a chip that says what happened to each copy."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRect, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QFont, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.services.view import Columns, DeskView, Mode, Row
from ui.look import Look
from ui.room import Room
from ui.widgets.chip import paint_chip
from ui.widgets.labels import draw_line, word_label
from ui.widgets.row_model import ROW, AnyIndex, Column, GroupLine, Line, RowModel, Width
from ui.widgets.styled import clear_ground, plain

TALL, LOW, GROUP, HEAD = 58, 39, 28, 34
SLIDE_MS = 110
_PADDING = 8
_ROOMY, _TIGHT = 780, 620
_WIDTHS = {
    (Columns.DUE, Width.ROOMY): (44, 148, 134, 236),
    (Columns.DUE, Width.TIGHT): (44, 108, 96, 146),
    (Columns.DUE, Width.CLOSE): (36, 0, 0, 146),
    (Columns.FROM, Width.ROOMY): (44, 124, 206, 266),
    (Columns.FROM, Width.TIGHT): (44, 104, 0, 232),
    (Columns.FROM, Width.CLOSE): (36, 0, 0, 240),
}  # number, barcode, third, state; 0 = hidden, told under the title instead


class RowDelegate(QStyledItemDelegate):
    """Paints one cell of a row, or the counting header."""

    def __init__(self, look: Look, model: RowModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model
        self._title = look.font(15, QFont.Weight.DemiBold)
        self._author = look.font(13)
        self._plain = look.font(15)
        self._code = look.code_font(14)
        self._head = look.font(12.5, QFont.Weight.DemiBold)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        rect: QRect = option.rect
        line: Line = index.data(ROW)
        leading = option.direction is Qt.LayoutDirection.LeftToRight
        tokens = self._look.tokens
        painter.save()
        painter.setClipRect(rect)
        if isinstance(line, GroupLine):
            painter.fillRect(rect, QColor(tokens.ground))
            self._text(painter, self._indented(rect, leading), line.words, self._head, tokens.soft, leading)
        else:
            self._cell(painter, rect, line, Column(index.column()), leading)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(tokens.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _cell(self, painter: QPainter, rect: QRect, row: Row, column: Column, leading: bool) -> None:
        look, tokens = self._look, self._look.tokens
        match column:
            case Column.NO:
                number = "" if row.no is None else str(row.no)
                self._text(painter, self._indented(rect, leading), number, self._plain, tokens.soft, leading)
            case Column.TITLE:
                self._titles(painter, rect, row, leading)
            case Column.BARCODE:
                self._text(painter, rect, look.text.data(row.barcode), self._code, tokens.ink, leading)
            case Column.THIRD:
                self._text(painter, rect, self._model.third(row), self._plain, tokens.ink, leading)
            case Column.STATE:
                inner = rect.adjusted(look.px(_PADDING), 0, -look.px(_PADDING), 0)
                paint_chip(painter, look, inner, row.chip, leading)

    def _indented(self, rect: QRect, leading: bool) -> QRect:
        by = self._look.px(6)
        return rect.adjusted(by, 0, 0, 0) if leading else rect.adjusted(0, 0, -by, 0)

    def _titles(self, painter: QPainter, rect: QRect, row: Row, leading: bool) -> None:
        look, tokens = self._look, self._look.tokens
        title, author = look.text.data(row.title), self._model.subtitle(row)
        if not author:
            self._text(painter, rect, title, self._title, tokens.ink, leading)
            return
        middle = rect.center().y() + look.px(1)
        upper = QRect(rect.left(), middle - look.px(22), rect.width(), look.px(23))
        lower = QRect(rect.left(), middle, rect.width(), look.px(20))
        self._text(painter, upper, title, self._title, tokens.ink, leading)
        self._text(painter, lower, author, self._author, tokens.soft, leading)

    def _text(self, painter: QPainter, rect: QRect, text: str, font: QFont, ink: str, leading: bool) -> None:
        inner = rect.adjusted(self._look.px(_PADDING), 0, -self._look.px(_PADDING), 0)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        draw_line(painter, inner, fitted, leading)


class TransactionTable(QFrame):
    """Renders the rows of a view. Without rows it says what to do."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "card")
        self._look = look
        self._columns = Columns.DUE
        self.model = RowModel(look)
        self.table = self._make_table()
        self._empty = self._make_empty()
        frame = QVBoxLayout(self)
        frame.setContentsMargins(1, 1, 1, look.px(10))
        self._stack = QStackedLayout()
        frame.addLayout(self._stack)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self._sliding = ""
        self._slide = QVariantAnimation(self)
        self._slide.setDuration(SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self._grow)

    def _make_table(self) -> QTableView:
        look = self._look
        table = QTableView(self)
        plain(table, "table")
        table.setAccessibleName(look.text.say("table.name"))
        clear_ground(table)
        table.setModel(self.model)
        table.setItemDelegate(RowDelegate(look, self.model, table))
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setMinimumHeight(look.px(HEAD))
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setCornerButtonEnabled(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setMinimumSectionSize(1)
        table.verticalHeader().setDefaultSectionSize(look.px(TALL))
        header = table.horizontalHeader()
        header.setFixedHeight(look.px(HEAD))
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Stretch)
        self._set_widths(table)
        return table

    def _make_empty(self) -> QWidget:
        holder = QWidget(self)
        label = word_label("tableEmpty", holder, wrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = QVBoxLayout(holder)
        margin = self._look.px(24)
        box.setContentsMargins(margin, 0, margin, 0)
        box.addWidget(label)
        self._empty_words: QLabel = label
        return holder

    def _set_widths(self, table: QTableView) -> None:
        """Fixed widths, set when the columns change or the table is resized: never by a scan."""
        widths = _WIDTHS[self._columns, self.model.width]
        for column, width in zip((Column.NO, Column.BARCODE, Column.THIRD, Column.STATE), widths, strict=True):
            table.setColumnHidden(column, width == 0)
            if width:
                table.setColumnWidth(column, self._look.px(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() / self._look.px(1000) * 1000
        width = Width.ROOMY if wide >= _ROOMY else Width.TIGHT if wide >= _TIGHT else Width.CLOSE
        if width is not self.model.width:
            self.model.width = width
            self._set_widths(self.table)
            self._set_heights(0, len(self.model.lines))

    def hasHeightForWidth(self) -> bool:
        """False: the words of the empty table would else claim their height from the banner while rows are shown."""
        return False

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._look.px(LOW))

    def fit(self, room: Room) -> None:
        """In a tiny window the heads of the columns give their place to a row."""
        self.table.horizontalHeader().setVisible(not room.tiny)

    def render_rows(self, view: DeskView, moved: bool) -> None:
        """Show the rows of the view; `moved`: a new outcome, so a new row may slide in."""
        other_columns = view.columns is not self._columns
        if other_columns:
            self._columns = view.columns
            self._set_widths(self.table)
        self.model.set_columns(view.columns)
        lines: list[Line] = list(view.rows)
        if view.running:
            lines.append(GroupLine(self._look.text.say("table.running", {"late": view.running_late})))
            lines.extend(view.running)
        at, come = self.model.set_lines(tuple(lines))
        if come:
            self._set_heights(at, come)
            self.table.scrollToTop()
        if other_columns:
            self._set_heights(0, len(lines))
        if lines:
            self._stack.setCurrentWidget(self.table)
        else:
            self._empty_words.setText(self._what_to_do(view))
            self._stack.setCurrentWidget(self._empty)
        if come == 1 and at == 0 and moved and len(lines) > 1:
            self._slide_in()

    def _what_to_do(self, view: DeskView) -> str:
        say = self._look.text.say
        if view.mode is Mode.RETURN:
            return say("table.empty-return")
        if view.member is not None:
            return say("table.empty-member", {"name": view.member.name})
        return say("table.empty")

    def _set_heights(self, at: int, come: int) -> None:
        table = self.table
        table.clearSpans()
        for number in range(at, at + come):
            table.setRowHeight(number, self._height(self.model.lines[number]))
        for number, line in enumerate(self.model.lines):
            if isinstance(line, GroupLine):
                table.setSpan(number, 0, 1, len(Column))
                break

    def _height(self, line: Line) -> int:
        if isinstance(line, GroupLine):
            return self._look.px(GROUP)
        return self._look.px(TALL if self.model.subtitle(line) else LOW)

    def _slide_in(self) -> None:
        self._end_slide()
        if not self._look.moves() or not self.isVisible():
            return
        line = self.model.lines[0]
        whole = self._height(line)
        self._sliding = line.id if isinstance(line, Row) else ""
        self._slide.setStartValue(whole // 3)
        self._slide.setEndValue(whole)
        self._slide.start()

    def _end_slide(self) -> None:
        """Finish a row that is still sliding when the next one comes."""
        if self._slide.state() is QVariantAnimation.State.Running:
            self._slide.stop()
            self._grow(self._slide.endValue())

    def _grow(self, height: int) -> None:
        """Set the height of the sliding row wherever it is by now."""
        for number, line in enumerate(self.model.lines[:8]):
            if isinstance(line, Row) and line.id == self._sliding:
                self.table.setRowHeight(number, int(height))
                return

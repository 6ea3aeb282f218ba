"""The list of a question: members, titles, copies, past acts, keys. One line each, the chosen one tinted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.services.view import Choice, Phrase
from ui.look import Look
from ui.widgets.chip import chip_size, chip_words, paint_chip
from ui.widgets.labels import draw_line
from ui.widgets.styled import clear_ground

AnyIndex = QModelIndex | QPersistentModelIndex
_CHOICE = int(Qt.ItemDataRole.UserRole)
_NOWHERE = QModelIndex()
_MOST_COLUMN = 220
_LEAST_TITLE, _LEAST_HEIGHT = 240, 60
_EDGE, _GAP = 14, 18


class ChoiceModel(QAbstractListModel):
    """Choices for Qt."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.choices: tuple[Choice, ...] = ()

    def set_choices(self, choices: tuple[Choice, ...]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.choices)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        usable = index.isValid() and self.choices[index.row()].enabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if usable else Qt.ItemFlag.NoItemFlags

    def data(self, index: AnyIndex, role: int = 0) -> Any:
        choice = self.choices[index.row()]
        if role == _CHOICE:
            return choice
        if role == Qt.ItemDataRole.DisplayRole:
            return self._look.say("choice", choice.title)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return ", ".join(self.parts(choice))
        return None

    def parts(self, choice: Choice) -> list[str]:
        """All that a line says, in reading order."""
        say = self._look.say
        parts = [say("choice", choice.title), say("choice", choice.line), choice.mono, say("choice", choice.side)]
        if choice.chip is not None:
            parts.append(chip_words(self._look, choice.chip))
        return [part for part in parts if part]


class ChoiceDelegate(QStyledItemDelegate):
    """Paints one choice."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._title = look.font(15, QFont.Weight.DemiBold)
        self._line = look.font(13)
        self._side = look.font(14)
        self._code = look.code_font(14)
        self._chip_width = self._side_width = self._mono_width = 0
        self.stacked = False

    def measure(self, choices: tuple[Choice, ...]) -> None:
        """Make the columns wide enough for these lines, so that they stand under each other."""
        look = self._look
        side, code = QFontMetrics(self._side), QFontMetrics(self._code)
        chips = [chip_size(look, chip_words(look, c.chip)).width() for c in choices if c.chip is not None]
        sides = [side.horizontalAdvance(words) + 2 for c in choices if (words := look.say("choice", c.side))]
        codes = [code.horizontalAdvance(look.text.data(c.mono)) + 2 for c in choices if c.mono]
        most = look.px(_MOST_COLUMN)
        self._chip_width, self._side_width, self._mono_width = (
            min(max(widths, default=0), most) for widths in (chips, sides, codes)
        )

    def stack_in(self, width: int) -> bool:
        """Set code and side words under the title where columns of their own would leave it no room in `width`.

        True when that changed.
        """
        px = self._look.px
        ends = [wide + px(_GAP) for wide in (self._chip_width, self._side_width, self._mono_width) if wide]
        before, self.stacked = self.stacked, width - 2 * px(_EDGE) - sum(ends) < px(_LEAST_TITLE)
        return self.stacked is not before

    def _under(self, choice: Choice) -> str:
        """The second line of a choice."""
        line = self._look.say("choice", choice.line)
        if not self.stacked:
            return line
        data, side = self._look.text.data(choice.mono), self._look.say("choice", choice.side)
        return " · ".join(part for part in (data, side, line) if part)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        choice: Choice = index.data(_CHOICE)
        return QSize(0, self._look.px(54 if self._under(choice) else 40))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        look, tokens = self._look, self._look.tokens
        choice: Choice = index.data(_CHOICE)
        leading = option.direction is Qt.LayoutDirection.LeftToRight
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        from PySide6.QtWidgets import QStyle  # its enumerations cost 8 ms, and a desk starts without a list

        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.accent_tint))
            painter.drawRoundedRect(rect.adjusted(1, 1, -2, -2), look.px(9), look.px(9))
        ink = tokens.ink if choice.enabled else tokens.soft
        area = rect.adjusted(look.px(_EDGE), 0, -look.px(_EDGE), 0)
        area = self._ends(painter, area, choice, tokens.soft, leading)
        title, line = look.say("choice", choice.title), self._under(choice)
        if line:
            middle = rect.center().y() + look.px(1)
            upper = QRect(area.left(), middle - look.px(22), area.width(), look.px(23))
            self._text(painter, upper, title, self._title, ink, leading)
            lower = QRect(area.left(), middle, area.width(), look.px(20))
            self._text(painter, lower, line, self._line, tokens.soft, leading)
        else:
            self._text(painter, area, title, self._title, ink, leading)
        painter.restore()

    def _ends(self, painter: QPainter, area: QRect, choice: Choice, soft: str, leading: bool) -> QRect:
        """Paint chip, side words and code from the trailing edge inwards; what is left is for the title."""
        look = self._look
        gap = look.px(_GAP)
        if self._chip_width:
            spot, area = _take(area, self._chip_width, gap, leading)
            if choice.chip is not None:
                paint_chip(painter, look, spot, choice.chip, leading)
        if self._side_width and not self.stacked:
            spot, area = _take(area, self._side_width, gap, leading)
            # Amounts stand under each other by their last figure.
            money = isinstance(choice.side, Phrase) and choice.side.code == "money"
            self._text(painter, spot, look.say("choice", choice.side), self._side, soft, leading is not money)
        if self._mono_width and not self.stacked:
            spot, area = _take(area, self._mono_width, gap, leading)
            self._text(painter, spot, look.text.data(choice.mono), self._code, soft, leading)
        return area

    def _text(self, painter: QPainter, rect: QRect, text: str, font: QFont, ink: str, leading: bool) -> None:
        painter.setFont(font)
        painter.setPen(QColor(ink))
        draw_line(
            painter, rect, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width()), leading
        )


def _take(area: QRect, wide: int, gap: int, leading: bool) -> tuple[QRect, QRect]:
    """Cut `wide` off the trailing end of an area."""
    if leading:
        spot = QRect(area.right() - wide + 1, area.top(), wide, area.height())
        return spot, area.adjusted(0, 0, -(wide + gap), 0)
    return QRect(area.left(), area.top(), wide, area.height()), area.adjusted(wide + gap, 0, 0, 0)


class ChoiceList(QListView):
    """The list itself. `taken` gives the id of a line that was clicked."""

    taken = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choices")
        clear_ground(self)
        self.model_of_choices = ChoiceModel(look)
        self.setModel(self.model_of_choices)
        self._delegate = ChoiceDelegate(look, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(look.text.say("question.choices"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMinimumHeight(look.px(_LEAST_HEIGHT))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._clicked)

    def show_choices(self, choices: tuple[Choice, ...], begin: str = "") -> None:
        """Show these lines; the chosen one stays chosen if it is still there, otherwise it is `begin` or the first."""
        if choices == self.model_of_choices.choices:
            return
        before = self.chosen()
        self._delegate.measure(choices)
        self._delegate.stack_in(self.viewport().width())
        self.model_of_choices.set_choices(choices)
        usable = [number for number, choice in enumerate(choices) if choice.enabled]
        kept = [number for wanted in (before, begin) for number in usable if wanted and choices[number].id == wanted]
        if usable:
            self.setCurrentIndex(self.model_of_choices.index((kept or usable)[0]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._delegate.stack_in(self.viewport().width()):
            self.scheduleDelayedItemsLayout()

    def chosen(self) -> str:
        """The id of the chosen line, or ""."""
        index = self.currentIndex()
        choices = self.model_of_choices.choices
        if not index.isValid() or index.row() >= len(choices) or not choices[index.row()].enabled:
            return ""
        return choices[index.row()].id

    def step(self, by: int) -> None:
        """Choose a line further down (or up), passing over those that cannot be chosen."""
        choices = self.model_of_choices.choices
        usable = [number for number, choice in enumerate(choices) if choice.enabled]
        if not usable:
            bar = self.verticalScrollBar()
            line = self.sizeHintForRow(len(choices) - 1) if choices else 0
            bar.setValue(bar.value() + by * line)
            return
        now = self.currentIndex().row()
        place = usable.index(now) if now in usable else 0
        self.setCurrentIndex(self.model_of_choices.index(usable[max(0, min(len(usable) - 1, place + by))]))

    def _clicked(self, index: QModelIndex) -> None:
        if self.model_of_choices.choices[index.row()].enabled:
            self.taken.emit(self.model_of_choices.choices[index.row()].id)

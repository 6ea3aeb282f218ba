"""Labels: words that are never cut, data that is cut with an ellipsis and told in full by tooltip and screen reader."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget

from ui.text import is_right_to_left
from ui.widgets.styled import plain

_LEAST_LETTERS = 6


def word_label(name: str, parent: QWidget | None = None, wrap: bool = False) -> QLabel:
    """A label for words of the program, styled by its object name."""
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    label.setIndent(0)
    label.setAlignment(leading_edge())
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label


def leading_edge() -> Qt.AlignmentFlag:
    """The side of the screen where reading begins, whatever the direction of the words themselves."""
    return (
        Qt.AlignmentFlag.AlignAbsolute
        | Qt.AlignmentFlag.AlignVCenter
        | _edge(QGuiApplication.layoutDirection() is not Qt.LayoutDirection.RightToLeft)
    )


class ElidedLabel(QLabel):
    """Data of any length on at most `lines` lines. The accessible name is always the whole text."""

    def __init__(self, name: str, parent: QWidget | None = None, lines: int = 1) -> None:
        super().__init__(parent)
        plain(self, name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._lines = lines

    def set_lines(self, lines: int) -> None:
        """Take at most so many lines from now on."""
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        least = min(metrics.averageCharWidth() * _LEAST_LETTERS, metrics.horizontalAdvance(self.text()) + 2)
        return QSize(least, line_height(self.text(), self.font()))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2, line_height(self.text(), self.font()))

    def hasHeightForWidth(self) -> bool:
        return self._lines > 1

    def heightForWidth(self, width: int) -> int:
        font = self.font()
        return sum(line_height(line, font) for line in laid_out(self.text(), font, width, self._lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.setFont(self.font())
        lines = laid_out(self.text(), self.font(), self.width(), self._lines)
        heights = [line_height(line, self.font()) for line in lines]
        top = (self.height() - sum(heights)) // 2
        leading = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        for line, height in zip(lines, heights, strict=True):
            draw_line(painter, QRect(0, top, self.width(), height), line, leading)
            top += height
        self._tell_whole(lines)

    def _tell_whole(self, lines: list[str]) -> None:
        tip = self.text() if lines and "…" in lines[-1] else ""
        if self.toolTip() != tip:
            self.setToolTip(tip)


def laid_out(text: str, font: QFont, width: int, most: int) -> list[str]:
    """Break text into at most `most` lines of `width`; the last one ends in an ellipsis if anything is left."""
    metrics = QFontMetrics(font)
    if most == 1 or metrics.horizontalAdvance(text) <= width:
        return [metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)]
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    while len(lines) < most:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        start, length = line.textStart(), line.textLength()
        last = len(lines) == most - 1
        lines.append(
            metrics.elidedText(text[start:], Qt.TextElideMode.ElideRight, width)
            if last
            else text[start : start + length].rstrip()
        )
    layout.endLayout()
    return lines


def line_height(text: str, font: QFont) -> int:
    """How high a line of this text stands, in pixels: letters of another face may reach further than the font says."""
    # The ellipsis of a cut line may come from a taller face; its dots stand low and need no room above.
    up, down = _reach(text.removesuffix("…"), font)
    return up + down


def _reach(text: str, font: QFont) -> tuple[int, int]:
    """How far a line reaches above and below its baseline: what the font says, or the ink where it goes beyond."""
    metrics = QFontMetrics(font)
    up, down = metrics.ascent(), metrics.height() - metrics.ascent()
    if text.isascii():
        return up, down
    ink = metrics.tightBoundingRect(text)
    soft_edge = 1
    return max(up, -ink.top() + soft_edge), max(down, ink.bottom() + 1 + soft_edge)


def draw_line(painter: QPainter, rect: QRect, text: str, leading: bool) -> None:
    """Draw one line in its own direction, set against the leading edge of the screen, its letters never clipped."""
    if not text:
        return
    option = QTextOption(Qt.AlignmentFlag.AlignAbsolute | _edge(leading))
    option.setTextDirection(
        Qt.LayoutDirection.RightToLeft if is_right_to_left(text) else Qt.LayoutDirection.LeftToRight
    )
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout = QTextLayout(text, painter.font(), painter.device())
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(rect.width())
    layout.endLayout()
    up, down = _reach(text, painter.font())
    baseline = rect.top() + (rect.height() - up - down) / 2 + up
    layout.draw(painter, QPointF(rect.left(), baseline - line.ascent()))


def _edge(leading: bool) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignLeft if leading else Qt.AlignmentFlag.AlignRight

"""Chips: a small word on its tone's tint, as a label and as something a table cell can paint."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.services.view import Chip, Tone
from ui.look import Look
from ui.widgets.labels import draw_line
from ui.widgets.styled import plain, restate

_JOIN = " · "


def chip_words(look: Look, chip: Chip) -> str:
    """What the chip says."""
    return look.text.say(f"chip.{chip.code}", chip.params)


def tone_colours(look: Look, tone: str) -> tuple[QColor, QColor]:
    """Ink and ground of a tone; what is put aside is told."""
    name = "told" if tone == Tone.ASIDE else str(tone)
    return QColor(getattr(look.tokens, name)), QColor(getattr(look.tokens, f"{name}_tint"))


def chip_size(look: Look, words: str) -> QSize:
    """How much room a painted chip takes."""
    metrics = QFontMetrics(_font(look))
    return QSize(metrics.horizontalAdvance(words) + look.px(16), metrics.height() + look.px(4))


def chip_lines(look: Look, words: str, width: int) -> list[str]:
    """The chip's words as they stand in `width`: in one line, or in two where they join two things."""
    if chip_size(look, words).width() <= width:
        return [words]
    return words.split(_JOIN, 1)


def paint_chip(painter: QPainter, look: Look, area: QRect, chip: Chip, leading: bool) -> None:
    """Paint a chip at the leading edge of `area`, vertically centred, in two lines or elided if it must be."""
    lines = chip_lines(look, chip_words(look, chip), area.width())
    sizes = [chip_size(look, line) for line in lines]
    line_high = QFontMetrics(_font(look)).height()
    size = QSize(max(each.width() for each in sizes), sizes[0].height() + line_high * (len(lines) - 1))
    width = min(size.width(), area.width())
    left = area.left() if leading else area.right() - width + 1
    box = QRect(left, area.top() + (area.height() - size.height()) // 2, width, size.height())
    ink, ground = tone_colours(look, chip.tone)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, look.px(7), look.px(7))
    painter.setPen(ink)
    painter.setFont(_font(look))
    inner = box.adjusted(look.px(8), 0, -look.px(7), -look.px(1))
    metrics = painter.fontMetrics()
    for number, line in enumerate(lines):
        fitted = metrics.elidedText(line, Qt.TextElideMode.ElideRight, inner.width())
        spot = QRect(
            inner.left(), inner.top() + number * line_high, inner.width(), inner.height() - line_high * (len(lines) - 1)
        )
        draw_line(painter, spot, fitted, leading)


def _font(look: Look) -> QFont:
    return look.font(12.5, QFont.Weight.DemiBold)


class ChipLabel(QLabel):
    """A chip as a widget, as wide as its words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "chip")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setIndent(0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_chip(self, tone: str, words: str) -> None:
        self.setText(words)
        restate(self, tone=tone)

"""The rail of nine places. A place that is not there yet looks calm and says so; it neither hides nor pretends."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSpacerItem, QToolTip, QVBoxLayout, QWidget

from ui.icons import icon_pixmap
from ui.look import Look
from ui.room import ROOMY, Room
from ui.widgets.labels import word_label
from ui.widgets.styled import plain

_WIDTH, _BARE_WIDTH = 90, 54
PLACES = ("circulation", "members", "collection", "holds", "cash", "visitors", "reports", "cases", "settings")


class PlaceButton(QPushButton):
    """An icon above its word, with a badge where something waits. Where there is no room the word is the tooltip."""

    def __init__(self, look: Look, place: str, here: bool, works: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look = look
        self._place = place
        self._here = here
        self._badge = 0
        self._bare = False
        self._word = look.text.say(f"place.{place}")
        self._works = works
        self.setAccessibleName(self._word)
        self._absent = "" if works else look.text.say("place.absent", {"place": self._word})
        self.setToolTip(self._absent)
        self.setAccessibleDescription(self._absent)

    def show_bare(self, bare: bool) -> None:
        """Show the icon alone, or with its word."""
        self._bare = bare
        self.setToolTip(self._absent or (self._word if bare else ""))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def show_here(self, here: bool) -> None:
        """Mark or unmark this place as the one on the screen."""
        if here != self._here:
            self._here = here
            self.update()

    def show_badge(self, count: int) -> None:
        """Set how many things wait there; 0 = none."""
        if count != self._badge:
            self._badge = count
            waiting = self._look.text.say("place.cases-waiting", {"n": count}) if count else ""
            self.setAccessibleDescription(waiting or self._absent)
            self.update()

    def sizeHint(self) -> QSize:
        wide, high = (40, 34) if self._bare else (_WIDTH - 16, 56)
        return QSize(self._look.px(wide), self._look.px(high))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.toolTip():
            QToolTip.showText(event.globalPos() + QPoint(self.width() // 2, 0), self.toolTip(), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, tokens = self._look, self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._here or (self._works and self.underMouse()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.rail_active))
            painter.drawRoundedRect(self.rect(), look.px(10), look.px(10))
        ink = tokens.rail_active_ink if self._here else tokens.rail_ink if self._works else tokens.rail_dim
        side = look.px(22)
        left = (self.width() - side) // 2
        top = look.px(6) if self._bare else look.px(8)
        painter.drawPixmap(left, top, icon_pixmap(self._place, ink, side, self.devicePixelRatioF()))
        painter.setPen(QColor(ink))
        if not self._bare:
            painter.setFont(look.font(12.5, QFont.Weight.Medium))
            painter.drawText(QRect(0, look.px(32), self.width(), look.px(18)), Qt.AlignmentFlag.AlignCenter, self._word)
        if self._badge:
            self._paint_badge(painter, left + side)

    def _paint_badge(self, painter: QPainter, right: int) -> None:
        look = self._look
        side = look.px(18)
        spot = QRect(right - look.px(8 if self._bare else 5), look.px(1 if self._bare else 4), side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tokens.badge))
        painter.drawEllipse(spot)
        painter.setPen(QColor(look.tokens.badge_ink))
        painter.setFont(look.font(12.5, QFont.Weight.Bold))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, str(self._badge) if self._badge < 10 else "9+")


class Rail(QFrame):
    """The places, one under the other. `chosen` tells which one was clicked."""

    chosen = Signal(str)

    def __init__(self, look: Look, works: frozenset[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "rail")
        self._look = look
        self.setAccessibleName(look.text.say("place.rail"))
        column = QVBoxLayout(self)
        self._column = column
        mark = word_label("wordmark", self)
        mark.setText(look.text.say("window.name").lower())
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(mark)
        self._under_mark = QSpacerItem(0, 0)
        column.addSpacerItem(self._under_mark)
        self.buttons: dict[str, PlaceButton] = {}
        for place in PLACES:
            button = PlaceButton(look, place, place == "circulation", place in works, self)
            button.clicked.connect(lambda _checked=False, p=place: self.chosen.emit(p))
            self.buttons[place] = button
            column.addWidget(button)
        column.addStretch(1)
        self._bare: bool | None = None
        self.fit(ROOMY)

    def fit(self, room: Room) -> None:
        """Show icons with their words, or icons alone where a narrow or low window has no room for the words."""
        bare = room.narrow or room.low
        if bare is self._bare:
            return
        self._bare = bare
        px = self._look.px
        self.setFixedWidth(px(_BARE_WIDTH if bare else _WIDTH))
        side, top = (px(3), px(6)) if bare else (px(8), px(13))
        self._column.setContentsMargins(side, top, side, px(4) if bare else px(8))
        self._column.setSpacing(px(1 if bare else 4))
        self._under_mark.changeSize(0, px(1 if bare else 7))
        for button in self.buttons.values():
            button.show_bare(bare)
        self._column.invalidate()

    def show_here(self, place: str) -> None:
        """Mark the place that is on the screen."""
        for name, button in self.buttons.items():
            button.show_here(name == place)

    def render_cases(self, count: int) -> None:
        """Show how many cases wait."""
        self.buttons["cases"].show_badge(count)

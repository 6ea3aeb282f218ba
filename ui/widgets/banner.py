"""The banner: what the last scan came to. Colour, icon and words say the same; all reasons stand in it together."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.verdict import Level
from app.services.view import Banner, ReasonLine, Tone
from ui.look import Look
from ui.room import Room
from ui.widgets.chip import ChipLabel
from ui.widgets.icon import RoundIcon
from ui.widgets.labels import ElidedLabel, word_label
from ui.widgets.styled import clear_ground, plain, restate

_SIDE_BY_SIDE = 620
_ICON, _LOW_ICON = 46, 36
_LEVEL_TONE = {
    Level.IMPOSSIBLE: Tone.NO,
    Level.CONFIRM: Tone.NEEDS,
    Level.ALERT: Tone.NEEDS,
    Level.MESSAGE: Tone.TOLD,
}


class ReasonRow(QFrame):
    """One reason: its class as a chip, its sentence, and which rule said so."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        plain(self, "reason")
        self._look = look
        self._close = False
        row = QHBoxLayout(self)
        self._row = row
        row.setContentsMargins(look.px(12), look.px(8), look.px(12), look.px(8))
        row.setSpacing(look.px(12))
        self._level = ChipLabel(self)
        self._level.setMinimumWidth(look.px(140))
        self._of = ElidedLabel("reasonOf", self)
        self._words = ElidedLabel("bannerLine", self, lines=3)
        for label in (self._of, self._words):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        both = QVBoxLayout()
        both.setSpacing(0)
        both.addWidget(self._of)
        both.addWidget(self._words)
        self._rule = word_label("reasonRule", self)
        row.addWidget(self._level)
        row.addLayout(both, 1)
        row.addWidget(self._rule)

    def render_reason(self, reason: ReasonLine, named: bool = False) -> None:
        """Show a reason; `named`: the reason above is about the same copy and says which."""
        say = self._look.text.say
        self._level.show_chip(_LEVEL_TONE[reason.level], _weight(self._look, reason))
        self._of.setText(_of(self._look, reason))
        self._of.setVisible(bool(reason.title) and not named)
        self._words.setText(say(f"reason.{reason.code}", reason.params))
        known = self._look.text.has(f"rule.{reason.rule}")
        self._rule.setText(say(f"rule.{reason.rule}") if known else self._look.text.data(reason.rule))
        self._rule.setVisible(bool(reason.rule) and not self._close)

    def fit(self, room: Room) -> None:
        """Stand closer in a low window; a narrow one leaves the rule's name to the screen reader and the tooltip."""
        px = self._look.px
        self._close = room.narrow
        self._row.setContentsMargins(px(12), px(4 if room.low else 8), px(12), px(4 if room.low else 8))
        self._rule.setVisible(bool(self._rule.text()) and not room.narrow)
        self.setToolTip(self._rule.text() if room.narrow else "")


class ReasonList(QScrollArea):
    """All reasons, one under the other. Where a window has no room for them all, they scroll; the answers stay."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._room = Room()
        self.setObjectName("reasons")
        clear_ground(self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        inner = QWidget(self)
        self.rows: list[ReasonRow] = []
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)

    def render_reasons(self, reasons: tuple[ReasonLine, ...]) -> None:
        while len(self.rows) < len(reasons):
            row = ReasonRow(self._look, self.widget())
            row.fit(self._room)
            self.rows.append(row)
            self._column.addWidget(row)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(reasons))
            if number < len(reasons):
                row.render_reason(reasons[number], number > 0 and _same_copy(reasons[number - 1], reasons[number]))
        self.verticalScrollBar().setValue(0)
        self.setVisible(bool(reasons))
        self.updateGeometry()

    def fit(self, room: Room) -> None:
        self._room = room
        self._column.setSpacing(self._look.px(3 if room.low else 7))
        for row in self.rows:
            row.fit(room)
        self.updateGeometry()

    def step(self, key: int) -> bool:
        """Scroll with an arrow or page key; False when there is nothing to scroll or the key is none of them."""
        bar = self.verticalScrollBar()
        steps = {
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
        }
        by = steps.get(Qt.Key(key))
        if by is None or not self.isVisible() or bar.maximum() == 0:
            return False
        bar.setValue(bar.value() + by)
        return True

    def sizeHint(self) -> QSize:
        wide = self.width()
        return QSize(wide, self._column.totalHeightForWidth(wide) if self.rows else 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), self._look.px(40)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class BannerBox(QFrame):
    """Renders a `Banner`; hidden without one."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "banner")
        self._look = look
        self._shown: Banner | None = None
        self._away = False
        self.setAccessibleName(look.text.say("banner.name"))
        outer = QVBoxLayout(self)
        outer.setSpacing(0)
        self._outer = outer
        row = QHBoxLayout()
        row.setSpacing(look.px(20))
        outer.addLayout(row)
        self._icon = RoundIcon(look, _ICON, self)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head = head
        row.addLayout(head, 1)
        words = QVBoxLayout()
        words.setSpacing(look.px(1))
        words.addStretch(1)
        head.addLayout(words, 1)
        self._title = ElidedLabel("bannerTitle", self, lines=2)
        words.addWidget(self._title)
        self._lines = [ElidedLabel("bannerLine", self, lines=2) for _ in range(3)]
        for line in self._lines:
            words.addWidget(line)
        words.addStretch(1)
        head.addLayout(self._make_promise())
        self._told: tuple[ReasonLine, ...] = ()
        self.reasons = ReasonList(look, self)
        self._reasons_at = QVBoxLayout()
        self._reasons_at.addWidget(self.reasons)
        outer.addLayout(self._reasons_at)
        self._room = Room()
        self.fit(self._room)
        self.hide()

    def fit(self, room: Room) -> None:
        """Stand closer in a low window, and give the reasons the whole width of a narrow one."""
        self._room = room
        px = self._look.px
        high = px(7 if room.low else 12)
        self._outer.setContentsMargins(px(18), high, px(18), high)
        self._icon.resize_to(_LOW_ICON if room.low else _ICON)
        self.reasons.fit(room)
        self._set_reasons()
        self._set_promise()

    def _set_reasons(self) -> None:
        px = self._look.px
        some = self._shown is not None and bool(self._told)
        self._title.set_lines(1 if some and self._room.tiny else 2)
        indent = 0 if self._room.narrow else self._icon.width() + px(20)
        self._reasons_at.setContentsMargins(indent, px(5 if self._room.low else 8) if some else 0, 0, 0)

    def _set_promise(self) -> None:
        """The promise stands beside the words, or below them where that would squeeze them."""
        px = self._look.px
        beside = self.width() >= px(_SIDE_BY_SIDE)
        ltr, ttb = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._head.setDirection(ltr if beside else ttb)
        self._head.setSpacing(px(20) if beside else 0)
        room = self.width() - self._icon.width() - px(2 * 18 + 20)
        in_line = self._label.sizeHint().width() + self._value.sizeHint().width() + px(8) <= room
        self._promise.setDirection(ttb if beside or not in_line else ltr)
        self._promise.setSpacing(px(8) if in_line and not beside else px(1))
        edge = Qt.AlignmentFlag.AlignTrailing if beside else Qt.AlignmentFlag.AlignLeading
        for each in (self._label, self._value):
            each.setAlignment(edge | Qt.AlignmentFlag.AlignVCenter)
        still, grows = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self._before.changeSize(0, 0, still, grows if beside else still)
        self._after.changeSize(0, 0, *((still, grows) if beside else (grows, still)))
        self._promise.invalidate()

    def give_way(self, away: bool) -> None:
        """Leave the place to something else for a while."""
        self._away = away
        self.setVisible(self._shown is not None and not away)

    def hasHeightForWidth(self) -> bool:
        """False: a layout takes such a height for the least one too, and the reasons could not give way."""
        return False

    def sizeHint(self) -> QSize:
        outer, wide = self._outer, self.width()
        high = outer.totalHeightForWidth(wide) if outer.hasHeightForWidth() else outer.totalSizeHint().height()
        return QSize(wide, max(self._least(), high))

    def minimumSizeHint(self) -> QSize:
        outer, least = self._outer, self._outer.totalMinimumSize()
        high = outer.totalMinimumHeightForWidth(self.width()) if outer.hasHeightForWidth() else least.height()
        return QSize(least.width(), max(self._least(), high))

    def _least(self) -> int:
        return self._look.px(56 if self._room.low else 74)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_promise()
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def _make_promise(self) -> QBoxLayout:
        row = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._promise = row
        self._label = word_label("bannerSmall", self)
        self._value = word_label("bannerValue", self)
        self._before, self._after = QSpacerItem(0, 0), QSpacerItem(0, 0)
        row.addSpacerItem(self._before)
        row.addWidget(self._label)
        row.addWidget(self._value)
        row.addSpacerItem(self._after)
        return row

    def render_banner(self, banner: Banner | None) -> None:
        """Show the outcome; the same one again costs nothing."""
        if banner == self._shown:
            return
        self._shown = banner
        if banner is None:
            self.hide()
            return
        self._title.setText(self._look.text.say(f"banner.{banner.code}", banner.params))
        for number, label in enumerate(self._lines):
            present = number < len(banner.lines)
            label.setText(self._look.say("line", banner.lines[number]) if present else "")
            label.setVisible(present)
        self._label.setText(self._look.say("big", banner.big_label) if banner.big_label else "")
        self._value.setText(self._look.say("big", banner.big_value) if banner.big_value else "")
        self._label.setVisible(banner.big_label is not None)
        self._value.setVisible(banner.big_value is not None)
        self._icon.show_icon(banner.icon or str(banner.tone), str(banner.tone))
        self._told = tuple(reason for reason in banner.reasons if not self._is_said(reason))
        self.reasons.render_reasons(self._told)
        self._set_reasons()
        self._set_promise()
        restate(self, tone=str(banner.tone))
        self.setAccessibleDescription(self.spoken())
        self.setVisible(not self._away)

    def _is_said(self, reason: ReasonLine) -> bool:
        """True when the headline says this reason in the same words."""
        return self._look.text.say(f"reason.{reason.code}", reason.params) == self._title.text()

    def spoken(self) -> str:
        """All that the banner says, for a screen reader."""
        banner = self._shown
        if banner is None:
            return ""
        say = self._look.text.say
        parts = [self._title.text(), *(self._look.say("line", line) for line in banner.lines)]
        if banner.big_label and banner.big_value:
            parts.append(f"{self._label.text()} {self._value.text()}")
        for before, reason in zip((None, *self._told), self._told, strict=False):
            named = before is not None and _same_copy(before, reason)
            words = f"{_weight(self._look, reason)}: {say(f'reason.{reason.code}', reason.params)}"
            parts += ["" if named else _of(self._look, reason), words]
        return ". ".join(part for part in parts if part)


def _weight(look: Look, reason: ReasonLine) -> str:
    """What a reason asks of the desk: a signature, an answer, attention."""
    return look.text.say("level.question" if reason.asks else f"level.{reason.level.name.lower()}")


def _same_copy(one: ReasonLine, other: ReasonLine) -> bool:
    return (one.title, one.barcode) == (other.title, other.barcode)


def _of(look: Look, reason: ReasonLine) -> str:
    """The copy a reason is about, where the banner speaks of several; else ""."""
    copy = {"title": reason.title, "barcode": reason.barcode}
    return look.text.say("reason.of", copy) if reason.title else ""

"""The line on top that never hides: link, what waits, age of what is known, last error, who and where, the time."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.services.view import Link, StateLine
from ui.look import Look
from ui.room import Room
from ui.widgets.icon import Dot
from ui.widgets.labels import ElidedLabel, word_label
from ui.widgets.styled import plain, restate

_LAG_TOLD = 10
_ROW, _AROUND, _GAP = 29, 8, 15


class StateBar(QFrame):
    """Renders a `StateLine`. Facts that do not hold are absent, not empty."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "stateLine")
        self._look = look
        self._shown: StateLine | None = None
        self.setAccessibleName(look.text.say("state.name"))
        self._room = Room()
        self._facts = [ElidedLabel("fact", self) for _ in range(3)]
        self._dots = [self._separator() for _ in range(2)]
        self._problem = ElidedLabel("problem", self)
        self._place = ElidedLabel("place", self)
        self._staff = word_label("staff", self)
        self._staff.setTextFormat(Qt.TextFormat.RichText)
        self._time = word_label("time", self)
        known = [w for pair in zip(self._facts, [*self._dots, None], strict=True) for w in pair if w is not None]
        self._link_part = self._part(self._make_pill(), *known)
        self._problem_part = self._part(self._problem)
        self._place_part = self._part(self._place, self._separator(), self._staff, self._separator(), self._time)

    def _part(self, *widgets: QWidget) -> QWidget:
        """What stays together on one row."""
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._look.px(_GAP))
        for widget in widgets:
            row.addWidget(widget)
        row.addStretch(1)
        return holder

    def fit(self, room: Room) -> None:
        """In a tiny window only what was last known stays; a narrow one says it more briefly."""
        if room != self._room:
            self._room = room
            if self._shown is not None:
                self._show_link(self._shown)
            self._place_parts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_parts()

    def _place_parts(self) -> None:
        """Set the parts beside each other, who and where at the far end; on further rows where one is too short."""
        px = self._look.px
        margin, gap = px(18), px(_GAP)
        width = self.width() - 2 * margin
        parts = [self._link_part]
        parts += [self._problem_part] if self._problem.text() else []
        parts += [] if self._room.tiny else [self._place_part]
        for part in (self._link_part, self._problem_part, self._place_part):
            part.setVisible(part in parts)
        rows: list[list[QWidget]] = [[]]
        for part in parts:
            row = [*rows[-1], part]
            if rows[-1] and sum(_wide(p) for p in row) + gap * (len(row) - 1) > width:
                rows.append([])
            rows[-1].append(part)
        high = px(40 if len(rows) == 1 else _ROW)
        self.setFixedHeight(high * len(rows) + (px(_AROUND) if len(rows) > 1 else 0))
        leading = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        for number, row in enumerate(rows):
            top = number * high + (px(_AROUND) // 2 if len(rows) > 1 else 0)
            at = 0
            for part in row:
                far = part is self._place_part and number == 0
                wide = min(_wide(part), width - at)
                start = width - wide if far else at
                left = margin + (start if leading else width - start - wide)
                part.setGeometry(left, top, wide, high)
                at += wide + gap

    def _make_pill(self) -> QFrame:
        self._pill = QFrame(self)
        plain(self._pill, "linkPill")
        self._pill.setFixedHeight(self._look.px(24))
        self._pill.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        inner = QHBoxLayout(self._pill)
        self._inner = inner
        inner.setContentsMargins(self._look.px(11), 0, self._look.px(11), 0)
        inner.setSpacing(self._look.px(6))
        self._dot = Dot(self._look, self._pill)
        self._link = word_label("link", self._pill)
        inner.addWidget(self._dot)
        inner.addWidget(self._link)
        return self._pill

    def _separator(self) -> QLabel:
        label = word_label("separator", self)
        label.setText("·")
        return label

    def render_state(self, state: StateLine) -> None:
        """Show the state; nothing happens when it is the one shown."""
        if state == self._shown:
            return
        self._shown = state
        self._show_link(state)
        self._show_facts(state)
        problems = [p for p in (state.printer_problem, state.last_error) if p is not None]
        self._problem.setText(" · ".join(self._look.say("problem", p) for p in problems))
        self._problem.setVisible(bool(problems))
        say, rich = self._look.text.say, self._look.text.rich
        self._place.setText(say("state.place", {"library": state.library, "desk": state.desk}))
        staff = {"staff": state.staff, "role": say(f"role.{state.role}")}
        self._staff.setText(rich("state.staff", staff) if state.staff else say("state.nobody"))
        restate(self._staff, tone="" if state.staff else "needs")
        self._time.setText(self._look.text.format.stamp(state.now))
        self._place_parts()

    def _show_link(self, state: StateLine) -> None:
        tone, words = self._link_words(state)
        self._link.setText(words)
        self._dot.show_tone(tone)
        restate(self._pill, tone=tone)
        self._inner.invalidate()
        self._pill.updateGeometry()

    def _link_words(self, state: StateLine) -> tuple[str, str]:
        say = self._look.text.say
        if state.unsaved:
            return "no", say("state.unsaved")
        if state.link is Link.ALONE:
            return "done", say("state.alone")
        if state.link is Link.ONLINE:
            return "done", say("state.online")
        if state.since is None:
            return "needs", say("state.offline-plain")
        key = "state.offline-short" if self._room.slim else "state.offline"
        return "needs", say(_dated(key, state.since, state.now), {"since": state.since})

    def _show_facts(self, state: StateLine) -> None:
        say = self._look.text.say
        facts: list[str] = []
        if state.unsent:
            facts.append(say("state.unsent", {"n": state.unsent}))
        elif state.link is Link.ONLINE:
            sent = state.sent_at
            facts.append(say("state.sent", {"at": sent}) if sent else say("state.sent-plain"))
        if state.others_at is not None and state.link is Link.OFFLINE:
            facts.append(say(_dated("state.others", state.others_at, state.now), {"at": state.others_at}))
        if state.copy_lag is not None and state.copy_lag >= _LAG_TOLD:
            facts.append(say("state.copy-lag", {"n": state.copy_lag}))
        for number, label in enumerate(self._facts):
            label.setText(facts[number] if number < len(facts) else "")
            label.setVisible(number < len(facts))
        for number, dot in enumerate(self._dots):
            dot.setVisible(number + 1 < len(facts))


def _dated(key: str, moment: datetime, now: datetime) -> str:
    return key if moment.date() == now.date() else f"{key}-days"


def _wide(part: QWidget) -> int:
    """The width in which nothing of a part is elided, counted anew: its words may just have changed."""
    layout = part.layout()
    if layout is None:
        return 0
    layout.invalidate()
    return layout.sizeHint().width()

"""The line on top that never hides: link, what waits, age of what is known, last error, who and where, the time."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.services.view import Link, StateLine
from ui.look import Look
from ui.widgets.icon import Dot
from ui.widgets.labels import ElidedLabel, word_label
from ui.widgets.styled import plain, restate

_LAG_TOLD = 10


class StateBar(QFrame):
    """Renders a `StateLine`. Facts that do not hold are absent, not empty."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "stateLine")
        self._look = look
        self._shown: StateLine | None = None
        self.setFixedHeight(look.px(40))
        self.setAccessibleName(look.text.say("state.name"))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(18), 0, look.px(18), 0)
        row.setSpacing(look.px(15))
        row.addWidget(self._make_pill())
        self._facts = [ElidedLabel("fact", self) for _ in range(3)]
        self._dots = [self._separator() for _ in range(2)]
        self._problem = ElidedLabel("problem", self)
        for label, dot in zip(self._facts, [*self._dots, None], strict=True):
            row.addWidget(label)
            if dot is not None:
                row.addWidget(dot)
        row.addWidget(self._problem, 1)
        row.addStretch(1)
        self._place = ElidedLabel("place", self)
        self._staff = word_label("staff", self)
        self._staff.setTextFormat(Qt.TextFormat.RichText)
        self._time = word_label("time", self)
        for each in (self._place, self._separator(), self._staff, self._separator(), self._time):
            row.addWidget(each)

    def _make_pill(self) -> QFrame:
        self._pill = QFrame(self)
        plain(self._pill, "linkPill")
        self._pill.setFixedHeight(self._look.px(24))
        inner = QHBoxLayout(self._pill)
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
        tone, words = self._link_words(state)
        self._link.setText(words)
        self._dot.show_tone(tone)
        restate(self._pill, tone=tone)
        self._show_facts(state)
        problems = [p for p in (state.printer_problem, state.last_error) if p is not None]
        self._problem.setText(" · ".join(self._look.say("problem", p) for p in problems))
        self._problem.setVisible(bool(problems))
        say, rich = self._look.text.say, self._look.text.rich
        self._place.setText(say("state.place", {"library": state.library, "desk": state.desk}))
        staff = {"staff": state.staff, "role": say(f"role.{state.role}")}
        self._staff.setText(rich("state.staff", staff) if state.staff else say("state.nobody"))
        self._time.setText(self._look.text.format.stamp(state.now))

    def _link_words(self, state: StateLine) -> tuple[str, str]:
        say = self._look.text.say
        if state.link is Link.ALONE:
            return "done", say("state.alone")
        if state.link is Link.ONLINE:
            return "done", say("state.online")
        if state.since is None:
            return "needs", say("state.offline-plain")
        return "needs", say(_dated("state.offline", state.since, state.now), {"since": state.since})

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

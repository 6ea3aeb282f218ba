"""One case in full: the cause, both sides, what was done, the answers with their keys, who closed it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.case import Case, Side
from ui.cases.port import CasesPort
from ui.look import Look
from ui.widgets.flow_row import FlowRow
from ui.widgets.icon import RoundIcon
from ui.widgets.labels import word_label
from ui.widgets.styled import plain, restate

KEYS = {"accept": "Enter", "reopen-earlier": "Z", "two-copies": "D"}
_MOST_SIDES = 3
_BESIDE = 640


class CaseSheet(QWidget):
    """Renders one case; `decided` gives the decision of an answer that was clicked."""

    decided = Signal(str)

    def __init__(self, look: Look, port: CasesPort, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._port = port
        self.buttons: list[QPushButton] = []
        self._sides: list[QWidget] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(12))
        self._banner = QFrame(self)
        plain(self._banner, "banner")
        self.setObjectName("startScrolled")
        row = QHBoxLayout(self._banner)
        row.setContentsMargins(look.px(17), look.px(12), look.px(17), look.px(12))
        row.setSpacing(look.px(18))
        self._icon = RoundIcon(look, 46, self._banner)
        self.title = word_label("bannerTitle", self._banner, wrap=True)
        self._why = word_label("bannerLine", self._banner, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self._why)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        column.addWidget(self._banner)
        self._sides_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides_row.setSpacing(look.px(12))
        column.addLayout(self._sides_row)
        self._done_card = self._card()
        inside = QVBoxLayout(self._done_card)
        inside.setContentsMargins(look.px(16), look.px(14), look.px(16), look.px(16))
        inside.setSpacing(look.px(10))
        self._done_title = word_label("questionTitle", self._done_card)
        self._done_title.setText(look.text.say("case-word.done"))
        self.done = word_label("bannerLine", self._done_card, wrap=True)
        self._wrong = word_label("questionWrong", self._done_card, wrap=True)
        self.answers = FlowRow(look, self._done_card)
        for part in (self._done_title, self.done, self._wrong, self.answers):
            inside.addWidget(part)
        column.addWidget(self._done_card)
        self._foot_card = self._card()
        foot = QVBoxLayout(self._foot_card)
        foot.setContentsMargins(look.px(16), look.px(11), look.px(16), look.px(11))
        self.foot = word_label("foot", self._foot_card, wrap=True)
        foot.addWidget(self.foot)
        column.addWidget(self._foot_card)
        column.addStretch(1)
        self.hide()

    def _card(self) -> QFrame:
        card = QFrame(self)
        plain(card, "card")
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sides stand beside each other, or one below the other where that would break every line."""
        super().resizeEvent(event)
        beside = self.width() >= self._look.px(_BESIDE)
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._sides_row.direction() is not way:
            self._sides_row.setDirection(way)

    def show_case(self, case: Case | None, wrong: str = "") -> None:
        """Show a case, or nothing; `wrong` is a sentence about an answer that was not taken."""
        if case is None:
            self.hide()
            return
        text = self._look.text
        tone = "needs" if case.open else "done"
        restate(self._banner, tone=tone)
        self._icon.show_icon("cases" if case.open else "done", tone)
        self.title.setText(text.say(f"case-head.{case.kind}" if case.about else "case-word.settled", case.about))
        self._why.setText(text.say(f"case-why.{case.kind}", case.about) if case.about else "")
        self._why.setVisible(bool(case.about))
        self._show_sides(case)
        self.done.setText("\n".join(text.say(f"case-done.{line.what}", line.facts) for line in case.done))
        for part in (self._done_title, self.done):
            part.setVisible(bool(case.done))
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        self._show_answers(case)
        self._done_card.setVisible(bool(case.done or wrong))
        self.foot.setText("\n".join(self._foot(case)))
        self.setAccessibleName(f"{self.title.text()}. {self.done.text()}")
        self.show()

    def _foot(self, case: Case) -> list[str]:
        """Under which number it goes, and who decided what; all answers, the one that counts last."""
        text = self._look.text
        lines = [
            text.say(
                "case-word.foot-answer",
                {
                    "number": case.number,
                    "when": self._port.moment(given.at),
                    "desk": self._desk(given.desk),
                    "staff": self._port.staff_name(given.staff),
                    "given": text.say(f"case-given.{given.decision}"),
                },
            )
            for given in case.answers
        ]
        if case.gone:
            lines.append(text.say("case-word.foot-gone", {"number": case.number}))
        if case.open:
            lines.append(text.say("case-word.foot-open", {"number": case.number}))
        return lines

    def _desk(self, desk: str) -> str:
        own = self._port.desk_name(desk)
        if own:
            return self._look.text.say("case-word.own-desk", {"desk": own})
        return self._look.text.say("case-word.other-desk", {"desk": desk[:4].upper()})

    def _show_sides(self, case: Case) -> None:
        for old in self._sides:
            self._sides_row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._sides = [self._side(side) for side in case.sides[:_MOST_SIDES]]
        for made in self._sides:
            self._sides_row.addWidget(made, 1)
            made.show()

    def _side(self, side: Side) -> QWidget:
        look, text = self._look, self._look.text
        card = self._card()
        grid = QGridLayout(card)
        grid.setContentsMargins(look.px(16), look.px(14), look.px(16), look.px(14))
        grid.setHorizontalSpacing(look.px(16))
        grid.setVerticalSpacing(look.px(8))
        grid.setColumnStretch(1, 1)
        name = self._desk(side.desk) if side.desk else text.say("case-word.record")
        title = word_label("questionTitle", card, wrap=True)
        title.setText(" · ".join(part for part in (name, text.data(side.staff)) if part))
        grid.addWidget(title, 0, 0, 1, 2)
        for row, line in enumerate(side.lines, 1):
            words = word_label("bannerLine", card, wrap=True)
            words.setText(text.say(f"case-line.{line.what}", line.facts))
            if side.desk:
                when = word_label("memberNo", card)
                when.setText(text.format.stamp(self._port.moment(line.at)) if line.at else "–")
                grid.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(words, row, 1)
            else:
                grid.addWidget(words, row, 0, 1, 2)
        grid.setRowStretch(len(side.lines) + 1, 1)
        return card

    def _show_answers(self, case: Case) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for decision in case.decisions if case.open else ():
            words = self._look.text.say(f"case-answer.{decision}", case.about)
            button = QPushButton(f"{KEYS[decision]}  {words}".replace("&", "&&"), self.answers)
            button.setObjectName("answer")
            button.setProperty("primary", "true" if not self.buttons else "")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setFixedHeight(self._look.px(38))
            button.clicked.connect(lambda _checked=False, d=decision: self.decided.emit(d))
            self.buttons.append(button)
        self.answers.show_widgets(tuple(self.buttons))
        self.answers.setVisible(bool(self.buttons))

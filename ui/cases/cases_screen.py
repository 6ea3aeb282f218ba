"""The screen of cases: the list on the left, one case in full, a key for each answer.

A scanner may fire here too: what it types never answers anything. Letters wait a moment for a second one, and a line
end right behind letters is a scan.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.case import Case
from app.services.view import Chip, Choice, KeyHint, Sound, StateLine, Tone
from ui.announce import announce
from ui.cases.case_sheet import KEYS, CaseSheet
from ui.cases.port import CasesPort
from ui.desk.keys import key_name
from ui.look import Look
from ui.scanner import ScanRhythm, event_time
from ui.widgets.choice_list import ChoiceList
from ui.widgets.key_bar import KeyBar
from ui.widgets.labels import word_label
from ui.widgets.state_line import StateBar
from ui.widgets.styled import clear_ground, plain, restate

_LETTER_MS = 120
"""How long a letter waits: a scanner's next one comes sooner."""


class CasesScreen(QWidget):
    """`left` when somebody goes back to circulation, `answered` after each answer that was recorded, `sounded` when
    something was not taken."""

    left = Signal()
    answered = Signal()
    sounded = Signal(object)

    def __init__(self, port: CasesPort, look: Look, parent: QWidget | None = None, suffix_ms: int = 150) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._port = port
        self._look = look
        self._rhythm = ScanRhythm(suffix_ms)
        self._cases: dict[str, Case] = {}
        self._all = False
        self._letter = ""
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_LETTER_MS)
        self._wait.timeout.connect(self._letter_stands)
        self.state = StateBar(look, self)
        self.keys = KeyBar(look, self)
        self.keys.pressed.connect(self._press)
        self.sheet = CaseSheet(look, port, self)
        self.sheet.decided.connect(self.decide)
        card = QFrame(self)
        plain(card, "card")
        self._card = card
        self._scroll = QScrollArea(self)
        clear_ground(self._scroll)
        self._scroll.setObjectName("startScroll")
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.sheet)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(0, 0, 0, look.px(8))
        head = QHBoxLayout()
        head.setContentsMargins(look.px(14), look.px(13), look.px(14), look.px(6))
        self._title = word_label("panelTitle", card)
        self.count = word_label("chip", card)
        restate(self.count, tone="needs")
        head.addWidget(self._title, 1)
        head.addWidget(self.count)
        inside.addLayout(head)
        self.list = ChoiceList(look, card)
        self.list.taken.connect(lambda _id: self._show())
        inside.addWidget(self.list, 1)
        self._empty = word_label("tableEmpty", card, wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setText(look.text.say("case-word.none"))
        inside.addWidget(self._empty, 1)
        middle = QHBoxLayout()
        middle.setContentsMargins(look.px(18), look.px(16), look.px(18), look.px(16))
        middle.setSpacing(look.px(16))
        middle.addWidget(card)
        middle.addWidget(self._scroll, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.state)
        page.addLayout(middle, 1)
        page.addWidget(self.keys)

    def render_state(self, state: StateLine) -> None:
        """Show how the desk stands."""
        self.state.render_state(state)

    def refresh(self, wrong: str = "") -> None:
        """Read the cases again. The chosen one stays chosen if it is still there."""
        found = self._port.every(closed=self._all)
        self._cases = {case.id: case for case in found}
        self._title.setText(self._look.text.say("case-word.list-all" if self._all else "case-word.list"))
        waiting = sum(case.open for case in found)
        self.count.setText(str(waiting))
        self.count.setVisible(bool(waiting))
        self.list.show_choices(tuple(self._choice(case) for case in found))
        self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        self._show(wrong)

    def _choice(self, case: Case) -> Choice:
        text = self._look.text
        when = text.format.stamp(self._port.moment(case.at)) if case.at else ""
        line = text.say(f"case-about.{case.kind}", case.about) if case.about else case.number
        kind = text.say(f"case-kind.{case.kind}") if case.about else text.say("case-word.settled")
        chip = None if case.open else Chip(Tone.DONE, "case-closed")
        return Choice(case.id, kind, " · ".join(part for part in (line, when) if part), chip=chip)

    def chosen(self) -> Case | None:
        """The case in full view."""
        return self._cases.get(self.list.chosen())

    def _show(self, wrong: str = "") -> None:
        case = self.chosen()
        self.sheet.show_case(case, wrong)
        open_ = case is not None and case.open
        answers = [
            KeyHint(KEYS[decision], decision, f"case-{decision}")
            for decision in (case.decisions if case is not None and open_ else ())
        ]
        move = [KeyHint("↑↓", "", "pick")] if len(self._cases) > 1 else []
        other = KeyHint("A", "all", "case-open-only" if self._all else "case-all")
        self.keys.render_keys((*move, *answers, other, KeyHint("Esc", "leave", "case-leave")))

    def decide(self, decision: str) -> None:
        """Answer the case in view."""
        case = self.chosen()
        if case is None or not case.open or decision not in case.decisions:
            return
        code = self._port.answer(case, decision)
        if code:
            self.sounded.emit(Sound.NO)
            wrong = self._look.text.say(f"banner.{code}", {"staff": self._look.text.say("case-word.whoever")})
            self.refresh(wrong)
            announce(self, wrong, True)
            return
        self.sounded.emit(Sound.DONE)
        self.refresh()
        self.answered.emit()

    # --- keys

    def _press(self, key: str) -> None:
        """Do what a key means where it was clicked."""
        if key == "Esc":
            self.left.emit()
        elif key == "A":
            self._all = not self._all
            self.refresh()
        else:
            self.decide(next((decision for decision, has in KEYS.items() if has == key), ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = event_time(event)
        key = key_name(event)
        waiting, self._letter = self._letter, ""
        self._wait.stop()
        if key == "Enter":
            scan = self._rhythm.is_scan(at, 1) or bool(waiting)
            self._rhythm.forget()
            if scan:
                self.sounded.emit(Sound.NO)
            elif not event.isAutoRepeat():
                self._press("Enter")
        elif key == "Esc":
            self._press("Esc")
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.list.step(-1 if event.key() == Qt.Key.Key_Up else 1)
            self._show()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + (bar.pageStep() if event.key() == Qt.Key.Key_PageDown else -bar.pageStep()))
        elif event.text().isprintable() and event.text():
            self._rhythm.typed(at, event.text())
            if not waiting and len(self._rhythm.burst()) == 1 and not event.isAutoRepeat():
                self._letter = event.text().upper()
                self._wait.start()

    def _letter_stands(self) -> None:
        """Nothing came behind a letter: a person meant it."""
        letter, self._letter = self._letter, ""
        if letter in ("A", *KEYS.values()):
            self._press(letter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._card.setFixedWidth(min(self._look.px(380), self.width() * 36 // 100))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

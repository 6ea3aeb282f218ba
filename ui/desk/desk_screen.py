"""The circulation screen: renders `DeskView` values, hands every input to the desk's session at once.

It holds no rule and no state of the work. What it knows besides the view is only the window's: where the keyboard is,
whether its own settings question is open, which outcome was already sounded.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.verdict import Param
from app.services.view import Banner, DeskPort, DeskView, Phrase, Question, Sound, Tone
from ui.announce import announce
from ui.desk.appearance import LOOK, OPEN_KEY, OWN_KEYS, QUESTION_ID, appearance_question
from ui.desk.key_router import KeyRouter
from ui.desk.missed import MissedScans
from ui.look import Look
from ui.room import Room
from ui.scanner import ScanRhythm
from ui.settings import UiSettings
from ui.widgets.banner import BannerBox
from ui.widgets.key_bar import KeyBar
from ui.widgets.labels import word_label
from ui.widgets.question_panel import QuestionPanel
from ui.widgets.scan_box import ScanBox
from ui.widgets.side_panel import SidePanel
from ui.widgets.state_line import StateBar
from ui.widgets.transaction_table import TransactionTable

TICK_MS = 1000
HELP_KEY = "F1"
CASES_KEY = "Ctrl+D"


class DeskScreen(QWidget):
    """One screen, one box. `rendered` tells the window of a new view, `ready` whether the box has the keyboard."""

    rendered = Signal(object)
    ready = Signal(bool)
    settings_chosen = Signal(str)
    cases_wanted = Signal()

    def __init__(
        self,
        desk: DeskPort,
        look: Look,
        settings: UiSettings,
        play: Callable[[Sound], object],
        on_bug: Callable[[Exception], object],
        parent: QWidget | None = None,
        tick_ms: int = TICK_MS,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._desk = desk
        self._look = look
        self._settings = settings
        self._play = play
        self._on_bug = on_bug
        self._own_question: Question | None = None
        self._own_banner: tuple[int, Banner] | None = None
        self._serial: int | None = None
        self.missed = MissedScans(
            look.text.data, lambda name, code: look.text.say("box.missed-card", {"name": name, "code": code})
        )
        self._kept_out = ""
        self.view: DeskView | None = None
        self.rhythm = ScanRhythm(settings.suffix_ms)
        self.router = KeyRouter(self, self.rhythm, self)
        self._build()
        self._connect()
        self._tick = QTimer(self)
        self._tick.setInterval(tick_ms)
        self._tick.timeout.connect(lambda: self._ask(self._desk.tick))
        self._ask(desk.view, quiet=True)
        if tick_ms:
            self._tick.start()

    def _build(self) -> None:
        look = self._look
        self.state = StateBar(look, self)
        self.box = ScanBox(look, self.rhythm, self)
        self.banner = BannerBox(look, self)
        self.missed_words = word_label("missed", self, wrap=True)
        self.missed_words.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.question = QuestionPanel(look, self)
        self.table = TransactionTable(look, self)
        self.side = SidePanel(look, self)
        self.keys = KeyBar(look, self)
        column = QVBoxLayout()
        column.setSpacing(look.px(12))
        halo = look.px(4)
        box_row = QVBoxLayout()
        box_row.setContentsMargins(0, 0, 0, 0)
        box_row.addWidget(self.box)
        column.addLayout(box_row)
        inset = QVBoxLayout()
        inset.setContentsMargins(halo, 0, halo, 0)
        inset.setSpacing(look.px(12))
        inset.addWidget(self.banner)
        inset.addWidget(self.missed_words)
        inset.addWidget(self.question)
        inset.addWidget(self.table, 1)
        inset.addStretch(0)
        column.addLayout(inset, 1)
        column.setSpacing(look.px(8))
        middle = QHBoxLayout()
        self._middle = middle
        middle.addLayout(column, 1)
        aside = QVBoxLayout()
        aside.setContentsMargins(0, halo, 0, 0)
        aside.addWidget(self.side)
        middle.addLayout(aside)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.state)
        page.addLayout(middle, 1)
        page.addWidget(self.keys)
        self._inset = inset
        self._room: Room | None = None
        self.fit(Room())

    def fit(self, room: Room) -> None:
        """Fold the parts as the window leaves room."""
        if room == self._room:
            return
        self._room = room
        px = self._look.px
        self._middle.setContentsMargins(px(14), px(5 if room.low else 12), px(18), px(7 if room.low else 16))
        self._middle.setSpacing(px(8 if room.narrow else 12))
        self._inset.setSpacing(px(7 if room.low else 12))
        for part in (self.state, self.box, self.banner, self.question, self.table, self.side, self.keys):
            part.fit(room)
        self._make_room()

    def _connect(self) -> None:
        self.router.watch(self.box.input)
        self.router.watch(self.question)
        self.box.input.scanned.connect(self._scanned)
        self.box.input.finished.connect(lambda: self.verb("Enter"))
        self.box.input.ready.connect(self.ready)
        self.keys.pressed.connect(self.press)
        self.question.answered.connect(self._answer)
        self.question.searched.connect(self._search)
        self.question.taken.connect(self._take)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    # --- rendering

    def refresh(self, view: DeskView, fresh: bool = False) -> None:
        """Show a view. Sound, announcement and motion happen once per `serial`, or when it is said to be `fresh`."""
        fresh = fresh or (self._serial is not None and view.serial != self._serial)
        self._serial = view.serial
        if self._own_banner is not None and self._own_banner[0] == view.serial:
            view = replace(view, banner=self._own_banner[1])
        self.view = view
        question = self._own_question or view.question
        self._render(view, question, fresh)
        self.rendered.emit(view)
        if fresh:
            self._tell(view)

    def _render(self, view: DeskView, question: Question | None, fresh: bool) -> None:
        self.state.render_state(view.state)
        listing = question is not None and question.kind == "list"
        self.box.render_box(view, None if question is None else self._look.text.data(question.held), listing)
        own = self._own_question is not None
        self.banner.render_banner(None if own else view.banner)
        before = self.question.question
        self.question.render_question(question)
        over = self.question.over_the_table
        self._inset.setStretchFactor(self.question, 1 if over else 0)
        self.show_missed()
        self._make_room()
        self.table.render_rows(view, fresh)
        self.side.render_side(view)
        self.keys.render_keys(OWN_KEYS if own else view.keys)
        if (before.id if before else None) != (question.id if question else None):
            for edit in self.question.fields.values():
                self.router.watch(edit)
            self.take_focus()

    def _make_room(self) -> None:
        """A question over the table takes its place; on a low screen every question does, so that it is read whole, and
        that of the keys, which stand on its answers already.

        Lower still, what the question does not need gives way: the card at the side, the banner above a list, the box
        that takes no scan now.
        """
        room, asking, over = self._room or Room(), self.asking(), self.question.over_the_table
        cramped = asking and room.cramped
        self.table.setVisible(not (cramped or over))
        self._inset.setStretch(self._inset.count() - 1, 1 if cramped and not over else 0)
        self.keys.setVisible(not cramped)
        self.side.setVisible(not (asking and room.low and room.narrow))
        self.banner.give_way(over and room.low)
        self.box.setVisible(not (asking and room.low))

    def _tell(self, view: DeskView) -> None:
        if view.sound is not None:
            self._play(view.sound)
        words = self._look.say("announce", view.announce) if view.announce else self.banner.spoken()
        announce(self, words, view.sound is Sound.NO)

    def take_focus(self) -> None:
        """Bring the keyboard where it belongs: to the open question, else to the scan box."""
        target = self.box.input if self.question.question is None else self.question.focus_target()
        if not target.hasFocus():
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isVisible() or now.window() is not self.window():
            return
        asking = self.question.question is not None
        allowed = [self.question, *self.question.fields.values()] if asking else [self.box.input]
        if now not in allowed:
            QTimer.singleShot(0, self, self.take_focus)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.take_focus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.take_focus()

    # --- intents

    def _ask(self, call: Callable[[], DeskView], quiet: bool = False) -> None:
        """Let the session act and show what came of it. A fault of the program is told, and the desk stays usable."""
        try:
            view = call()
        except Exception as fault:
            self._on_bug(fault)
            if self.view is None or quiet:
                raise
            self._own_banner = None
            banner = Banner(Tone.NO, "stopped", lines=(Phrase("unexpected"),))
            self.refresh(replace(self.view, banner=banner, sound=Sound.NO, announce=None), fresh=True)
        else:
            self.refresh(view)

    def asking(self) -> bool:
        """True while a question is open."""
        return self.question.question is not None

    def verb(self, key: str) -> bool:
        """Do what a key means now; False when it means nothing."""
        if key == OPEN_KEY:
            self.open_settings()
            return True
        if key == CASES_KEY:
            self.cases_wanted.emit()
            return True
        if key == "Esc" and self.missed:
            self.missed.clear()
            self.show_missed()
            return True
        view = self.view
        hint = next((h for h in view.keys if h.key == key), None) if view else None
        if hint is None:
            return False
        self._ask(lambda: self._desk.key(hint.action))
        return True

    def question_key(self, key: str) -> bool:
        """Answer the open question with a key; Enter takes the chosen line when no answer has it."""
        answer = self.question.answer_for(key)
        if answer is not None:
            self._answer(answer.action)
            return True
        if key == HELP_KEY:
            self.question.say_keys()
            return True
        if key == "Enter":
            chosen = self.question.choices.chosen() if self.question.choices.isVisible() else ""
            if chosen:
                self._take(chosen)
            else:
                self.question.step_field(1)
            return True
        return False

    def question_move(self, event: QKeyEvent) -> bool:
        """Arrow keys choose a line, Tab goes to the next field."""
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.question.step_field(-1 if event.key() == Qt.Key.Key_Backtab else 1)
            return True
        return self.question.step_choice(event.key()) or self.move(event)

    def move(self, event: QKeyEvent) -> bool:
        """Arrow and page keys go through reasons that do not all fit."""
        return self.banner.reasons.step(event.key())

    def stray_scan(self, code: str) -> None:
        """A scan while a question is open: refused aloud, or taken by a question that wants one.

        The copy the question is about and the open reader's card are on the screen already: nothing is missed.
        """
        question = self.question.question
        if question is not None and question.takes_scan:
            self._ask(lambda: self._desk.scan(code))
            return
        self._play(Sound.NO)
        self.question.leave_secret()
        card = self.view.member if self.view else None
        told = self.missed.shown(code)
        known = (question.held if question else "", card.member_no if card else "")
        if told.casefold() in [self._look.text.data(one).casefold() for one in known if one]:
            announce(self, self.question.accessibleName(), True)
            return
        self._kept_out = question.id if question is not None else ""
        self.missed.add(code, card.name if card else "", self._desk.card_of(code))
        self.show_missed()
        announce(self, self.missed_words.text(), True)

    def show_missed(self) -> None:
        """Count the scans that fell on an open question, until they are scanned again or put away with Esc."""
        card = self.view.member if self.view else None
        codes = self.missed.codes(card.name if card else "")
        question = self.question.question
        key = "box.missed"
        if question is not None:
            key = "question.reject-scan" if question.id == self._kept_out else "question.missed-before"
        words = self._look.text.say(key, {"n": len(self.missed), "codes": codes}) if self.missed else ""
        self.missed_words.setText(words)
        self.missed_words.setVisible(bool(words))

    def _scanned(self, text: str) -> None:
        self.missed.forget(text)
        self._ask(lambda: self._desk.scan(text))

    def stray_letter(self, event: QKeyEvent) -> None:
        """Give the box a key that reached nobody."""
        self.take_focus()
        QApplication.sendEvent(self.box.input, event)

    def say_absent(self, place: str) -> None:
        """Say that a place of the rail is not there yet and what to use instead; until the next outcome."""
        if self.view is None or self.asking():
            self.take_focus()
            return
        words: dict[str, Param] = {"place": self._look.text.say(f"place.{place}")}
        self._own_banner = (self.view.serial, Banner(Tone.TOLD, "absent", words, (Phrase(f"instead-{place}"),)))
        self.refresh(self.view)
        announce(self, self.banner.spoken(), False)
        self.take_focus()

    def open_settings(self) -> None:
        """Ask how the window should look; not while another question is open."""
        if not self.asking() and self.view is not None:
            self._own_question = appearance_question(self._settings)
            self.refresh(self.view)

    def close_settings(self) -> None:
        """Put the window's own question away."""
        if self._own_question is not None and self.view is not None:
            self._own_question = None
            self.refresh(self.view)

    def _answer(self, action: str) -> None:
        question = self.question.question
        if question is None:
            return
        picked = self.question.choices.chosen() if question.choices else ""
        if action == LOOK:
            self._ask(lambda: self._desk.answer("close", {}))
            self.open_settings()
        elif question.id == QUESTION_ID:
            self.close_settings()
            if action == "window-pick" and picked:
                self.settings_chosen.emit(picked)
        elif self.question.missing(action) is None:
            values = self.question.values()
            self._ask(lambda: self._desk.answer(action, values, picked))

    def _take(self, choice_id: str) -> None:
        question = self.question.question
        if question is not None and question.id == QUESTION_ID:
            self.close_settings()
            self.settings_chosen.emit(choice_id)
            return
        enter = self.question.answer_for("Enter")
        if enter is None:
            self._ask(lambda: self._desk.pick(choice_id))
        elif not enter.needs:
            self._answer(enter.action)
        # An answer that needs its fields (it takes money, it registers) is not meant by a click: that only chooses.

    def _search(self, text: str) -> None:
        if self.asking():
            self._ask(lambda: self._desk.search(text))

    def press(self, key: str) -> None:
        """Do what a key means where it was clicked instead of pressed."""
        if self.asking():
            self.question_key(key)
        else:
            self.verb(key)
        self.take_focus()

"""The scan box as it is seen: a frame whose colour tells the mode, a label that tells what to do, the big input."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.services.view import DeskView, Mode
from ui.look import Look
from ui.room import Room
from ui.scanner import ScanInput, ScanRhythm
from ui.widgets.labels import ElidedLabel
from ui.widgets.styled import plain, restate


class ScanBox(QFrame):
    """Halo, frame, label and input. Away = the keyboard is elsewhere; held = a question is open."""

    def __init__(self, look: Look, rhythm: ScanRhythm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "scanHalo")
        self._look = look
        self._mode = Mode.AUTO
        self._sticky = False
        self._listing = False
        outer = QVBoxLayout(self)
        halo = look.px(4)
        outer.setContentsMargins(halo, halo, halo, halo)
        self._card = QFrame(self)
        plain(self._card, "scanCard")
        outer.addWidget(self._card)
        column = QVBoxLayout(self._card)
        self._column = column
        column.setSpacing(0)
        self.label = ElidedLabel("scanLabel", self._card)
        self.input = ScanInput(rhythm, self._card)
        self.input.setAccessibleName(look.text.say("box.name"))
        self.input.setAccessibleDescription(look.text.say("box.help"))
        column.addWidget(self.label)
        column.addWidget(self.input, 1)
        self.input.ready.connect(lambda _ready: self._restate())
        self.fit(Room())
        self._restate()

    def fit(self, room: Room) -> None:
        """Stand closer in a low window."""
        px = self._look.px
        self._card.setFixedHeight(px(60 if room.low else 75))
        self._column.setContentsMargins(px(18), px(5 if room.low else 11), px(18), px(3 if room.low else 8))

    def render_box(self, view: DeskView, held: str | None, listing: bool = False) -> None:
        """Show the mode; `held` None = open for scans, otherwise the code kept while a question is open. `listing`:
        what is open only shows something, and asks nothing."""
        self._mode, self._sticky, self._listing = view.mode, view.sticky, listing
        if held is None:
            self.input.release()
        elif not self.input.held or self.input.text() != held:
            self.input.hold(held)
        self._restate()

    def _restate(self) -> None:
        if self.input.held:
            state, words = "held", "box.listing" if self._listing else "box.held"
        elif not self.input.hasFocus():
            state, words = "away", "box.away"
        else:
            state, words = "ready", f"box.{self._mode}"
        self.label.setText(self._look.text.say(words))
        colour = str(self._mode) if self._sticky or self._mode is Mode.RETURN else "auto"
        for widget in (self, self._card):
            restate(widget, state=state, mode=colour)

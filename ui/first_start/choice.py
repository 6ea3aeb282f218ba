"""The first page: four ways to begin, each with a number."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ui.first_start.page import StartPage
from ui.look import Look
from ui.widgets.labels import word_label

KINDS = ("demo", "import", "empty", "restore")


class ChoicePage(StartPage):
    """`chosen` gives the kind of beginning."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "start.welcome", "start.choose", parent)
        self.choices: dict[str, QPushButton] = {}
        self.column.setSpacing(look.px(12))
        for number, kind in enumerate(KINDS, 1):
            self._choice(number, kind)
        self.fault = self.words("questionWrong")
        self.column.addStretch(1)

    def _choice(self, number: int, kind: str) -> None:
        button = QPushButton(self.say(f"start.{kind}", {"n": number}), self)
        button.setObjectName("startChoice")
        button.setAccessibleName(self.say(f"start.{kind}", {"n": number}))
        button.setMinimumHeight(self.look.px(50))
        button.clicked.connect(lambda _checked=False: self.choose(kind))
        line = word_label("startLine", self, wrap=True)
        line.setText(self.say(f"start.{kind}-line"))
        pair = QVBoxLayout()
        pair.setSpacing(self.look.px(3))
        pair.addWidget(button)
        pair.addWidget(line)
        self.column.addLayout(pair)
        self.choices[kind] = button

    def choose(self, kind: str) -> None:
        """A beginning was chosen."""
        self.fault.setText("")
        self.chosen.emit(kind)

    def typed(self, text: str) -> bool:
        """The numbers choose."""
        numbers = {str(number): kind for number, kind in enumerate(KINDS, 1)}
        if text in numbers:
            self.choose(numbers[text])
        return text in numbers

    def wrong(self, said: str) -> None:
        self.fault.setText(said)

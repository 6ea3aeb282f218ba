"""Why the desk cannot be opened, in a small window: a sentence, and a field when the recovery key can help."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from ui.app import application
from ui.fonts import load_fonts
from ui.look import base_font, make_look
from ui.settings import UiSettings
from ui.theme import palette, stylesheet
from ui.widgets.labels import word_label


class StopNotice(QDialog):
    """One sentence and a key to close; with `asks` also the recovery key, read by `recovery()` afterwards."""

    def __init__(self, sentence: str, asks: bool) -> None:
        super().__init__()
        look = make_look(UiSettings(), load_fonts())
        application().setPalette(palette(look.tokens))
        self.setFont(base_font(look))
        self.setObjectName("page")
        self.setStyleSheet(stylesheet(look.tokens, look.measure, look.fonts.mono))
        say = look.text.say
        self.setWindowTitle(say("stop.window"))
        self.setMinimumWidth(look.px(560))
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(28), look.px(24), look.px(28), look.px(24))
        column.setSpacing(look.px(14))
        words = word_label("startLine", self, wrap=True)
        words.setText("\n".join(look.text.data(line.strip()) for line in sentence.splitlines()))
        words.setAccessibleName(sentence)
        column.addWidget(words)
        self.field = QLineEdit(self)
        self.field.setObjectName("startField")
        self.field.setFont(look.code_font(15))
        self.field.setAccessibleName(say("stop.recovery"))
        self.field.setPlaceholderText(say("stop.recovery"))
        self.field.setMaxLength(100)
        self.field.setVisible(asks)
        column.addWidget(self.field)
        row = QHBoxLayout()
        self.opener = self._button(say("stop.open"), "true", self.accept)
        self.opener.setVisible(asks)
        close = self._button(say("stop.close"), "false" if asks else "true", self.reject)
        row.addWidget(self.opener)
        row.addWidget(close)
        row.addStretch(1)
        column.addLayout(row)

    def _button(self, words: str, primary: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName("answer")
        button.setProperty("primary", primary)
        button.setAccessibleName(words)
        button.setMinimumHeight(38)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def recovery(self) -> str:
        """The typed recovery key, "" when the window was only closed."""
        return self.field.text().strip() if self.result() == QDialog.DialogCode.Accepted else ""


def tell(sentence: str, asks: bool) -> str:
    """Show the notice until it is closed; the recovery key that was typed, or ""."""
    application()
    notice = StopNotice(sentence, asks)
    notice.exec()
    return notice.recovery()

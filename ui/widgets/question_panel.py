"""A question that stops the work: its fields, its lines to choose from, its answers with their keys.

It renders a `Question` and gives the answer that was meant; it does not read the keyboard and does not judge a scan.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.services.view import Answer, Field, FieldKind, Question
from ui.look import Look
from ui.room import Room
from ui.widgets.choice_list import ChoiceList
from ui.widgets.flow_row import FlowRow
from ui.widgets.key_bar import key_words
from ui.widgets.labels import ElidedLabel, word_label
from ui.widgets.styled import plain, restate

OVER_THE_TABLE = frozenset({"pick", "find", "list"})
_NARROW = frozenset({FieldKind.PIN, FieldKind.MONEY, FieldKind.DATE})
_MOST_LETTERS = 500
_MOST_BESIDE = 3
"""Fields that stand in one row."""
_PAGE, _ALL = 8, 100_000


class QuestionPanel(QFrame):
    """`answered` gives an answer's action; `searched` the text of the search field; `taken` a clicked line's id."""

    answered = Signal(str)
    searched = Signal(str)
    taken = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain(self, "card")
        self._look = look
        self.question: Question | None = None
        self.fields: dict[str, QLineEdit] = {}
        self.buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(18), look.px(14), look.px(18), look.px(14))
        column.setSpacing(look.px(10))
        self._column = column
        self._title = ElidedLabel("questionTitle", self, lines=2)
        self._fields_column = QVBoxLayout()
        self._fields_column.setSpacing(look.px(8))
        self._fields_rows: list[tuple[QBoxLayout, list[QLineEdit]]] = []
        self._wrong = word_label("questionWrong", self, wrap=True)
        self.choices = ChoiceList(look, self)
        self._empty = word_label("tableEmpty", self, wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.more = word_label("fieldLabel", self, wrap=True)
        self.answers = FlowRow(look, self)
        column.addWidget(self._title)
        column.addLayout(self._fields_column)
        column.addWidget(self._wrong)
        column.addWidget(self.choices, 1)
        column.addWidget(self.more)
        column.addWidget(self._empty, 1)
        column.addWidget(self.answers)
        self.choices.taken.connect(self.taken)
        self._holders: list[QWidget] = []
        self.hide()

    @property
    def over_the_table(self) -> bool:
        """True when the question takes the place of the table."""
        return self.question is not None and (self.question.kind in OVER_THE_TABLE or bool(self.question.choices))

    def render_question(self, question: Question | None) -> None:
        """Show a question. While its id stays the same, what was typed stays."""
        if question == self.question:
            return
        before, self.question = self.question, question
        if question is None:
            self._clear()
            self.hide()
            return
        if before is None or before.id != question.id:
            self._clear()
            self._make_fields(question.fields)
        if before is None or before.answers != question.answers or not self.buttons:
            self._make_answers(question.answers)
        title = self._look.text.say(f"question.{question.code}", question.params)
        self._title.setText(title)
        self.setAccessibleName(title)
        restate(self._title, over="true" if self.over_the_table else "")
        self.say_wrong(self._look.say("question", question.wrong) if question.wrong else "")
        self._render_choices(question)
        self.show()

    def _render_choices(self, question: Question) -> None:
        self.choices.show_choices(question.choices, question.begin)
        self.choices.setVisible(bool(question.choices))
        more = self._look.say("choice", question.more) if question.more and question.choices else ""
        self.more.setText(more)
        self.more.setVisible(bool(more))
        empty = self._look.say("choice", question.empty) if question.empty and not question.choices else ""
        self._empty.setText(empty)
        self._empty.setVisible(bool(empty) or (question.kind in OVER_THE_TABLE and not question.choices))

    def _clear(self) -> None:
        for holder in self._holders:
            holder.hide()
            holder.deleteLater()
        self._holders.clear()
        for row, _edits in self._fields_rows:
            self._fields_column.removeItem(row)
        self._fields_rows.clear()
        self.fields.clear()
        self._clear_answers()

    def _clear_answers(self) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons.clear()
        self.answers.show_widgets(())

    def _make_fields(self, fields: tuple[Field, ...]) -> None:
        labelled = any(field.value for field in fields) or len(fields) > _MOST_BESIDE
        beside = len(fields) if len(fields) <= _MOST_BESIDE else -(-len(fields) // 2)
        for number, field in enumerate(fields):
            if number % beside == 0:
                row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
                row.setSpacing(self._look.px(10))
                self._fields_column.addLayout(row)
                self._fields_rows.append((row, []))
            words = self._look.text.say(f"field.{field.code}")
            holder = QWidget(self)
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(self._look.px(4))
            edit = self._make_edit(field, words, holder)
            if labelled:
                label: QLabel = word_label("fieldLabel", holder)
                label.setText(words)
                label.setBuddy(edit)
                column.addWidget(label)
            else:
                edit.setPlaceholderText(words)
            column.addWidget(edit)
            self._holders.append(holder)
            row, edits = self._fields_rows[-1]
            row.addWidget(holder, 0 if field.kind in _NARROW else 1)
            edits.append(edit)
            self.fields[field.name] = edit
        self._turn_fields()

    def _turn_fields(self) -> None:
        """Fields of a row stand beside each other, or below where their words would be cut."""
        gap = self._look.px(10)
        room = self.width() - 2 * self._look.px(20)
        for row, edits in self._fields_rows:
            words = [edit.fontMetrics().horizontalAdvance(edit.accessibleName()) for edit in edits]
            wide = [max(w + self._look.px(40), e.minimumWidth()) for w, e in zip(words, edits, strict=True)]
            fits = sum(wide) + gap * (len(wide) - 1) <= room
            row.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn_fields()

    def fit(self, room: Room) -> None:
        """Stand closer in a low window."""
        px = self._look.px
        high = px(8 if room.low else 14)
        self._column.setContentsMargins(px(18), high, px(18), high)
        self._column.setSpacing(px(6 if room.low else 10))

    def _make_edit(self, field: Field, words: str, parent: QWidget) -> QLineEdit:
        edit = QLineEdit(parent)
        edit.setObjectName("field")
        edit.setFixedHeight(self._look.px(40))
        edit.setMaxLength(_MOST_LETTERS)
        edit.setText(self._look.text.format.count(int(field.value)) if _is_amount(field) else field.value)
        edit.setAccessibleName(words)
        edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        edit.setAcceptDrops(False)
        if field.kind in _NARROW:
            edit.setMinimumWidth(
                max(self._look.px(220), edit.fontMetrics().horizontalAdvance(words) + self._look.px(40))
            )
        if field.kind is FieldKind.PIN:
            edit.setEchoMode(QLineEdit.EchoMode.Password)
        if field.kind is FieldKind.SEARCH:
            edit.textChanged.connect(self.searched)
        return edit

    def _make_answers(self, answers: tuple[Answer, ...]) -> None:
        self._clear_answers()
        for answer in answers:
            word = self._look.text.say(f"answer.{answer.code}", answer.params)
            words = self._look.text.say("answer.key", {"key": key_words(answer.key), "action": word})
            button = QPushButton(words.replace("&", "&&"), self.answers)
            button.setObjectName("answer")
            button.setProperty("primary", "true" if answer.primary else "")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setFixedHeight(self._look.px(38))
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            button.setEnabled(answer.enabled)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _checked=False, a=answer.action: self.answered.emit(a))
            self.buttons.append(button)
        self.answers.show_widgets(tuple(self.buttons))

    def focus_target(self) -> QWidget:
        """Who takes the keyboard: the field to begin with, its text marked for typing over, or else the panel."""
        begin = self.question.begin if self.question else ""
        first = self.fields.get(begin) or next(iter(self.fields.values()), None)
        if first is not None:
            first.selectAll()
            return first
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return self

    def leave_secret(self) -> None:
        """After a scan that was not used: no part of it is kept as a PIN, and the keyboard goes to the first field that
        still wants something. A scanner that stumbles leaves its first letters behind, unseen behind the dots."""
        secret = next((edit for edit in self.fields.values() if edit.hasFocus() and is_secret(edit)), None)
        if secret is None:
            return
        secret.clear()
        wanted = {name for answer in (self.question.answers if self.question else ()) for name in answer.needs}
        empty = next((edit for name, edit in self.fields.items() if name in wanted and not edit.text().strip()), secret)
        empty.setFocus(Qt.FocusReason.OtherFocusReason)

    def values(self) -> dict[str, str]:
        """What stands in the fields; an amount as its digits alone."""
        question = self.question
        kinds = {field.name: field.kind for field in question.fields} if question else {}
        return {
            name: "".join(c for c in edit.text() if c.isdigit()) if kinds.get(name) is FieldKind.MONEY else edit.text()
            for name, edit in self.fields.items()
        }

    def answer_for(self, key: str) -> Answer | None:
        """The enabled answer with this key."""
        answers = self.question.answers if self.question else ()
        return next((a for a in answers if a.key == key and a.enabled), None)

    def missing(self, action: str) -> QLineEdit | None:
        """The first field this answer needs that is empty; it is named and gets the keyboard."""
        answers = self.question.answers if self.question else ()
        needs = next((a.needs for a in answers if a.action == action), ())
        for name in needs:
            edit = self.fields.get(name)
            if edit is not None and not edit.text().strip():
                self.say_wrong(self._look.text.say("question.missing", {"field": edit.accessibleName()}))
                edit.setFocus(Qt.FocusReason.OtherFocusReason)
                return edit
        return None

    def say_wrong(self, words: str, tone: str = "") -> None:
        """Say what was wrong with the last answer, or with the tone "told" a help; "" = nothing."""
        self._wrong.setText(words)
        restate(self._wrong, tone=tone)
        self._wrong.setVisible(bool(words))

    def say_keys(self) -> None:
        """Name the keys that work in this question."""
        answers = self.question.answers if self.question else ()
        keys = " · ".join(
            button.text().replace("&&", "&") for button, a in zip(self.buttons, answers, strict=True) if a.enabled
        )
        more = [self._look.text.say("question.keys-fields")] if len(self.fields) > 1 else []
        more += [self._look.text.say("question.keys-choices")] if self.choices.isVisible() else []
        self.say_wrong(self._look.text.say("question.keys-now", {"keys": " · ".join([keys, *more])}), "told")

    def step_field(self, by: int) -> None:
        """Move the keyboard to the next field, round and round."""
        edits = list(self.fields.values())
        here = next((number for number, edit in enumerate(edits) if edit.hasFocus()), -1)
        if edits:
            edits[(here + by) % len(edits)].setFocus(Qt.FocusReason.TabFocusReason)

    def step_choice(self, key: int) -> bool:
        """Move the choice with an arrow or page key; False when the key is none of them."""
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _PAGE,
            Qt.Key.Key_PageUp: -_PAGE,
            **({} if self.fields else {Qt.Key.Key_Home: -_ALL, Qt.Key.Key_End: _ALL}),
        }
        by = steps.get(Qt.Key(key))
        if by is None or not self.choices.isVisible():
            return False
        self.choices.step(by)
        return True


def is_secret(widget: object) -> bool:
    """True for a field whose letters nobody sees."""
    return isinstance(widget, QLineEdit) and widget.echoMode() is QLineEdit.EchoMode.Password


def _is_amount(field: Field) -> bool:
    return field.kind is FieldKind.MONEY and field.value.isascii() and field.value.isdigit()

"""What the columns of a list mean, told by a person: one choice for each, with examples of what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.verdict import Param
from app.importers.sheet_mapping import KINDS, Column
from app.services.import_columns import Assigned, UnknownList, Way, fault_of, offered
from ui.first_start.page import StartPage
from ui.first_start.scroll import Scroll
from ui.look import Look
from ui.widgets.drop_down import DropDown
from ui.widgets.labels import ElidedLabel, word_label


class ColumnsPage(StartPage):
    """Asks about one list after another; `assigned` then gives what was said of each, by its file."""

    assigned = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "start.columns", "start.columns-line", parent)
        self._lists: tuple[UnknownList, ...] = ()
        self._told: dict[Path, Assigned] = {}
        self._at = 0
        self.rows: list[ColumnRow] = []
        self.kind = self._choice()
        for kind in KINDS:
            self.kind.addItem(self.say(f"start.{kind}"), kind)
        self.header = self._choice()
        self._choices()
        self._scroll = Scroll(look, self)
        self.column.addWidget(self._scroll, 1)
        self.fault = self.words("questionWrong")
        self.answers(("start.go-on", self.go_on), ("start.back", self.go_back), stretch=False)
        self.kind.currentIndexChanged.connect(self._show_columns)
        self.header.currentIndexChanged.connect(self._show_columns)

    def _choice(self) -> DropDown:
        choice = DropDown(self.look, self)
        choice.setObjectName("startField")
        choice.setFont(self.look.font(15))
        choice.setMinimumHeight(self.look.px(42))
        return choice

    def _choices(self) -> None:
        """What the list is and where its names stand, side by side: both are one question about the whole list."""
        row = QHBoxLayout()
        row.setSpacing(self.look.px(14))
        for key, choice in (("start.list-kind", self.kind), ("start.header-row", self.header)):
            label = word_label("startLine", self)
            label.setText(self.say(key))
            choice.setAccessibleName(self.say(key))
            pair = QVBoxLayout()
            pair.setSpacing(self.look.px(3))
            pair.addWidget(label)
            pair.addWidget(choice)
            row.addLayout(pair, 1)
        self.column.addLayout(row)

    def ask(self, lists: Sequence[UnknownList]) -> None:
        """Ask about these."""
        self._lists, self._told = tuple(lists), {}
        self._ask_about(0)

    def _ask_about(self, at: int) -> None:
        """Ask about one of them; what was said of it before stands there again."""
        self._at = at
        now = self._lists[at]
        said = self._told.get(now.path)
        way = said.way if said else now.likely
        place: dict[str, Param] = {"n": at + 1, "of": len(self._lists), "file": now.path.name}
        self.line.setText(self.say("start.columns-line" if len(self._lists) == 1 else "start.columns-line-of", place))
        for choice in (self.kind, self.header):
            choice.blockSignals(True)
        self.kind.setCurrentIndex(self.kind.findData(way.kind))
        self.header.clear()
        for above in sorted({way.header_rows for way in now.ways}):
            self.header.addItem(self.say("start.header-at" if above else "start.header-none", {"n": above}), above)
        self.header.setCurrentIndex(self.header.findData(way.header_rows))
        for choice in (self.kind, self.header):
            choice.blockSignals(False)
        self.rows = []
        self._show_columns()
        for row, meaning in zip(self.rows, said.meanings if said else (), strict=False):
            row.choose(meaning)

    def _way(self) -> Way:
        return Way(str(self.kind.currentData()), int(self.header.currentData()))

    def _show_columns(self) -> None:
        """The columns in the chosen way; what was said of one stays said where it still can be."""
        said = [row.meaning() for row in self.rows]
        way = self._way()
        columns = self._lists[self._at].ways[way]
        self.rows = [ColumnRow(self.look, column, way.kind) for column in columns]
        for row, meaning in zip(self.rows, said, strict=False):
            if meaning:
                row.choose(meaning)
        for row in self.rows:
            row.choice.currentIndexChanged.connect(lambda _at: self.fault.setText(""))
        self._scroll.fill(self.rows, after=self.header)
        self.fault.setText("")

    def enter(self) -> None:
        self.kind.setFocus()

    def go_on(self) -> None:
        assigned = Assigned(self._way(), tuple(row.meaning() for row in self.rows))
        wrong = fault_of(assigned)
        if wrong is not None:
            code, meaning = wrong
            self.fault.setText(self.say(f"start.{code}", {"meaning": self.say(f"column.{meaning}")}))
            return
        self._told[self._lists[self._at].path] = assigned
        if self._at + 1 < len(self._lists):
            self._ask_about(self._at + 1)
            self.enter()
        else:
            self.assigned.emit(dict(self._told))

    def go_back(self) -> None:
        if self._at:
            self._ask_about(self._at - 1)
            self.enter()
        else:
            self.back.emit()

    def wrong(self, said: str) -> None:
        self.fault.setText(said)


class ColumnRow(QFrame):
    """One column: its name and first values, and the choice of what it means."""

    def __init__(self, look: Look, column: Column, kind: str) -> None:
        super().__init__()
        self.setObjectName("startColumn")
        say = look.text.say
        header = look.text.data(column.header)
        named = "start.column-named" if header else "start.column"
        name = ElidedLabel("startColumnName", self)
        name.setText(say(named, {"n": column.index + 1, "header": header}))
        self.choice = DropDown(look, self)
        self.choice.setObjectName("startField")
        self.choice.setFont(look.font(15))
        self.choice.setMinimumHeight(look.px(42))
        self.choice.setMinimumWidth(look.px(250))
        self.choice.addItem(say("start.column-skip"), "")
        for meaning in offered(kind):
            self.choice.addItem(say(f"column.{meaning}"), meaning)
        examples = [look.text.data(one) for one in column.examples]
        self.choice.setAccessibleName(". ".join([name.text(), *examples]))
        grid = QGridLayout(self)
        grid.setContentsMargins(look.px(14), look.px(10), look.px(14), look.px(10))
        grid.setVerticalSpacing(look.px(2))
        grid.setHorizontalSpacing(look.px(14))
        grid.setColumnStretch(0, 1)
        grid.addWidget(name, 0, 0)
        for place, example in enumerate(examples, 1):
            label = ElidedLabel("startExample", self)
            label.setText(example)
            grid.addWidget(label, place, 0)
        grid.addWidget(self.choice, 0, 1, max(1, len(examples) + 1), 1, Qt.AlignmentFlag.AlignTop)
        self.setFocusProxy(self.choice)
        self.choose(column.meaning)

    def meaning(self) -> str:
        """What was chosen, "" = the column is left out."""
        return str(self.choice.currentData())

    def choose(self, meaning: str) -> None:
        """Choose a meaning; one that this kind of list does not have changes nothing."""
        place = self.choice.findData(meaning)
        if place >= 0:
            self.choice.setCurrentIndex(place)

"""A4 sheets of codes to scan: the desk's commands, and cards and copies to practise with."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from app.domain.slip import CommandLabel, ItemLabel, MemberCard
from app.printing.canvas import ACCENT, LINE, SOFT, Page, fit_module, lines, mm
from app.printing.codes import Bars, bars
from app.printing.fonts import Role
from app.printing.geometry import A4_MM
from app.printing.labels import LEAST_MODULE_MM, WANTED_MODULE_MM
from app.printing.text import clean, starts_rtl
from app.printing.words import Words, words

_MARGIN_MM = 15.0
_COLUMNS = 3
_GAP_MM = 5.0
_CELL_MM = 30.0


class _Cell(Struct, frozen=True):
    code: str
    name: str
    detail: str = ""


def command_sheet(commands: Sequence[CommandLabel], library: str = "", language: str = "id") -> bytes:
    """Command codes with their words, to keep at the desk. ValueError for a command no bar code can carry."""
    say = words(language)
    sheet = _Sheet(say, say.say("commands.title"), library, say.say("commands.hint"))
    sheet.cells("", [_Cell(command.code, command.name, command.description) for command in commands])
    return sheet.done()


def practice_sheet(
    members: Sequence[MemberCard],
    items: Sequence[ItemLabel],
    library: str = "",
    language: str = "id",
    *,
    invented: bool = True,
) -> bytes:
    """Member cards and item codes to scan from paper, each with its name or title; of the demo library's `invented`
    readers and books, or of real ones. ValueError for a code that `sheet_refusal` refuses."""
    say = words(language)
    sheet = _Sheet(say, say.say("demo.title"), library, say.say("demo.hint" if invented else "practice.hint"))
    sheet.cells(say.say("demo.members"), [_Cell(card.member_no, card.name, card.member_type) for card in members])
    sheet.cells(say.say("demo.items"), [_Cell(item.barcode, item.title, item.call_number) for item in items])
    return sheet.done()


def sheet_refusal(code: str) -> str:
    """Why a code cannot stand on a sheet, or "" when it can."""
    made = bars(code)
    if not isinstance(made, Bars):
        return made.code
    fits = fit_module(made, _cell_width(mm(A4_MM[0])), mm(WANTED_MODULE_MM), mm(LEAST_MODULE_MM))
    return "" if fits else "label-too-narrow"


def _cell_width(page: float) -> float:
    return (page - 2 * mm(_MARGIN_MM) - (_COLUMNS - 1) * mm(_GAP_MM)) / _COLUMNS


class _Sheet:
    """Cells of three to a row under group headings, page after page."""

    def __init__(self, say: Words, title: str, library: str, hint: str) -> None:
        self.say = say
        self.title, self.library, self.hint = title, clean(library), hint
        self.page = Page(A4_MM, title, say.language)
        self.left, self.right = mm(_MARGIN_MM), self.page.width - mm(_MARGIN_MM)
        self.number = 1
        self.y = 0.0
        self._head()

    def done(self) -> bytes:
        return self.page.done()

    def _start(self, y: float, text: str, role: Role, size: float, soft: bool = False) -> None:
        drawn = lines(text, role, size, self.right - self.left, 1, self.say.rtl)[0]
        ink = SOFT if soft else (0.0, 0.0, 0.0)
        if self.say.rtl:
            self.page.text(self.right, y, drawn, role, size, "right", ink)
        else:
            self.page.text(self.left, y, drawn, role, size, "left", ink)

    def _head(self) -> None:
        top = self.page.height - mm(_MARGIN_MM)
        self._start(top - 16, self.title, "bold", 17)
        self._start(top - 30, self.hint, "regular", 9.5, soft=True)
        footer = mm(9)
        if self.library:
            self._start(footer, self.library, "regular", 8, soft=True)
        end = self.left if self.say.rtl else self.right
        self.page.text(end, footer, str(self.number), "regular", 8, "left" if self.say.rtl else "right", SOFT)
        self.y = top - 38

    def _room(self, height: float) -> None:
        if self.y - height < mm(_MARGIN_MM):
            self.page.next()
            self.number += 1
            self._head()

    def cells(self, heading: str, cells: Sequence[_Cell]) -> None:
        if heading and cells:
            self._room(mm(10) + mm(_CELL_MM))
            self._start(self.y - mm(6), heading, "semibold", 12)
            self.y -= mm(8.5)
        width = _cell_width(self.page.width)
        for start in range(0, len(cells), _COLUMNS):
            self._room(mm(_CELL_MM))
            for place, cell in enumerate(cells[start : start + _COLUMNS]):
                column = _COLUMNS - 1 - place if self.say.rtl else place
                self._cell(cell, self.left + column * (width + mm(_GAP_MM)), width)
            self.y -= mm(_CELL_MM) + mm(3)

    def _cell(self, cell: _Cell, left: float, width: float) -> None:
        code = bars(cell.code)
        if not isinstance(code, Bars):
            raise ValueError(code.code)
        module = fit_module(code, width, mm(WANTED_MODULE_MM), mm(LEAST_MODULE_MM))
        if module is None:
            raise ValueError("label-too-narrow")
        top, height, middle = self.y, mm(_CELL_MM), left + width / 2
        self.page.box(left, top - height, width, height, 6, stroke=LINE, weight=0.7)
        inner = width - mm(5)
        name = clean(cell.name)
        rows = lines(name, "semibold", 9, inner, 2, starts_rtl(name))
        y = top - mm(2) - 8
        for row in rows:
            self.page.text(middle, y, row, "semibold", 9, "centre")
            y -= 11.5
        if cell.detail and len(rows) == 1:
            detail = lines(clean(cell.detail), "regular", 7.5, inner, 1)[0]
            self.page.text(middle, y, detail, "regular", 7.5, "centre", SOFT)
        self.page.bars(middle - code.total * module / 2, top - height + mm(6.6), code, module, mm(11.5))
        self.page.text(middle, top - height + mm(2.6), cell.code, "mono-bold", 9, "centre", ACCENT)

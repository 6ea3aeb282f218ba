"""A plain table on A4 to read, file and sign: reconcile sheets, lists, the day's cash.

The header stands on every page, figures are tabular and end on one edge, pages are numbered "1 of n".
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from app.printing.canvas import INK, LINE, SOFT, Page, lines, mm
from app.printing.fonts import Role, pdf_width
from app.printing.geometry import A4_MM
from app.printing.text import clean
from app.printing.words import Words, words

_MARGIN_MM = 17.0
_SIZE = 9.0
_STEP = 12.6
_PAD = 5.0
_CELL_LINES = 6
_TINTS = {"differs": (0.992, 0.941, 0.835), "total": (0.957, 0.965, 0.961)}


class RowTone(StrEnum):
    """How a row is set: a difference is tinted *and* marked by its words; a total is bold."""

    PLAIN = "plain"
    GROUP = "group"
    TOTAL = "total"
    DIFFERS = "differs"


class Column(Struct, frozen=True):
    """A column: its heading, its share of the width, and whether it holds figures or codes."""

    title: str
    weight: float = 1.0
    figures: bool = False
    code: bool = False


class Row(Struct, frozen=True):
    """One row; fewer cells than columns leave the rest empty. A GROUP row has one cell across the table."""

    cells: tuple[str, ...]
    tone: RowTone = RowTone.PLAIN


class SignatureLine(Struct, frozen=True):
    """A place to sign: the role above, the name (may be empty) below the line."""

    role: str
    name: str = ""


class _Laid(Struct, frozen=True):
    cells: tuple[tuple[str, ...], ...]
    tone: RowTone
    height: float


def render_table_report(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row | Sequence[str]],
    signature_lines: Sequence[SignatureLine] = (),
    *,
    library: str = "",
    facts: Sequence[tuple[str, str]] = (),
    closing: str = "",
    printed: str = "",
    language: str = "id",
    landscape: bool = False,
) -> bytes:
    """The table as PDF. `facts` are label/value pairs under the title, `closing` a paragraph before the signatures.

    `printed` is the words for when it was printed (the caller knows the time). Raises ValueError without columns.
    """
    if not columns:
        raise ValueError("columns")
    given = [row if isinstance(row, Row) else Row(tuple(row)) for row in rows]
    report = _Report(words(language), title, tuple(columns), given, clean(library), clean(printed), landscape)
    report.layout(given, facts, closing, tuple(signature_lines))
    return report.draw()


class _Report:
    def __init__(
        self,
        say: Words,
        title: str,
        columns: tuple[Column, ...],
        rows: Sequence[Row],
        library: str,
        printed: str,
        landscape: bool,
    ) -> None:
        self.say, self.title, self.columns = say, clean(title), columns
        self.library, self.printed = library, printed
        self.size = (A4_MM[1], A4_MM[0]) if landscape else A4_MM
        self.left = mm(_MARGIN_MM)
        self.width = mm(self.size[0]) - 2 * self.left
        self.top, self.bottom = mm(self.size[1]) - mm(_MARGIN_MM), mm(20)
        self.widths = self._shared_widths(rows)
        self.pages: list[list[_Laid]] = [[]]
        self.header = self._laid(Row(tuple(column.title for column in columns), RowTone.TOTAL), heading=True)
        self.facts: list[tuple[str, str]] = []
        self.closing: list[str] = []
        self.signatures: tuple[SignatureLine, ...] = ()
        self.signs_alone = False

    def _shared_widths(self, rows: Sequence[Row]) -> list[float]:
        """Figures and codes get the width they need (up to 60 % in all); the rest share what is left by weight."""
        firm = {
            number: min(self._needed(number, rows), self.width * 0.6 / len(self.columns) * 2)
            for number, column in enumerate(self.columns)
            if column.figures or column.code
        }
        scale = min(1.0, self.width * 0.6 / sum(firm.values())) if firm and len(firm) < len(self.columns) else 1.0
        shares = sum(column.weight for number, column in enumerate(self.columns) if number not in firm)
        left_over = self.width - sum(firm.values()) * scale
        if not shares:
            whole = sum(firm.values())
            return [self.width * firm[number] / whole for number in range(len(self.columns))]
        return [
            firm[number] * scale if number in firm else left_over * column.weight / shares
            for number, column in enumerate(self.columns)
        ]

    def _needed(self, number: int, rows: Sequence[Row]) -> float:
        column = self.columns[number]
        widest = pdf_width(clean(column.title), "semibold", _SIZE - 0.5)
        for row in rows:
            if row.tone is not RowTone.GROUP and number < len(row.cells):
                role = self._role(column, row.tone, heading=False)
                widest = max(widest, pdf_width(clean(row.cells[number]), role, _SIZE))
        return widest + 2 * _PAD + 2

    def layout(
        self,
        rows: list[Row],
        facts: Sequence[tuple[str, str]],
        closing: str,
        signatures: tuple[SignatureLine, ...],
    ) -> None:
        """Share the rows out over pages; a group heading never stands last, the signatures never split."""
        self.facts = [(clean(label), clean(value)) for label, value in facts]
        self.closing = lines(clean(closing), "regular", _SIZE + 0.5, self.width, None, self.say.rtl) if closing else []
        self.signatures = signatures
        left_over = self.top - self._title_height() - self.header.height - self.bottom
        laid = [self._laid(row) for row in rows] or [self._laid(Row((self.say.say("no-rows"),), RowTone.GROUP))]
        for number, row in enumerate(laid):
            following = laid[number + 1].height if row.tone is RowTone.GROUP and number + 1 < len(laid) else 0.0
            if row.height + following > left_over and self.pages[-1]:
                self.pages.append([])
                left_over = self.top - self.header.height - self.bottom
            self.pages[-1].append(row)
            left_over -= row.height
        self.signs_alone = self._end_height() > left_over

    def _title_height(self) -> float:
        return 12.0 * bool(self.library) + 34.0 + 13.5 * len(self.facts) + 6.0

    def _end_height(self) -> float:
        closing = len(self.closing) * 14 + 14 if self.closing else 0
        return closing + (105 if self.signatures else 0)

    def _laid(self, row: Row, heading: bool = False) -> _Laid:
        if row.tone is RowTone.GROUP:
            text = lines(clean(row.cells[0]), "semibold", _SIZE, self.width - 2 * _PAD, 2, self.say.rtl)
            return _Laid((tuple(text),), row.tone, len(text) * _STEP + 8)
        cells: list[tuple[str, ...]] = []
        for column, width, cell in zip(self.columns, self.widths, row.cells, strict=False):
            role = self._role(column, row.tone, heading)
            size = _SIZE - 0.5 if heading else _SIZE
            base = self.say.rtl if heading else None
            cells.append(tuple(lines(clean(cell), role, size, width - 2 * _PAD, _CELL_LINES, base)))
        most = max((len(cell) for cell in cells), default=1)
        return _Laid(tuple(cells), row.tone, most * _STEP + 6)

    def _role(self, column: Column, tone: RowTone, heading: bool) -> Role:
        if heading:
            return "semibold"
        if column.code:
            return "mono"
        if column.figures:
            return "figures-bold" if tone is RowTone.TOTAL else "figures"
        return "semibold" if tone is RowTone.TOTAL else "regular"

    def draw(self) -> bytes:
        """Draw the laid-out pages."""
        page = Page(self.size, self.title, self.say.language)
        total = len(self.pages) + int(self.signs_alone)
        for number, rows in enumerate(self.pages, start=1):
            y = self._head(page) if number == 1 else self.top
            y = self._table(page, y, rows)
            self._foot(page, number, total)
            if number < len(self.pages):
                page.next()
            elif self.signs_alone:
                page.next()
                self._foot(page, total, total)
                y = self.top
        self._end(page, y)
        return page.done()

    def _place(self, page: Page, x: float, width: float, y: float, line: str, role: Role, size: float) -> None:
        """A line at the start side of a cell."""
        if self.say.rtl:
            page.text(x + width - _PAD, y, line, role, size, "right")
        else:
            page.text(x + _PAD, y, line, role, size)

    def _head(self, page: Page) -> float:
        y = self.top
        x, align = (self.left + self.width, "right") if self.say.rtl else (self.left, "left")
        if self.library:
            y -= 12
            name = lines(self.library, "semibold", 9.5, self.width, 1)[0]
            page.text(x, y + 3, name, "semibold", 9.5, align, SOFT)  # type: ignore[arg-type]
        y -= 20
        title = lines(self.title, "bold", 17, self.width, 1, self.say.rtl)[0]
        page.text(x, y + 2, title, "bold", 17, align)  # type: ignore[arg-type]
        y -= 14
        names = [lines(label, "regular", _SIZE, self.width, 1, self.say.rtl)[0] for label, _ in self.facts]
        indent = max((pdf_width(name, "regular", _SIZE) for name in names), default=0.0) + 14
        for name, (_, value) in zip(names, self.facts, strict=True):
            shown = lines(value, "medium", _SIZE, self.width - indent, 1)[0]
            page.text(x, y, name, "regular", _SIZE, align, SOFT)  # type: ignore[arg-type]
            page.text(x - indent if self.say.rtl else x + indent, y, shown, "medium", _SIZE, align)  # type: ignore[arg-type]
            y -= 13.5
        return y - 6

    def _table(self, page: Page, y: float, rows: list[_Laid]) -> float:
        y = self._row(page, y, self.header, heading=True)
        page.rule(self.left, y, self.width, INK, 1.0)
        for row in rows:
            y = self._row(page, y, row)
            page.rule(self.left, y, self.width, LINE, 0.6)
        return y

    def _row(self, page: Page, y: float, row: _Laid, heading: bool = False) -> float:
        tint = None if heading else _TINTS.get(row.tone.value)
        if tint is not None:
            page.box(self.left, y - row.height, self.width, row.height, fill=tint, stroke=None)
        baseline = y - _STEP + 0.8
        if row.tone is RowTone.GROUP:
            for number, line in enumerate(row.cells[0]):
                self._place(page, self.left, self.width, baseline - 4 - number * _STEP, line, "semibold", _SIZE)
            return y - row.height
        x = self.left + self.width if self.say.rtl else self.left
        for column, width, cell in zip(self.columns, self.widths, row.cells, strict=False):
            x -= width if self.say.rtl else 0
            role = self._role(column, row.tone, heading)
            size = _SIZE - 0.5 if heading else _SIZE
            for number, line in enumerate(cell):
                at = baseline - number * _STEP
                if column.figures:
                    page.text(x + width - _PAD, at, line, role, size, "right")
                else:
                    self._place(page, x, width, at, line, role, size)
            x += 0 if self.say.rtl else width
        return y - row.height

    def _foot(self, page: Page, number: int, total: int) -> None:
        y = mm(11)
        shown = lines(self.say.say("page", page=number, pages=total), "regular", 8, self.width, 1, self.say.rtl)[0]
        left, right = (shown, self.printed) if self.say.rtl else (self.printed, shown)
        if left:
            page.text(self.left, y, lines(left, "regular", 8, self.width, 1)[0] if left != shown else shown,
                      "regular", 8, "left", SOFT)  # fmt: skip
        if right:
            page.text(self.left + self.width, y,
                      lines(right, "regular", 8, self.width, 1)[0] if right != shown else shown,
                      "regular", 8, "right", SOFT)  # fmt: skip

    def _end(self, page: Page, y: float) -> None:
        y -= 14
        for line in self.closing:
            y -= 14
            if self.say.rtl:
                page.text(self.left + self.width, y, line, "regular", _SIZE + 0.5, "right")
            else:
                page.text(self.left, y, line, "regular", _SIZE + 0.5)
        if not self.signatures:
            return
        y -= 22
        share = self.width / max(2, len(self.signatures))
        for number, signature in enumerate(self.signatures):
            place = len(self.signatures) - 1 - number if self.say.rtl else number
            self._signature(page, signature, self.left + place * share, y, share - 24)

    def _signature(self, page: Page, signature: SignatureLine, x: float, y: float, width: float) -> None:
        role = lines(clean(signature.role), "regular", _SIZE, width, 1, self.say.rtl)[0]
        page.text(x, y, role, "regular", _SIZE, "left", SOFT)
        page.rule(x, y - 52, width, INK, 0.6)
        if signature.name:
            page.text(x, y - 64, lines(clean(signature.name), "medium", _SIZE, width, 1)[0], "medium", _SIZE)
        date = lines(self.say.say("signature.date"), "regular", 7.5, width, 1, self.say.rtl)[0]
        page.text(x, y - 77, date, "regular", 7.5, "left", SOFT)

"""A slip as PDF: a roll of 58 or 80 mm as long as its content, or a page of A5 or A4.

The blocks come from `receipt`; here they are only measured and drawn. Every block is laid out once into strokes with
their height, so a roll knows its length before the first stroke and a page knows when it is full.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from app.domain.slip import Slip, problems
from app.printing.canvas import PAPER, SOFT, Page, fit_module, lines, mm
from app.printing.codes import Bars, bars, qr
from app.printing.fonts import Role, pdf_width
from app.printing.receipt import Badge, Bar, Block, Boxed, Pair, Qr, Rule, Text, Tone, receipt
from app.printing.text import shape
from app.printing.words import words

ROLL_58, ROLL_80, PAGE_A5, PAGE_A4 = 58, 80, 148, 210
_PAGE_HEIGHT = {PAGE_A5: 210.0, PAGE_A4: 297.0}
# The heads of 58 and 80 mm printers are 48 and 72 mm wide: margins of 5 and 4 mm are the least possible.
_MARGIN = {ROLL_58: 5.0, ROLL_80: 5.0, PAGE_A5: 14.0, PAGE_A4: 20.0}
_COLUMN_A4 = 130.0
BAR_MODULE_MM, BAR_LEAST_MM, BAR_HEIGHT_MM = 0.33, 0.19, 11.0
_LEADING = 1.32


class _Type(Struct, frozen=True):
    role: Role
    size: float


_ROLL: dict[Tone, _Type] = {
    Tone.SMALL: _Type("regular", 7.6),
    Tone.BODY: _Type("regular", 8.6),
    Tone.CODE: _Type("mono", 8.6),
    Tone.STRONG: _Type("semibold", 9.4),
    Tone.LIBRARY: _Type("bold", 11),
    Tone.HEADING: _Type("bold", 14),
    Tone.DUE: _Type("bold", 18),
}
_SCALE = {ROLL_58: 0.92, ROLL_80: 1.0, PAGE_A5: 1.1, PAGE_A4: 1.15}

Draw = Callable[[Page, float], None]


class _Stroke(Struct, frozen=True):
    """A laid-out block: its height and how to draw it with its top at a given y."""

    height: float
    draw: Draw


class SlipRefused(ValueError):
    """The slip lacks something it must carry (see `app.domain.slip.problems`); nothing was printed."""


def render_pdf(slip: Slip, width_mm: int = ROLL_80, item_bars: bool = False) -> bytes:
    """The slip as PDF for a roll of 58 or 80 mm, or for A5 (148) or A4 (210) pages.

    Raises SlipRefused for a slip that must not leave the desk, ValueError for another width.
    """
    if width_mm not in _MARGIN:
        raise ValueError(f"width {width_mm} mm")
    if found := problems(slip):
        raise SlipRefused(", ".join(problem.code for problem in found))
    layout = _Layout(width_mm, words(slip.language).rtl)
    blocks = receipt(slip, item_bars)
    strokes = [layout.stroke(block) for block in blocks]
    title = " ".join(part for part in (words(slip.language).say(f"heading.{slip.kind.value}"), slip.act_no) if part)
    if width_mm in _PAGE_HEIGHT:
        parts: list[list[_Stroke]] = [[]]
        for block, stroke in zip(blocks, strokes, strict=True):
            if isinstance(block, Rule):
                parts.append([])
            parts[-1].append(stroke)
        return _pages(parts, width_mm, title, words(slip.language).language)
    return _roll(strokes, width_mm, title, words(slip.language).language)


def _roll(strokes: list[_Stroke], width_mm: int, title: str, language: str) -> bytes:
    top, bottom = mm(4), mm(6)
    height = sum(stroke.height for stroke in strokes) + top + bottom
    page = Page((width_mm, height / mm(1)), title, language)
    y = page.height - top
    for stroke in strokes:
        stroke.draw(page, y)
        y -= stroke.height
    return page.done()


def _pages(parts: list[list[_Stroke]], width_mm: int, title: str, language: str) -> bytes:
    """Pages on which a copy with its due date, and the foot of the slip, stay together while they fit a page."""
    margin = mm(_MARGIN[width_mm])
    page = Page((width_mm, _PAGE_HEIGHT[width_mm]), title, language)
    first = y = page.height - margin
    for part in parts:
        together = sum(stroke.height for stroke in part)
        if y - together < margin and together <= first - margin and y < first:
            page.next()
            y = first
        for stroke in part:
            if y - stroke.height < margin and y < first:
                page.next()
                y = first
            stroke.draw(page, y)
            y -= stroke.height
    return page.done()


class _Layout:
    """Measures blocks for one paper width and reading direction."""

    def __init__(self, width_mm: int, rtl: bool) -> None:
        self.rtl = rtl
        column = min(width_mm - 2 * _MARGIN[width_mm], _COLUMN_A4)
        self.width = mm(column)
        self.left = (mm(width_mm) - self.width) / 2
        self.right = self.left + self.width
        scale = _SCALE[width_mm]
        self.types = {tone: _Type(kind.role, kind.size * scale) for tone, kind in _ROLL.items()}

    def stroke(self, block: Block) -> _Stroke:
        """Lay out one block."""
        match block:
            case Text():
                return self._text(block)
            case Pair():
                return self._pair(block)
            case Boxed():
                return self._boxed(block)
            case Badge():
                return self._badge(block)
            case Rule():
                return self._rule(block)
            case Bar():
                return self._bar(block)
            case Qr():
                return self._qr(block)

    def _text(self, block: Text) -> _Stroke:
        kind = self.types[block.tone]
        base = None if block.own_direction else self.rtl
        drawn = lines(block.text, kind.role, kind.size, self.width, block.max_lines, base)
        step = kind.size * _LEADING

        def draw(page: Page, top: float) -> None:
            y = top - kind.size
            for line in drawn:
                if block.centred:
                    page.text(self.left + self.width / 2, y, line, kind.role, kind.size, "centre")
                else:
                    self._start(page, y, line, kind)
                y -= step

        return _Stroke(step * len(drawn), draw)

    def _start(self, page: Page, y: float, line: str, kind: _Type) -> None:
        if self.rtl:
            page.text(self.right, y, line, kind.role, kind.size, "right")
        else:
            page.text(self.left, y, line, kind.role, kind.size)

    def _end(self, page: Page, y: float, line: str, kind: _Type) -> None:
        if self.rtl:
            page.text(self.left, y, line, kind.role, kind.size)
        else:
            page.text(self.right, y, line, kind.role, kind.size, "right")

    def _pair(self, block: Pair) -> _Stroke:
        kind = self.types[block.tone]
        soft = _Type("regular", self.types[Tone.SMALL if block.tone is Tone.SMALL else Tone.BODY].size)
        gap = kind.size * 0.8
        label = lines(block.label, soft.role, soft.size, self.width, None, self.rtl)
        widest = max(pdf_width(line, soft.role, soft.size) for line in label)
        room = self.width - widest - gap
        long = pdf_width(shape(block.value), kind.role, kind.size)
        # A date or a number is never broken for the sake of its label; only a long name wraps beside it.
        beside = long <= room or (long > self.width and room >= self.width * 0.35)
        value = lines(block.value, kind.role, kind.size, room if beside else self.width, 4)
        step = kind.size * _LEADING
        rows = max(len(label), len(value)) if beside else len(label) + len(value)

        def draw(page: Page, top: float) -> None:
            y = top - kind.size
            for number, line in enumerate(label):
                self._start(page, y - number * step, line, soft)
            y -= 0 if beside else len(label) * step
            for number, line in enumerate(value):
                self._end(page, y - number * step, line, kind)

        return _Stroke(rows * step, draw)

    def _boxed(self, block: Boxed) -> _Stroke:
        small, due = self.types[Tone.BODY], self.types[Tone.DUE]
        pad = mm(2)
        size = due.size
        said = [text for text in (block.value, block.below) if text]
        while size > due.size * 0.6 and max(pdf_width(t, due.role, size) for t in said) > self.width - 2 * pad:
            size -= 0.5
        value = [line for t in said for line in lines(t, due.role, size, self.width - 2 * pad, None, self.rtl)]
        label = lines(block.label, small.role, small.size, self.width - 2 * pad, None, self.rtl)
        inner = len(label) * small.size * _LEADING + len(value) * size * 1.25
        height = inner + 2 * pad

        def draw(page: Page, top: float) -> None:
            page.box(self.left + 0.6, top - height, self.width - 1.2, height, mm(1.6), weight=1.1)
            y = top - pad - small.size
            for line in label:
                page.text(self.left + self.width / 2, y, line, small.role, small.size, "centre")
                y -= small.size * _LEADING
            y -= size * 1.02 - small.size
            for line in value:
                page.text(self.left + self.width / 2, y, line, due.role, size, "centre")
                y -= size * 1.25

        return _Stroke(height + mm(2.4), draw)

    def _badge(self, block: Badge) -> _Stroke:
        kind = self.types[Tone.STRONG]
        line = lines(block.text, "bold", kind.size, self.width, 1, self.rtl)[0]
        height = kind.size * 1.7

        def draw(page: Page, top: float) -> None:
            page.box(self.left, top - height, self.width, height, mm(1), fill=(0, 0, 0), stroke=None)
            middle = self.left + self.width / 2
            page.text(middle, top - height / 2 - kind.size * 0.35, line, "bold", kind.size, "centre", PAPER)

        return _Stroke(height + mm(1.6), draw)

    def _rule(self, block: Rule) -> _Stroke:
        height = mm(2.6 if block.light else 4)

        def draw(page: Page, top: float) -> None:
            y = top - height * 0.45
            if block.light:
                page.rule(self.left, y, self.width, SOFT, 0.5, dashed=True)
            else:
                page.rule(self.left, y, self.width, weight=0.8)

        return _Stroke(height, draw)

    def _bar(self, block: Bar) -> _Stroke:
        small, mono = self.types[Tone.SMALL], self.types[Tone.CODE]
        label = lines(block.label, small.role, small.size, self.width, 1, self.rtl)[0]
        text = lines(block.text, mono.role, mono.size * 1.15, self.width, 2, False)
        code = bars(block.text)
        module = fit_module(code, self.width, mm(BAR_MODULE_MM), mm(BAR_LEAST_MM)) if isinstance(code, Bars) else None
        tall = mm(BAR_HEIGHT_MM) if module is not None else 0.0
        head = small.size * _LEADING + mm(1.2) if block.label else mm(1)
        step = mono.size * 1.15 * _LEADING

        def draw(page: Page, top: float) -> None:
            middle = self.left + self.width / 2
            page.text(middle, top - mm(1) - small.size, label, small.role, small.size, "centre")
            y = top - head - tall
            if module is not None and isinstance(code, Bars):
                page.bars(middle - code.total * module / 2, y, code, module, tall)
            for number, line in enumerate(text):
                baseline = y - mono.size * 1.15 - mm(0.6) - number * step
                page.text(middle, baseline, line, "mono-bold", mono.size * 1.15, "centre")

        return _Stroke(head + tall + step * len(text) + mm(1.6), draw)

    def _qr(self, block: Qr) -> _Stroke:
        small = self.types[Tone.SMALL]
        rows = qr(block.text)
        caption = lines(block.caption, small.role, small.size, self.width, 2, self.rtl)
        # 0.5 mm a module is four dots of a 203 dpi head; the quiet zone is 4 modules.
        side = mm(0.5) * len(rows) if isinstance(rows, tuple) else 0.0
        quiet = mm(2)

        def draw(page: Page, top: float) -> None:
            middle = self.left + self.width / 2
            if isinstance(rows, tuple):
                page.qr(middle - side / 2, top - quiet - side, rows, side)
                for number, line in enumerate(caption):
                    y = top - side - 2 * quiet - small.size * (1 + number * _LEADING)
                    page.text(middle, y, line, small.role, small.size, "centre")

        height = side + 2 * quiet + len(caption) * small.size * _LEADING + mm(1.4)
        return _Stroke(height if isinstance(rows, tuple) else 0.0, draw)

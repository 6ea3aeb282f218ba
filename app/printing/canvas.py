"""Drawing on PDF: text in our faces and both directions, bars and QR as vectors, photos.

A thin layer over reportlab's canvas, which is imported only when something is really drawn. Lengths are points
unless a name ends in `_mm`; y grows upwards as in PDF.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Literal

from app.printing.codes import QUIET_MODULES, Bars, spans
from app.printing.fonts import Role, pdf_face, pdf_width, runs, word_space
from app.printing.text import visual, wrap

if TYPE_CHECKING:
    from PIL.Image import Image
    from reportlab.pdfgen.canvas import Canvas

MM = 72 / 25.4
INK = (0.0, 0.0, 0.0)
SOFT = (0.333, 0.392, 0.373)
LINE = (0.867, 0.890, 0.878)
ACCENT = (0.043, 0.420, 0.369)
PAPER = (1.0, 1.0, 1.0)
Colour = tuple[float, float, float]
Align = Literal["left", "right", "centre"]


def mm(length: float) -> float:
    """Millimetres as points."""
    return length * MM


class Page:
    """One PDF being drawn; `size_mm` is (width, height) of its pages."""

    def __init__(self, size_mm: tuple[float, float], title: str, language: str = "id") -> None:
        from reportlab.pdfgen.canvas import Canvas

        self._buffer = BytesIO()
        self.width, self.height = mm(size_mm[0]), mm(size_mm[1])
        self.canvas: Canvas = Canvas(
            self._buffer, pagesize=(self.width, self.height), pageCompression=1, invariant=1, lang=language
        )
        self.canvas.setTitle(title)
        self.canvas.setProducer("Meja")
        self.canvas.setCreator("Meja")

    def next(self) -> None:
        """Finish this page and begin another of the same size."""
        self.canvas.showPage()

    def done(self) -> bytes:
        """The whole document."""
        self.canvas.showPage()
        self.canvas.save()
        return self._buffer.getvalue()

    def ink(self, colour: Colour) -> None:
        """Colour of what is filled from now on."""
        self.canvas.setFillColorRGB(*colour)

    def text(
        self,
        x: float,
        y: float,
        drawn: str,
        role: Role,
        size: float,
        align: Align = "left",
        ink: Colour = INK,
    ) -> None:
        """Draw one line of *visual* text with its baseline at y; x is its left end, right end or middle."""
        width = pdf_width(drawn, role, size)
        left = x - width if align == "right" else x - width / 2 if align == "centre" else x
        self.ink(ink)
        for run in runs(drawn, role):
            self.canvas.setFont(pdf_face(run.face), size)
            self.canvas.drawString(left, y, run.text, wordSpace=word_space(size))
            left += pdf_width(run.text, role, size)

    def rule(
        self,
        x: float,
        y: float,
        width: float,
        colour: Colour = INK,
        weight: float = 0.6,
        dashed: bool = False,
    ) -> None:
        """A horizontal line."""
        self.canvas.saveState()
        self.canvas.setStrokeColorRGB(*colour)
        self.canvas.setLineWidth(weight)
        if dashed:
            self.canvas.setDash(1.5, 2)
        self.canvas.line(x, y, x + width, y)
        self.canvas.restoreState()

    def rule_down(self, x: float, y: float, height: float) -> None:
        """A light vertical line from y downwards."""
        self.canvas.saveState()
        self.canvas.setStrokeColorRGB(*SOFT)
        self.canvas.setLineWidth(0.4)
        self.canvas.setDash(1.5, 2)
        self.canvas.line(x, y, x, y - height)
        self.canvas.restoreState()

    def clip_round(self, x: float, y: float, width: float, height: float, radius: float) -> None:
        """Draw only inside a rounded rectangle until `unclip`."""
        self.canvas.saveState()
        path = self.canvas.beginPath()
        path.roundRect(x, y, width, height, radius)
        self.canvas.clipPath(path, stroke=0, fill=0)

    def unclip(self) -> None:
        """End the clipping begun by `clip_round`."""
        self.canvas.restoreState()

    def picture(self, image: Image, x: float, y: float, width: float, height: float) -> None:
        """A photo as JPEG in the given rectangle."""
        from reportlab.lib.utils import ImageReader

        packed = BytesIO()
        image.save(packed, "JPEG", quality=88)
        packed.seek(0)
        self.canvas.drawImage(ImageReader(packed), x, y, width, height)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        radius: float = 0,
        fill: Colour | None = None,
        stroke: Colour | None = INK,
        weight: float = 0.6,
    ) -> None:
        """A rectangle, with rounded corners when `radius` is given."""
        self.canvas.saveState()
        if fill is not None:
            self.canvas.setFillColorRGB(*fill)
        if stroke is not None:
            self.canvas.setStrokeColorRGB(*stroke)
            self.canvas.setLineWidth(weight)
        self.canvas.roundRect(x, y, width, height, radius, stroke=int(stroke is not None), fill=int(fill is not None))
        self.canvas.restoreState()

    def bars(self, x: float, y: float, code: Bars, module: float, height: float) -> None:
        """Bars with `x` at the outer edge of the left quiet zone; `module` is the width of one module."""
        self.ink(INK)
        for first, length in spans(code.modules):
            self.canvas.rect(x + (QUIET_MODULES + first) * module, y, length * module, height, stroke=0, fill=1)

    def qr(self, x: float, y: float, rows: tuple[tuple[bool, ...], ...], side: float) -> None:
        """A QR code without quiet zone in the square at (x, y)."""
        self.ink(INK)
        module = side / len(rows)
        for number, row in enumerate(rows):
            for first, length in spans(row):
                top = y + side - (number + 1) * module
                self.canvas.rect(x + first * module, top, length * module, module, stroke=0, fill=1)


def fit_module(code: Bars, width: float, wanted: float, least: float) -> float | None:
    """The widest module up to `wanted` with which the code and its quiet zones fit `width`; None below `least`."""
    module = min(wanted, width / code.total)
    return module if module >= least - 1e-9 else None


def lines(
    text: str, role: Role, size: float, width: float, max_lines: int | None = None, rtl: bool | None = None
) -> list[str]:
    """Clean logical text as visual lines no wider than `width`. `rtl` None: the text's own direction."""
    from app.printing.text import starts_rtl

    base = starts_rtl(text) if rtl is None else rtl
    wrapped = wrap(text, width, lambda piece: pdf_width(piece, role, size), max_lines)
    return [visual(line, base) for line in wrapped]


def fitted(text: str, role: Role, size: float, least: float, width: float, max_lines: int) -> tuple[list[str], float]:
    """Lines and the largest size from `size` down to `least` at which the text needs no cutting."""
    while size > least and len(lines(text, role, size, width)) > max_lines:
        size = max(size - 0.5, least)
    return lines(text, role, size, width, max_lines), size

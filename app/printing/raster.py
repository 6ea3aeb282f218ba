"""Lines drawn as dots for thermal heads: joined, ordered text, bars and QR as 1-bit images as wide as the head.

Used where a printer's own letters cannot say it: Arabic, signs outside its code pages, codes it cannot draw itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from app.printing.codes import Bars, spans
from app.printing.fonts import Role, raster_face, raster_width, runs, word_space
from app.printing.text import starts_rtl, visual, wrap

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw as Pen

Place = Literal["left", "centre", "right"]
_INK, _PAPER = 0, 1


class Cell(Struct, frozen=True):
    """A wrapped paragraph of visual lines and where it stands on the head's width."""

    lines: tuple[str, ...]
    role: Role
    pixels: int
    place: Place


def cell(
    text: str,
    role: Role,
    pixels: int,
    width: int,
    place: Place,
    rtl: bool | None,
    max_lines: int | None = None,
) -> Cell:
    """Wrap clean logical text to `width` dots and order each line for drawing."""
    base = starts_rtl(text) if rtl is None else rtl
    wrapped = wrap(text, width, lambda piece: raster_width(piece, role, pixels), max_lines)
    return Cell(tuple(visual(line, base) for line in wrapped), role, pixels, place)


def text_image(cells: list[Cell], dots: int, frame: bool = False) -> Picture:
    """The cells over one another's width in one image: those of one row share their top; `frame` draws a box."""
    from PIL import Image, ImageDraw

    height = max(step(part.pixels) * len(part.lines) for part in cells)
    picture = Image.new("1", (dots, height), _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    for part in cells:
        top = 0
        for line in part.lines:
            _line(pen, line, part, dots, top)
            top += step(part.pixels)
    return framed(picture) if frame else picture


def step(pixels: int) -> int:
    """Line height for a size in pixels; Arabic needs the room below."""
    return round(pixels * 1.5)


def _line(pen: Pen, line: str, part: Cell, dots: int, top: int) -> None:
    width = raster_width(line, part.role, part.pixels)
    x = {"left": 0.0, "centre": (dots - width) / 2, "right": dots - width}[part.place]
    baseline = top + round(part.pixels * 1.08)
    for run in runs(line, part.role):
        face = raster_face(run.face, part.pixels)
        for number, word in enumerate(run.text.split(" ")):
            if number:
                x += face.getlength(" ") + word_space(part.pixels)
            if word:
                pen.text((round(x), baseline), word, font=face, fill=_INK, anchor="ls")
                x += face.getlength(word)


def stacked(pictures: list[Picture], dots: int, gap: int = 0) -> Picture:
    """Images one below the other."""
    from PIL import Image

    height = sum(picture.height for picture in pictures) + gap * (len(pictures) - 1)
    whole = Image.new("1", (dots, height), _PAPER)
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height + gap
    return whole


def framed(picture: Picture, pad: int = 10) -> Picture:
    """The image within a box as wide as the image itself."""
    from PIL import Image, ImageDraw

    whole = Image.new("1", (picture.width, picture.height + 2 * pad), _PAPER)
    whole.paste(picture, (0, pad))
    ImageDraw.Draw(whole).rectangle((0, 0, whole.width - 1, whole.height - 1), outline=_INK, width=3)
    return whole


def bars_image(code: Bars, dots: int, height: int, widest: int = 3, margin: int = 0) -> Picture | None:
    """Bars in the middle of the head with whole dots a module (at least 2 = 0.25 mm); None when they do not fit.

    `margin` is the paper's white beside the head, in dots: the quiet zones may lie on it.
    """
    from PIL import Image, ImageDraw

    module = min(widest, dots // len(code.modules), (dots + 2 * margin) // code.total)
    if module < 2:
        return None
    picture = Image.new("1", (dots, height), _PAPER)
    pen = ImageDraw.Draw(picture)
    left = (dots - len(code.modules) * module) // 2
    for first, length in spans(code.modules):
        pen.rectangle((left + first * module, 0, left + (first + length) * module - 1, height - 1), fill=_INK)
    return picture


def qr_image(rows: tuple[tuple[bool, ...], ...], dots: int, module: int = 4) -> Picture | None:
    """A QR code in the middle of the head with its quiet zone above and below; None when it does not fit."""
    from PIL import Image, ImageDraw

    quiet = 4
    module = min(module, dots // (len(rows) + 2 * quiet))
    if module < 3:
        return None
    side = len(rows) * module
    picture = Image.new("1", (dots, side + 2 * quiet * module), _PAPER)
    pen = ImageDraw.Draw(picture)
    left = (dots - side) // 2
    for number, row in enumerate(rows):
        top = (quiet + number) * module
        for first, length in spans(row):
            area = (left + first * module, top, left + (first + length) * module - 1, top + module - 1)
            pen.rectangle(area, fill=_INK)
    return picture

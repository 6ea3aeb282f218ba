"""A thermal printer made of Pillow: ESC/POS bytes become the paper they would print, and the text they would show.

It knows only the commands we mean to send and fails on any other byte sequence, so a stray command is a red test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageDraw

from app.printing.codes import Bars, bars, qr
from app.printing.fonts import raster_face
from app.printing.raster import bars_image, qr_image

CELL = (12, 24)
_CODE_PAGES = {0: "cp437", 19: "cp858"}


@dataclass
class Paper:
    """What came out: the picture, the text lines in the printer's own letters, the native codes, the cuts."""

    picture: Image.Image
    lines: list[str] = field(default_factory=list)
    native: list[tuple[str, str]] = field(default_factory=list)
    images: int = 0
    cuts: int = 0


class ThermalPrinter:
    """Reads one job."""

    def __init__(self, dots: int) -> None:
        self.dots = dots
        self.rows: list[Image.Image] = []
        self.paper = Paper(Image.new("1", (dots, 1), 1))
        self._reset()

    def _reset(self) -> None:
        self.align, self.bold, self.scale, self.invert, self.page = 0, False, 1, False, "cp437"
        self.bar_width, self.bar_height = 3, 162
        self.pending: list[tuple[str, bool, int, bool]] = []

    def print(self, data: bytes) -> Paper:
        place = 0
        while place < len(data):
            place = self._step(data, place)
        assert not self.pending, "the job ends in the middle of a line"
        whole = Image.new("1", (self.dots, max(1, sum(row.height for row in self.rows))), 1)
        top = 0
        for row in self.rows:
            whole.paste(row, (0, top))
            top += row.height
        self.paper.picture = whole
        return self.paper

    def _step(self, data: bytes, at: int) -> int:
        byte = data[at]
        if byte == 0x0A:
            self._flush()
            return at + 1
        if byte in (0x1B, 0x1C, 0x1D):
            return self._command(data, at)
        assert byte >= 0x20, f"control byte {byte:#x} at {at}"
        end = at
        while end < len(data) and data[end] >= 0x20:
            end += 1
        text = data[at:end].decode("ascii" if self.page == "" else self.page)
        self.pending.append((text, self.bold, self.scale, self.invert))
        return end

    def _command(self, data: bytes, at: int) -> int:
        name = data[at : at + 2]
        value = data[at + 2] if at + 2 < len(data) else 0
        match name:
            case b"\x1b@":
                self._reset()
                return at + 2
            case b"\x1c.":
                return at + 2
            case b"\x1ba":
                assert value in (0, 1, 2)
                self.align = value
            case b"\x1bE":
                self.bold = bool(value)
            case b"\x1b!":
                assert value == 0
                self.scale = 1
            case b"\x1d!":
                assert value >> 4 == value & 15
                self.scale = (value & 15) + 1
            case b"\x1dB":
                self.invert = bool(value)
            case b"\x1bt":
                self.page = _CODE_PAGES[value]
            case b"\x1bJ":
                self._blank(value)
            case b"\x1bd":
                self._blank(value * 30)
            case b"\x1dh":
                self.bar_height = value
            case b"\x1dw":
                self.bar_width = value
            case b"\x1dH" | b"\x1df":
                pass
            case b"\x1dV":
                self.paper.cuts += 1
                return at + (4 if value in (65, 66) else 3)
            case b"\x1dk":
                return self._bar(data, at)
            case b"\x1d(":
                return self._qr(data, at)
            case b"\x1dv":
                return self._image(data, at)
            case _:
                raise AssertionError(f"unknown command {name!r} at {at}")
        return at + 3

    def _bar(self, data: bytes, at: int) -> int:
        assert data[at + 2] == 73, "only CODE128 (m = 73)"
        length = data[at + 3]
        payload = data[at + 4 : at + 4 + length].decode("ascii")
        assert payload.startswith("{B")
        assert "{" not in payload[2:].replace("{{", ""), "a lone brace would begin a code set change"
        text = payload[2:].replace("{{", "{")
        code = bars(text)
        assert isinstance(code, Bars)
        picture = bars_image(code, self.dots, self.bar_height, self.bar_width)
        assert picture is not None, "the printer would print nothing: too wide"
        self.rows.append(picture)
        self.paper.native.append(("code128", text))
        return at + 4 + length

    def _qr(self, data: bytes, at: int) -> int:
        length = data[at + 3] + 256 * data[at + 4]
        body = data[at + 5 : at + 5 + length]
        if body[1] == 80:
            text = body[3:].decode("utf-8")
            rows = qr(text)
            assert isinstance(rows, tuple)
            picture = qr_image(rows, self.dots)
            assert picture is not None
            self.rows.append(picture)
            self.paper.native.append(("qr", text))
        return at + 5 + length

    def _image(self, data: bytes, at: int) -> int:
        assert data[at + 2 : at + 4] == b"0\x00"
        width = data[at + 4] + 256 * data[at + 5]
        height = data[at + 6] + 256 * data[at + 7]
        assert width * 8 <= self.dots, f"image of {width * 8} dots on a head of {self.dots}"
        body = data[at + 8 : at + 8 + width * height]
        assert len(body) == width * height
        self.rows.append(Image.frombytes("1", (width * 8, height), bytes(b ^ 255 for b in body)))
        self.paper.images += 1
        return at + 8 + width * height

    def _blank(self, height: int) -> None:
        if height:
            self.rows.append(Image.new("1", (self.dots, height), 1))

    def _flush(self) -> None:
        text = "".join(piece[0] for piece in self.pending)
        self.paper.lines.append(text)
        columns = sum(len(piece[0]) * piece[2] for piece in self.pending)
        assert columns * CELL[0] <= self.dots, f"line of {columns} columns would wrap by itself: {text!r}"
        scale = max((piece[2] for piece in self.pending), default=1)
        row = Image.new("1", (self.dots, CELL[1] * scale + 6), 1)
        x = {0: 0, 1: (self.dots - columns * CELL[0]) // 2, 2: self.dots - columns * CELL[0]}[self.align]
        for piece, bold, size, invert in self.pending:
            for sign in piece:
                row.paste(_glyph(sign, bold, size, invert), (x, CELL[1] * (scale - size)))
                x += CELL[0] * size
        self.rows.append(row)
        self.pending = []


@lru_cache(maxsize=2048)
def _glyph(sign: str, bold: bool, size: int, invert: bool) -> Image.Image:
    face = raster_face("JetBrainsMono-Bold" if bold else "JetBrainsMono-Regular", 19 * size)
    box = Image.new("1", (CELL[0] * size, CELL[1] * size), 0 if invert else 1)
    pen = ImageDraw.Draw(box)
    pen.fontmode = "1"
    pen.text((0, 19 * size), sign, font=face, fill=1 if invert else 0, anchor="ls")
    return box

"""A slip as ESC/POS bytes for thermal printers of 58 and 80 mm, built with python-escpos's Dummy printer.

Each block goes out in the printer's own letters when every letter of it stands in a code page the profile vouches
for; otherwise the whole block is drawn as dots. A letter is never replaced by a question mark. Typographic signs
(dashes, curly quotes, the multiplication sign) may become their plain forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from app.domain.slip import Slip, problems
from app.printing.codes import Bars, bars, qr
from app.printing.escpos_library import escpos_printers
from app.printing.fonts import Role, raster_width
from app.printing.raster import Place, bars_image, cell, framed, qr_image, stacked, text_image
from app.printing.receipt import Badge, Bar, Block, Boxed, Pair, Qr, Rule, Text, Tone, receipt
from app.printing.slip_pdf import SlipRefused
from app.printing.text import ELLIPSIS, visual, wrap
from app.printing.words import words

if TYPE_CHECKING:
    from PIL.Image import Image


class EscposProfile(Struct, frozen=True):
    """What one kind of thermal printer can do. `model` is the python-escpos profile behind it.

    `code_pages` are the pages it is trusted to print (none: plain ASCII only, since cheap 58 mm printers often
    answer other bytes with Chinese). `dots` is the head's width at 8 dots/mm, `columns` that of its own letters;
    `margin` is the white paper on either side of the head, in dots.
    """

    name: str
    model: str
    dots: int
    columns: int
    cutter: bool
    native_bars: bool
    native_qr: bool
    code_pages: tuple[str, ...] = ()
    margin: int = 0


# Widths and abilities of the common models as python-escpos's profile table gives them.
PROFILE_58 = EscposProfile("58", "POS-5890", 384, 32, cutter=False, native_bars=False, native_qr=False, margin=32)
PROFILE_80 = EscposProfile("80", "TM-T20II", 576, 48, True, True, True, ("CP437", "CP858"))
PROFILE_80_42 = EscposProfile("80-42", "TM-T88III", 512, 42, True, True, True, ("CP437", "CP858"))
PROFILES = {profile.name: profile for profile in (PROFILE_58, PROFILE_80, PROFILE_80_42)}
_BY_WIDTH = {58: PROFILE_58, 80: PROFILE_80}

_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
        "\u00d7": "x", "\u00b7": "-", "\u2026": "...", "\u2022": "*", "\u00a0": " ", "\u2011": "-",
    }
)  # fmt: skip


class _Size(Struct, frozen=True):
    """One tone in both ways of printing: the printer's own letters, and dots."""

    role: Role
    pixels: int
    bold: bool = False
    double: bool = False


_SIZES: dict[Tone, _Size] = {
    Tone.SMALL: _Size("regular", 21),
    Tone.BODY: _Size("regular", 23),
    Tone.CODE: _Size("mono", 23),
    Tone.STRONG: _Size("bold", 25, bold=True),
    Tone.LIBRARY: _Size("bold", 29, bold=True),
    Tone.HEADING: _Size("bold", 40, bold=True, double=True),
    Tone.DUE: _Size("bold", 46, bold=True, double=True),
}


def render_escpos(
    slip: Slip, width_mm: int = 80, profile: EscposProfile | None = None, item_bars: bool = False
) -> bytes:
    """The slip as ESC/POS bytes. `profile` defaults to the common printer of that width (58 or 80).

    Raises SlipRefused for a slip that must not leave the desk, ValueError for a width without a profile.
    """
    chosen = profile if profile is not None else _BY_WIDTH.get(width_mm)
    if chosen is None:
        raise ValueError(f"width {width_mm} mm")
    if found := problems(slip):
        raise SlipRefused(", ".join(problem.code for problem in found))
    writer = EscposWriter(chosen, words(slip.language).rtl)
    for block in receipt(slip, item_bars):
        writer.block(block)
    return writer.done()


def _columns(text: str) -> float:
    """Columns of a piece in the printer's own letters, where an ellipsis is three dots."""
    return len(text) + 2 * text.count(ELLIPSIS)


class EscposWriter:
    """Puts blocks one after another into ESC/POS bytes for one profile."""

    def __init__(self, profile: EscposProfile, rtl: bool = False) -> None:
        self.profile = profile
        self.rtl = rtl
        self._printer: Any = escpos_printers().Dummy(profile=profile.model)
        self._printer.hw("INIT")
        # FS . : leave the double-byte (Chinese) mode that many 58 mm printers start in.
        self._printer._raw(b"\x1c.")
        self._present: dict[str, object] = {"align": "left", "bold": False, "double": 1, "invert": False}

    def done(self) -> bytes:
        """Feed, cut where there is a cutter, and give the bytes."""
        self._style()
        if self.profile.cutter:
            self._printer.cut(mode="PART")
        else:
            self._printer._raw(b"\x1bd\x04")
        return bytes(self._printer.output)

    def block(self, block: Block) -> None:
        """Print one block."""
        match block:
            case Text():
                self._text(block)
            case Pair():
                self._pair(block)
            case Boxed():
                self._boxed(block)
            case Badge():
                self._badge(block)
            case Rule():
                self.rule(block.light)
            case Bar():
                self.bar(block.text, block.label)
            case Qr():
                self._qr(block)

    def image(self, picture: Image) -> None:
        """Print a 1-bit image as wide as the head."""
        self._style()
        self._printer.image(picture, impl="bitImageRaster")

    def rule(self, light: bool) -> None:
        """A line across, or a small gap for a light one."""
        if light:
            self._printer._raw(b"\x1bJ\x10")
        else:
            self._line("-" * self.profile.columns)

    def _page(self, text: str) -> str | None:
        """The code page that holds every sign of the plain text; "" for ASCII, None when it must be drawn."""
        if self.rtl:
            return None
        if text.isascii():
            return ""
        for page in self.profile.code_pages:
            try:
                text.encode(page.lower())
            except UnicodeEncodeError:
                continue
            return page
        return None

    def _style(self, align: str = "left", bold: bool = False, double: int = 1, invert: bool = False) -> None:
        """Send only what differs from the present style; every model knows these four, few agree on more."""
        wanted: dict[str, object] = {"align": align, "bold": bold, "double": double, "invert": invert}
        for name, value in wanted.items():
            if self._present.get(name) == value:
                continue
            if name == "double":
                self._printer.set(custom_size=True, width=value, height=value)
            else:
                self._printer.set(**{name: value})
        self._present = wanted

    def _line(self, text: str, align: str = "left", bold: bool = False, double: int = 1, end: str = "\n") -> None:
        self._style(align, bold, double)
        self._letters(text + end)

    def _letters(self, text: str) -> None:
        """The bytes of plain text whose code page is known to hold it; strict, so never a question mark."""
        page = self._page(text)
        if page:
            self._printer.charcode(page)
        self._printer._raw(text.encode(page.lower() if page else "ascii"))

    def _text(self, block: Text) -> None:
        size = _SIZES[block.tone]
        plain = block.text.translate(_PLAIN)
        if self._page(plain) is None:
            base = None if block.own_direction else self.rtl
            place: Place = "centre" if block.centred else "right" if self.rtl else "left"
            part = cell(block.text, size.role, size.pixels, self.profile.dots, place, base, block.max_lines)
            self.image(text_image([part], self.profile.dots))
            return
        double = 2 if size.double and len(plain) * 2 <= self.profile.columns else 1
        for line in wrap(plain, self.profile.columns // double, _columns, block.max_lines):
            self._line(line.replace(ELLIPSIS, "..."), "center" if block.centred else "left", size.bold, double)

    def _pair(self, block: Pair) -> None:
        size = _SIZES[block.tone]
        label, value = block.label.translate(_PLAIN), block.value.translate(_PLAIN)
        if self._page(label + value) is None:
            self._pair_image(block, size)
            return
        columns = self.profile.columns
        if len(label) + 1 + len(value) <= columns:
            self._line(label + " " * (columns - len(label) - len(value)), end="")
            self._line(value, bold=size.bold)
            return
        for line in wrap(label, columns, _columns):
            self._line(line)
        for line in wrap(value, columns, _columns, 4):
            self._line(line.replace(ELLIPSIS, "..."), "right", size.bold)

    def _pair_image(self, block: Pair, size: _Size) -> None:
        dots = self.profile.dots
        start: Place = "right" if self.rtl else "left"
        end: Place = "left" if self.rtl else "right"
        label = cell(block.label, "regular", 23, dots, start, self.rtl)
        value = cell(block.value, size.role, size.pixels, dots, end, None, 4)
        if len(label.lines) == len(value.lines) == 1 and self._beside(label.lines[0], value.lines[0], size):
            self.image(text_image([label, value], dots))
        else:
            self.image(stacked([text_image([label], dots), text_image([value], dots)], dots))

    def _beside(self, label: str, value: str, size: _Size) -> bool:
        taken = raster_width(label, "regular", 23) + raster_width(value, size.role, size.pixels)
        return taken + 16 <= self.profile.dots

    def _boxed(self, block: Boxed) -> None:
        label = block.label.translate(_PLAIN)
        values = [value.translate(_PLAIN) for value in (block.value, block.below) if value]
        if self._page(label + "".join(values)) is None:
            self._boxed_image(block)
            return
        self._line(label, "center")
        double = 2 if max(len(value) for value in values) * 2 <= self.profile.columns else 1
        for value in values:
            for line in wrap(value, self.profile.columns // double, _columns):
                self._line(line, "center", True, double)
        self.rule(light=False)

    def _boxed_image(self, block: Boxed) -> None:
        dots, pixels = self.profile.dots, _SIZES[Tone.DUE].pixels
        values = [value for value in (block.value, block.below) if value]
        widest = max((visual(value, self.rtl) for value in values), key=lambda text: raster_width(text, "bold", pixels))
        while pixels > 30 and raster_width(widest, "bold", pixels) > dots - 24:
            pixels -= 2
        small = cell(block.label, "regular", 23, dots - 24, "centre", self.rtl)
        due = [cell(value, "bold", pixels, dots - 24, "centre", self.rtl) for value in values]
        self.image(framed(stacked([text_image([part], dots) for part in (small, *due)], dots)))

    def _badge(self, block: Badge) -> None:
        plain = block.text.translate(_PLAIN)
        if self._page(plain) is None:
            self.image(text_image([cell(block.text, "bold", 27, self.profile.dots, "centre", self.rtl)],
                                  self.profile.dots, frame=True))  # fmt: skip
            return
        # The stars stand even where a printer ignores white on black.
        starred = f" *** {plain} *** "
        self._style("center", bold=True, invert=True)
        self._letters(starred[: self.profile.columns] + "\n")

    def bar(self, text: str, label: str, height: int = 80) -> None:
        """The text as Code 128 with itself below; only the text when the head is too narrow for it."""
        if label:
            self._text(Text(label, Tone.SMALL, centred=True))
        code = bars(text)
        if isinstance(code, Bars) and not self._native_bar(code, height):
            picture = bars_image(code, self.profile.dots, height, margin=self.profile.margin)
            if picture is not None:
                self.image(picture)
        self._text(Text(text, Tone.STRONG, centred=True, max_lines=2))

    def _native_bar(self, code: Bars, height: int) -> bool:
        """Let the printer draw the bars when it can and they fit; code set B as a whole, as `{B` asks."""
        modules = 11 * (len(code.text) + 2) + 13 + 20
        width = min(3, self.profile.dots // modules)
        if not self.profile.native_bars or width < 2:
            return False
        self._style("center")
        payload = b"{B" + code.text.replace("{", "{{").encode("ascii")
        # GS h, GS w, GS H 0, GS k 73: python-escpos's own barcode() writes a remark to standard output.
        self._printer._raw(bytes((0x1D, 0x68, height, 0x1D, 0x77, width, 0x1D, 0x48, 0)))
        self._printer._raw(b"\x1dk" + bytes((73, len(payload))) + payload)
        return True

    def _qr(self, block: Qr) -> None:
        rows = qr(block.text)
        if not isinstance(rows, tuple):
            return
        if self.profile.native_qr and block.text.isascii():
            self._style("center")
            self._printer.qr(block.text, ec=1, size=5, native=True)
        else:
            picture = qr_image(rows, self.profile.dots)
            if picture is None:
                return
            self.image(picture)
        self._text(Text(block.caption, Tone.SMALL, centred=True))

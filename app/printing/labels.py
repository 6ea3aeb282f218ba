"""Item labels: spine text and bar code in one, on sheets, singly as PDF, or on a 58 mm thermal printer.

A code that does not fit its label at a width scanners can read is refused with a reason, never clipped or squeezed.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from app.domain.slip import ItemLabel
from app.printing.canvas import SOFT, Page, fit_module, lines, mm
from app.printing.codes import Bars, CodeRefusal, Symbology, bars
from app.printing.fonts import pdf_width
from app.printing.geometry import PrinterOffset, SheetGeometry, places
from app.printing.raster import bars_image
from app.printing.receipt import Text, Tone
from app.printing.slip_escpos import PROFILE_58, EscposProfile, EscposWriter
from app.printing.text import clean, has_rtl

# 0.25 mm is two dots of a 203 dpi thermal head and what low-cost scanners still read.
LEAST_MODULE_MM = 0.25
WANTED_MODULE_MM = 0.33
_PAD_MM = 1.5
_SPINE_SHARE = 0.3


class LabelRefusal(Struct, frozen=True):
    """Why one label was not printed.

    `code` is "label-too-narrow" (with the width the code needs and the width there is, millimetres), or the code of a
    text that cannot be a bar code ("code-empty", "code-too-long", "code-signs" with the signs).
    """

    barcode: str
    code: str
    needs_mm: float = 0.0
    has_mm: float = 0.0
    signs: str = ""


class PrintedLabels(Struct, frozen=True):
    """The bytes, how many labels are on them, and those refused."""

    data: bytes
    printed: int
    refused: tuple[LabelRefusal, ...]
    sheets: int = 1


def check_label(
    barcode: str,
    label_mm: tuple[float, float],
    symbology: Symbology = Symbology.CODE_128,
    least_module_mm: float = LEAST_MODULE_MM,
) -> LabelRefusal | None:
    """None when the code fits a label of this size with its quiet zones, else the reason."""
    code = bars(barcode, symbology)
    if isinstance(code, CodeRefusal):
        return LabelRefusal(barcode, code.code, signs=code.signs)
    needs = code.total * least_module_mm
    if needs > label_mm[0] + 1e-6:
        return LabelRefusal(barcode, "label-too-narrow", round(needs, 1), label_mm[0])
    return None


def render_label_sheet(
    labels: Iterable[ItemLabel],
    sheet: SheetGeometry,
    offset: PrinterOffset | None = None,
    start: int = 1,
    symbology: Symbology = Symbology.CODE_128,
    least_module_mm: float = LEAST_MODULE_MM,
) -> PrintedLabels:
    """Labels on sheets from place `start` on (for part-used sheets). A refused label uses no place.

    Raises ValueError for a geometry that does not lie on its page, or a start below 1.
    """
    if problem := sheet.problem():
        raise ValueError(problem)
    page = Page(sheet.page, sheet.name)
    spots = places(sheet, offset or PrinterOffset(), start)
    refused: list[LabelRefusal] = []
    printed = current = 0
    for label in labels:
        refusal = check_label(label.barcode, sheet.label, symbology, least_module_mm)
        if refusal is not None:
            refused.append(refusal)
            continue
        spot = next(spots)
        while current < spot.sheet:
            page.next()
            current += 1
        top = page.height - mm(spot.y)
        _draw(page, label, mm(spot.x), top, sheet.label, symbology, least_module_mm)
        printed += 1
    return PrintedLabels(page.done(), printed, tuple(refused), current + 1)


def render_label_pdf(
    label: ItemLabel, size_mm: tuple[float, float] = (58.0, 30.0), symbology: Symbology = Symbology.CODE_128
) -> PrintedLabels:
    """One label on a page of its own size, for label printers with a driver."""
    sheet = SheetGeometry("label", size_mm, size_mm, 1, 1, 0, 0, measured=True)
    return render_label_sheet([label], sheet, symbology=symbology)


def render_label_escpos(label: ItemLabel, profile: EscposProfile = PROFILE_58) -> PrintedLabels:
    """One label on continuous thermal paper: call number, bars as dots, the number, the title on one line."""
    code = bars(label.barcode)
    if isinstance(code, CodeRefusal):
        return PrintedLabels(b"", 0, (LabelRefusal(label.barcode, code.code, signs=code.signs),))
    picture = bars_image(code, profile.dots, 88)
    if picture is None:
        narrow = LabelRefusal(label.barcode, "label-too-narrow", code.total * 0.25, profile.dots / 8)
        return PrintedLabels(b"", 0, (narrow,))
    writer = EscposWriter(profile)
    if label.library:
        writer.block(Text(clean(label.library), Tone.SMALL, centred=True, max_lines=1))
    if label.call_number:
        writer.block(Text(clean(label.call_number), Tone.LIBRARY, centred=True, max_lines=2))
    writer.image(picture)
    writer.block(Text(clean(label.barcode), Tone.STRONG, centred=True))
    if label.title:
        writer.block(Text(clean(label.title), Tone.SMALL, centred=True, max_lines=1))
    return PrintedLabels(writer.done(), 1, ())


def _draw(
    page: Page,
    label: ItemLabel,
    left: float,
    top: float,
    size_mm: tuple[float, float],
    symbology: Symbology,
    least_mm: float,
) -> None:
    """The label in its box: spine text at the left where it leaves the code room, else above the code."""
    code = bars(label.barcode, symbology)
    assert isinstance(code, Bars)
    width, height, pad = mm(size_mm[0]), mm(size_mm[1]), mm(_PAD_MM)
    spine = mm(size_mm[0]) * _SPINE_SHARE
    beside = fit_module(code, width - spine, mm(WANTED_MODULE_MM), mm(least_mm))
    call = clean(label.call_number)
    if beside is not None and call and size_mm[1] >= 20:
        _spine(page, call, left + pad, top, spine - 2 * pad, height)
        page.rule_down(left + spine, top - pad, height - 2 * pad)
        _code(page, label, code, left + spine, top, (width - spine, height), beside)
        return
    module = fit_module(code, width, mm(WANTED_MODULE_MM), mm(least_mm))
    assert module is not None
    head = 0.0
    if call:
        size = min(10.0, height * 0.2)
        text = lines(call, "mono-bold", size, width - 2 * pad, 1)[0]
        page.text(left + width / 2, top - pad - size * 0.85, text, "mono-bold", size, "centre")
        head = size * (1.45 if has_rtl(call) else 1.1)
    _code(page, label, code, left, top - head, (width, height - head), module)


def _spine(page: Page, call: str, left: float, top: float, width: float, height: float) -> None:
    """The call number as on a spine: one part a line, as large as the widest part and the height allow."""
    parts = call.split(" ")[:6]
    size = 13.0
    while size > 5 and (
        max(pdf_width(part, "mono-bold", size) for part in parts) > width or len(parts) * size * 1.25 > height - mm(2)
    ):
        size -= 0.5
    rows = [row for part in parts for row in lines(part, "mono-bold", size, width)]
    y = top - height / 2 + len(rows) * size * 1.25 / 2 - size
    for row in rows:
        page.text(left + width / 2, y, row, "mono-bold", size, "centre")
        y -= size * 1.25


def _code(
    page: Page, label: ItemLabel, code: Bars, left: float, top: float, box: tuple[float, float], module: float
) -> None:
    width, height = box
    pad = mm(_PAD_MM)
    small = min(6.5, max(4.6, height * 0.075))
    number = min(10.0, max(6.0, height * 0.12))
    middle = left + width / 2
    above = 0.0
    if label.library and height >= mm(20):
        text = lines(clean(label.library), "medium", small, width - 2 * pad, 1)[0]
        page.text(middle, top - pad - small * 0.8, text, "medium", small, "centre")
        above = small * 1.35
    below = number * 1.15
    if label.title and height >= mm(20):
        text = lines(clean(label.title), "regular", small, width - 2 * pad, 1)[0]
        page.text(middle, top - height + pad + small * 0.2, text, "regular", small, "centre", SOFT)
        below += small * 1.35
    tall = height - 2 * pad - above - below
    bottom = top - height + pad + below
    page.bars(middle - code.total * module / 2, bottom, code, module, tall)
    page.text(middle, bottom - number * 0.95, label.barcode, "mono-bold", number, "centre")

"""Where labels lie on a sheet, kept apart from how one printer misses it.

A `SheetGeometry` is the sheet as sold; a `PrinterOffset` is what one printer needs on top (Koha keeps the same two
apart: label template and printer profile). Lengths are millimetres, the origin is the sheet's upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

A4_MM = (210.0, 297.0)
LETTER_MM = (215.9, 279.4)


class SheetGeometry(Struct, frozen=True):
    """A sheet of equal labels. `measured` is False where the figures are second-hand: check them with a ruler."""

    name: str
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int
    rows: int
    left: float
    top: float
    gap_x: float = 0.0
    gap_y: float = 0.0
    measured: bool = False

    @property
    def count(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows

    def adjusted(self, **changes: float) -> SheetGeometry:
        """The same sheet with some lengths corrected (left, top, gap_x, gap_y)."""
        return replace(self, **changes)

    def problem(self) -> str:
        """ "" when the labels lie on the sheet without overlapping, else "geometry-outside" or "geometry-overlap"."""
        if min(self.columns, self.rows) < 1 or min(self.label) <= 0 or min(self.left, self.top) < 0:
            return "geometry-outside"
        if min(self.gap_x, self.gap_y) < 0:
            return "geometry-overlap"
        wide = self.left + self.columns * self.label[0] + (self.columns - 1) * self.gap_x
        high = self.top + self.rows * self.label[1] + (self.rows - 1) * self.gap_y
        inside = wide <= self.page[0] + 0.05 and high <= self.page[1] + 0.05
        return "" if inside else "geometry-outside"


class PrinterOffset(Struct, frozen=True):
    """What one printer adds: a shift of the whole print and a creep per column and row (stretching paper feed)."""

    offset_x: float = 0.0
    offset_y: float = 0.0
    creep_x: float = 0.0
    creep_y: float = 0.0


# Tom & Jerry sizes and counts: agreeing second-hand sources; margins are the remainder shared out evenly.
SHEETS: dict[str, SheetGeometry] = {
    sheet.name: sheet
    for sheet in (
        SheetGeometry("tj-103", (210.0, 164.0), (64.0, 32.0), 3, 4, 5.0, 7.5, 4.0, 7.0),
        SheetGeometry("tj-107", (165.0, 210.0), (50.0, 18.0), 3, 10, 4.5, 6.0, 3.0, 2.0),
        SheetGeometry("tj-108", (165.0, 210.0), (38.0, 18.0), 4, 10, 3.5, 6.0, 2.0, 2.0),
        SheetGeometry("tj-121", (165.0, 210.0), (75.0, 38.0), 2, 5, 5.0, 6.0, 5.0, 2.0),
        SheetGeometry("a4-3x8", A4_MM, (63.5, 33.9), 3, 8, 7.25, 12.9, 2.5, 0.0, measured=True),
        SheetGeometry("a4-4x10", A4_MM, (48.5, 25.4), 4, 10, 8.0, 21.5, measured=True),
        SheetGeometry("avery-5160", LETTER_MM, (66.7, 25.4), 3, 10, 4.8, 12.7, 3.1, 0.0, measured=True),
    )
}


class Place(Struct, frozen=True):
    """One label's place: sheet number from 0, upper left corner in millimetres from the sheet's upper left."""

    sheet: int
    x: float
    y: float


def places(sheet: SheetGeometry, offset: PrinterOffset, start: int) -> Iterator[Place]:
    """Places in reading order for ever, beginning at label `start` (1 = first) of the first sheet.

    `start` beyond the sheet counts on to the next sheet; below 1 raises ValueError.
    """
    if start < 1:
        raise ValueError("start")
    number = start - 1
    first_sheet = number // sheet.count
    while True:
        page, rest = divmod(number, sheet.count)
        row, column = divmod(rest, sheet.columns)
        x = sheet.left + column * (sheet.label[0] + sheet.gap_x) + offset.offset_x + column * offset.creep_x
        y = sheet.top + row * (sheet.label[1] + sheet.gap_y) + offset.offset_y + row * offset.creep_y
        yield Place(page - first_sheet, x, y)
        number += 1

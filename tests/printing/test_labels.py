"""Item labels: placed, printed, decoded again; what does not fit is refused."""

from __future__ import annotations

import pytest

from app.domain.slip import ItemLabel
from app.printing.codes import Symbology
from app.printing.geometry import SHEETS, PrinterOffset
from app.printing.labels import (
    LabelRefusal,
    check_label,
    render_label_escpos,
    render_label_pdf,
    render_label_sheet,
)
from app.printing.slip_escpos import PROFILE_58
from tests.printing.decode import codes, ink_box, pdf_codes, pictures, sizes_mm
from tests.printing.escpos_paper import ThermalPrinter
from tests.printing.samples import items


@pytest.mark.parametrize("name", SHEETS)
def test_every_label_of_a_full_sheet_decodes(name: str) -> None:
    sheet = SHEETS[name]
    labels = items(sheet.count)
    result = render_label_sheet(labels, sheet)
    assert (result.printed, result.sheets, result.refused) == (sheet.count, 1, ())
    assert sorted(text for _, text in pdf_codes(result.data)) == [label.barcode for label in labels]
    assert sizes_mm(result.data)[0] == pytest.approx(sheet.page, abs=0.1)


def test_ink_stays_inside_its_label() -> None:
    for name in ("tj-103", "tj-107", "tj-121", "a4-4x10"):
        sheet = SHEETS[name]
        picture = pictures(render_label_sheet(items(1, 2), sheet).data)[0]
        left, top, right, bottom = (edge * 25.4 / 203 for edge in ink_box(picture))
        assert left >= sheet.left
        assert right <= sheet.left + sheet.label[0]
        assert top >= sheet.top
        assert bottom <= sheet.top + sheet.label[1], name


def test_a_part_used_sheet_starts_where_asked() -> None:
    sheet = SHEETS["tj-103"]
    result = render_label_sheet(items(3), sheet, start=11)
    assert result.sheets == 2
    first, second = pictures(result.data)
    assert {text for _, text in codes(first)} == {"B0000001", "B0000002"}
    assert {text for _, text in codes(second)} == {"B0000003"}
    _, top, _, _ = ink_box(first)
    assert top * 25.4 / 203 > sheet.top + 3 * (sheet.label[1] + sheet.gap_y)


def test_offset_and_creep_move_the_print() -> None:
    sheet = SHEETS["tj-107"]
    plain = ink_box(pictures(render_label_sheet(items(4), sheet).data)[0])
    moved = ink_box(pictures(render_label_sheet(items(4), sheet, PrinterOffset(2, 3, 0.5, 0.5)).data)[0])
    dots = 203 / 25.4
    assert moved[0] - plain[0] == pytest.approx(2 * dots, abs=1.5)
    assert moved[1] - plain[1] == pytest.approx(3 * dots, abs=1.5)
    assert moved[2] - plain[2] == pytest.approx((2 + 2 * 0.5) * dots, abs=1.5)
    assert moved[3] - plain[3] == pytest.approx((3 + 0.5) * dots, abs=1.5)


def test_a_start_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="start"):
        render_label_sheet(items(1), SHEETS["tj-103"], start=0)
    with pytest.raises(ValueError, match="geometry-outside"):
        render_label_sheet(items(1), SHEETS["tj-103"].adjusted(left=60.0))


def test_a_code_too_wide_is_refused_with_both_widths_and_takes_no_place() -> None:
    wide = ItemLabel("PERPUS/2026/000123/A")
    result = render_label_sheet([wide, *items(1)], SHEETS["tj-107"])
    assert result.printed == 1
    assert result.refused == (LabelRefusal(wide.barcode, "label-too-narrow", 66.0, 50.0),)
    assert [text for _, text in pdf_codes(result.data)] == ["B0000001"]
    assert check_label(wide.barcode, SHEETS["tj-121"].label) is None


def test_code_39_carries_no_check_sign() -> None:
    result = render_label_sheet([ItemLabel("B0000012")], SHEETS["tj-121"], symbology=Symbology.CODE_39)
    assert pdf_codes(result.data) == [("Code39", "B0000012")]
    # Fourteen figures fit a 64 mm label as Code 128, not as Code 39.
    assert check_label("30234000517861", (64.0, 32.0)) is None
    refusal = check_label("30234000517861", (64.0, 32.0), Symbology.CODE_39)
    assert refusal is not None
    assert refusal.code == "label-too-narrow"


def test_a_single_label_as_pdf_and_on_a_58_mm_printer() -> None:
    label = items(1, 2)[0]
    single = render_label_pdf(label)
    assert pdf_codes(single.data) == [("Code128", label.barcode)]
    assert sizes_mm(single.data) == [pytest.approx((58, 30), abs=0.1)]
    paper = ThermalPrinter(PROFILE_58.dots).print(render_label_escpos(label).data)
    assert codes(paper.picture) == [("Code128", label.barcode)]
    assert label.barcode in paper.lines
    refused = render_label_escpos(ItemLabel("PERPUS/2026/000123/A"))
    assert (refused.printed, refused.refused[0].code) == (0, "label-too-narrow")
    assert render_label_escpos(ItemLabel("é")).refused[0].code == "code-signs"

"""Drawing on PDF: lengths, places and codes are measured on the printed picture."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.printing.canvas import ACCENT, MM, Page, fit_module, fitted, lines, mm
from app.printing.codes import Bars, bars, qr
from app.printing.fonts import pdf_width
from app.printing.text import clean
from tests.printing.decode import codes, ink_box, pdf_text, pictures, sizes_mm

DPI = 254  # ten dots a millimetre
SIZE = (100.0, 60.0)


def drawn(draw: Callable[[Page], None]) -> tuple[bytes, tuple[float, ...]]:
    """The PDF of one page, and the box around its ink in millimetres from the upper left corner."""
    page = Page(SIZE, "Uji")
    draw(page)
    pdf = page.done()
    return pdf, tuple(edge / 10 for edge in ink_box(pictures(pdf, DPI)[0]))


def whole(text: str) -> Bars:
    code = bars(text)
    assert isinstance(code, Bars)
    return code


def test_a_millimetre_is_one() -> None:
    assert mm(25.4) == pytest.approx(72)
    assert sizes_mm(Page(SIZE, "Uji").done()) == [pytest.approx(SIZE, abs=0.05)]


def test_pages_follow_each_other_and_carry_their_names() -> None:
    page = Page(SIZE, "Label buku", "id")
    page.text(mm(10), mm(10), "satu", "regular", 10)
    page.next()
    page.text(mm(10), mm(10), "dua", "regular", 10)
    pdf = page.done()
    assert pdf_text(pdf) == "satu dua"
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 2
        assert document.get_metadata_value("Title") == "Label buku"
    finally:
        document.close()


def test_the_same_drawing_is_the_same_file() -> None:
    def draw(page: Page) -> None:
        page.text(mm(5), mm(5), "Struk لسان", "bold", 12)

    assert drawn(draw)[0] == drawn(draw)[0]


@pytest.mark.parametrize(("align", "edge"), [("left", 0), ("right", 2), ("centre", None)])
def test_a_line_stands_where_its_end_is_asked_for(align: str, edge: int | None) -> None:
    _, box = drawn(lambda page: page.text(mm(50), mm(30), "Hukum", "bold", 14, align))  # type: ignore[arg-type]
    at = box[edge] if edge is not None else (box[0] + box[2]) / 2
    assert at == pytest.approx(50, abs=0.6)
    assert box[3] == pytest.approx(30, abs=0.3)  # the letters stand on the baseline


def test_a_line_of_two_scripts_is_as_wide_as_it_measures() -> None:
    for text, role in (("Kitab الأم (al-Umm)", "bold"), ("B0000O1l  satu dua", "mono")):
        visual = lines(text, role, 16, mm(90))[0]  # type: ignore[arg-type]
        _, box = drawn(lambda page, visual=visual, role=role: page.text(mm(5), mm(30), visual, role, 16))  # type: ignore[misc]
        assert box[2] - box[0] == pytest.approx(pdf_width(visual, role, 16) / MM, abs=1.0)  # type: ignore[arg-type]


def test_rules_and_boxes_are_as_long_as_asked() -> None:
    _, box = drawn(lambda page: page.rule(mm(10), mm(20), mm(50)))
    assert (box[0], box[2]) == (pytest.approx(10, abs=0.2), pytest.approx(60, abs=0.2))
    assert box[1] == pytest.approx(40, abs=0.2)
    _, box = drawn(lambda page: page.rule_down(mm(10), mm(50), mm(20)))
    assert (box[1], box[3]) == (pytest.approx(10, abs=0.3), pytest.approx(30, abs=0.7))
    _, box = drawn(lambda page: page.box(mm(10), mm(20), mm(30), mm(25), 4, fill=ACCENT, stroke=None))
    assert box == pytest.approx((10, 15, 40, 40), abs=0.2)


def test_a_dashed_rule_has_gaps() -> None:
    def dark(dashed: bool) -> int:
        pdf, _ = drawn(lambda page: page.rule(mm(10), mm(20), mm(50), dashed=dashed))
        return pictures(pdf, DPI)[0].point(lambda shade: 255 if shade < 128 else 0).histogram()[255]

    assert 0 < dark(True) < 0.7 * dark(False)


def test_clipping_ends_where_it_is_ended() -> None:
    def draw(page: Page) -> None:
        page.clip_round(mm(20), mm(20), mm(30), mm(20), mm(3))
        page.box(0, 0, mm(100), mm(60), fill=ACCENT, stroke=None)
        page.unclip()

    assert drawn(draw)[1] == pytest.approx((20, 20, 50, 40), abs=0.2)

    def after(page: Page) -> None:
        draw(page)
        page.rule(mm(5), mm(5), mm(90))

    assert drawn(after)[1][2] == pytest.approx(95, abs=0.2)


def test_a_picture_fills_its_rectangle() -> None:
    _, box = drawn(lambda page: page.picture(Image.new("RGB", (50, 50), (0, 0, 90)), mm(10), mm(10), mm(20), mm(30)))
    assert box == pytest.approx((10, 20, 30, 50), abs=0.2)


def test_bars_have_their_quiet_zone_and_read_back() -> None:
    code = whole("B0012345")
    module = mm(0.33)
    pdf, box = drawn(lambda page: page.bars(mm(10), mm(20), code, module, mm(12)))
    assert [text for picture in pictures(pdf) for _, text in codes(picture)] == ["B0012345"]
    assert box[0] == pytest.approx(10 + 10 * 0.33, abs=0.15)
    assert box[2] - box[0] == pytest.approx(len(code.modules) * 0.33, abs=0.2)
    assert box[3] - box[1] == pytest.approx(12, abs=0.2)


def test_a_qr_code_fills_its_square_and_reads_back() -> None:
    rows = qr("https://perpus.example.ac.id/s/7Kq2")
    assert isinstance(rows, tuple)
    pdf, box = drawn(lambda page: page.qr(mm(30), mm(15), rows, mm(25)))
    assert [text for picture in pictures(pdf) for _, text in codes(picture)] == ["https://perpus.example.ac.id/s/7Kq2"]
    assert box == pytest.approx((30, 20, 55, 45), abs=0.2)
    # Readers take a mirrored code too; people see which way it stands.
    picture, module = pictures(pdf, DPI)[0], 250 / len(rows)
    for row, modules in enumerate(rows):
        for column, dark in enumerate(modules):
            shade = picture.getpixel((round(300 + (column + 0.5) * module), round(200 + (row + 0.5) * module)))
            assert isinstance(shade, int)
            assert (shade < 128) is dark


def test_a_module_is_as_wide_as_the_room_allows_within_its_bounds() -> None:
    code = whole("B0012345")
    assert fit_module(code, 1000, 0.9, 0.7) == 0.9
    assert fit_module(code, code.total * 0.8, 0.9, 0.7) == pytest.approx(0.8)
    assert fit_module(code, code.total * 0.7, 0.9, 0.7) == pytest.approx(0.7)
    assert fit_module(code, code.total * 0.69, 0.9, 0.7) is None


def test_lines_are_broken_before_they_are_ordered() -> None:
    rows = lines("واحد اثنان ثلاثة اربعة", "bold", 12, mm(20))
    assert len(rows) > 1
    assert rows[0] == lines("واحد اثنان ثلاثة اربعة", "bold", 12, mm(20), 5)[0]
    assert lines("Buku (1)", "bold", 12, mm(50), rtl=True) != lines("Buku (1)", "bold", 12, mm(50))


def test_text_is_made_smaller_only_as_far_as_needed() -> None:
    assert fitted("Buku", "bold", 12, 8, mm(50), 1) == (["Buku"], 12)
    rows, size = fitted("Perpustakaan Universitas Islam Negeri", "bold", 12, 6, mm(60), 1)
    assert rows == ["Perpustakaan Universitas Islam Negeri"]
    assert 6 < size < 12
    assert len(lines(rows[0], "bold", size + 0.5, mm(60))) == 2
    assert fitted("Perpustakaan Universitas Islam Negeri", "bold", 12, 11.7, mm(60), 1)[1] == 11.7


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80).map(clean), st.floats(8, 14), st.floats(5, 8), st.integers(1, 3))
def test_fitted_text_keeps_within_its_bounds(text: str, size: float, least: float, most: int) -> None:
    rows, fit = fitted(text, "regular", size, least, mm(40), most)
    assert 1 <= len(rows) <= most
    assert least <= fit <= size
    assert all(pdf_width(row, "regular", fit) <= mm(40) + 0.01 or len(row) == 1 for row in rows)

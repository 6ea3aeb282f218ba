"""Lines, bars and QR as dots: as wide as the head, nothing cut off, every code read back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.printing.codes import QUIET_MODULES, Bars, bars, qr
from app.printing.raster import bars_image, cell, framed, qr_image, stacked, step, text_image
from app.printing.text import clean, has_rtl
from tests.printing.decode import codes, ink_box

HEADS = (384, 576)


def whole(text: str) -> Bars:
    code = bars(text)
    assert isinstance(code, Bars)
    return code


def test_lines_stay_inside_the_head() -> None:
    part = cell("Kitab الأم " * 12, "bold", 26, 384, "left", None)
    picture = text_image([part], 384)
    assert picture.width == 384
    assert len(part.lines) > 1
    assert has_rtl(part.lines[0])
    column = picture.crop((381, 0, 384, picture.height)).convert("L")
    assert column.getextrema() == (255, 255), "ink at the very edge: cut off"


@pytest.mark.parametrize(("place", "left", "right"), [("left", 0, 0.4), ("centre", 0.3, 0.7), ("right", 0.6, 1)])
def test_a_line_stands_where_it_is_placed(place: str, left: float, right: float) -> None:
    part = cell("Struk", "bold", 24, 576, place, False)  # type: ignore[arg-type]
    found = ink_box(text_image([part], 576))
    assert left * 576 <= found[0] < found[2] <= right * 576
    if place == "centre":
        assert (found[0] + found[2]) / 2 == pytest.approx(288, abs=3)


def test_arabic_begins_its_lines_at_the_right_end_of_their_order() -> None:
    part = cell("لسان العرب", "regular", 24, 384, "right", None)
    latin = cell("Lisan", "regular", 24, 384, "right", True)
    assert part.lines[0] == cell("لسان العرب", "regular", 24, 384, "left", True).lines[0]
    assert ink_box(text_image([part], 384))[2] > 370
    assert latin.lines == ("Lisan",)


def test_a_label_and_its_value_share_a_line_and_the_taller_decides() -> None:
    label = cell("Jatuh tempo", "regular", 20, 200, "left", False)
    value = cell("Sel, 8 Des 2026 pukul 15.30", "bold", 20, 150, "right", False)
    picture = text_image([label, value], 384)
    assert len(value.lines) > len(label.lines) == 1
    assert picture.height == step(20) * len(value.lines)
    first = ink_box(picture.crop((0, 0, 384, step(20))))
    assert first[0] < 20
    assert first[2] > 364


def test_no_more_lines_than_asked_for() -> None:
    part = cell("Fisika " + "sangat panjang " * 25, "regular", 22, 384, "left", False, 2)
    assert len(part.lines) == 2
    assert text_image([part], 384).height == 2 * step(22)


def test_a_frame_goes_around_everything() -> None:
    plain = text_image([cell("DES", "bold", 40, 384, "centre", False)], 384)
    boxed = text_image([cell("DES", "bold", 40, 384, "centre", False)], 384, frame=True)
    assert boxed.size == (384, plain.height + 20)
    assert ink_box(boxed) == (0, 0, 384, boxed.height)
    inside = boxed.crop((3, 3, 381, boxed.height - 3))
    left, top, right, bottom = ink_box(plain)
    assert ink_box(inside) == (left - 3, top + 7, right - 3, bottom + 7)
    assert framed(plain).tobytes() == boxed.tobytes()


def test_pictures_are_stacked_with_a_gap_and_keep_their_dots() -> None:
    black, other = Image.new("1", (384, 10), 0), Image.new("1", (384, 20), 0)
    picture = stacked([black, other], 384, gap=5)
    assert picture.size == (384, 35)
    assert ink_box(picture.crop((0, 0, 384, 15))) == (0, 0, 384, 10)
    assert ink_box(picture.crop((0, 15, 384, 35))) == (0, 0, 384, 20)


@pytest.mark.parametrize("dots", HEADS)
def test_bars_stand_in_the_middle_with_whole_dots_and_both_quiet_zones(dots: int) -> None:
    code = whole("M1-000123")
    picture = bars_image(code, dots, 60)
    assert picture is not None
    left, top, right, bottom = ink_box(picture)
    module = (right - left) // len(code.modules)
    assert right - left == module * len(code.modules)
    assert module in (2, 3)
    assert left >= QUIET_MODULES * module
    assert dots - right >= QUIET_MODULES * module
    assert left == pytest.approx(dots - right, abs=1)
    assert (top, bottom) == (0, 60)
    assert codes(picture) == [("Code128", "M1-000123")]


def test_bars_too_wide_for_the_head_are_not_drawn() -> None:
    code = whole("PERPUS/2026/000123/A")
    assert bars_image(code, 2 * code.total - 1, 60) is None
    narrow = bars_image(code, 2 * code.total, 60)
    assert narrow is not None
    assert codes(narrow) == [("Code128", "PERPUS/2026/000123/A")]
    assert bars_image(code, 3 * code.total, 60, widest=2) is not None


def test_the_papers_white_beside_the_head_serves_as_quiet_zone() -> None:
    code = whole("PERPUS/2026/000123/A")
    bare = 2 * len(code.modules)
    margin = 2 * QUIET_MODULES
    assert bars_image(code, bare, 60) is None
    assert bars_image(code, bare, 60, margin=margin - 1) is None
    picture = bars_image(code, bare, 60, margin=margin)
    assert picture is not None
    assert ink_box(picture) == (0, 0, bare, 60)
    paper = Image.new("1", (bare + 2 * margin, 60), 1)
    paper.paste(picture, (margin, 0))
    assert codes(paper) == [("Code128", "PERPUS/2026/000123/A")]


@pytest.mark.parametrize("dots", HEADS)
def test_a_qr_code_has_its_quiet_zone_all_around(dots: int) -> None:
    rows = qr("https://perpus.example.ac.id/m/2110631170042")
    assert isinstance(rows, tuple)
    picture = qr_image(rows, dots)
    assert picture is not None
    left, top, right, bottom = ink_box(picture)
    module = (right - left) // len(rows)
    assert min(left, top, dots - right, picture.height - bottom) >= 4 * module
    assert right - left == bottom - top == module * len(rows)
    assert codes(picture) == [("QRCode", "https://perpus.example.ac.id/m/2110631170042")]
    assert qr_image(rows, 3 * (len(rows) + 8) - 1) is None


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60), st.sampled_from(HEADS), st.sampled_from([18, 24, 40]), st.one_of(st.none(), st.booleans()))
def test_any_text_is_a_picture_as_wide_as_the_head(text: str, dots: int, pixels: int, rtl: bool | None) -> None:
    part = cell(clean(text), "regular", pixels, dots, "left", rtl)
    picture = text_image([part], dots)
    assert picture.size == (dots, step(pixels) * len(part.lines))

"""Labels, cards and sheets: placed, printed, decoded again; what does not fit is refused."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from app.domain.slip import CommandLabel, ItemLabel, MemberCard
from app.printing.cards import CARD_MM, photo_picture, render_card, render_card_sheet
from app.printing.codes import Bars, CodeRefusal, Symbology, bars, qr
from app.printing.geometry import SHEETS, PrinterOffset, places
from app.printing.labels import (
    LabelRefusal,
    check_label,
    render_label_escpos,
    render_label_pdf,
    render_label_sheet,
)
from app.printing.raster import bars_image, qr_image
from app.printing.sheets import command_sheet, practice_sheet
from app.printing.slip_escpos import PROFILE_58
from tests.printing.decode import codes, ink_box, pdf_codes, pdf_text, pictures, sizes_mm
from tests.printing.escpos_paper import ThermalPrinter

CALLS = ("297.9 YAT s", "020.1 SUL p c.2", "2X4.1 أحم ل", "813 HIR", "")


def items(count: int, start: int = 1) -> list[ItemLabel]:
    return [
        ItemLabel(f"B{number:07}", CALLS[number % 5], "Perpustakaan STAI Nurul Hikmah", "Laskar Pelangi لسان العرب")
        for number in range(start, start + count)
    ]


@pytest.mark.parametrize("name", SHEETS)
def test_every_label_of_a_full_sheet_decodes(name: str) -> None:
    sheet = SHEETS[name]
    labels = items(sheet.count)
    result = render_label_sheet(labels, sheet)
    assert (result.printed, result.sheets, result.refused) == (sheet.count, 1, ())
    assert sorted(text for _, text in pdf_codes(result.data)) == [label.barcode for label in labels]
    assert sizes_mm(result.data)[0] == pytest.approx(sheet.page, abs=0.1)


@pytest.mark.parametrize("name", SHEETS)
def test_every_geometry_lies_on_its_page(name: str) -> None:
    assert SHEETS[name].problem() == ""
    assert replace(SHEETS[name], columns=SHEETS[name].columns + 1).problem() == "geometry-outside"
    assert SHEETS[name].adjusted(gap_x=-1.0).problem() == "geometry-overlap"


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


@given(st.sampled_from(sorted(SHEETS)), st.integers(1, 90))
def test_places_never_repeat_and_go_on_to_the_next_sheet(name: str, start: int) -> None:
    sheet = SHEETS[name]
    spots = places(sheet, PrinterOffset(), start)
    taken = [next(spots) for _ in range(sheet.count + 1)]
    assert taken[0].sheet == 0
    assert taken[-1].sheet == 1
    assert len(set(taken)) == len(taken)


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


@pytest.mark.parametrize(
    ("text", "symbology", "code", "signs"),
    [
        ("", Symbology.CODE_128, "code-empty", ""),
        ("B" * 49, Symbology.CODE_128, "code-too-long", ""),
        ("Bé1\x1b", Symbology.CODE_128, "code-signs", "é\x1b"),
        ("b1", Symbology.CODE_39, "code-signs", "b"),
        ("B*1", Symbology.CODE_39, "code-signs", "*"),
        ("١٢٣", Symbology.CODE_128, "code-signs", "١٢٣"),
    ],
)
def test_what_no_code_can_carry_is_refused(text: str, symbology: Symbology, code: str, signs: str) -> None:
    assert bars(text, symbology) == CodeRefusal(code, text, signs)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_any_printable_code_reads_back(text: str) -> None:
    code = bars(text)
    assert isinstance(code, Bars)
    picture = bars_image(code, 1200, 60)
    assert picture is not None
    assert codes(picture) == [("Code128", text)]


@pytest.mark.parametrize("text", ["https://perpus.example.ac.id/s/7Kq2", "مكتبة الجامعة", "0", "x" * 300])
def test_qr_reads_back(text: str) -> None:
    rows = qr(text)
    assert isinstance(rows, tuple)
    picture = qr_image(rows, 576)
    assert picture is not None
    assert codes(picture) == [("QRCode", text)]


def test_a_qr_text_too_long_is_refused() -> None:
    assert qr("x" * 301) == CodeRefusal("code-too-long", "x" * 301)


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


def _photo(form: str = "JPEG", size: tuple[int, int] = (300, 400)) -> bytes:
    packed = BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(packed, form)
    return packed.getvalue()


CARD = MemberCard(
    "2110631170042", "Siti Nurhaliza Putri Ramadhani", "Mahasiswa", "Tarbiyah", "Perpustakaan STAI Nurul Hikmah",
    "Jl. Merdeka 12", date(2027, 8, 31), _photo(),
)  # fmt: skip


@pytest.mark.parametrize("language", ["id", "ar"])
@pytest.mark.parametrize("photo", [None, _photo(), b"not a picture"])
def test_a_card_is_cr80_and_its_number_reads_back(photo: bytes | None, language: str) -> None:
    result = render_card(replace(CARD, photo=photo), language)
    assert sizes_mm(result.data) == [pytest.approx(CARD_MM, abs=0.05)]
    assert pdf_codes(result.data) == [("Code128", CARD.member_no)]
    text = pdf_text(result.data)
    assert "Siti Nurhaliza Putri" in text
    if language == "id":
        assert "Berlaku s.d. 31 Agu 2027" in text


def test_a_long_name_is_made_smaller_before_it_is_cut() -> None:
    name = "Raden Mas Haryo Kusumoningrat Wicaksono Adiningrat"
    library = "Perpustakaan Universitas Islam Negeri Sunan Kalijaga"
    text = pdf_text(render_card(replace(CARD, name=name, library=library)).data)
    assert name in text
    assert library in text


def test_cards_fill_sheets_of_ten_and_refuse_what_does_not_fit() -> None:
    cards = [replace(CARD, member_no=f"M{number:07}") for number in range(11)]
    result = render_card_sheet([*cards, replace(CARD, member_no="N" * 40)])
    assert (result.printed, result.sheets) == (11, 2)
    assert [refusal.code for refusal in result.refused] == ["label-too-narrow"]
    assert sorted(text for _, text in pdf_codes(result.data)) == [card.member_no for card in cards]


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + bytes(50), _photo("PNG")[:100], _photo("BMP"), b"\xff\xd8\xff" + bytes(40)]
)
def test_a_damaged_or_foreign_photo_leaves_the_slot(data: bytes) -> None:
    assert photo_picture(data) is None


def test_a_photo_is_cut_to_the_slot() -> None:
    picture = photo_picture(_photo(size=(1000, 300)))
    assert picture is not None
    assert picture.size == (236, 295)


def test_an_enormous_photo_is_not_opened() -> None:
    packed = BytesIO()
    Image.new("1", (9000, 9000)).save(packed, "PNG")
    assert photo_picture(packed.getvalue()) is None


COMMANDS = [
    CommandLabel("=lend", "Peminjaman", "F2"),
    CommandLabel("=finish", "Selesai"),
    CommandLabel("=undo", "Batal"),
]


def test_the_command_sheet_reads_back() -> None:
    pdf = command_sheet(COMMANDS, "Perpustakaan")
    assert {text for _, text in pdf_codes(pdf)} == {"=lend", "=finish", "=undo"}
    assert "Lembar perintah" in pdf_text(pdf)
    with pytest.raises(ValueError, match="code-signs"):
        command_sheet([CommandLabel("perintah→", "x")])
    with pytest.raises(ValueError, match="label-too-narrow"):
        command_sheet([CommandLabel("N" * 40, "x")])


@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_the_practice_sheet_reads_back(language: str) -> None:
    members = [replace(CARD, member_no=f"M{number:07}", name=f"Anggota {number}") for number in range(4)]
    pdf = practice_sheet(members, items(40), "Perpustakaan Contoh", language)
    expected = sorted([card.member_no for card in members] + [label.barcode for label in items(40)])
    assert sorted(text for _, text in pdf_codes(pdf)) == expected
    assert len(sizes_mm(pdf)) == 3
    assert "Anggota 3" in pdf_text(pdf)

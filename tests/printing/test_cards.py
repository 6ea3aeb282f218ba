"""Member cards: of the right size, read back, whatever the name, the photo and the language."""

from __future__ import annotations

from io import BytesIO

import pytest
from msgspec.structs import replace
from PIL import Image

from app.domain.slip import MemberCard
from app.printing.cards import CARD_MM, CARD_SHEET, photo_picture, render_card, render_card_sheet
from app.printing.geometry import A4_MM, PrinterOffset
from tests.printing.decode import ink_box, pdf_codes, pdf_text, pictures, sizes_mm
from tests.printing.samples import CARD, photo

DPI = 203
DOTS = DPI / 25.4
BLUE = (40, 90, 160)


def coloured(card: MemberCard, language: str = "id") -> Image.Image:
    """The card in colour, as a grey picture hides which side the photo is on."""
    import pypdfium2

    document = pypdfium2.PdfDocument(render_card(card, language).data)
    try:
        return document[0].render(scale=DPI / 72).to_pil().convert("RGB")
    finally:
        document.close()


def blue_at(picture: Image.Image, x_mm: float, y_mm: float) -> bool:
    seen = picture.getpixel((round(x_mm * DOTS), round(y_mm * DOTS)))
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 12 for one, other in zip(seen, BLUE, strict=True))


@pytest.mark.parametrize("language", ["id", "ar"])
@pytest.mark.parametrize("photo", [None, photo(), b"not a picture"])
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
    "data", [b"", b"GIF89a" + bytes(50), photo("PNG")[:100], photo("BMP"), b"\xff\xd8\xff" + bytes(40)]
)
def test_a_damaged_or_foreign_photo_leaves_the_slot(data: bytes) -> None:
    assert photo_picture(data) is None


def test_a_photo_is_cut_to_the_slot() -> None:
    picture = photo_picture(photo(size=(1000, 300)))
    assert picture is not None
    assert picture.size == (236, 295)


def test_an_enormous_photo_is_not_opened() -> None:
    packed = BytesIO()
    Image.new("1", (9000, 9000)).save(packed, "PNG")
    assert photo_picture(packed.getvalue()) is None


def test_the_photo_stands_where_the_language_begins() -> None:
    left, right = (12.0, 28.0), (CARD_MM[0] - 12.0, 28.0)
    indonesian, arabic = coloured(CARD), coloured(CARD, "ar")
    assert (blue_at(indonesian, *left), blue_at(indonesian, *right)) == (True, False)
    assert (blue_at(arabic, *left), blue_at(arabic, *right)) == (False, True)
    assert not blue_at(coloured(replace(CARD, photo=None)), *left)


def test_without_a_photo_the_initials_stand_in_its_place() -> None:
    assert "SN" in pdf_text(render_card(replace(CARD, photo=None)).data)
    assert "SN" not in pdf_text(render_card(CARD).data)
    for name in ("", "- -", "😀"):  # nothing to begin with is no fault
        assert pdf_codes(render_card(replace(CARD, photo=None, name=name)).data) == [("Code128", CARD.member_no)]


def test_a_number_no_card_can_carry_is_refused() -> None:
    for number, code in (("", "code-empty"), ("١٢٣", "code-signs"), ("N" * 40, "label-too-narrow")):
        result = render_card(replace(CARD, member_no=number))
        assert (result.printed, [refusal.code for refusal in result.refused]) == (0, [code])


def test_a_refused_card_takes_no_place_and_every_card_stands_inside_the_sheet() -> None:
    assert CARD_SHEET.problem() == ""
    result = render_card_sheet([replace(CARD, member_no="N" * 40), replace(CARD, member_no="M1")])
    assert sizes_mm(result.data) == [pytest.approx(A4_MM, abs=0.1)]
    left, top, right, bottom = (edge / DOTS for edge in ink_box(pictures(result.data)[0]))
    assert left == pytest.approx(CARD_SHEET.left, abs=0.3)
    assert top == pytest.approx(CARD_SHEET.top, abs=0.3)
    assert right <= CARD_SHEET.left + CARD_MM[0] + 0.3
    assert bottom <= CARD_SHEET.top + CARD_MM[1] + 0.3


def test_a_printers_offset_moves_the_cards() -> None:
    plain = ink_box(pictures(render_card_sheet([CARD]).data)[0])
    moved = ink_box(pictures(render_card_sheet([CARD], offset=PrinterOffset(2.0, 3.0)).data)[0])
    assert moved[0] - plain[0] == pytest.approx(2 * DOTS, abs=1.5)
    assert moved[1] - plain[1] == pytest.approx(3 * DOTS, abs=1.5)


def test_the_fullest_card_keeps_its_lines_off_the_bars() -> None:
    full = replace(
        CARD, name="Raden Mas Haryo Kusumoningrat Wicaksono Adiningrat Prawirodirdjo", library="Perpustakaan " * 9,
        member_type="Mahasiswa Program Pascasarjana", institution="Fakultas Tarbiyah dan Ilmu Keguruan Islam",
        address="Jl. Letnan Kolonel H. Endro Suratmin " * 4,
    )  # fmt: skip
    assert pdf_codes(render_card(full).data) == [("Code128", CARD.member_no)]
    assert "Berlaku s.d. 31 Agu 2027" in pdf_text(render_card(full).data)


def test_a_photo_lying_on_its_side_is_turned_up() -> None:
    picture = Image.new("RGB", (400, 300), (255, 255, 255))
    picture.paste((0, 0, 0), (0, 0, 200, 300))
    packed, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side: turn a quarter clockwise
    picture.save(packed, "JPEG", exif=exif.tobytes())
    turned = photo_picture(packed.getvalue())
    assert turned is not None
    grey = turned.convert("L")
    assert (grey.getpixel((118, 20)), grey.getpixel((118, 275))) == (0, 255)

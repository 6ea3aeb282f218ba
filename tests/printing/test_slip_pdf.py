"""Slips as PDF: everything on them is read back from the printed picture."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest
from msgspec.structs import replace

from app.domain.slip import SlipLine
from app.printing.slip_pdf import PAGE_A4, PAGE_A5, SlipRefused, render_pdf
from tests.printing import samples
from tests.printing.decode import ink_box, pdf_codes, pdf_text, pictures, sizes_mm

WIDTHS = (58, 80, PAGE_A5, PAGE_A4)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", samples.EVERY_KIND)
def test_every_kind_decodes_on_every_paper(kind: str, width: int) -> None:
    slip = samples.EVERY_KIND[kind]()
    expected = {("Code128", slip.act_no)} | ({("QRCode", slip.qr)} if slip.qr else set())
    assert set(pdf_codes(render_pdf(slip, width))) == expected


@pytest.mark.parametrize("width", WIDTHS)
def test_a_loan_slip_promises_its_due_dates(width: int) -> None:
    text = pdf_text(render_pdf(samples.lend(), width))
    assert text.count("Sel, 8 Des 2026") == len(samples.LINES) + 1
    assert "Kembalikan paling lambat" in text
    for line in samples.LINES:
        assert line.barcode in text
    assert "Siti N. P." in text
    assert "M1-000123" in text
    assert "10.42" in text


def test_each_copy_may_carry_its_bars() -> None:
    slip = samples.lend(qr="", lines=samples.LINES[:3])
    found = pdf_codes(render_pdf(slip, 58, item_bars=True))
    assert [text for _, text in sorted(found)] == ["AR000017", "B0000O1l", "B0012345", "M1-000123"]


def test_different_due_dates_stand_at_each_book_only() -> None:
    first, second = samples.LINES[0], replace(samples.LINES[1], due_on=samples.DUE.replace(day=10))
    text = pdf_text(render_pdf(samples.lend(lines=(first, second))))
    assert "paling lambat" not in text
    assert "Sel, 8 Des 2026" in text
    assert "Kam, 10 Des 2026" in text


def test_a_slip_without_a_due_date_is_refused() -> None:
    with pytest.raises(SlipRefused, match="due-date-missing"):
        render_pdf(samples.lend(lines=(SlipLine("Buku", "B1"),)))


def test_a_friend_who_brings_the_book_learns_no_name() -> None:
    text = pdf_text(render_pdf(samples.returned()))
    assert "Anggota" not in text
    assert "Siti" not in text
    assert "2110631170042" not in text
    assert "Denda (4 hari × Rp1.000) Rp4.000" in text
    assert "Disisihkan: direservasi anggota lain" in text


def test_a_part_payment_shows_what_is_left() -> None:
    text = pdf_text(render_pdf(samples.paid()))
    for shown in ("Rp2.500", "Sisa tunggakan", "Rp1.500", "Ahmad (kakak)", "M1-K-000031"):
        assert shown in text
    assert "CETAK ULANG" not in text
    assert "CETAK ULANG" in pdf_text(render_pdf(samples.paid(reprint=True)))


def test_the_library_may_rename_the_fine() -> None:
    text = pdf_text(render_pdf(samples.paid(fine_word="Infaq")))
    assert "Total infaq" in text
    assert "enda" not in text


def test_a_loan_in_hours_shows_its_hour() -> None:
    assert "Kam, 26 Nov 2026 pukul 15.30" in pdf_text(render_pdf(samples.mixed()))


@pytest.mark.parametrize("width", [58, 80])
def test_a_roll_is_as_long_as_its_content(width: int) -> None:
    short, long = (sizes_mm(render_pdf(slip, width)) for slip in (samples.shelf(), samples.lend()))
    assert len(short) == len(long) == 1
    assert short[0][0] == pytest.approx(width, abs=0.1)
    assert short[0][1] < long[0][1]


def test_a_long_slip_fills_further_pages() -> None:
    lines = tuple(replace(samples.LINES[0], barcode=f"B{number:07}") for number in range(60))
    pdf = render_pdf(samples.lend(lines=lines), PAGE_A5)
    assert len(sizes_mm(pdf)) > 2
    text = pdf_text(pdf)
    assert all(line.barcode in text for line in lines)


def test_a_copy_stays_on_one_page_with_its_due_date() -> None:
    lines = tuple(replace(samples.LINES[0], barcode=f"B{number:07}") for number in range(40))
    document = pypdfium2.PdfDocument(render_pdf(samples.lend(lines=lines), PAGE_A5))
    for page in document:
        text = page.get_textpage().get_text_bounded()
        assert text.count("No. eksemplar") == text.count("Jatuh tempo")
    document.close()


@pytest.mark.parametrize("kind", ["lend", "hold-shelf", "transaction"])
def test_a_date_is_never_broken_over_two_lines(kind: str) -> None:
    document = pypdfium2.PdfDocument(render_pdf(samples.EVERY_KIND[kind](), 58))
    shown = document[0].get_textpage().get_text_bounded().replace("\u00a0", " ").splitlines()
    document.close()
    dated = [line for line in shown if "Des" in line]
    assert dated
    assert all("8 Des 2026" in line for line in dated)


@pytest.mark.parametrize("language", ["id", "en", "ar"])
@pytest.mark.parametrize("width", [58, 80])
def test_nothing_is_drawn_over_the_edge(language: str, width: int) -> None:
    """The heads of 58 and 80 mm printers are 48 and 72 mm wide; ink must stay within."""
    reach = {58: 48, 80: 72}[width]
    picture = pictures(render_pdf(samples.lend(language=language), width))[0]
    left, _, right, bottom = ink_box(picture)
    side = (width - reach) / 2 * 203 / 25.4
    assert left >= side - 1
    assert right <= picture.width - side + 1
    assert bottom < picture.height


def test_an_arabic_slip_has_arabic_words_and_western_figures() -> None:
    pdf = render_pdf(samples.lend(language="ar", library="مكتبة الجامعة"))
    text = pdf_text(pdf)
    assert "2026" in text
    assert "Jatuh" not in text
    assert set(pdf_codes(pdf)) == {("Code128", "M1-000123"), ("QRCode", samples.lend().qr)}


def test_a_long_title_is_cut_with_an_ellipsis_and_never_hides_the_due_date() -> None:
    text = pdf_text(render_pdf(samples.lend(lines=(samples.LINES[4],)), 58))
    assert "... No. eksemplar B0099999" in text
    assert text.count("Sel, 8 Des 2026") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"act_no": "ا" * 10},
        {"act_no": "X" * 400},
        {"qr": "https://x.example/" + "y" * 2000},
        {"library": "", "address": "", "footer": ""},
        {"library": "P" * 500, "operator": "\x1b@\x00", "member": "😀 中文"},
        {"member": "", "member_no": ""},
    ],
)
def test_odd_values_still_give_a_slip(changes: dict[str, Any]) -> None:
    for width in (58, 80):
        assert "Sel, 8 Des 2026" in pdf_text(render_pdf(samples.lend(**changes), width))


def test_the_same_slip_is_the_same_file() -> None:
    assert render_pdf(samples.lend()) == render_pdf(samples.lend())


def test_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        render_pdf(samples.lend(), 112)

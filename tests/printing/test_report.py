"""Tables to sign: repeated header, page numbers, figures on one edge, signatures kept together."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from app.printing.report import Column, Row, RowTone, SignatureLine, render_table_report
from tests.printing.decode import ink_box, pdf_text, pictures, sizes_mm

COLUMNS = (
    Column("Bagian", 2),
    Column("SLiMS", figures=True),
    Column("Meja", figures=True),
    Column("Selisih", figures=True),
    Column("Keterangan", 3),
)
ROWS = (
    Row(("Koleksi",), RowTone.GROUP),
    ("Judul", "11.874", "11.874", "0", ""),
    Row(("Eksemplar", "18.332", "18.330", "2", "nomor eksemplar kosong"), RowTone.DIFFERS),
    Row(("Jumlah denda", "Rp1.234.500", "Rp1.234.500", "Rp0", "عضو: محمد"), RowTone.TOTAL),
)
SIGNED = (SignatureLine("Kepala perpustakaan", "Dra. Siti Aminah"), SignatureLine("Petugas"))


def page_texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def lowest_words(pdf: bytes, words: str) -> float:
    """How far above the foot of the last page the words stand, in points."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[len(document) - 1].get_textpage()
    found = page.search(words).get_next()
    assert found is not None
    bottom = page.get_charbox(found[0])[1]
    document.close()
    return float(bottom)


def test_everything_stands_on_the_sheet() -> None:
    pdf = render_table_report(
        "Lembar pencocokan", COLUMNS, ROWS, SIGNED, library="Perpustakaan", facts=[("Berkas", "slims.sql.gz")],
        closing="Angka telah dibandingkan.", printed="Dicetak Sel, 24 Nov 2026",
    )  # fmt: skip
    text = pdf_text(pdf)
    words = "Koleksi 18.330 Rp1.234.500 slims.sql.gz Petugas Tanggal Dicetak".split()
    sentences = ["Lembar pencocokan", "Angka telah dibandingkan.", "Dra. Siti Aminah", "Halaman 1 dari 1"]
    for shown in [*words, *sentences]:
        assert shown in text


def test_the_header_repeats_and_pages_are_numbered() -> None:
    rows = [(f"Baris {number}", str(number), str(number), "0", "") for number in range(200)]
    texts = page_texts(render_table_report("Panjang", COLUMNS, rows, SIGNED))
    assert len(texts) > 3
    assert all("Keterangan" in text for text in texts[:-1])
    for number, text in enumerate(texts, start=1):
        assert f"Halaman {number} dari {len(texts)}" in text
    shown = {int(found) for text in texts for found in re.findall(r"Baris (\d+)", text)}
    assert shown == set(range(200))


@pytest.mark.parametrize("count", range(28, 42))
def test_signatures_are_never_split_or_pushed_off(count: int) -> None:
    rows = [(f"Baris {number}", "1", "1", "0", "") for number in range(count)]
    pdf = render_table_report("Penuh", COLUMNS, rows, SIGNED, closing="Disetujui.")
    assert lowest_words(pdf, "Tanggal") > 40
    texts = page_texts(pdf)
    last = texts[-1]
    assert "Petugas" in last
    assert "Disetujui." in last
    assert sum(text.count("Petugas") for text in texts) == 1
    assert f"dari {len(texts)}" in last


def test_a_group_heading_never_stands_last_on_a_page() -> None:
    for lead in range(34, 48):
        rows: list[Row] = [Row((f"Baris {n}", "1", "1", "0", "")) for n in range(lead)]
        rows += [Row(("Kelompok",), RowTone.GROUP), Row(("Terakhir", "1", "1", "0", ""))]
        page = next(text for text in page_texts(render_table_report("x", COLUMNS, rows)) if "Kelompok" in text)
        assert "Terakhir" in page


def test_long_money_is_not_broken() -> None:
    assert "Rp1.234.567.890" in pdf_text(
        render_table_report("x", COLUMNS, [("Kas", "Rp1.234.567.890", "Rp1.234.567.890", "Rp1.234.567.890", "ya")])
    )


@pytest.mark.parametrize("language", ["id", "ar"])
@pytest.mark.parametrize("landscape", [False, True])
def test_ink_stays_inside_the_margins(language: str, landscape: bool) -> None:
    rows = [Row(("x" * 300, "9" * 90, "1", "0", "kata " * 200)) for _ in range(6)]
    pdf = render_table_report("J" * 200, COLUMNS, rows, SIGNED, language=language, landscape=landscape)
    width, height = sizes_mm(pdf)[0]
    assert (width > height) is landscape
    for picture in pictures(pdf, 100):
        left, top, right, bottom = ink_box(picture)
        assert left >= 16 / 25.4 * 100
        assert right <= picture.width - 16 / 25.4 * 100
        assert top >= 14 / 25.4 * 100
        assert bottom <= picture.height - 8 / 25.4 * 100


def test_an_empty_table_says_so() -> None:
    assert "Tidak ada data." in pdf_text(render_table_report("Kosong", COLUMNS, []))
    with pytest.raises(ValueError, match="columns"):
        render_table_report("Tanpa kolom", [], [])


def test_only_figures_columns_share_the_width() -> None:
    columns = (Column("A", figures=True), Column("B", figures=True))
    assert "1.000" in pdf_text(render_table_report("x", columns, [("1.000", "2.000")]))

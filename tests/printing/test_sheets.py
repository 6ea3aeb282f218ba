"""Sheets of codes to scan: every code reads back, pages follow each other, nothing is drawn over an edge."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.domain.slip import CommandLabel
from app.printing.sheets import command_sheet, practice_sheet, sheet_refusal
from tests.printing.decode import ink_box, pdf_codes, pdf_text, pictures, sizes_mm
from tests.printing.samples import ARABIC, CARD, ENDLESS, items

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


@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_nothing_is_drawn_over_the_margins(language: str) -> None:
    long = [CommandLabel(f"={number}", ENDLESS, ENDLESS) for number in range(30)]
    for picture in pictures(command_sheet(long, "Perpustakaan " * 30, language), 100):
        left, top, right, bottom = (edge / 100 * 25.4 for edge in ink_box(picture))
        assert left >= 14.5
        assert right <= 210 - 14.5
        assert top >= 14.5
        assert bottom <= 297 - 8


def test_pages_are_numbered_and_named() -> None:
    pdf = command_sheet([CommandLabel(f"=c{number}", f"Perintah {number}") for number in range(50)], "Perpustakaan Uji")
    assert len(sizes_mm(pdf)) == 3
    text = pdf_text(pdf)
    assert text.count("Lembar perintah") == text.count("Perpustakaan Uji") == 3
    assert len(pdf_codes(pdf)) == 50


def test_a_detail_stands_below_a_short_name_only() -> None:
    text = pdf_text(command_sheet([CommandLabel("=a", "Selesai", "F2"), CommandLabel("=b", ENDLESS, "F9")]))
    assert "F2" in text
    assert "F9" not in text
    assert "..." in text


def test_an_arabic_sheet_begins_at_the_right() -> None:
    left_first = pictures(command_sheet(COMMANDS[:1]), 100)[0]
    right_first = pictures(command_sheet(COMMANDS[:1], language="ar"), 100)[0]
    middle = left_first.width // 2
    below = round(left_first.height * 0.12)
    assert ink_box(left_first.crop((0, below, left_first.width, left_first.height - 100)))[2] < middle
    assert ink_box(right_first.crop((0, below, right_first.width, right_first.height - 100)))[0] > middle


@pytest.mark.parametrize(
    ("code", "why"),
    [("B0000001", ""), ("2110631170042", ""), ("", "code-empty"), ("é", "code-signs"), ("N" * 40, "label-too-narrow")],
)
def test_what_cannot_stand_on_a_sheet_is_known_before_it_is_drawn(code: str, why: str) -> None:
    assert sheet_refusal(code) == why
    if why:
        with pytest.raises(ValueError, match=why):
            command_sheet([CommandLabel(code, "x")])
    else:
        assert pdf_codes(command_sheet([CommandLabel(code, "x")])) == [("Code128", code)]


def test_real_readers_are_not_called_invented() -> None:
    invented, real = (pdf_text(practice_sheet([CARD], [], invented=said)) for said in (True, False))
    assert "hanya contoh" in invented
    assert "hanya contoh" not in real


def test_a_group_without_cells_has_no_heading() -> None:
    text = pdf_text(practice_sheet([], items(1)))
    assert "Eksemplar buku" in text
    assert "Kartu anggota" not in text
    assert "Lembar perintah" in pdf_text(command_sheet([]))


def test_an_arabic_title_stays_readable_on_an_indonesian_sheet() -> None:
    arabic = replace(items(1)[0], title=ARABIC)
    assert pdf_codes(practice_sheet([CARD], [arabic])) == [("Code128", CARD.member_no), ("Code128", arabic.barcode)]

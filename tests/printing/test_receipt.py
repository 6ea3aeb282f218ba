"""What a slip says, in which order, before anything is drawn."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.domain.slip import LineAct, Slip, SlipKind, SlipLine
from app.printing.receipt import Badge, Bar, Block, Boxed, Pair, Qr, Rule, Text, Tone, note_words, receipt
from app.printing.words import LANGUAGES, words
from tests.printing import samples

AT = datetime.fromisoformat("2026-03-02T09:00:00+07:00")
RENEWED = SlipLine("Sejarah Lampung", "B001", LineAct.RENEWED, date(2026, 3, 16))
PAID = SlipLine("", act=LineAct.PAID, fine=5000)


def said(slip: Slip) -> list[str]:
    """Every text and pair, one a line."""
    return [
        f"{block.label}: {block.value}" if isinstance(block, Pair) else block.text
        for block in receipt(slip)
        if isinstance(block, Pair | Text)
    ]


def test_a_payment_beside_a_renewal_is_said_once_and_is_no_copy() -> None:
    told = said(Slip(SlipKind.TRANSACTION, "Perpustakaan", AT, (RENEWED, PAID), paid=5000, left=0))
    assert told.count("Dibayar: Rp5.000") == 1
    assert "Pembayaran denda" in told
    assert "-" not in told
    assert not any("eksemplar" in line for line in told if "No." not in line)


def test_two_payments_are_added_up() -> None:
    told = said(Slip(SlipKind.TRANSACTION, "Perpustakaan", AT, (RENEWED, PAID, PAID), paid=10_000, left=0))
    assert told.count("Dibayar: Rp5.000") == 2
    assert "Dibayar: Rp10.000" in told


def test_copies_are_counted() -> None:
    told = said(Slip(SlipKind.TRANSACTION, "Perpustakaan", AT, (RENEWED, RENEWED, PAID), paid=5000))
    assert "2 eksemplar" in told


def of(slip: Slip, kind: type[Block]) -> list[Block]:
    return [block for block in receipt(slip) if isinstance(block, kind)]


@pytest.mark.parametrize("kind", samples.EVERY_KIND)
def test_every_slip_begins_with_the_library_and_its_heading(kind: str) -> None:
    slip = samples.EVERY_KIND[kind]()
    blocks = receipt(slip)
    assert blocks[0] == Text(slip.library, Tone.LIBRARY, centred=True, max_lines=3)
    assert Text(words("id").say(f"heading.{slip.kind.value}"), Tone.HEADING) in blocks
    assert Pair("Sel, 24 Nov 2026", "10.42") in blocks
    assert Bar(slip.act_no, "No. transaksi") in blocks


def test_what_all_copies_share_is_said_once_and_large() -> None:
    assert of(samples.lend(), Boxed) == [Boxed("Kembalikan paling lambat", "Sel, 8 Des 2026")]
    assert of(samples.shelf(), Boxed) == [Boxed("Disimpan sampai", "Sel, 8 Des 2026")]
    other = replace(samples.LINES[0], due_on=date(2026, 12, 10))
    assert of(samples.lend(lines=(samples.LINES[0], other)), Boxed) == []
    assert of(samples.returned(), Boxed) == []
    assert of(samples.mixed(), Boxed) == []


def test_the_hour_of_a_loan_stands_whole_below_its_date() -> None:
    at = datetime.fromisoformat("2026-11-26T10:31:00+07:00")
    lines = (SlipLine("Skripsi", "S01", due_on=date(2026, 11, 26), due_at=at),)
    assert of(samples.lend(lines=lines), Boxed) == [
        Boxed("Kembalikan paling lambat", "Kam, 26 Nov 2026", "pukul 10.31")
    ]


def test_a_due_date_stands_at_every_copy_and_its_hour_where_hours_are_counted() -> None:
    dates = [line for line in said(samples.lend()) if line.startswith("Jatuh tempo")]
    assert dates == ["Jatuh tempo: Sel, 8 Des 2026"] * len(samples.LINES)
    told = said(samples.mixed())
    at = told.index("Jatuh tempo: Kam, 26 Nov 2026")
    assert told[at + 1] == ": pukul 15.30"
    assert not [line for line in said(samples.lend(lines=(SlipLine("Skripsi"),))) if line.startswith("Jatuh tempo")]


def test_nobody_is_named_to_a_friend_who_brings_the_books() -> None:
    assert not [line for line in said(samples.returned()) if line.startswith(("Anggota", "No. anggota"))]
    assert "Anggota: Siti N. P." in said(samples.lend())
    assert "No. anggota: 2110631170042" in said(samples.lend())
    assert not [line for line in said(samples.lend(member_no=None)) if line.startswith("No. anggota")]


def test_a_hold_slip_names_whom_the_book_waits_for_and_where_it_stands() -> None:
    blocks = receipt(samples.shelf())
    assert Pair("Untuk", "Siti N. P.", Tone.STRONG) in blocks
    assert Pair("No. panggil", "297.9 YAT s", Tone.CODE) in blocks
    lent = samples.lend(lines=(replace(samples.LINES[0], call_number="297.9 YAT s"),))
    assert "No. panggil: 297.9 YAT s" not in said(lent)


def test_a_fine_shows_its_arithmetic_as_far_as_it_is_known() -> None:
    def fine(**changes: object) -> str:
        slip = replace(samples.returned(), lines=(replace(samples.FINED, **changes),))
        return next(line for line in said(slip) if line.startswith("Denda"))

    assert fine() == "Denda (4 hari × Rp1.000): Rp4.000"
    assert fine(fine_per_day=None) == "Denda (4 hari): Rp4.000"
    assert fine(charged_days=None) == "Denda: Rp4.000"
    renamed = said(samples.returned(fine_word="Infaq"))
    assert "Infaq (4 hari × Rp1.000): Rp4.000" in renamed
    assert "Total infaq: Rp4.000" in renamed


@pytest.mark.parametrize(("left", "expected"), [(1500, "Sisa tunggakan: Rp1.500"), (0, "Tidak ada tunggakan")])
def test_a_payment_says_what_is_left(left: int, expected: str) -> None:
    assert expected in said(replace(samples.paid(), left=left))
    silent = said(replace(samples.paid(), left=None))
    assert not [line for line in silent if "tunggakan" in line]


def test_a_payment_names_its_receipt_its_payer_and_what_was_forgiven() -> None:
    told = said(samples.paid(waived=500))
    for line in ("Dibayar oleh: Ahmad (kakak)", "No. kuitansi: M1-K-000031", "Dibebaskan: Rp500", "Dibayar: Rp2.500"):
        assert line in told


def test_a_reprint_wears_its_badge() -> None:
    assert of(samples.lend(), Badge) == []
    assert of(samples.lend(reprint=True), Badge) == [Badge("CETAK ULANG")]


def test_codes_stand_only_where_there_is_something_to_scan() -> None:
    slip = samples.lend(lines=(*samples.LINES[:2], SlipLine("Tanpa kode", due_on=samples.DUE)))
    bare = [block.text for block in receipt(slip) if isinstance(block, Bar)]
    assert bare == [slip.act_no]
    each = [block.text for block in receipt(slip, item_bars=True) if isinstance(block, Bar)]
    assert each == ["B0012345", "B0000O1l", slip.act_no]
    assert of(slip, Qr) == [Qr(slip.qr, "Pindai untuk melihat pinjaman Anda")]
    assert of(samples.lend(qr="", act_no=""), Qr) == of(samples.lend(qr="", act_no=""), Bar) == []


def test_copies_are_parted_by_light_rules() -> None:
    light = [block for block in receipt(samples.lend()) if block == Rule(light=True)]
    assert len(light) == len(samples.LINES) - 1


def test_a_title_runs_its_own_way_and_an_empty_one_is_a_dash() -> None:
    titles = [block for block in of(samples.lend(), Text) if isinstance(block, Text) and block.own_direction]
    assert [block.text for block in titles][2] == "لسان العرب (الجزء الثاني) تحقيق جديد"
    assert "-" in said(samples.lend(lines=(SlipLine("\n", "B1", due_on=samples.DUE),)))


def test_notes_of_the_slip_stand_above_the_librarys_own_words() -> None:
    told = said(samples.lend(note_codes=("keep", "from-the-future")))
    footer = "Terima kasih. Jaga buku seperti milik sendiri."
    assert told[-3:] == ["Simpan struk ini sampai buku dikembalikan", "from-the-future", footer]


def test_an_unknown_note_is_shown_as_it_is() -> None:
    say = words("id")
    assert note_words(SlipLine("x", note_code="parts", note_params={"parts": "1 CD"}), say) == "Sertakan: 1 CD"
    assert note_words(SlipLine("x", note_code="suspended", note_params={"until": date(2026, 12, 8)}), say) == (
        "Tidak dapat meminjam s.d. Sel, 8 Des 2026"
    )
    assert note_words(SlipLine("x", note_code="from-the-future"), say) == "from-the-future"
    assert note_words(SlipLine("x", note_code="parts"), say) == "parts"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30), st.sampled_from(LANGUAGES), st.sampled_from(sorted(samples.EVERY_KIND)))
def test_whatever_people_wrote_is_one_printable_line_each(text: str, language: str, kind: str) -> None:
    base = samples.EVERY_KIND[kind]()
    lines = tuple(replace(line, title=text, barcode=text, note_code=text) for line in base.lines)
    named = {"library": text, "member": text, "payer": text, "operator": text, "footer": text, "note_codes": (text,)}
    for block in receipt(replace(base, language=language, lines=lines, **named), item_bars=True):
        texts = [getattr(block, name, "") for name in ("text", "label", "value") if not isinstance(block, Qr)]
        assert all("\n" not in shown and "\x1b" not in shown for shown in texts)

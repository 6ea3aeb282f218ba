"""What a slip says, in which order, before anything is drawn."""

from __future__ import annotations

from datetime import date, datetime

from app.domain.slip import LineAct, Slip, SlipKind, SlipLine
from app.printing.receipt import Pair, Text, note_words, receipt
from app.printing.words import words

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


def test_an_unknown_note_is_shown_as_it_is() -> None:
    say = words("id")
    assert note_words(SlipLine("x", note_code="parts", note_params={"parts": "1 CD"}), say) == "Sertakan: 1 CD"
    assert note_words(SlipLine("x", note_code="suspended", note_params={"until": date(2026, 12, 8)}), say) == (
        "Tidak dapat meminjam s.d. Sel, 8 Des 2026"
    )
    assert note_words(SlipLine("x", note_code="from-the-future"), say) == "from-the-future"
    assert note_words(SlipLine("x", note_code="parts"), say) == "parts"

"""What a slip says, in which order, before anything is drawn."""

from __future__ import annotations

from datetime import date, datetime

from app.domain.slip import LineAct, Slip, SlipKind, SlipLine
from app.printing.receipt import Pair, Text, receipt

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
    words = said(Slip(SlipKind.TRANSACTION, "Perpustakaan", AT, (RENEWED, PAID), paid=5000, left=0))
    assert words.count("Dibayar: Rp5.000") == 1
    assert "Pembayaran denda" in words
    assert "-" not in words
    assert not any("eksemplar" in line for line in words if "No." not in line)


def test_two_payments_are_added_up() -> None:
    words = said(Slip(SlipKind.TRANSACTION, "Perpustakaan", AT, (RENEWED, PAID, PAID), paid=10_000, left=0))
    assert words.count("Dibayar: Rp5.000") == 2
    assert "Dibayar: Rp10.000" in words


def test_copies_are_counted() -> None:
    words = said(Slip(SlipKind.TRANSACTION, "Perpustakaan", AT, (RENEWED, RENEWED, PAID), paid=5000))
    assert "2 eksemplar" in words

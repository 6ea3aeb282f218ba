"""Slips, labels and cards of an invented campus library, in every state a desk prints."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from msgspec.structs import replace
from PIL import Image

from app.domain.slip import ItemLabel, LineAct, MemberCard, Slip, SlipKind, SlipLine

WIB = timezone(timedelta(hours=7))

DUE = date(2026, 12, 8)
ARABIC = "لسان العرب (الجزء الثاني)\nتحقيق جديد"
MIXED = "Kitab الأم (al-Umm) jilid 2: terjemahan ʿAbd al-Ḥamīd"
SHOUTED = "PENGANTAR ILMU PERPUSTAKAAN DAN INFORMASI UNTUK MAHASISWA PERGURUAN TINGGI KEAGAMAAN ISLAM"
ENDLESS = "Fisika " + "sangat panjang " * 25
LINES = (
    SlipLine("Madilog: materialisme, dialektika, dan logika", "B0012345", due_on=DUE),
    SlipLine(SHOUTED, "B0000O1l", due_on=DUE, note_code="parts", note_params={"parts": "1 CD"}),
    SlipLine(ARABIC, "AR000017", due_on=DUE),
    SlipLine(MIXED, "P00012.1", due_on=DUE, note_code="renewals-left", note_params={"count": 1}),
    SlipLine(ENDLESS, "B0099999", due_on=DUE),
)
FINED = SlipLine("Laskar Pelangi", "B0000123", LineAct.RETURNED, fine=4000, charged_days=4, fine_per_day=1000)


def lend(**changes: Any) -> Slip:
    """A loan of five books in Indonesian, changed as the test needs."""
    slip = Slip(
        kind=SlipKind.LEND,
        library="Perpustakaan STAI Nurul Hikmah",
        at=datetime(2026, 11, 24, 10, 42, tzinfo=WIB),
        lines=LINES,
        address="Jl. Merdeka 12, Bogor · (0251) 555 0142",
        member="Siti N. P.",
        member_no="2110631170042",
        operator="Rina",
        desk="Meja 1",
        act_no="M1-000123",
        qr="https://perpus.example.ac.id/m/2110631170042",
        footer="Terima kasih. Jaga buku seperti milik sendiri.",
    )
    return replace(slip, **changes)


def returned(**changes: Any) -> Slip:
    """A friend brings two books back: nobody is named."""
    lines = (FINED, SlipLine("Bumi Manusia", "B0000124", LineAct.RETURNED, note_code="aside"))
    base = lend(kind=SlipKind.RETURN, member=None, member_no=None, qr="", act_no="M1-000124", lines=lines)
    return replace(base, total_fine=4000, left=4000, **changes)


def paid(**changes: Any) -> Slip:
    """Part of a fine paid by someone else."""
    base = lend(kind=SlipKind.PAYMENT, lines=(replace(FINED, act=LineAct.PAID),), qr="", act_no="M1-000125")
    paying = replace(base, total_fine=4000, paid=2500, left=1500, payer="Ahmad (kakak)", receipt_no="M1-K-000031")
    return replace(paying, **changes)


def shelf(**changes: Any) -> Slip:
    """The slip put into a book on the hold shelf."""
    line = SlipLine("Sejarah Peradaban Islam", "B0000777", LineAct.ASIDE, due_on=DUE, call_number="297.9 YAT s")
    return replace(lend(kind=SlipKind.HOLD_SHELF, lines=(line,), note_codes=("bring-card",)), **changes)


def mixed(**changes: Any) -> Slip:
    """A whole transaction: a return, a renewal and a loan counted in hours."""
    lines = (
        FINED,
        SlipLine("Bumi Manusia", "B0000124", LineAct.RENEWED, due_on=DUE, note_code="last-renewal"),
        SlipLine("Skripsi", "S01", due_on=date(2026, 11, 26), due_at=datetime(2026, 11, 26, 15, 30, tzinfo=WIB)),
    )
    base = lend(kind=SlipKind.TRANSACTION, lines=lines, total_fine=4000, paid=4000, left=0)
    return replace(base, **changes)


EVERY_KIND = {"lend": lend, "return": returned, "payment": paid, "hold-shelf": shelf, "transaction": mixed}
EVERY_KIND["renewal"] = lambda **changes: lend(
    kind=SlipKind.RENEWAL, lines=tuple(replace(line, act=LineAct.RENEWED) for line in LINES[:2]), **changes
)
CALLS = ("297.9 YAT s", "020.1 SUL p c.2", "2X4.1 أحم ل", "813 HIR", "")


def items(count: int, start: int = 1) -> list[ItemLabel]:
    """Labels of copies numbered from `start`."""
    return [
        ItemLabel(f"B{number:07}", CALLS[number % 5], "Perpustakaan STAI Nurul Hikmah", "Laskar Pelangi لسان العرب")
        for number in range(start, start + count)
    ]


def photo(form: str = "JPEG", size: tuple[int, int] = (300, 400)) -> bytes:
    """A picture file of one blue."""
    packed = BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(packed, form)
    return packed.getvalue()


CARD = MemberCard(
    "2110631170042", "Siti Nurhaliza Putri Ramadhani", "Mahasiswa", "Tarbiyah", "Perpustakaan STAI Nurul Hikmah",
    "Jl. Merdeka 12", date(2027, 8, 31), photo(),
)  # fmt: skip

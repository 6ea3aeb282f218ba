"""Rows read back are the records that were written."""

from __future__ import annotations

from datetime import date

from app.domain.records import Item, ItemStatus, Member, Title
from db.rows import ITEM, MEMBER, TITLE, day, item_from, member_from, title_from
from tests.builders import Library, rows_of

FULL_TITLE = Title(
    "a" * 32,
    "تفسير الجلالين",
    ("جلال الدين المحلي", "السيوطي"),
    "Tafsir",
    "oleh…",
    "cet. 3",
    "9786020000008",
    "Amanah",
    "Bandung",
    "2020",
    "xii, 300 hlm.",
    "Seri 1",
    "2X1.3 JAL t",
    "2X1.3",
    "ar",
    "buku",
    ("tafsir",),
    "catatan",
    "sampul",
    True,
    "s:1",
)
FULL_ITEM = Item(
    "b" * 32,
    "a" * 32,
    "B0042-2",
    "2X1.3",
    "00042/2026",
    "umum",
    "Gedung A",
    "A-3",
    ItemStatus.REPAIR,
    75_000,
    "CD",
    "beli",
    date(2024, 2, 29),
    True,
    "s:2",
)
FULL_MEMBER = Member(
    "c" * 32,
    "21.01.0042",
    "Ahmad Fauzi",
    "mahasiswa",
    "Teknik",
    "m",
    date(2002, 1, 2),
    "Jl. Way Halim",
    "a@b.id",
    "0812",
    date(2021, 8, 1),
    date(2027, 8, 31),
    True,
    "data",
    True,
    "catatan",
    "foto",
    ("04A1B2C3",),
    "s:3",
)


def test_every_field_comes_back(library: Library) -> None:
    with library.store.act() as act:
        act.put_title(FULL_TITLE)
        act.put_item(FULL_ITEM)
        act.put_member(FULL_MEMBER)
    for columns, table, letter, make, record in (
        (TITLE, "title", "t", title_from, FULL_TITLE),
        (ITEM, "item", "i", item_from, FULL_ITEM),
        (MEMBER, "member", "m", member_from, FULL_MEMBER),
    ):
        rows = rows_of(library.store, f"SELECT {columns} FROM {table} {letter} WHERE {letter}.id = ?", (record.id,))
        assert make(rows[0]) == record


def test_an_unknown_date_stays_unknown() -> None:
    assert day(None) is None
    assert day("") is None

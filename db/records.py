"""Writing records: titles, copies, readers, staff, notes, with their search words and a mark for followers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from json.encoder import encode_basestring as quoted
from typing import Any

import apsw
from msgspec.structs import asdict

from app.domain.records import Item, Member, MemberType, Staff, Title
from app.domain.text import code_key
from db import search
from db.sql import Reading

TITLE_COLUMNS = (
    "id", "title", "authors", "other_title", "responsibility", "edition", "isbn", "publisher", "place", "year",
    "collation", "series", "call_number", "classification", "language", "material", "subjects", "notes", "cover",
    "hidden", "source_key", "isbn_key",
)  # fmt: skip
ITEM_COLUMNS = (
    "id", "title", "barcode", "barcode_key", "call_number", "inventory_no", "inventory_key", "collection", "location",
    "shelf", "status", "price", "parts", "source", "received_on", "provisional", "source_key",
)  # fmt: skip
MEMBER_COLUMNS = (
    "id", "member_no", "no_key", "name", "member_type", "institution", "gender", "born_on", "address", "email",
    "phone", "registered_on", "expires_on", "blocked", "block_reason", "card_lost", "notes", "photo", "card_nos",
    "source_key",
)  # fmt: skip


def _upsert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        f" ON CONFLICT (id) DO UPDATE SET {sets}, gone = 0 RETURNING n"
    )


PUT_TITLE = _upsert("title", TITLE_COLUMNS)
PUT_ITEM = _upsert("item", ITEM_COLUMNS)
PUT_MEMBER = _upsert("member", MEMBER_COLUMNS)


def isbn_key(isbn: str) -> str | None:
    """The 13 digits a title is found by when its ISBN is scanned, or None when it is not an ISBN's shape."""
    if not isbn:
        return None
    digits = "".join(character for character in isbn if character.isdigit() or character in "xX")
    if len(digits) == 13 and digits.isdigit():
        return digits
    if len(digits) == 10 and digits[:9].isdigit():
        body = "978" + digits[:9]
        total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
        return body + str(-total % 10)
    return None


def list_text(texts: Sequence[str]) -> str:
    """A list of texts as JSON, as `json.dumps` would write it; an import asks for a hundred thousand of them."""
    return f"[{', '.join(map(quoted, texts))}]" if texts else "[]"


def title_values(title: Title) -> tuple[Any, ...]:
    """A title as its row's values."""
    return (
        title.id,
        title.title,
        list_text(title.authors),
        title.other_title,
        title.responsibility,
        title.edition,
        title.isbn,
        title.publisher,
        title.place,
        title.year,
        title.collation,
        title.series,
        title.call_number,
        title.classification,
        title.language,
        title.material,
        list_text(title.subjects),
        title.notes,
        title.cover,
        title.hidden,
        title.source_key,
        isbn_key(title.isbn),
    )


def item_values(item: Item) -> tuple[Any, ...]:
    """A copy as its row's values."""
    return (
        item.id,
        item.title_id,
        item.barcode,
        code_key(item.barcode),
        item.call_number,
        item.inventory_no,
        code_key(item.inventory_no) or None,
        item.collection,
        item.location,
        item.shelf,
        item.status.value,
        item.price,
        item.parts,
        item.source,
        item.received_on.isoformat() if item.received_on else None,
        item.provisional,
        item.source_key,
    )


def member_values(member: Member) -> tuple[Any, ...]:
    """A reader as a row's values."""
    return (
        member.id,
        member.member_no,
        code_key(member.member_no),
        member.name,
        member.member_type,
        member.institution,
        member.gender,
        member.born_on.isoformat() if member.born_on else None,
        member.address,
        member.email,
        member.phone,
        member.registered_on.isoformat() if member.registered_on else None,
        member.expires_on.isoformat() if member.expires_on else None,
        member.blocked,
        member.block_reason,
        member.card_lost,
        member.notes,
        member.photo,
        list_text(member.card_nos),
        member.source_key,
    )


class Records:
    """Writes records over one connection; `at` is the act's time."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._db: Reading = connection

    def changed(self, kind: str, record_id: str, at: int) -> None:
        """Mark a record as changed, for the second copy and for sync."""
        self._db.execute("INSERT INTO change (kind, id, at) VALUES (?, ?, ?)", (kind, record_id, at))

    def put_title(self, title: Title, at: int) -> None:
        """Add or replace a title."""
        (n,) = self._db.execute(PUT_TITLE, title_values(title)).fetchone()
        search.index_title(self._db, n, search.title_words(title))
        self.changed("title", title.id, at)

    def put_item(self, item: Item, at: int) -> None:
        """Add or replace a copy."""
        self._db.execute(PUT_ITEM, item_values(item)).fetchone()
        self.changed("item", item.id, at)

    def put_member(self, member: Member, at: int) -> None:
        """Add or replace a reader, with the further card codes."""
        (n,) = self._db.execute(PUT_MEMBER, member_values(member)).fetchone()
        search.index_member(self._db, n, search.member_words(member))
        self._db.execute("DELETE FROM member_card WHERE member = ?", (member.id,))
        self.put_cards(member)
        self.changed("member", member.id, at)

    def drop_member(self, member_id: str, at: int) -> None:
        """Leave of a reader the empty record that says that there was one."""
        (n,) = self._db.execute(PUT_MEMBER, member_values(Member(member_id, "", "", ""))).fetchone()
        self._db.execute("UPDATE member SET gone = 1 WHERE n = ?", (n,))
        self._db.execute("DELETE FROM member_fts WHERE rowid = ?", (n,))
        self._db.execute("DELETE FROM member_card WHERE member = ?", (member_id,))
        self.changed("member", member_id, at)

    def drop_copy(self, item_id: str, at: int) -> None:
        """Leave of a copy, and of its title where it has no other, the empty record that the journal may still name."""
        (title,) = self._db.execute("SELECT title FROM item WHERE id = ?", (item_id,)).fetchone()
        self.put_item(Item(item_id, "", ""), at)
        self._db.execute("UPDATE item SET gone = 1 WHERE id = ?", (item_id,))
        if self._db.execute("SELECT 1 FROM item WHERE title = ? AND gone = 0", (title,)).fetchone() is None:
            self.put_title(Title(title, ""), at)
            self._db.execute("UPDATE title SET gone = 1 WHERE id = ?", (title,))

    def put_cards(self, member: Member) -> None:
        """Make a reader found by the further card codes."""
        for code in member.card_nos:
            self._db.execute(
                "INSERT OR IGNORE INTO member_card (card_key, member) VALUES (?, ?)",
                (code_key(code), member.id),
            )

    def put_member_type(self, kind: MemberType, at: int, source_key: str = "") -> None:
        """Add or replace a member type."""
        self._db.execute(
            "INSERT OR REPLACE INTO member_type (code, name, membership_days, source_key) VALUES (?, ?, ?, ?)",
            (kind.code, kind.name, kind.membership_days, source_key),
        )
        self.changed("member_type", kind.code, at)

    def put_staff(self, staff: Staff, at: int) -> None:
        """Add or replace a member of staff."""
        values = asdict(staff)
        values["rights"] = json.dumps(sorted(staff.rights))
        values["badge"] = code_key(staff.badge)
        self._db.execute(
            "INSERT OR REPLACE INTO staff (id, name, short_name, rights, pin_hash, badge_key, active)"
            " VALUES (:id, :name, :short_name, :rights, :pin_hash, :badge, :active)",
            values,
        )
        self.changed("staff", staff.id, at)

    def put_party(self, token: str, member_id: str, at: int) -> None:
        """Link a fresh party token to a reader."""
        self._db.execute("INSERT INTO party (token, member, made_at) VALUES (?, ?, ?)", (token, member_id, at))
        self.changed("party", token, at)

    def put_note(self, note_id: str, body: str, at: int) -> str:
        """Keep a free text apart from the journal, so that it can be erased; gives back what is kept of it."""
        kept = body[:2000]
        self._db.execute("INSERT OR REPLACE INTO note (id, body) VALUES (?, ?)", (note_id, kept))
        self.changed("note", note_id, at)
        return kept

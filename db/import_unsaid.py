"""What a list does not speak of stays as it is here: SLiMS's CSV of readers, say, has no column for who is blocked.

Works on the linked rows of the waiting file (attached as `stage`) that the library has already; the store is only read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from db import rows, search
from db.import_digest import item_digest, member_digest, title_digest
from db.records import ITEM_COLUMNS, MEMBER_COLUMNS, TITLE_COLUMNS
from db.sql import Reading

_COLUMNS = {"title": TITLE_COLUMNS, "item": ITEM_COLUMNS, "member": MEMBER_COLUMNS}
# Columns that are made of another one.
_MADE_OF = {"isbn_key": "isbn", "inventory_key": "inventory_no"}


def keep_unsaid(connection: apsw.Connection, changed: int, same: int) -> None:
    """Give rows that changed the library's own values in the columns their source has no word for.

    A row that then says nothing new is the `same` again.
    """
    reading: Reading = connection
    for kind, columns in _COLUMNS.items():
        ours, theirs = (", ".join(f"{one}.{name}" for name in columns) for one in "ts")
        more = "s.title_key, s.title_text" if kind == "item" else "'', ''"
        found = reading.execute(
            f"SELECT s.n, s.unsaid, t.seen, {more}, {theirs}, {ours} FROM stage.{kind} s JOIN main.{kind} t"
            " ON t.id = s.id WHERE s.fresh = ? AND s.unsaid <> '' ORDER BY s.n",
            (changed,),
        ).fetchall()
        for n, unsaid, seen, title_key, title_text, *values in found:
            names = set(unsaid.split())
            said, here = values[: len(columns)], values[len(columns) :]
            kept = [
                was if _MADE_OF.get(name, name) in names else now
                for name, was, now in zip(columns, here, said, strict=True)
            ]
            digest = _digest(kind, kept, title_key, title_text)
            sets: dict[str, Any] = {
                name: value for name, value in zip(columns, kept, strict=True) if _MADE_OF.get(name, name) in names
            }
            sets |= {"digest": digest, "fresh": same if digest == seen else changed}
            if kind != "item":
                sets["words"] = _words(kind, dict(zip(columns, kept, strict=True)))
            reading.execute(
                f"UPDATE stage.{kind} SET {', '.join(f'{name} = ?' for name in sets)} WHERE n = ?", (*sets.values(), n)
            )


def _digest(kind: str, row: Sequence[Any], title_key: str, title_text: str) -> bytes:
    if kind == "title":
        return title_digest(row)
    return member_digest(row) if kind == "member" else item_digest(row, title_key, title_text)


def _words(kind: str, row: dict[str, Any]) -> str:
    wanted = rows.TITLE if kind == "title" else rows.MEMBER
    values = [row[name.strip().partition(".")[2]] for name in wanted.split(",")]
    if kind == "title":
        return search.title_words(rows.title_from(values))
    return search.member_words(rows.member_from(values))

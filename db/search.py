"""Search by words as they are typed: bounded work per keystroke, whatever the library's size.

Words are folded (Latin marks, Arabic variants) both when they are stored and when they are asked for. The inner query
takes at most `CANDIDATES` rows before anything is sorted; more letters bring more certainty, not more work. CROSS JOIN
keeps SQLite from beginning at the other end, whatever it knows of the tables' sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.records import Member, Title
from app.domain.text import code_key, fold, search_words
from db.sql import Reading

CANDIDATES = 2000


LEAST_LETTERS = 2


def match_text(words: Sequence[str]) -> str:
    """The FTS5 query: every word quoted, the last one a prefix; "" when there is nothing to look for yet.

    A single letter at the end is left out until its word goes on: there is no index of one-letter beginnings, and to
    gather every word that begins so takes longer than the next key press.
    """
    typed = [*words[:-1], *(word for word in words[-1:] if len(word) >= LEAST_LETTERS)]
    quoted = ['"' + word.replace('"', '""') + '"' for word in typed]
    if len(typed) < len(words):
        return " ".join(quoted)
    return " ".join(quoted) + "*" if quoted else ""


def title_words(title: Title) -> str:
    """The folded words a title is found by."""
    parts = (title.title, title.other_title, *title.authors, title.call_number, title.isbn)
    return fold(" ".join(part for part in parts if part))


def member_words(member: Member) -> str:
    """The folded words a reader is found by."""
    return fold(" ".join((member.name, member.member_no, *member.card_nos)))


def index_title(connection: Reading, n: int, words: str) -> None:
    """Put a title's words into the index, replacing older ones."""
    connection.execute("INSERT OR REPLACE INTO title_fts (rowid, words) VALUES (?, ?)", (n, words))


def index_member(connection: Reading, n: int, words: str) -> None:
    """Put a reader's words into the index, replacing older ones."""
    connection.execute("INSERT OR REPLACE INTO member_fts (rowid, words) VALUES (?, ?)", (n, words))


def titles(connection: Reading, text: str, limit: int) -> list[str]:
    """Title ids for words, or for the beginning of a barcode or inventory number; codes first, short titles first."""
    found = _by_code(connection, text, limit)
    match = match_text(search_words(text))
    if match and len(found) < limit:
        rows = connection.execute(
            "SELECT t.id FROM (SELECT rowid AS r FROM title_fts WHERE title_fts MATCH ? LIMIT ?) AS hit"
            " CROSS JOIN title t ON t.n = hit.r WHERE t.gone = 0 ORDER BY length(t.title), t.n LIMIT ?",
            (match, CANDIDATES, limit),
        )
        found.extend(row[0] for row in rows)
    return _first(found, limit)


def _by_code(connection: Reading, text: str, limit: int) -> list[str]:
    key = code_key(text)
    if len(key) < 2:
        return []
    upper = key + "\U0010ffff"
    found: list[str] = []
    for column in ("barcode_key", "inventory_key"):
        rows = connection.execute(
            f"SELECT title FROM item WHERE {column} >= ? AND {column} < ? AND gone = 0 LIMIT ?",
            (key, upper, limit),
        )
        found.extend(row[0] for row in rows)
    return found


def members(connection: Reading, text: str, limit: int) -> list[str]:
    """Reader ids for words of a name or the beginning of a member number; numbers first, short names first."""
    key, match = code_key(text), match_text(search_words(text))
    found: list[str] = []
    if len(key) >= 2:
        rows = connection.execute(
            "SELECT id FROM member WHERE no_key >= ? AND no_key < ? AND gone = 0 ORDER BY no_key LIMIT ?",
            (key, key + "\U0010ffff", limit),
        )
        found.extend(row[0] for row in rows)
    if match and len(found) < limit:
        rows = connection.execute(
            "SELECT m.id FROM (SELECT rowid AS r FROM member_fts WHERE member_fts MATCH ? LIMIT ?) AS hit"
            " CROSS JOIN member m ON m.n = hit.r WHERE m.gone = 0 ORDER BY length(m.name), m.n LIMIT ?",
            (match, CANDIDATES, limit),
        )
        found.extend(row[0] for row in rows)
    return _first(found, limit)


def _first(ids: Iterable[str], limit: int) -> list[str]:
    return list(dict.fromkeys(ids))[:limit]

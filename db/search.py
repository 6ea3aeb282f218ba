"""Search by words as they are typed: bounded work per keystroke, whatever the library's size.

Words are folded (Latin marks, Arabic variants) both when they are stored and when they are asked for. The inner query
takes at most `CANDIDATES` rows before anything is sorted; more letters bring more certainty, not more work. CROSS JOIN
keeps SQLite from beginning at the other end, whatever it knows of the tables' sizes.

The best comes first: a code, then what begins with the very words that were typed, then what has them as whole words.
Whole words are looked for before beginnings, so that a name that was typed out is among the rows that are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import nsmallest

from msgspec import Struct

from app.domain.records import Member, Title
from app.domain.text import code_key, fold, search_words
from db.sql import Reading

CANDIDATES = 2000
"""Rows that one query looks at, at most."""

LEAST_LETTERS = 2


class Matches(Struct, frozen=True):
    """Ids, best first; `total` is how many fit, counted as far as `CANDIDATES`."""

    ids: tuple[str, ...]
    total: int


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


def titles(connection: Reading, text: str, limit: int) -> Matches:
    """Title ids for words, or for the beginning of a barcode or inventory number; codes first, short titles first."""
    rows = _worded(connection, text, "title", "title")
    fit = _fit(text)
    return _best(_by_code(connection, text), [(fit(fold(name)), len(name), n, key) for n, key, name in rows], limit)


def _by_code(connection: Reading, text: str) -> list[str]:
    key = code_key(text)
    if len(key) < LEAST_LETTERS:
        return []
    found: list[str] = []
    for column in ("barcode_key", "inventory_key"):
        rows = connection.execute(
            f"SELECT title FROM item WHERE {column} >= ? AND {column} < ? AND gone = 0 ORDER BY {column} LIMIT ?",
            (key, key + _AFTER, CANDIDATES),
        )
        found.extend(row[0] for row in rows)
    return found


def members(connection: Reading, text: str, limit: int) -> Matches:
    """Reader ids for words of a name or the beginning of a member number: numbers first, then names by the alphabet."""
    rows = _worded(connection, text, "member", "name")
    fit = _fit(text)
    folded = [(fold(name), n, key) for n, key, name in rows]
    return _best(_by_number(connection, text), [(fit(name), name, n, key) for name, n, key in folded], limit)


def _by_number(connection: Reading, text: str) -> list[str]:
    """Whose number or card this is, then whose number begins so."""
    key = code_key(text)
    if len(key) < LEAST_LETTERS:
        return []
    rows = connection.execute(
        "SELECT m.id FROM member_card c CROSS JOIN member m ON m.id = c.member WHERE c.card_key = ? AND m.gone = 0"
        " LIMIT ?",
        (key, CANDIDATES),
    )
    found = [row[0] for row in rows]
    rows = connection.execute(
        "SELECT id FROM member WHERE no_key >= ? AND no_key < ? AND gone = 0 ORDER BY no_key LIMIT ?",
        (key, key + _AFTER, CANDIDATES),
    )
    return [*found, *(row[0] for row in rows)]


def _worded(connection: Reading, text: str, table: str, name: str) -> list[tuple[int, str, str]]:
    """(Number, id, name) of what has the words, those that have the last one whole before those it only begins."""
    match = match_text(search_words(text))
    whole = match.removesuffix("*")
    statement = (
        f"SELECT t.n, t.id, t.{name} FROM (SELECT rowid AS r FROM {table}_fts WHERE {table}_fts MATCH ? LIMIT ?) AS hit"
        f" CROSS JOIN {table} t ON t.n = hit.r WHERE t.gone = 0"
    )
    rows: list[tuple[int, str, str]] = []
    for query in dict.fromkeys((whole, match)):
        if query and len(rows) < CANDIDATES:
            rows.extend(connection.execute(statement, (query, CANDIDATES)))
    return rows


def _fit(text: str) -> Callable[[str], int]:
    """How well a folded name fits what was typed: 0 = it begins with the very words, 1 = with the letters, 2 = the last
    word stands in it whole, 3 = only begun or elsewhere in the record. The earlier words stand whole in every hit."""
    phrase = fold(text)
    end = len(phrase)
    last = f" {phrase.rpartition(' ')[2]} "

    def fit(name: str) -> int:
        if name.startswith(phrase):
            return 0 if name[end : end + 1] in ("", " ") else 1
        return 2 if last in f" {name} " else 3

    return fit


_AFTER = "\U0010ffff"
"""Behind every code that begins alike."""

_Ranked = tuple[int, str, int, str] | tuple[int, int, int, str]


def _best(codes: Sequence[str], ranked: Sequence[_Ranked], limit: int) -> Matches:
    """What was found by its code, then the best of what was found by its words; each once."""
    coded = dict.fromkeys(codes)
    worded = {row[-1]: row for row in ranked if row[-1] not in coded}
    best = [row[-1] for row in nsmallest(limit, worded.values())] if len(coded) < limit else []
    return Matches((*coded, *best)[:limit], min(len(coded) + len(worded), CANDIDATES))

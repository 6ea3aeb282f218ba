"""The same library by two ways: titles, copies and readers that another file of this import, or another kind of file of
the same source, brought already.

SLiMS's dump and its CSV files number titles differently, so keys alone would double every title without a copy. Titles
are the same where their words and ISBN agree and one alone on each side can be meant. Works on the waiting file
(attached as `stage`); the store is only read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from app.domain.canonical import canonical_text
from app.domain.text import fold
from db.sql import Reading

_FORM = (
    "substr({0}.source_key, 1, instr({0}.source_key, ':')"
    " + instr(substr({0}.source_key, instr({0}.source_key, ':') + 1), ':'))"
)
"""The beginning of a key that says the source and the kind of its numbers: "slims:biblio:"."""

_WORDS = ("title", "isbn", "year", "publisher", "edition")
_SAME_KEY = (
    "SELECT r.n, r.file, r.line, r.{label}, f.{label} FROM"
    " (SELECT {key} AS k, min(n) AS first FROM stage.{kind} WHERE {key} <> '' GROUP BY {key} HAVING count(*) > 1) d"
    " JOIN stage.{kind} r ON r.{key} = d.k AND r.n <> d.first JOIN stage.{kind} f ON f.n = d.first"
    " WHERE r.file <> f.file ORDER BY r.n"
)
_SAME_CODE = (
    "SELECT r.n, r.file, r.line, r.barcode, r.title_key, f.title_key, coalesce(rt.title, r.title_text),"
    " coalesce(ft.title, f.title_text) FROM"
    " (SELECT barcode_key AS k, min(n) AS first FROM stage.item WHERE barcode_key <> '' GROUP BY 1"
    " HAVING count(*) > 1) d"
    " JOIN stage.item r ON r.barcode_key = d.k AND r.n <> d.first JOIN stage.item f ON f.n = d.first"
    " LEFT JOIN stage.title rt ON rt.source_key = r.title_key AND r.title_key <> ''"
    " LEFT JOIN stage.title ft ON ft.source_key = f.title_key AND f.title_key <> ''"
    " WHERE r.file <> f.file ORDER BY r.n"
)


def drop_given_twice(connection: Reading) -> None:
    """Of what two of the given files say alike keep the first, and note the other: it is no fault of either."""
    files: set[str] = set()
    for kind in ("title", "item", "member"):
        files.update(file for (file,) in connection.execute(f"SELECT DISTINCT file FROM stage.{kind}"))
    if len(files) < 2:
        return
    for kind, key, label in (("member", "no_key", "name"), ("title", "source_key", "title")):
        for n, file, line, ours, theirs in connection.execute(
            _SAME_KEY.format(kind=kind, key=key, label=label)
        ).fetchall():
            if fold(ours) == fold(theirs):
                _drop(connection, kind, n, file, line, ours)
    same: dict[str, str] = {}
    gone: set[int] = set()
    for n, file, line, barcode, key, first, ours, theirs in connection.execute(_SAME_CODE).fetchall():
        if n in gone or fold(ours or "") != fold(theirs or ""):
            continue
        gone.add(n)
        _drop(connection, "item", n, file, line, barcode)
        if key and first and key != first:
            same.setdefault(key, first)
    for key, first in [*same.items(), *_alike(connection, same)]:
        _is_title(connection, key, first)


def _alike(connection: Reading, known: dict[str, str]) -> list[tuple[str, str]]:
    """Titles of different files and different kinds of numbers that agree in all their words: (later, first) keys."""
    mine, first = _FORM.format("r"), _FORM.format("f")
    rows = connection.execute(
        "SELECT r.source_key, f.source_key FROM stage.title r JOIN stage.title f ON f.title = r.title AND f.n < r.n"
        f" WHERE f.file <> r.file AND {mine} <> {first} AND {_agree('r', 'f')}"
    ).fetchall()
    return [(later, early) for later, early in _alone(rows) if later not in known]


def _agree(one: str, other: str) -> str:
    """Two titles of one source say the same in what tells editions apart."""
    words = " AND ".join(f"trim({one}.{word}) = trim({other}.{word})" for word in _WORDS[1:])
    prefix = "substr({0}.source_key, 1, instr({0}.source_key, ':'))"
    return f"{words} AND {prefix.format(one)} = {prefix.format(other)}"


def _alone(pairs: Iterable[Sequence[Any]]) -> list[tuple[Any, Any]]:
    """The pairs in which neither side could mean another."""
    found = list(dict.fromkeys((pair[0], pair[1]) for pair in pairs))
    left, right = Counter(one for one, _ in found), Counter(other for _, other in found)
    return [(one, other) for one, other in found if left[one] == right[other] == 1]


def _is_title(connection: Reading, key: str, first: str) -> None:
    row = connection.execute("SELECT n, file, line, title FROM stage.title WHERE source_key = ?", (key,)).fetchone()
    if row is None:
        return
    _drop(connection, "title", *row)
    for table in ("item", "hold"):
        connection.execute(f"UPDATE stage.{table} SET title_key = ? WHERE title_key = ?", (first, key))


def _drop(connection: Reading, kind: str, n: int, file: str, line: int, label: str) -> None:
    connection.execute(f"DELETE FROM stage.{kind} WHERE n = ?", (n,))
    _note(connection, kind, "given-twice", file, line, label)


def _note(connection: Reading, kind: str, reason: str, file: str, line: int, label: str) -> None:
    name = {"title": "title", "item": "barcode", "member": "name"}[kind]
    connection.execute(
        "INSERT INTO stage.finding (kind, taken, reason, file, line, part, params, excerpt)"
        " VALUES (?, 1, ?, ?, ?, '', ?, '')",
        (kind, reason, file, line, canonical_text({name: label[:80]})),
    )


def match_titles_by_words(connection: Reading, changed: int) -> None:
    """New titles that the library has under another kind of number: by ISBN and title, or by all their words.

    `changed` is the `fresh` of a row that is here already.
    """
    here = "t.gone = 0 AND t.source_key <> '' AND t.id NOT IN (SELECT id FROM stage.title WHERE fresh <> 1)"
    other = f"s.fresh = 1 AND {_FORM.format('s')} <> {_FORM.format('t')}"
    by_isbn = connection.execute(
        "SELECT s.n, t.id, s.title, t.title FROM stage.title s JOIN main.title t ON t.isbn_key = s.isbn_key"
        f" WHERE s.isbn_key IS NOT NULL AND {here} AND {other}"
    ).fetchall()
    _take(connection, _alone(row for row in by_isbn if fold(row[2]) == fold(row[3])), changed)
    if _has_other_forms(connection):
        by_words = connection.execute(
            "SELECT s.n, t.id FROM stage.title s JOIN main.title t ON t.title = s.title"
            f" WHERE {here} AND {other} AND {_agree('s', 't')}"
        ).fetchall()
        _take(connection, _alone(by_words), changed)


def _take(connection: Reading, pairs: Iterable[tuple[int, str]], changed: int) -> None:
    for n, title in pairs:
        row = connection.execute("SELECT file, line, title FROM stage.title WHERE n = ?", (n,)).fetchone()
        connection.execute("UPDATE stage.title SET id = ?, fresh = ? WHERE n = ?", (title, changed, n))
        _note(connection, "title", "matched-by-words", *row)


def _has_other_forms(connection: Reading) -> bool:
    """Whether the library has titles of these sources under other kinds of numbers: few libraries do, and to look for
    a million titles by their words takes long.
    """
    forms = connection.execute(
        f"SELECT DISTINCT {_FORM.format('s')} FROM stage.title s WHERE s.fresh = 1 AND s.source_key <> ''"
    ).fetchall()
    return any(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM main.title WHERE source_key <> '' AND source_key > ? AND source_key < ?"
            " AND NOT (source_key > ? AND source_key < ?))",
            (*_range(form.partition(":")[0] + ":"), *_range(form)),
        ).fetchone()[0]
        for (form,) in forms
    )


def _range(prefix: str) -> tuple[str, str]:
    """Between which texts those stand that begin so; the prefix ends in a colon."""
    return prefix, prefix[:-1] + ";"

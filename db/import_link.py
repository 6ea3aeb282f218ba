"""What belongs to what: staged rows are joined with each other and with the records the library has already.

Works set-wise on the waiting file (attached as `stage`), before the transaction that takes anything: the store is only
read. What cannot be joined is moved to the findings with its reason.
"""

from __future__ import annotations

import apsw

from app.domain.canonical import canonical_text
from app.domain.ids import derived_id
from app.domain.records import Title
from app.domain.text import fold
from app.ports import Tick
from db import search
from db.import_digest import title_digest
from db.import_twice import drop_given_twice, match_titles_by_words
from db.import_unsaid import keep_unsaid
from db.records import TITLE_COLUMNS, title_values
from db.sql import Reading

# What a row is against the store: new, as the source said it last time, said otherwise now.
NEW, SAME, CHANGED = 1, 0, 2

_INDEXES = (
    "CREATE INDEX stage.title_key ON title (source_key)",
    "CREATE INDEX stage.item_key ON item (source_key)",
    "CREATE INDEX stage.item_code ON item (barcode_key)",
    "CREATE INDEX stage.member_key ON member (source_key)",
    "CREATE INDEX stage.member_no ON member (no_key)",
    "CREATE INDEX stage.loan_copy ON loan (barcode_key, at, open)",
    "CREATE INDEX stage.loan_key ON loan (key)",
    "CREATE INDEX stage.fine_member ON fine (no_key, at)",
    "CREATE INDEX stage.fine_key ON fine (key)",
    "CREATE INDEX stage.hold_key ON hold (key)",
    "CREATE UNIQUE INDEX stage.picture_owner ON picture (owner, kind)",
)
_REPEATED = (
    "SELECT r.n, r.file, r.line, r.{name}, r.{label} FROM"
    " (SELECT {key} AS k, min(n) AS first FROM stage.{table} WHERE {key} <> '' GROUP BY {key} HAVING count(*) > 1) d"
    " JOIN stage.{table} r ON r.{key} = d.k AND r.n <> d.first"
)
_BY_SOURCE = (
    "UPDATE stage.{table} AS s SET id = t.id, fresh = CASE WHEN t.seen IS s.digest THEN 0 ELSE 2 END"
    " FROM main.{table} t WHERE t.source_key = s.source_key AND t.source_key <> ''"
)
# An id is made of the key a record first had: one that another kind of file has renamed since is still that record.
_BY_ID = "UPDATE stage.{table} AS s SET fresh = 2 FROM main.{table} t WHERE t.id = s.id AND s.fresh = 1"


def link(connection: apsw.Connection, tick: Tick, default_type: str = "") -> int:
    """Join the staged rows; afterwards each has its record's id and `fresh`, and each copy the id of its title.

    Returns how many readers were given the default type.
    """
    steps = (
        _index, drop_given_twice, _drop_repeated, _match_titles, _match_items, _adopt_titles, _match_by_words,
        _give_titles, _match_members, _keep_unsaid,
    )  # fmt: skip
    for number, step in enumerate(steps):
        tick("linking", number, len(steps))
        step(connection)
    return _give_types(connection, default_type) if default_type else 0


def _index(connection: apsw.Connection) -> None:
    for statement in _INDEXES:
        connection.execute(statement)


def _drop_repeated(connection: apsw.Connection) -> None:
    """One key or code twice in what was given together: the first keeps it."""
    for kind, name, key, label, reason in (
        ("title", "source_key", "source_key", "title", "id-repeated"),
        ("item", "source_key", "source_key", "barcode", "id-repeated"),
        ("member", "source_key", "source_key", "member_no", "id-repeated"),
        ("item", "source_key", "barcode_key", "barcode", "barcode-repeated"),
        ("member", "source_key", "no_key", "member_no", "member-number-repeated"),
        ("loan", "key", "key", "barcode", "id-repeated"),
        ("fine", "key", "key", "member_no", "id-repeated"),
        ("hold", "key", "key", "member_no", "id-repeated"),
    ):
        _refuse(connection, kind, reason, _REPEATED.format(table=kind, name=name, key=key, label=label), label)


def _refuse(connection: Reading, kind: str, reason: str, rows: str, label: str) -> None:
    """Move the rows of a query (n, file, line, key, label) from their table to the findings."""
    gone = connection.execute(rows).fetchall()
    for n, file, line, key, name in gone:
        _find(connection, kind, False, reason, file, line, {"id": key, label: name})
        connection.execute(f"DELETE FROM stage.{kind} WHERE n = ?", (n,))


def _find(
    connection: Reading, kind: str, taken: bool, reason: str, file: str, line: int, params: dict[str, str]
) -> None:
    connection.execute(
        "INSERT INTO stage.finding (kind, taken, reason, file, line, part, params, excerpt)"
        " VALUES (?, ?, ?, ?, ?, '', ?, '')",
        (kind, taken, reason, file, line, _json(params)),
    )


def _json(params: dict[str, str]) -> str:
    return canonical_text({name: str(value) for name, value in params.items()})


def _match_keys(connection: Reading, table: str) -> None:
    connection.execute(_BY_SOURCE.format(table=table))
    connection.execute(_BY_ID.format(table=table))


def _match_titles(connection: Reading) -> None:
    _match_keys(connection, "title")


def _match_items(connection: Reading) -> None:
    """Copies the library knows: by the source's key, else by their code; a code of another title's copy stays there."""
    _match_keys(connection, "item")
    same_code = (
        "SELECT s.n, s.file, s.line, s.barcode, i.id, i.provisional, t.title, coalesce(st.title, s.title_text)"
        " FROM stage.item s JOIN main.item i ON i.barcode_key = s.barcode_key AND i.id <> s.id AND i.gone = 0"
        " JOIN main.title t ON t.id = i.title LEFT JOIN stage.title st ON st.source_key = s.title_key"
        " AND s.title_key <> '' WHERE s.fresh = 1 AND s.barcode_key <> ''"
    )
    for n, file, line, barcode, item, provisional, theirs, ours in connection.execute(same_code).fetchall():
        if provisional or fold(theirs) == fold(ours or ""):
            connection.execute("UPDATE stage.item SET id = ?, fresh = 2 WHERE n = ?", (item, n))
            note = "provisional-completed" if provisional else "matched-by-code"
            _find(connection, "item", True, note, file, line, {"barcode": barcode})
        else:
            params = {"barcode": barcode, "title": (ours or "")[:80], "here": theirs[:80]}
            _find(connection, "item", False, "barcode-of-other-title", file, line, params)
            connection.execute("DELETE FROM stage.item WHERE n = ?", (n,))


def _adopt_titles(connection: Reading) -> None:
    """A new title whose copy is here already under the same title text is that title, not a second one."""
    rows = connection.execute(
        "SELECT s.n, s.title, min(t.id), t.title FROM stage.title s JOIN stage.item si ON si.title_key = s.source_key"
        " JOIN main.item i ON i.id = si.id JOIN main.title t ON t.id = i.title"
        " WHERE s.fresh = 1 AND i.provisional = 0 GROUP BY s.n"
    ).fetchall()
    for n, ours, title, theirs in rows:
        if fold(ours) == fold(theirs):
            connection.execute("UPDATE stage.title SET id = ?, fresh = 2 WHERE n = ?", (title, n))


def _match_by_words(connection: Reading) -> None:
    match_titles_by_words(connection, CHANGED)


def _give_titles(connection: apsw.Connection) -> None:
    """Give every copy the id of its title: by key, by exact words, by folded words; else a title of its own."""
    reading: Reading = connection
    reading.execute(
        "UPDATE stage.item AS s SET title = t.id FROM stage.title t"
        " WHERE s.title_key <> '' AND t.source_key = s.title_key"
    )
    left = "s.title = '' "
    reading.execute(
        "UPDATE stage.item AS s SET title = t.id FROM main.title t"
        f" WHERE {left} AND s.title_key <> '' AND t.source_key = s.title_key AND t.source_key <> ''"
    )
    by_words = reading.execute(
        "SELECT EXISTS (SELECT 1 FROM stage.item s WHERE s.title = '' AND s.title_text <> '')"
    ).fetchone()[0]
    if by_words:
        _give_by_words(connection)
    _refuse(
        reading,
        "item",
        "title-missing",
        "SELECT n, file, line, source_key, barcode FROM stage.item s WHERE s.title = ''",
        "barcode",
    )


def _folded(*words: object) -> str:
    return fold(str(words[0]))


def _give_by_words(connection: apsw.Connection) -> None:
    reading: Reading = connection
    connection.create_scalar_function("folded", _folded, 1, deterministic=True)
    reading.execute("CREATE INDEX stage.title_words ON title (title)")
    reading.execute("ALTER TABLE stage.title ADD COLUMN fkey")
    reading.execute("UPDATE stage.title SET fkey = folded(title)")
    connection.create_scalar_function("folded", None)
    reading.execute("CREATE INDEX stage.title_folded ON title (fkey)")
    reading.execute(
        "UPDATE stage.item AS s SET title = (SELECT t.id FROM stage.title t WHERE t.title = s.title_text"
        " ORDER BY t.n LIMIT 1) WHERE s.title = '' AND s.title_text <> ''"
        " AND EXISTS (SELECT 1 FROM stage.title t WHERE t.title = s.title_text)"
    )
    reading.execute(
        "UPDATE stage.item AS s SET title = t.id FROM main.title t"
        " WHERE s.title = '' AND s.title_text <> '' AND t.title = s.title_text AND t.gone = 0"
    )
    rows = reading.execute(
        "SELECT s.n, s.title_text, s.source_key, s.file, s.line, s.barcode, i.title FROM stage.item s"
        " LEFT JOIN main.item i ON i.id = s.id WHERE s.title = '' AND s.title_text <> '' ORDER BY s.n"
    ).fetchall()
    for n, text, key, file, line, barcode, here in rows:
        found = reading.execute(
            "SELECT id FROM stage.title WHERE fkey = ? AND fkey <> '' ORDER BY n LIMIT 1", (fold(text),)
        ).fetchone()
        if found is None:
            made = (here or _make_title(reading, text, key, file, line),)
            if here is None:
                _find(reading, "item", True, "title-from-copy", file, line, {"barcode": barcode, "title": text[:80]})
        else:
            made = found
            _find(reading, "item", True, "title-by-like-words", file, line, {"barcode": barcode, "title": text[:80]})
        reading.execute("UPDATE stage.item SET title = ? WHERE n = ?", (made[0], n))


def _make_title(reading: Reading, text: str, key: str, file: str, line: int) -> str:
    """A title that only a copy's words tell of. Said again next time it is the same one."""
    own = f"{key.partition(':')[0]}:title-of-copy:{fold(text) or key}"
    title = Title(id=derived_id("title", own), title=text, source_key=own)
    values = title_values(title)
    row = (*values, search.title_words(title), fold(text), title_digest(values), "hidden", file, line)
    columns = (*TITLE_COLUMNS, "words", "fkey", "digest", "unsaid", "file", "line")
    marks = ", ".join("?" * len(columns))
    known = reading.execute(
        "SELECT id, seen FROM main.title WHERE source_key = ? AND source_key <> ''", (own,)
    ).fetchone()
    reading.execute(f"INSERT INTO stage.title ({', '.join(columns)}) VALUES ({marks})", row)
    if known is not None:
        fresh = SAME if known[1] == row[-4] else CHANGED
        reading.execute("UPDATE stage.title SET id = ?, fresh = ? WHERE source_key = ?", (known[0], fresh, own))
        return str(known[0])
    return title.id


def _match_members(connection: Reading) -> None:
    """Readers the library knows: by the source's key, else by their number; another person's number stays theirs."""
    _match_keys(connection, "member")
    rows = connection.execute(
        "SELECT s.n, s.file, s.line, s.member_no, s.name, m.id, m.name FROM stage.member s"
        " JOIN main.member m ON m.no_key = s.no_key AND m.id <> s.id AND m.gone = 0 WHERE s.fresh = 1"
    ).fetchall()
    for n, file, line, number, ours, member, theirs in rows:
        if fold(ours) == fold(theirs):
            connection.execute("UPDATE stage.member SET id = ?, fresh = 2 WHERE n = ?", (member, n))
            _find(connection, "member", True, "matched-by-code", file, line, {"member_no": number})
        else:
            _find(connection, "member", False, "number-of-other-member", file, line, {"member_no": number})
            connection.execute("DELETE FROM stage.member WHERE n = ?", (n,))


def _keep_unsaid(connection: apsw.Connection) -> None:
    keep_unsaid(connection, CHANGED, SAME)


def _give_types(connection: Reading, default: str) -> int:
    """Readers of whom the source says no type keep the one they have here, and have the default one otherwise."""
    same = "FROM main.member m WHERE m.id = s.id AND s.member_type = ''"
    # One that an earlier import left without a type says nothing new, and is mended all the same.
    connection.execute(
        f"UPDATE stage.member AS s SET fresh = {CHANGED} {same} AND s.fresh = {SAME} AND m.member_type = ''"
    )
    connection.execute(f"UPDATE stage.member AS s SET member_type = m.member_type {same}")
    count: int = connection.execute("SELECT count(*) FROM stage.member WHERE member_type = ''").fetchone()[0]
    connection.execute("UPDATE stage.member SET member_type = ? WHERE member_type = ''", (default,))
    return count

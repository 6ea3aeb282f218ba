"""The tables of the log, written once for both databases.

`lib` is the library's number in this database; it stands in every key, so that a library can move to a database of its
own. A text that is asked for by many names at once is always the last column of such a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

VERSION: Final = 1
"""The schema this program reads and writes."""

_SQLITE = {"int": "INTEGER", "text": "TEXT", "blob": "BLOB"}
_POSTGRES = {"int": "BIGINT", "text": "TEXT", "blob": "BYTEA"}


class Table(Struct, frozen=True):
    """A table: its columns as `name type` (a type with ? may be empty), its key, and further indexes."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    indexes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in their order."""
        return tuple(name for name, _ in self.columns)

    def kind(self, column: str) -> str:
        """int, text or blob."""
        return dict(self.columns)[column].rstrip("?")

    def statements(self, *, postgres: bool) -> Iterator[str]:
        """What makes the table."""
        types = _POSTGRES if postgres else _SQLITE
        parts = [f"{name} {types[kind.rstrip('?')]}{'' if '?' in kind else ' NOT NULL'}" for name, kind in self.columns]
        parts.append(f"PRIMARY KEY ({', '.join(self.key)})")
        # A wide row inside a tree's inner pages would make it deep; narrow tables need no second tree.
        narrow = not postgres and self.name not in _WIDE
        # A copy's state is replaced with each act; room in its page spares the index a new entry.
        roomy = " WITH (fillfactor = 50)" if postgres and self.name == "item" else ""
        yield f"CREATE TABLE {self.name} ({', '.join(parts)}){' WITHOUT ROWID' if narrow else roomy}"
        for number, index in enumerate(self.indexes):
            unique, _, rest = index.rpartition("unique ")
            kind = "UNIQUE INDEX" if unique or index.startswith("unique ") else "INDEX"
            columns, _, where = rest.partition(" where ")
            clause = f" WHERE {where}" if where else ""
            yield f"CREATE {kind} {self.name}_{number} ON {self.name} ({columns}){clause}"


_WIDE = frozenset({"event", "item", "record", "aside", "run"})


def _table(name: str, columns: str, key: str, *indexes: str) -> Table:
    pairs = [part.split() for part in columns.split(",")]
    return Table(name, tuple((column, kind) for column, kind in pairs), tuple(key.split()), indexes)


TABLES: Final = {
    table.name: table
    for table in (
        _table("meta", "key text, value blob", "key"),
        _table(
            "library",
            "lib int, id text, zone text, epoch text, head int, safe int, hash blob, state blob, fold int,"
            " founded_at int",
            "lib",
            "unique id",
        ),
        _table(
            "desk",
            "lib int, desk text, name text, code text, public text, joined_at int, seen_at int, revoked_at int",
            "lib desk",
            "unique desk",
        ),
        _table("code", "secret text, name text, library text, until int, used_by text", "secret"),
        # A chain, or the branch of a copied home: `parent` is the author it left at number `base`.
        _table(
            "author",
            "lib int, a int, desk text, inc text, fork text, parent int, base int, seq int, head blob",
            "lib a",
            "unique lib, desk, inc, fork",
        ),
        # `gsn` is the number of the run's first event, `hash` the running hash after its last, `size` its characters.
        _table(
            "run",
            "lib int, gsn int, a int, first int, last int, head blob, signature blob, public blob, size int, hash blob",
            "lib gsn",
            "unique lib, a, first",
        ),
        # `parked`: 0 = folded, 1 = not understood, 2 = an event of this id stands in the log before.
        _table(
            "event",
            "lib int, gsn int, a int, seq int, id text, at int, wall int, mono int, boot text, kind text, staff text,"
            " late int, v int, body text, link blob, item text?, queue text?, party text?, parked int",
            "lib gsn",
            "lib, id",
            "lib, item where item IS NOT NULL",
            "lib, queue where queue IS NOT NULL",
            "lib, party where party IS NOT NULL",
            "lib, gsn where parked > 0",
        ),
        _table("undone", "lib int, event text, by_event text", "lib event"),
        _table("item", "lib int, item text, state text, hash blob", "lib item"),
        # Only loans that cost something: the account asks for them.
        _table(
            "charged", "lib int, loan text, item text, party text, state text", "lib loan", "lib, item", "lib, party"
        ),
        _table("finding", "lib int, id text, kind text, item text, causes text", "lib id", "lib, item"),
        _table("queue", "lib int, queue text, state text, hash blob", "lib queue"),
        _table("account", "lib int, party text, state text, hash blob", "lib party"),
        _table(
            "record",
            "lib int, kind text, id text, fields text, stamp text, edited text, gone int, gsn int",
            "lib kind id",
            "unique lib, gsn",
        ),
        # Which documents (records of kind "policy") carry a rule version's name, with the act that published each; and
        # the versions that the fold missed when it needed them.
        _table("policy", "lib int, version text, id text, stamp text", "lib version id"),
        _table("awaited", "lib int, version text", "lib version"),
        _table(
            "aside",
            "lib int, n int, desk text, inc text, first int, last int, head text, by_desk text, reason text, at int,"
            " run text",
            "lib n",
            "unique lib, desk, inc, head",
        ),
    )
}

FOLDED: Final = ("undone", "item", "charged", "finding", "queue", "account")
"""The tables that are made from events alone."""


def creation(*, postgres: bool) -> Iterator[str]:
    """All statements that make an empty database."""
    for table in TABLES.values():
        yield from table.statements(postgres=postgres)

"""Which database of a dump is read: a dump of a whole server may hold a system's library and a copy to try things on.

Tables of one name in two databases must never be taken for one. Where more than one database could be the library,
a person says which.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.importers.mysql_text import DumpIndex
from app.importers.problems import ImportProblem

UNNAMED = "-"
"""How the tables that stand under no database's name are called to a person."""


def choose_database(index: DumpIndex, wanted: str, marks: Mapping[str, frozenset[str]], file: str) -> None:
    """Let the index read the one database that is the system's, or the `wanted` one ("" = nobody said).

    `marks`: tables by which the system is known, with columns that such a table has. What has rows of them counts
    before what has only created them.
    Raises ImportProblem: "databases-several" (nobody said which), "database-not-found".
    """
    found = _candidates(index, marks, with_rows=True) or _candidates(index, marks, with_rows=False)
    names = {database or UNNAMED: database for database in found}
    if wanted:
        if wanted not in names:
            params = {"file": file, "database": wanted, "databases": ", ".join(names) or "-"}
            raise ImportProblem("database-not-found", params)
        found = [names[wanted]]
    if len(found) > 1:
        raise ImportProblem("databases-several", {"file": file, "databases": ", ".join(names)})
    if not found:
        return
    (index.database,) = found
    if "" not in names.values():
        # Rows under a name whose tables were created without one.
        for table, columns in index.of("").columns.items():
            index.columns.setdefault(table, columns)


def _candidates(index: DumpIndex, marks: Mapping[str, frozenset[str]], *, with_rows: bool) -> list[str]:
    return [
        database
        for database, tables in list(index.databases.items())
        if any(
            marks[table] <= set(tables.columns.get(table, marks[table]))
            for table in marks.keys() & (tables.extents if with_rows else tables.columns).keys()
        )
    ]

"""The second schema: what a desk knows of the library's common log, and of the other desks in it.

A desk that never joins a server has none of this filled: `gsn` stays empty, `run` and `revision` have no row. What two
desks brought from one source may meet here under two ids, so a source's key is no longer unique.
"""

from __future__ import annotations

from typing import Any

_STATEMENTS = """
CREATE TABLE author_of (a INTEGER PRIMARY KEY, desk TEXT NOT NULL, inc TEXT NOT NULL, fork TEXT NOT NULL DEFAULT '',
  first INTEGER NOT NULL DEFAULT 1, started_at INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0, head BLOB NOT NULL,
  last_at INTEGER NOT NULL, letter TEXT NOT NULL, acked INTEGER NOT NULL DEFAULT 0, logged INTEGER NOT NULL DEFAULT 0,
  public BLOB, UNIQUE (desk, inc, fork));
INSERT INTO author_of (a, desk, inc, started_at, seq, head, last_at, letter) SELECT a, desk, inc, started_at, seq, head, last_at, letter FROM author;
DROP TABLE author;
ALTER TABLE author_of RENAME TO author;
CREATE INDEX event_gsn ON event (gsn) WHERE gsn IS NOT NULL;
ALTER TABLE policy ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
UPDATE policy SET stamp = coalesce((SELECT json_array(e.at, a.desk, a.inc, e.seq) FROM event e JOIN author a ON a.a = e.author WHERE e.kind = 'policy.published' AND json_extract(e.body, '$.version') = policy.version ORDER BY e.n LIMIT 1), '');
DROP INDEX title_source;
CREATE INDEX title_source ON title (source_key) WHERE source_key <> '';
DROP INDEX item_source;
CREATE INDEX item_source ON item (source_key) WHERE source_key <> '';
DROP INDEX member_source;
CREATE INDEX member_source ON member (source_key) WHERE source_key <> '';
CREATE TABLE run (n INTEGER PRIMARY KEY, author INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  signature BLOB NOT NULL, public BLOB NOT NULL);
CREATE UNIQUE INDEX run_author ON run (author, first);
CREATE TABLE revision (kind TEXT NOT NULL, id TEXT NOT NULL, gsn INTEGER NOT NULL, stamp TEXT NOT NULL, edited TEXT,
  seen BLOB NOT NULL, rest TEXT, gone INTEGER NOT NULL DEFAULT 0, dirty INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX revision_dirty ON revision (dirty) WHERE dirty > 0;
"""


def up(migrator: Any, db: Any) -> None:
    """Bring a store of the first release up."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)

"""The third schema: the salts of what the chain vouches for (see `app.domain.vouch`)."""

from __future__ import annotations

from typing import Any

_STATEMENTS = """
CREATE TABLE vouched (kind TEXT NOT NULL, id TEXT NOT NULL, field TEXT NOT NULL, salt BLOB NOT NULL,
  PRIMARY KEY (kind, id, field)) WITHOUT ROWID;
INSERT INTO meta (key, value) SELECT 'vouch_due', '1' WHERE EXISTS (SELECT 1 FROM event);
"""


def up(migrator: Any, db: Any) -> None:
    """Bring a store of the second release up; one that was in use has still to vouch for what it holds."""
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)

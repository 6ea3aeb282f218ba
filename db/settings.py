"""Settings kept in the store; what was never changed has its declared default."""

from __future__ import annotations

import json
from typing import Any

import apsw

from app.domain.setting import BY_KEY, check_setting
from db.sql import Reading


def read_setting(connection: Reading, key: str) -> Any:
    """The kept value, or the declared default when none or an unusable one is kept."""
    row = connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    if row is not None:
        value = json.loads(row[0])
        if not check_setting(key, value):
            return value
    return BY_KEY[key].default


def unheeded_setting(connection: Reading, key: str) -> str:
    """The kept value, as text, when it does not fit and so the default holds; "" when the kept one is used."""
    row = connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    value = json.loads(row[0]) if row is not None else None
    return "" if row is None or not check_setting(key, value) else str(value)


def write_setting(connection: apsw.Connection, key: str, value: Any) -> None:
    """Keep a value; raises ValueError with the reason's code when it does not fit its declaration."""
    reason = check_setting(key, value)
    if reason:
        raise ValueError(reason)
    connection.execute(
        "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
        (key, json.dumps(value, ensure_ascii=False)),
    )

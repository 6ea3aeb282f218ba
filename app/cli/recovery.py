"""A new recovery key for an open library: made first, in force only once somebody could read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import wiring
from app.cli.paths import is_there
from db.keys import read_wraps, rewrap_recovery, write_wraps
from db.store import DeskStore


def new_paper(store: DeskStore) -> tuple[Mapping[str, Any], str]:
    """The key file's new content and the recovery key that opens it; nothing is changed yet."""
    return rewrap_recovery(store.key, read_wraps(store.home.keys))


def put_paper(store: DeskStore, wraps: Mapping[str, Any]) -> None:
    """Let the new recovery key hold for the library and its second copy; the old paper opens them no more."""
    write_wraps(store.home.keys, wraps)
    second = wiring.second_folder(store) / store.home.keys.name
    if is_there(second):
        write_wraps(second, wraps)

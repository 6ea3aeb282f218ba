"""Paths as a person types them on the command line."""

from __future__ import annotations

import os
from pathlib import Path

from app.ports import KnownError


def path_of(text: str) -> Path:
    """The path, with `~` as the account's own folder; KnownError when it names nobody's."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise KnownError("file-not-found", {"path": text}) from error


def is_there(path: Path) -> bool:
    """True when something is there; a name that no disk takes is not there."""
    return os.path.exists(path)

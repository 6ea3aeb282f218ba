"""Where an import's rows wait, and how what a killed import left there is swept away."""

from __future__ import annotations

from pathlib import Path

from db.home import Home

STAGE = "importing.db"


def stage_path(home: Home) -> Path:
    """The waiting file of a home."""
    return home.root / STAGE


def sweep(home: Home) -> None:
    """Delete the waiting file; only the home's one desk may call this."""
    for end in ("", "-wal", "-shm", "-journal"):
        home.root.joinpath(STAGE + end).unlink(missing_ok=True)

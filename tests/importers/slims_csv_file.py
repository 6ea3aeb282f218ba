"""Rows of SLiMS's three CSV files, and files of them as SLiMS writes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.importers.slims_csv_text import COLUMNS


def biblio(title: str, codes: str = "", **values: str) -> list[str]:
    """A title with its copies' codes ("<B1><B2>")."""
    named = {"title": title, "item_code": codes, **values}
    return [named.get(name, "") for name in COLUMNS["biblio"]]


def item(code: str, title: str, **values: str) -> list[str]:
    """A copy of the title of that name."""
    named = {"item_code": code, "title": title, "input_date": "2026-01-02 08:00:00", **values}
    return [named.get(name, "") for name in COLUMNS["item"]]


def member(number: str, name: str, **values: str) -> list[str]:
    """A reader."""
    named = {"member_id": number, "member_name": name, "gender": "1", "expire_date": "2027-01-01", **values}
    return [named.get(column, "") for column in COLUMNS["member"][:18]]


def write(path: Path, rows: Sequence[Sequence[str]], separator: str = ",", mark: str = '"', end: str = "\n") -> Path:
    """As SLiMS writes: every field enclosed, nothing escaped that is not escaped already."""
    text = "".join(separator.join(f"{mark}{value}{mark}" for value in row) + end for row in rows)
    path.write_bytes(text.encode())
    return path

"""What files are and what they would give, before anything is imported: mapping candidates with examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.importers import mapping, spreadsheet
from app.importers.problems import ImportProblem
from app.importers.rows import Row
from app.importers.sheet_guess import guess
from app.importers.sheet_mapping import KINDS, SheetSuggestion, suggest
from app.importers.sheet_words import meanings
from app.services.import_sources import Given, Reading, check_columns, look, marc_mapping, rows_of
from app.services.imports import as_known

EXAMPLES = 5
SAMPLED = 2_000


def preview(paths: Sequence[Path], reading: Reading) -> list[dict[str, Any]]:
    """One object per file: what it is, where its barcodes may stand, its first rows. KnownError when unreadable."""
    try:
        given = look(paths)
        check_columns(given, reading)
        return [_preview(one, reading) for one in given]
    except ImportProblem as problem:
        raise as_known(problem, paths) from problem


def _preview(given: Given, reading: Reading) -> dict[str, Any]:
    found = given.found
    answer: dict[str, Any] = {
        "file": given.path.name,
        "kind": found.kind,
        "format": found.description,
        "confidence": found.confidence,
    }
    if found.kind in ("marc", "marcxml"):
        answer["barcode_places"] = [
            {
                "place": one.mapping.label,
                "score": round(one.score, 2),
                "values": one.values,
                "distinct": one.distinct,
                "records": one.records,
                "examples": list(one.examples),
            }
            for one in mapping.suggest_mapping(mapping.sample(given.path))
        ]
        taken = marc_mapping(given.path, reading)
        answer["barcode_taken"] = taken.label if taken else ""
    if found.kind == "spreadsheet":
        answer.update(_columns(given.path, reading))
        if answer["list_of"] is None:
            # Nothing can be shown of its rows yet; the columns are what a person has to look at.
            return answer
    answer["rows"] = _examples(given, reading)
    return answer


def _columns(path: Path, reading: Reading) -> dict[str, Any]:
    """What a sheet's columns seem to mean, those that nothing is made of, and all that can be said of one."""
    rows = spreadsheet.first_rows(path)
    found = suggest(rows, reading.columns)
    kinds = (found.mapping.kind,) if found.mapping is not None else KINDS
    perhaps = guess(rows) if found.mapping is None and not reading.columns else None
    if perhaps is not None:
        found = SheetSuggestion(None, perhaps.columns)
    names = [(one.header or f"#{one.index + 1}", one) for one in found.columns]
    return {
        "list_of": found.mapping.kind if found.mapping is not None else None,
        "perhaps_list_of": perhaps.kind if perhaps is not None else None,
        "example": perhaps.example() if perhaps is not None else "",
        "header_rows": found.mapping.header_rows if found.mapping is not None else None,
        "perhaps_header_rows": perhaps.header_rows if perhaps is not None else None,
        "columns": [
            {"number": one.index + 1, "header": one.header, "meaning": one.meaning, "examples": list(one.examples)}
            for _, one in names
        ],
        "columns_not_used": [name for name, one in names if not one.meaning and not one.ignored and one.examples],
        "columns_ignored": [name for name, one in names if one.ignored],
        "meanings": {kind: list(meanings(kind)) for kind in kinds},
    }


def _examples(given: Given, reading: Reading) -> list[dict[str, Any]]:
    shown: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for stream in rows_of([given], reading, lambda _done, _total: None):
        for row in islice(stream, SAMPLED):
            kind = type(row).__name__
            shown[kind] = shown.get(kind, 0) + 1
            if shown[kind] <= EXAMPLES:
                rows.append(_row(kind, row))
    return rows


def _row(kind: str, row: Row) -> dict[str, Any]:
    said = {name: value for name, value in _plain(row).items() if value not in ("", None, [], {}, False)}
    return {"row": kind.removesuffix("Row").lower(), **said}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value

"""What files are and what their columns seem to mean, as a table for a person: `meja import FILE --preview`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cli.words import sentence
from app.ports import KnownError
from resources.loader import load_json

EXAMPLES = 3
_LONGEST = 24
"""Letters of a cell that are shown; a list's own text may be a whole abstract."""


def lines(files: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    """One part for each file; `names` are the files as they were typed."""
    for file, name in zip(files, names, strict=True):
        yield from _file(file, name)


def _file(file: Mapping[str, Any], name: str) -> Iterator[str]:
    if "columns" in file:
        unknown = file["list_of"] is None
        kind = file["perhaps_list_of"] if unknown else file["list_of"]
        yield _say(
            f"list-{kind}" if kind else "list-unknown",
            file=name,
            rows=(file["perhaps_header_rows"] if unknown else file["header_rows"]) or 0,
        )
        yield from _columns(file["columns"], kind or "")
        if unknown:
            yield _say("list-say", path=name, example=file["example"])
        elif file["columns_not_used"]:
            yield _say("list-not-used", columns=", ".join(file["columns_not_used"]))
        return
    yield _say("file", file=name, kind=file["kind"], format=file["format"])
    for place in file.get("barcode_places", ()):
        taken = " *" if place["place"] == file.get("barcode_taken") else ""
        yield f"  {place['place']}{taken}  {_shown(place['examples'])}"
    yield from _rows(file["rows"])


def _columns(columns: Sequence[Mapping[str, Any]], kind: str) -> Iterator[str]:
    words = load_json("words/id.json")
    heads = load_json("words/import_id.json")
    table = [tuple(heads[f"preview.{name}"] for name in ("number", "header", "meaning", "examples"))]
    for one in columns:
        meaning = one["meaning"]
        said = f"{meaning}: {words[f'column.{meaning}']}" if meaning else "-"
        table.append((str(one["number"]), _short(one["header"]) or "-", said, _shown(one["examples"])))
    widths = [max(len(row[place]) for row in table) for place in range(3)]
    for row in table:
        yield "  " + "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]))


def _rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The first rows that were read, one line each: what a person knows a record by."""
    for row in rows:
        known = [str(row[name]) for name in ("barcode", "member_no", "title", "name", "reason") if row.get(name)]
        yield f"  {row['row']}: {_shown(known)}"


def _shown(texts: Sequence[str]) -> str:
    return " | ".join(_short(text) for text in texts[:EXAMPLES])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _say(code: str, **facts: Any) -> str:
    return sentence(KnownError(f"preview.{code}", facts)).replace("\n      ", "\n")

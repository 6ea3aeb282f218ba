"""Which importer reads which of the given files; several files of one system are one source.

Knows the importers and what they want to be told; stages nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from app.importers import evergreen, koha, mapping, slims_csv, slims_dump, spreadsheet
from app.importers.detect import Source, detect
from app.importers.marc import MarcOptions
from app.importers.marc_fields import PRESETS, MarcMapping, mapping_for
from app.importers.problems import ImportProblem
from app.importers.rows import Noted, Place, Progress, Rows
from app.importers.sheet_mapping import NOTHING_TOLD, ToldColumns
from app.importers.sheet_words import ITEMS, MEMBERS, meanings

_CSV = {"slims-biblio-csv": "biblio", "slims-item-csv": "item", "slims-member-csv": "member"}


class Given(Struct, frozen=True):
    """One file (or folder) with what it was found to be."""

    path: Path
    found: Source


class Reading(Struct, frozen=True):
    """How to read: `barcode` is the place of the barcode in MARC ("949$i"), `source` begins every key ("" = usual),
    `columns` is what a person said of the columns of all sheets, `sheets` what was said of one of them alone,
    `database` the one to read of a dump with several.
    """

    barcode: str = ""
    source: str = ""
    columns: ToldColumns = NOTHING_TOLD
    database: str = ""
    sheets: Mapping[Path, ToldColumns] = MappingProxyType({})

    def told(self, path: Path) -> ToldColumns:
        """What a person said of this sheet's columns."""
        return self.sheets.get(path, self.columns)


def look(paths: Sequence[Path]) -> list[Given]:
    """What the files are. Raises ImportProblem for the first that cannot be read at all."""
    return [Given(path, detect(path)) for path in paths]


def check_columns(given: Sequence[Given], reading: Reading) -> None:
    """Whether every column that a person told is a sheet's, and every meaning one that columns have.

    Raises ImportProblem: "column-meaning-unknown", "column-not-found".
    """
    told = reading.columns
    if not told:
        return
    known = (*meanings(ITEMS), *meanings(MEMBERS))
    for name, meaning in told.meanings:
        if meaning not in known:
            params = {"column": name, "meaning": meaning, "meanings": ", ".join(dict.fromkeys(known))}
            raise ImportProblem("column-meaning-unknown", params)
    sheets = [one for one in given if one.found.kind == "spreadsheet"]
    columns = [spreadsheet.suggest_columns(one.path, told=told).columns for one in sheets]
    names = [told.not_in(one) for one in columns]
    lost = [name for name in (names[0] if names else told.not_in(())) if all(name in one for one in names)]
    if lost:
        file = sheets[0].path.name if sheets else given[0].path.name
        there = ", ".join(dict.fromkeys(one.header for every in columns for one in every if one.header))
        raise ImportProblem("column-not-found", {"file": file, "column": lost[0], "columns": there or "-"})


def source_name(given: Sequence[Given], reading: Reading) -> str:
    """The name that begins the keys of these files' rows."""
    return reading.source or _usual(given[0].found.kind)


def _usual(kind: str) -> str:
    if kind.startswith("slims"):
        return "slims"
    return {"marcxml": "marc", "spreadsheet": "sheet"}.get(kind, kind)


def rows_of(given: Sequence[Given], reading: Reading, progress: Progress) -> Iterator[Rows]:
    """One stream of rows per importer; SLiMS's CSV files together are one. Raises ImportProblem while they are read."""
    tables = [one for one in given if one.found.kind in _CSV]
    others = [one for one in given if one.found.kind not in _CSV]
    sizes = [_size(one.path) for one in others] + ([sum(_size(one.path) for one in tables)] if tables else [])
    total, before = sum(sizes), 0
    for size, one in zip(sizes, [*others, None] if tables else others, strict=True):
        part = _Part(progress, before, size, total)
        if one is None:
            options = slims_csv.SlimsCsvOptions(source=reading.source or "slims")
            yield slims_csv.read_together([table.path for table in tables], options, part)
        else:
            yield _rows(one, reading, part)
        before += size


def _rows(one: Given, reading: Reading, progress: Progress) -> Rows:
    source = reading.source or _usual(one.found.kind)
    match one.found.kind:
        case "slims-dump":
            return slims_dump.read(
                one.path, slims_dump.SlimsOptions(source=source, database=reading.database), progress
            )
        case "koha" if not reading.barcode:
            return koha.read(one.path, koha.KohaOptions(source=source, database=reading.database), progress)
        case "evergreen":
            return evergreen.read(one.path, evergreen.EvergreenOptions(source=source), progress)
        case "marc" | "marcxml" | "koha":
            return _marc(one.path, source, reading, progress)
        case _:
            return spreadsheet.read(
                one.path, spreadsheet.SheetOptions(source=source, told=reading.told(one.path)), progress
            )


def _marc(path: Path, source: str, reading: Reading, progress: Progress) -> Rows:
    """Titles and, where the place of the barcodes is told or known, copies; what was decided is noted first."""
    chosen = marc_mapping(path, reading)
    if chosen is not None:
        yield Noted("item", "barcode-place-taken", Place(path.name), {"place": chosen.label})
    else:
        places = ", ".join(one.mapping.label for one in mapping.suggest_mapping(mapping.sample(path))[:3])
        yield Noted("item", "barcode-place-not-known", Place(path.name), {"perhaps": places})
    yield from mapping.read(path, MarcOptions(chosen, source=source), progress)


def marc_mapping(path: Path, reading: Reading) -> MarcMapping | None:
    """Where the barcodes stand: as told, else the likeliest place if it is a known system's, else nowhere.

    A number of the holdings or a shelf mark looks like a barcode too, and taking it for one would merge copies.
    """
    if reading.barcode:
        told = mapping_for(reading.barcode)
        if told is None:
            raise ImportProblem("barcode-place-unknown", {"place": reading.barcode})
        return told
    likely = mapping.suggest_mapping(mapping.sample(path))
    known = {preset.label for preset in PRESETS.values()}
    return likely[0].mapping if likely and likely[0].score >= SURE and likely[0].mapping.label in known else None


SURE = 0.75
"""The score from which a known system's place of barcodes is believed without asking."""


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            return max(1, sum(file.stat().st_size for file in path.iterdir() if file.is_file()))
        return max(1, path.stat().st_size)
    except OSError:
        return 1


class _Part(Struct, frozen=True):
    """One file's share of the whole progress."""

    progress: Progress
    before: int
    size: int
    total: int

    def __call__(self, done: int, total: int) -> None:
        self.progress(self.before + self.size * min(done, total) // max(total, 1), self.total)

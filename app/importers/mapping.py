"""Help a person choose where the barcodes stand: ranked candidates from a sample, and a preview of what they give.

Works on any MARC file, ISO 2709 or XML. It proposes, a person decides: a shelf number read as a barcode would merge
copies, and no rule can tell the two apart for every system.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct, field

from app.domain.check_digit import isbn13
from app.domain.text import CODE_LIMIT, clean_code, code_key
from app.importers import marc, marcxml
from app.importers.marc import MarcOptions
from app.importers.marc_fields import PRESETS, MarcMapping, mapping_for
from app.importers.marc_records import MarcRecord, open_source, read_records
from app.importers.rows import Progress, Refused, Row, TitleRow

SAMPLE_RECORDS = 500
EXAMPLES = 3

_COPY_TAGS = ("852", "876", "877", "878")
_PRESET_LABELS = frozenset(preset.label for preset in PRESETS.values())
_AMOUNT = re.compile(r"[0-9]+[.,][0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}")
_FEWEST_RECORDS = 3
_SHORTEST_CODE = 3
_LONGEST_CODE = 24


class Candidate(Struct, frozen=True):
    """A subfield that may hold the barcodes.

    `values` were found in `records` of the sample's records, `distinct` of them different; `score` is 0…1, 0 when it
    cannot be the barcode. `examples` are the first values as they stand.
    """

    mapping: MarcMapping
    records: int
    values: int
    distinct: int
    score: float
    examples: tuple[str, ...]

    @property
    def uniqueness(self) -> float:
        """The share of values that are different, 0…1. Barcodes are all different."""
        return self.distinct / self.values if self.values else 0.0


class _Tally(Struct):
    """What the sample shows of one subfield."""

    values: Counter[str] = field(default_factory=Counter)
    records: int = 0
    code_like: int = 0
    repeated_in_record: int = 0
    equals_number: int = 0
    examples: list[str] = field(default_factory=list)


def read(path: Path, options: MarcOptions = marc.DEFAULT_OPTIONS, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a MARC file of either kind. Raises ImportProblem when it cannot be read as a whole."""
    reader = marcxml.read if is_xml(path) else marc.read
    return reader(path, options, progress)


def is_xml(path: Path) -> bool:
    """Whether a file holds XML. Raises ImportProblem when it cannot be opened or is empty."""
    head, _ = open_source(path)
    start = head[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<")


def sample(path: Path, count: int = SAMPLE_RECORDS) -> tuple[MarcRecord, ...]:
    """The first records of a file of either kind, with all their fields. Raises ImportProblem like `read`."""
    records = marcxml.read_records(path) if is_xml(path) else read_records(path)
    return tuple(islice(records, count))


def suggest_mapping(records: Iterable[MarcRecord]) -> tuple[Candidate, ...]:
    """Rank the subfields of a sample that may be the barcode, the likeliest first; those that cannot be are left out.

    A candidate must look like codes (short, with a digit) and hardly ever repeat; copies that outnumber titles and
    the places that known systems use count for it, being the record's own number counts against it.
    """
    tallies: dict[tuple[str, str], _Tally] = {}
    seen = 0
    for seen, record in enumerate(records, start=1):  # noqa: B007
        _count(record, tallies)
    candidates = (_candidate(tag, code, tally, seen) for (tag, code), tally in tallies.items())
    likely = [candidate for candidate in candidates if candidate.score > 0]
    return tuple(sorted(likely, key=lambda one: (-one.score, -one.values, one.mapping.label)))


def preview(path: Path, mapping: MarcMapping | None, n: int = 20) -> tuple[Row, ...]:
    """The rows that the first `n` records of a file give under a mapping. Raises ImportProblem like `read`."""
    rows: list[Row] = []
    titles = 0
    for row in read(path, MarcOptions(mapping)):
        if _begins_record(row):
            titles += 1
            if titles > n:
                break
        rows.append(row)
    return tuple(rows)


def _begins_record(row: Row) -> bool:
    return isinstance(row, TitleRow) or (isinstance(row, Refused) and row.kind == "title")


def _is_copy_tag(tag: str) -> bool:
    return tag in _COPY_TAGS or (tag.startswith("9") and tag.isdigit())


def _count(record: MarcRecord, tallies: dict[tuple[str, str], _Tally]) -> None:
    number = code_key(record.value("001"))
    here: Counter[tuple[str, str]] = Counter()
    for entry in record.fields:
        if not _is_copy_tag(entry.tag):
            continue
        for code, text in entry.subfields:
            value = clean_code(text)
            if not value or not code:
                continue
            tally = tallies.setdefault((entry.tag, code), _Tally())
            tally.values[code_key(value)] += 1
            tally.code_like += _looks_like_code(value)
            tally.equals_number += code_key(value) == number
            if len(tally.examples) < EXAMPLES and value not in tally.examples:
                tally.examples.append(value)
            here[entry.tag, code] += 1
    for place, count in here.items():
        tallies[place].records += 1
        tallies[place].repeated_in_record += count > 1


def _looks_like_code(value: str) -> bool:
    return (
        _SHORTEST_CODE <= len(value) <= min(_LONGEST_CODE, CODE_LIMIT)
        and " " not in value
        and any(letter.isdigit() for letter in value)
        and not isbn13(value)
        and not _AMOUNT.fullmatch(value)
    )


def _candidate(tag: str, code: str, tally: _Tally, seen: int) -> Candidate:
    values = tally.values.total()
    distinct = len(tally.values)
    label = f"{tag}${code}"
    mapping = mapping_for(label) or MarcMapping(label, tag, code)
    return Candidate(
        mapping, tally.records, values, distinct, _score(label, tally, values, seen), tuple(tally.examples)
    )


def _score(label: str, tally: _Tally, values: int, seen: int) -> float:
    distinct = len(tally.values)
    unique = distinct / values
    if label not in _PRESET_LABELS and tally.records < min(_FEWEST_RECORDS, seen):
        return 0.0
    if unique < 0.9 or tally.code_like < 0.8 * values or tally.equals_number > 0.2 * values:
        return 0.0
    score = 0.5 * unique + 0.2 * tally.code_like / values
    score += 0.2 if label in _PRESET_LABELS else 0.0
    score += 0.1 if tally.repeated_in_record else 0.0
    # Barcodes of one library are alike: few lengths, unlike dates, prices and notes.
    lengths = Counter(len(value) for value in tally.values)
    alike = lengths.most_common(1)[0][1] / distinct
    return round(score * (0.6 + 0.4 * alike), 4)

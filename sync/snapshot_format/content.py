"""What stands in the frames: rows of the kinds of records that are many, single records, and signed runs.

A row is `[number in the log, stamp's time, desk, incarnation, number, edited fields' stamps as JSON ("" = none),
digests of the fields, id, fields in the kind's order]`. Rows are only what every program reads alike: all fields of
the kind as `FIELDS` has them, of the right types. Any other record comes as it travels in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal

import msgspec

from app.domain.record_form import FIELDS
from app.domain.records import ItemStatus
from app.domain.replica import RecordRows
from app.domain.vouch import salted
from sync.protocol.messages import RecordRow
from sync.protocol.runs import Run
from sync.snapshot_format.frames import BadSnapshot

# The words themselves: a row holds texts, and no desk needs a member of the enumeration for each.
_STATUS: Final = Literal[tuple(one.value for one in ItemStatus)]
_OTHERS: Final[dict[str, dict[str, Any]]] = {
    "title": {"authors": list[str], "subjects": list[str], "hidden": bool},
    "item": {"status": _STATUS, "price": int | None, "received_on": date | None, "provisional": bool},
    "member": {
        "born_on": date | None, "registered_on": date | None, "expires_on": date | None, "blocked": bool,
        "card_lost": bool, "card_nos": list[str],
    },
    "party": {"made_at": int},
}  # fmt: skip
"""The kinds that come as rows, and those of their fields that are no texts."""

ROWS: Final = tuple(_OTHERS)
_SALTS: Final = {kind: dict.fromkeys(filter(salted, FIELDS[kind]), "") for kind in ROWS}
"""The fields of a kind that only some of its records have: in a row "" stands for one that is not there."""
# A struct of its own, as a type that is looked up for each record must be cheap to look up.
_SHAPES: Final = {
    kind: msgspec.defstruct(kind, [(name, others.get(name, str)) for name in FIELDS[kind]], array_like=True)
    for kind, others in _OTHERS.items()
}
_ROW_TYPES: Final = {
    kind: tuple[(int, int, str, str, int, str, bytes, str, *(others.get(name, str) for name in FIELDS[kind]))]  # type: ignore[misc]
    for kind, others in _OTHERS.items()
}
_read_rows: Final = {kind: msgspec.json.Decoder(list[row]).decode for kind, row in _ROW_TYPES.items()}  # type: ignore[valid-type]
_read_records: Final = msgspec.json.Decoder(list[RecordRow]).decode
_read_runs: Final = msgspec.json.Decoder(list[tuple[int, Run]]).decode
_RECORDS, _RUNS = b"records", b"runs"

Portion = RecordRows | list[RecordRow] | list[tuple[int, Run]]


def row_of(kind: str, fields: dict[str, Any]) -> tuple[Any, ...] | None:
    """The fields as a row's values, or None when the record must come as it travels."""
    names = FIELDS[kind]
    there = fields if not _SALTS[kind] else {**_SALTS[kind], **fields}
    if len(there) != len(names):
        return None
    try:
        values = tuple([there[name] for name in names])
        # What reads as another type would be written, and its digests made, from another value than this.
        msgspec.convert(values, _SHAPES[kind])
    except (KeyError, msgspec.ValidationError):
        return None
    return values


def put_rows(kind: str, rows: Sequence[Any]) -> bytes:
    """A frame of rows. The names of the fields stand before them, so that whoever has others does not take them."""
    return b"\n".join((kind.encode(), msgspec.json.encode(FIELDS[kind]), msgspec.json.encode(rows)))


def put_records(rows: Sequence[RecordRow]) -> bytes:
    """A frame of single records."""
    return b"\n".join((_RECORDS, b"", msgspec.json.encode(rows)))


def put_runs(runs: Sequence[tuple[int, Run]]) -> bytes:
    """A frame of runs with their numbers in the log."""
    return b"\n".join((_RUNS, b"", msgspec.json.encode(runs)))


def portions(contents: Iterable[bytes]) -> Iterator[Portion]:
    """What the frames hold. Raises BadSnapshot."""
    for content in contents:
        name, _, rest = content.partition(b"\n")
        names, _, body = rest.partition(b"\n")
        try:
            if name == _RECORDS:
                yield _read_records(body)
            elif name == _RUNS:
                yield _read_runs(body)
            else:
                yield _rows(name.decode(), msgspec.json.decode(names, type=tuple[str, ...]), body)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BadSnapshot(str(error)[:200]) from None


def _rows(kind: str, names: tuple[str, ...], body: bytes) -> Portion:
    if kind in _read_rows and names == FIELDS[kind]:
        return RecordRows(kind, _read_rows[kind](body))
    # Another program's fields: each goes the longer way of a record from the log.
    return [_record(kind, names, row) for row in msgspec.json.decode(body, type=list[list[Any]])]


def _record(kind: str, names: tuple[str, ...], row: list[Any]) -> RecordRow:
    gsn, at, desk, inc, n, edited, _seen, record_id, *values = row
    there = {name: value for name, value in zip(names, values, strict=True) if value or not salted(name)}
    fields = msgspec.json.encode(there, order="deterministic").decode()
    stamps = msgspec.json.decode(edited) if edited else {}
    made = {"kind": kind, "id": record_id, "fields": fields, "stamp": [at, desk, inc, n], "edited": stamps, "gsn": gsn}
    return msgspec.convert(made, RecordRow)

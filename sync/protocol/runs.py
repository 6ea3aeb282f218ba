"""Runs: signed pieces of one desk's chain, and the canonical events made again from their rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from app.domain.canonical import chain, check_json
from app.domain.clock import reckonable
from app.domain.event import EVENT_VERSION, KINDS, Event, check_fields
from app.domain.ids import is_id
from sync.protocol.limits import MAX_EVENT_BODY, MAX_RUN
from sync.protocol.signing import RUN, Signer, is_signed

_WORD: Final = re.compile(r"[0-9A-Za-z._-]{0,64}")
_DEEP: Final = 12
# A number stands after one of these signs; digits inside a text mostly do not.
_FRACTION: Final = re.compile(r"[:\[,]-?[0-9]+[.eE]")
_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_any: Final = msgspec.json.Decoder().decode
# What every replica can keep in a column and order by.
_NUMBER: Final = 1 << 62


class Row(Struct, frozen=True, array_like=True):
    """One event without what its run says once. Times in milliseconds; `body` is its canonical JSON text."""

    id: str
    at: int
    wall: int
    mono: int
    boot: str
    kind: str
    staff: str
    body: str
    late: bool = False
    v: int = 1


Name = Annotated[str, Meta(max_length=64, pattern=r"^[0-9A-Za-z._-]*(?!\n)$")]
Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Hex = Annotated[str, Meta(max_length=128, pattern=r"^[0-9a-f]*(?!\n)$")]


class Run(Struct, frozen=True):
    """Consecutive events `first`, `first`+1 … of one incarnation. `head` is the link after the last one and
    `signature` the desk's over it, both hex; `public` the desk's key, whose fingerprint is `desk`. `fork` names a
    second branch of a copied home ("" = the first)."""

    desk: Name
    inc: Name
    first: Count
    rows: tuple[Row, ...]
    head: Hex
    signature: Hex
    public: Hex
    fork: Name = ""

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self.first + len(self.rows) - 1


class BadRun(ValueError):
    """A run that proves nothing: a code for the answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def row_of(event: Event, body: str) -> Row:
    """An event as a row; `body` is its kept canonical text."""
    return Row(
        event.id, event.at, event.wall, event.mono, event.boot, event.kind, event.staff, body, event.late, event.v
    )


def canonical_row(library: str, run: Run, seq: int, row: Row) -> bytes:
    """The event's canonical bytes, as `Event.canonical` writes them. The row must have passed `check_row`."""
    late = "true" if row.late else "false"
    return (
        f'{{"at":{row.at},"body":{row.body},"boot":"{row.boot}","desk":"{run.desk}","id":"{row.id}","inc":"{run.inc}",'
        f'"kind":"{row.kind}","late":{late},"library":"{library}","mono":{row.mono},"seq":{seq},"staff":"{row.staff}",'
        f'"v":{row.v},"wall":{row.wall}}}'
    ).encode()


def check_row(row: Row) -> str:
    """Why a row can stand in no chain of ours, or ""."""
    if not is_id(row.id) or not (
        _WORD.fullmatch(row.boot) and _WORD.fullmatch(row.kind) and _WORD.fullmatch(row.staff)
    ):
        return "bad-name"
    if not all(-_NUMBER < number < _NUMBER for number in (row.at, row.wall, row.mono, row.v)):
        return "bad-number"
    if len(row.body) > MAX_EVENT_BODY:
        return "too-large"
    # Only what is one JSON object can be told apart again from the fields around it.
    return "" if row.body.startswith("{") and _is_json(row.body) else "bad-body"


def _is_json(text: str) -> bool:
    try:
        _any(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


def canonical_body(text: str) -> dict[str, Any] | None:
    """The body as a value when its text is canonical: one object, sorted keys, no blanks, whole numbers."""
    try:
        value = _any(text)
        if not isinstance(value, dict) or _encode(value).decode() != text:
            return None
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return None
    # Only a body with a fraction, or with many brackets, can fail to be canonical now.
    simple = text.count("{") + text.count("[") <= _DEEP and not _FRACTION.search(text)
    return value if simple or check_json(value) else None


def links(library: str, run: Run, before: bytes) -> list[bytes]:
    """The chain's link after each event, beginning from the link before the run. Raises BadRun when the rows or the
    given end do not fit."""
    if not 1 <= len(run.rows) <= MAX_RUN or not 1 <= run.first < _NUMBER:
        raise BadRun("bad-size")
    if not is_id(run.desk) or not _WORD.fullmatch(run.inc) or not run.inc or not _WORD.fullmatch(run.fork):
        raise BadRun("bad-name")
    found, link = [], before
    for seq, row in enumerate(run.rows, run.first):
        fault = check_row(row)
        if fault:
            raise BadRun(fault)
        try:
            link = chain(link, canonical_row(library, run, seq, row))
        except UnicodeEncodeError:
            raise BadRun("bad-text") from None
        found.append(link)
    if link.hex() != run.head:
        raise BadRun("other-chain")
    return found


def signed_text(library: str, desk: str, inc: str, last: int, head: str) -> bytes:
    """What a desk signs of a run."""
    return "\n".join((library, desk, inc, str(last), head)).encode()


def sign_run(
    library: str, signer: Signer, inc: str, first: int, rows: Sequence[Row], head: bytes, *, desk: str = ""
) -> Run:
    """A signed run; `desk` where the desk's name is older than its present key."""
    desk = desk or signer.fingerprint
    text = signed_text(library, desk, inc, first + len(rows) - 1, head.hex())
    return Run(desk, inc, first, tuple(rows), head.hex(), signer.sign(RUN, text).hex(), signer.public.hex())


def run_is_signed(library: str, run: Run, public: bytes) -> bool:
    """True when the desk's key signed the run's end. Which key is the desk's, the caller knows."""
    try:
        signature = bytes.fromhex(run.signature)
    except ValueError:
        return False
    return is_signed(public, RUN, signed_text(library, run.desk, run.inc, run.last, run.head), signature)


def branch_name(inc: str, fork: str) -> str:
    """What stands for the incarnation in effective order. No two branches share it: "~" is in no incarnation's name."""
    return f"{inc}~{fork}" if fork else inc


def event_of(library: str, run: Run, seq: int, row: Row) -> Event:
    """An event as a value for the fold. One that this program does not understand is kept as it came, and has here no
    kind and no body, so that the fold leaves it out."""
    body = canonical_body(row.body) if row.v == EVENT_VERSION and row.kind in KINDS and reckonable(row.at) else None
    known = body is not None and not check_fields(row.kind, body)
    return Event(
        row.id,
        library,
        run.desk,
        branch_name(run.inc, run.fork),
        seq,
        row.at,
        row.wall,
        row.mono,
        row.boot,
        row.kind if known else "",
        row.staff,
        body if known and body is not None else {},
        row.late,
        row.v,
    )

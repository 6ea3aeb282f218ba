"""Runs: signed pieces of one desk's chain, and the canonical events made again from their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_any: Final = msgspec.json.Decoder().decode


def _no_fraction(text: str) -> Any:
    raise ValueError(text)


_whole: Final = msgspec.json.Decoder(float_hook=_no_fraction).decode
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
    """The event's canonical bytes, as `Event.canonical` writes them. The row must have been looked at by `read_run`."""
    late = "true" if row.late else "false"
    return (
        f'{{"at":{row.at},"body":{row.body},"boot":"{row.boot}","desk":"{run.desk}","id":"{row.id}","inc":"{run.inc}",'
        f'"kind":"{row.kind}","late":{late},"library":"{library}","mono":{row.mono},"seq":{seq},"staff":"{row.staff}",'
        f'"v":{row.v},"wall":{row.wall}}}'
    ).encode()


def canonical_body(text: str) -> dict[str, Any] | None:
    """The body as a value when its text is canonical: one object, sorted keys, no blanks, whole numbers."""
    try:
        value = _whole(text)
        if not isinstance(value, dict) or _encode(value) != text.encode():
            return None
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return None
    # Only a body with many brackets can be too deep.
    simple = text.count("{") + text.count("[") <= _DEEP
    return value if simple or check_json(value) else None


def _is_json(text: str) -> bool:
    try:
        _any(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


def _are_words(*names: str) -> bool:
    return all(map(_WORD.fullmatch, names))


class ReadRun(Struct, frozen=True):
    """A run whose rows can stand in a chain: each event's canonical line, and the value of its body, None where this
    program does not understand the event. It proves nothing yet."""

    library: str
    run: Run
    lines: list[bytes]
    bodies: list[dict[str, Any] | None]

    def links(self, before: bytes) -> list[bytes]:
        """The chain's link after each event, beginning from the link before the run. Raises BadRun when the run's end
        is another one."""
        found, link = [], before
        for line in self.lines:
            link = chain(link, line)
            found.append(link)
        if link.hex() != self.run.head:
            raise BadRun("other-chain")
        return found

    def events(self, fork: str, start: int = 0) -> Iterator[Event]:
        """The events from place `start` on as values for the fold, on the branch `fork`. One that this program does
        not understand has here no kind and no body, so that the fold leaves it out."""
        run = self.run
        inc = branch_name(run.inc, fork)
        for place in range(start, len(run.rows)):
            row, body = run.rows[place], self.bodies[place]
            yield Event(
                row.id,
                self.library,
                run.desk,
                inc,
                run.first + place,
                row.at,
                row.wall,
                row.mono,
                row.boot,
                "" if body is None else row.kind,
                row.staff,
                {} if body is None else body,
                row.late,
                row.v,
            )


def read_run(library: str, run: Run) -> ReadRun:
    """Read each row once, for chain and fold alike. Raises BadRun when one can stand in no chain of ours."""
    if not 1 <= len(run.rows) <= MAX_RUN or not 1 <= run.first < _NUMBER:
        raise BadRun("bad-size")
    if not is_id(run.desk) or not run.inc or not _are_words(run.inc, run.fork):
        raise BadRun("bad-name")
    lines: list[bytes] = []
    bodies: list[dict[str, Any] | None] = []
    boot = staff = ""
    for seq, row in enumerate(run.rows, run.first):
        known = row.kind in KINDS
        # What the row before said as well was looked at there.
        same = known and row.boot == boot and row.staff == staff
        if not is_id(row.id) or not (same or _are_words(row.boot, row.kind, row.staff)):
            raise BadRun("bad-name")
        boot, staff = row.boot, row.staff
        if not (
            -_NUMBER < row.at < _NUMBER
            and -_NUMBER < row.wall < _NUMBER
            and -_NUMBER < row.mono < _NUMBER
            and -_NUMBER < row.v < _NUMBER
        ):
            raise BadRun("bad-number")
        if len(row.body) > MAX_EVENT_BODY:
            raise BadRun("too-large")
        body = canonical_body(row.body) if known and row.v == EVENT_VERSION else None
        # Only what is one JSON object can be told apart again from the fields around it.
        if body is None and not (row.body.startswith("{") and _is_json(row.body)):
            raise BadRun("bad-body")
        if body is not None and (not reckonable(row.at) or check_fields(row.kind, body)):
            body = None
        bodies.append(body)
        try:
            lines.append(canonical_row(library, run, seq, row))
        except UnicodeEncodeError:
            raise BadRun("bad-text") from None
    return ReadRun(library, run, lines, bodies)


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

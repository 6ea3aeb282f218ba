"""The questions and answers between a desk and the server. What comes from outside is read into one of these, strictly.

Hashes, keys and signatures are lower-case hex; times are milliseconds since 1970 UTC; records' bodies are canonical
JSON text.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from sync.protocol.limits import MAX_AUTHORS, MAX_EVENTS, MAX_HASHES, MAX_RECORD_BODY, MAX_RECORDS, WAIT_SECONDS
from sync.protocol.runs import Run
from sync.snapshot_format.facts import Facts

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._~-]+(?!\n)$")]
Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}(?!\n)$")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]
Signature = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}(?!\n)$")]
Number = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
# In Python's patterns a last line end stands outside of `$`; and no database keeps every control character.
Words = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]
Word = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]
Whole = Annotated[int, Meta(ge=-(1 << 53) + 1, le=(1 << 53) - 1)]
Stamp = tuple[Whole, Word, Word, Whole]


class RecordRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One record's revision. `fields` is a canonical JSON object; `gsn` its number in the log (0 = not yet in it)."""

    kind: Name
    id: Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
    fields: Annotated[str, Meta(max_length=MAX_RECORD_BODY)]
    stamp: Stamp
    edited: dict[Word, Stamp] = {}
    gone: bool = False
    gsn: Number = 0


class Hello(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks who is there; the answer is signed over this request's random number."""

    oldest: Number
    newest: Number


class Welcome(Struct, frozen=True):
    """Who the server is and how it stands. `library` and `zone` are empty before its first desk or import.

    `certificates` are the SHA-256 digests (hex) of the TLS certificates, in DER, that the server uses or will use: a
    desk believes a connection with one of them whatever its dates and names. None: an ordinary certificate, or no TLS.
    """

    server: str
    public: str
    library: str
    zone: str
    version: int
    epoch: str
    head: int
    safe: int
    time: int
    fold: int
    certificates: tuple[str, ...] = ()


class Join(Struct, frozen=True, forbid_unknown_fields=True):
    """A desk asks to be enrolled. `code` is the one-time secret; `library` and `zone` the identity that the desk would
    bring if the server has none yet ("" = it brings none)."""

    code: Annotated[str, Meta(min_length=8, max_length=64)]
    public: Hash
    name: Words
    library: str = ""
    zone: str = ""


class Joined(Struct, frozen=True):
    """The desk is enrolled under this name and short code."""

    library: str
    zone: str
    desk: str
    name: str
    code: str


class Push(Struct, frozen=True, forbid_unknown_fields=True):
    """Runs in the order of their chains, and records. `wall`, `mono`, `boot` are what the desk's clocks say now."""

    epoch: str
    runs: Annotated[tuple[Run, ...], Meta(max_length=MAX_EVENTS)] = ()
    records: Annotated[tuple[RecordRow, ...], Meta(max_length=MAX_RECORDS)] = ()
    wall: Whole = 0
    mono: Whole = 0
    boot: Word = ""


class RunAnswer(Struct, frozen=True):
    """What became of a run. `status`: stored, duplicate, forked, quarantined, or gap; `have` is the last number of
    this chain that the server holds; the run's last event has log number `gsn` (0 = none). A gap is offered again from
    `have` on. `parked`: the numbers of events that the server keeps without understanding them."""

    desk: str
    inc: str
    first: int
    last: int
    status: str
    have: int = 0
    gsn: int = 0
    fork: str = ""
    reason: str = ""
    parked: tuple[int, ...] = ()


class RecordAnswer(Struct, frozen=True):
    """What became of a record: stored, same, or refused with a reason. `gsn` is its revision."""

    kind: str
    id: str
    status: str
    gsn: int = 0
    reason: str = ""


class Pushed(Struct, frozen=True):
    """The answer to a push, with how the log stands after it."""

    epoch: str
    head: int
    safe: int
    time: int
    runs: tuple[RunAnswer, ...] = ()
    records: tuple[RecordAnswer, ...] = ()


class Pull(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for the log after `cursor`, where the running hash is `hash` ("" at 0). `limit`: about how many numbers.
    `whole`: the desk's own runs too, for a home that lost them."""

    cursor: Number
    hash: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?(?!\n)$")] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_EVENTS)] = MAX_EVENTS
    whole: bool = False


class Entry(Struct, frozen=True):
    """One piece of the log. For a run: its events have the numbers `gsn`, `gsn`+1 …; of the asking desk's own runs only
    `own` (incarnation, first, last) is sent. For a record: its present revision."""

    gsn: int
    run: Run | None = None
    own: tuple[str, int, int] | None = None
    record: RecordRow | None = None


class Page(Struct, frozen=True):
    """The log after a cursor; a run that the cursor stands inside of comes whole. `next` is the cursor after it, `hash`
    the running hash there; `moved` says that the history before the asked cursor is not the asker's."""

    epoch: str
    head: int
    safe: int
    time: int
    next: int
    hash: str
    entries: tuple[Entry, ...] = ()
    moved: bool = False


class Chain(Struct, frozen=True, forbid_unknown_fields=True):
    """The end of a chain as one side knows it."""

    desk: Hex32
    inc: Name
    seq: Number
    head: Hash


class Have(Struct, frozen=True, forbid_unknown_fields=True):
    """The chains a desk holds, its own and the others'."""

    chains: Annotated[tuple[Chain, ...], Meta(max_length=MAX_AUTHORS)]


class Known(Struct, frozen=True):
    """How far the server knows each of them; `seq` 0 = not at all."""

    chains: tuple[Chain, ...]


class Hashes(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for the running hash at log numbers."""

    at: Annotated[tuple[Number, ...], Meta(max_length=MAX_HASHES)]


class HashesAt(Struct, frozen=True):
    """The running hashes, in the order asked; "" beyond the head."""

    epoch: str
    head: int
    hashes: tuple[str, ...]


class Head(Struct, frozen=True):
    """Where the log ends now."""

    epoch: str
    head: int
    safe: int
    time: int


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """A question that needs no words."""


class Wait(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks to be answered when the head or the safe mark is another, or after `seconds`."""

    epoch: Name
    head: Number
    safe: Number = 0
    seconds: Annotated[int, Meta(ge=0, le=WAIT_SECONDS)] = WAIT_SECONDS


class State(Struct, frozen=True):
    """The state hash after the log number `at`, by this version of the fold."""

    epoch: str
    at: int
    hash: str
    fold: int


class AskSnapshot(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks what there is to begin with; with a file's `name`, for the bytes of it from `offset` on."""

    name: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?(?!\n)$")] = ""
    offset: Number = 0


class Snapshot(Struct, frozen=True):
    """A file to begin with: its facts, the server's signature over them, the key (hex) that opens it, and of a file
    that was named, some of its bytes. Without `facts` none is there yet: ask again after `wait` milliseconds, `made`
    of 1,000 parts are done; `wait` 0 = there is none, read the log."""

    facts: Facts | None = None
    signature: str = ""
    key: str = ""
    data: bytes = b""
    wait: int = 0
    made: int = 0


class Refused(Struct, frozen=True):
    """Why a request was not served: a code, and where it helps, a detail for the log."""

    error: str
    detail: str = ""
    time: int = 0

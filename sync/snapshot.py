"""Fetching the file that a new desk begins with, on from where the link was cut, and reading what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import BinaryIO, Final, Protocol

from msgspec import Struct

from app.domain.event import FOLD_VERSION
from app.domain.replica import LogRecord, LogRun, RecordRows
from sync.client import Client
from sync.ports import SyncFault
from sync.protocol import messages as m
from sync.protocol import routes
from sync.proving import Links, Prover, revision
from sync.snapshot_format.content import portions
from sync.snapshot_format.facts import FORMAT, Facts, is_from
from sync.snapshot_format.frames import KEY_BYTES, BadSnapshot, frames

SPOILT: Final = "snapshot-spoilt"
"""The fault of a file that is not what the server says it is, or not of this library."""
_TRIES: Final = 3
"""Times that a cut link is tried again at once; what came is kept for later in any case."""
_REST: Final = 1.0
_ON_THE_WAY: Final = frozenset({"no-link", "timeout", "cut-short", "proxy-error"})
_LONGEST_MS: Final = 10_000
_HASHED: Final = 1024 * 1024


class Part(Protocol):
    """What came of a file so far, kept over restarts."""

    def begin(self, name: str) -> int:
        """How many bytes are here of the file of this name; those of any other one go."""
        ...

    def append(self, data: bytes) -> None: ...
    def drop(self) -> None: ...
    def open(self) -> BinaryIO: ...


class Fetched(Struct, frozen=True):
    """A file that is here whole and is the server's; `key` opens it."""

    facts: Facts
    key: bytes


def fetch(
    client: Client, library: str, part: Part, *, rest: Callable[[float], None], tell: Callable[[str, int, int], None]
) -> Fetched | None:
    """The whole file, or None when the log is to be read instead: it is short, or made by a program that folds another
    way. `tell` hears what is being done ("made", "fetched"), how much of it and of how much.

    Raises SyncFault: on a link that is gone (what came is kept), and SPOILT (nothing is kept).
    """
    asking = _Patient(client, rest)
    while True:
        offer = asking.ask(m.AskSnapshot())
        if offer.facts is None:
            if not offer.wait:
                return None
            tell("made", offer.made, 1000)
            rest(min(offer.wait, _LONGEST_MS) / 1000)
            continue
        facts = offer.facts
        if not is_from(bytes.fromhex(client.server.public), facts, offer.signature) or facts.library != library:
            part.drop()
            raise SyncFault(SPOILT)
        if facts.format != FORMAT or facts.fold != FOLD_VERSION:
            return None
        if _all_of(asking, facts, part, tell):
            break
    _check(facts, part)
    return Fetched(facts, _key(offer.key))


def _all_of(asking: _Patient, facts: Facts, part: Part, tell: Callable[[str, int, int], None]) -> bool:
    """Fetch what is missing; False when the server has another file now."""
    here = part.begin(facts.name)
    while here < facts.size:
        piece = asking.ask(m.AskSnapshot(facts.name, here))
        if piece.facts is None:
            return False
        if not piece.data or here + len(piece.data) > facts.size:
            part.drop()
            raise SyncFault(SPOILT)
        part.append(piece.data)
        here += len(piece.data)
        tell("fetched", here, facts.size)
    return True


class _Patient:
    """Asks for a snapshot, again where the link was cut."""

    def __init__(self, client: Client, rest: Callable[[float], None]) -> None:
        self._client = client
        self._rest = rest

    def ask(self, asked: m.AskSnapshot) -> m.Snapshot:
        tries = 0
        while True:
            try:
                return self._client.ask(routes.SNAPSHOT, asked, m.Snapshot)
            except SyncFault as fault:
                tries += 1
                if fault.code == "not-found":
                    # A server of an older program.
                    return m.Snapshot()
                if fault.code not in _ON_THE_WAY or tries >= _TRIES:
                    raise
                self._rest(_REST * tries)


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SyncFault(SPOILT)
    return key


def _check(facts: Facts, part: Part) -> None:
    summed = sha256()
    with part.open() as file:
        while block := file.read(_HASHED):
            summed.update(block)
    if summed.hexdigest() != facts.name:
        part.drop()
        raise SyncFault(SPOILT)


def content(
    fetched: Fetched, file: BinaryIO, known: Links, tell: Callable[[str, int, int], None]
) -> Iterator[RecordRows | list[LogRecord] | list[LogRun]]:
    """What stands in the file, runs proved against what `known` has taken in of it. `tell` hears "taken". Raises
    SyncFault."""
    try:
        for portion in portions(frames(fetched.key, file)):
            tell("taken", file.tell(), fetched.facts.size)
            if isinstance(portion, RecordRows):
                yield portion
                continue
            records, runs = list[LogRecord](), list[LogRun]()
            prover = Prover(known)
            for one in portion:
                if isinstance(one, m.RecordRow):
                    records.append(LogRecord(one.gsn, revision(one)))
                else:
                    runs.append(prover.run(*one))
            if records:
                yield records
            if runs:
                yield runs
    except BadSnapshot:
        raise SyncFault(SPOILT) from None

"""What the sync needs from the world, as protocols: the desk's store, the network, clock and chance are passed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

from app.domain.replica import ChainEnd, LogEntry, OutRun, Place, Server
from app.domain.revision import Revision


class SyncFault(Exception):
    """Why an exchange with the server did not come about: a code, and seconds after which asking again makes sense
    (0 = not said)."""

    def __init__(self, code: str, detail: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class Reply(Struct, frozen=True):
    """What came back, packed as it came. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Net(Protocol):
    """Carries one request to the server. Raises SyncFault when nothing whole came back."""

    def post(self, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply: ...

    def expect(self, certificates: tuple[str, ...]) -> None:
        """From now on only connections with one of these certificates (SHA-256 of the DER, hex); none = as it comes."""
        ...


class SentRecord(Protocol):
    """A record as it was read for sending."""

    @property
    def revision(self) -> Revision: ...


Record = TypeVar("Record", bound=SentRecord)


class Identity(Protocol):
    """Who this desk is."""

    @property
    def library(self) -> str: ...
    @property
    def desk(self) -> str: ...
    @property
    def zone(self) -> str: ...


class Replica(Protocol[Record]):
    """The log in the desk's store. Each method is one or more short transactions. Raises LogFault and KnownError.

    `copied` becomes True when acts of the present incarnation come that were made elsewhere.
    """

    copied: bool

    @property
    def identity(self) -> Identity: ...
    def server(self) -> Server | None: ...
    def keep_server(self, server: Server | None) -> None: ...
    def place(self) -> Place: ...
    def keep_place(self, place: Place) -> None: ...
    def filled(self) -> None: ...
    def link_at(self, desk: str, inc: str, fork: str, seq: int) -> bytes | None: ...
    def apply(self, entries: Sequence[LogEntry], place: Place) -> None: ...
    def unsent(self) -> int: ...
    def note(self) -> None: ...
    def records(self, most: int, room: int) -> list[Record]: ...
    def records_taken(self, sent: Sequence[Record], refused: Iterable[tuple[str, str]] = ()) -> None: ...
    def own_runs(self, most: int, longest: int) -> list[OutRun]: ...
    def acknowledged(self, inc: str, fork: str, have: int) -> None: ...
    def forked(self, inc: str, fork: str) -> None: ...
    def chains(self) -> list[ChainEnd]: ...
    def runs_of(self, end: ChainEnd, after: int) -> Iterator[OutRun]: ...
    def hashes_at(self, numbers: Sequence[int]) -> list[str]: ...
    def reset(self, common: int) -> None: ...
    def resume(self) -> None: ...
    def take_changes(self) -> bool: ...

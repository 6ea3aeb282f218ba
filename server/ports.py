"""What the server's front asks of its log. Every method blocks; call it in a thread. Any number of threads may.

Times are milliseconds since 1970 UTC. One store object stands for one database, which holds any number of libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Protocol

from msgspec import Struct

from sync.protocol.messages import Hash, Hashes, HashesAt, Have, Head, Joined, Known, Page, Push, Pushed
from sync.protocol.runs import Run
from sync.snapshot_format.facts import Facts


class ServerIdentity(Struct, frozen=True):
    """The server's own key, made when its database is opened for the first time. `private` is raw, 32 bytes."""

    private: bytes
    created_at: int


class LibraryState(Struct, frozen=True):
    """One library and how its log stands. `fold` is the fold version in force."""

    library: str
    zone: str
    epoch: str
    head: int
    safe: int
    fold: int


class DeskState(Struct, frozen=True):
    """An enrolled desk. `code` is what stands on its slips; `revoked_at` 0 = it is believed."""

    desk: str
    library: str
    name: str
    code: str
    public: str
    joined_at: int
    seen_at: int
    revoked_at: int

    @property
    def revoked(self) -> bool:
        """True when what the desk sends from now on is kept aside."""
        return self.revoked_at != 0


class Aside(Struct, frozen=True):
    """A run that is kept beside the log until a person lets it in. `n` names it; `by` is the desk that brought it."""

    n: int
    run: Run
    by: str
    reason: str
    at: int


class Fault(Struct, frozen=True):
    """Something that a check found not to be as it must: what, where (a log number or a name), and how."""

    what: str
    where: str
    detail: str = ""


class StoreFault(Exception):
    """The log cannot be read or written: a code ("busy", "store-too-new", "store-damaged", "unknown-library" …)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class LogStore(Protocol):
    """The log, the fold and the enrolled desks of every library in one database."""

    def identity(self) -> ServerIdentity:
        """The server's key, the same for ever."""

    def libraries(self) -> list[LibraryState]:
        """Every library here, by id."""

    def found(self, library: str, zone: str, now: int) -> LibraryState:
        """Make a library's empty log. StoreFault("library-known") when it is there, "bad-zone" for an unknown zone."""

    def enrol(self, secret: Hash, name: str, library: str, until: int, now: int) -> None:
        """Keep a one-time code, given as its SHA-256 in hex, for one desk until a moment. `library` "" = whichever is
        the server's only one, or the one that the desk brings."""

    def expecting(self, now: int) -> list[str]:
        """The libraries here that a code lets a desk join which has not come yet."""

    def join(self, secret: Hash, public: Hash, name: str, library: str, zone: str, now: int) -> Joined | str:
        """Use a code up for a desk's public key; `name` "" = the name that stands with the code. The same key with the
        same code gets the same answer again. Otherwise a code of refusal: code-unknown, code-expired, code-used,
        no-library, other-library, desk-revoked, bad-zone."""

    def desk(self, desk: str) -> DeskState | None:
        """The desk of this fingerprint, in whichever library."""

    def desks(self, library: str) -> list[DeskState]:
        """All desks of a library in the order of joining."""

    def revoke(self, library: str, desk: str, now: int) -> bool:
        """Believe a desk no longer from now on; False when it is not there. `now` 0 = believe it again."""

    def touch(self, desk: str, now: int) -> None:
        """Note that a desk was heard."""

    def push(self, library: str, desk: str, push: Push, now: int) -> Pushed:
        """Take runs and records in, all in one transaction; per run and record what became of it."""

    def pull(self, library: str, desk: str, cursor: int, hash_: str, limit: int, *, own_whole: bool, now: int) -> Page:
        """The log after a cursor in whole runs, about `limit` events and records. `desk`'s own runs come as numbers
        unless `own_whole`."""

    def have(self, library: str, have: Have) -> Known:
        """How far each of the named chains is known; a branch of a copied home is asked for by its own name."""

    def hashes(self, library: str, hashes: Hashes) -> HashesAt:
        """The running hash at log numbers."""

    def snapshot(self, library: str, file: BinaryIO, key: bytes, tell: Callable[[int], None]) -> Facts:
        """Write the file a new desk begins with, of one moment, sealed under 32 raw bytes; `tell` hears how many of the
        log's numbers are in it."""

    def head(self, library: str, now: int) -> Head:
        """Where the log ends."""

    def state_hash(self, library: str) -> tuple[int, str]:
        """The head, and the hex hash of the state that the log folds to."""

    def set_safe(self, library: str, gsn: int) -> None:
        """Numbers up to this one stand in a verified backup; never lowered but by `new_epoch`."""

    def new_epoch(self, library: str) -> str:
        """Begin another history, after a restore: desks look again what the server holds."""

    def quarantined(self, library: str) -> list[Aside]:
        """The runs that are kept aside, oldest first."""

    def let_in(self, library: str, desk: str, now: int) -> Pushed:
        """Take in what is kept aside of one desk, as far as its chains fit; what does not stays aside."""

    def events(self, library: str) -> Iterator[bytes]:
        """Every event's canonical JSON in the order of the log, for an export."""

    def check(self, library: str) -> Iterator[Fault]:
        """Prove chains, signatures, running hash and fold; yields what is wrong."""

    def totals(self, library: str) -> Mapping[str, Any]:
        """Counts for the administrator: events, runs, records, parked, quarantined, desks."""

    def close(self) -> None:
        """Let go of the database. Nothing may be called afterwards."""

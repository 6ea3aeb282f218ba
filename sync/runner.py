"""The order of the exchanges, and when to try again: a state machine without threads, clocks or chance of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from app.domain.replica import COPIED, LogFault
from app.ports import KnownError
from sync.client import Client
from sync.ports import Replica, SyncFault
from sync.protocol import messages as m
from sync.protocol.signing import Signer
from sync.puller import Puller
from sync.pusher import Pusher
from sync.status import Status

IDLE = 30.0
"""Seconds between two looks when nobody says that there is news."""
FIRST, MOST = 1.0, 60.0
"""Seconds until the first and between the last tries while the server cannot be reached."""
LATER = 600.0
"""Seconds between tries that only a person's act can make succeed."""
_FOR_A_PERSON = frozenset({
    "unknown-desk", "desk-revoked", "no-common-version", "other-server", "bad-signature", "not-proved", "gap",
    "other-branch",
})  # fmt: skip
HELLO_EVERY = 600.0


class Runner:
    """Runs whole rounds over one client and one replica. `mono` seconds and `wall` milliseconds are clocks; `chance`
    gives numbers in [0, 1); `copied` is called when this home goes on with acts that were made elsewhere."""

    def __init__(
        self,
        client: Client,
        replica: Replica[Any],
        signer: Signer,
        *,
        mono: Callable[[], float],
        wall: Callable[[], int],
        chance: Callable[[], float],
        copied: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._replica = replica
        self._pusher = Pusher(client, replica, signer)
        self._puller = Puller(client, replica)
        self._mono = mono
        self._wall = wall
        self._chance = chance
        self._copied = copied
        self._failures = 0
        self._greeted = -HELLO_EVERY
        self._kept = client.server
        self.status = Status(name=client.server.name)
        self.local()

    def local(self) -> None:
        """What can be done without the server: stamp edits while their time is known, count what waits."""
        try:
            self._replica.note()
        except KnownError:
            # The desk's own acts say what is wrong with the disk.
            return
        self._tell()

    def round(self) -> float:
        """One round; seconds until the next. Never raises: what went wrong stands in the status."""
        try:
            self._round()
        except SyncFault as fault:
            return self._failed(fault.code, fault.retry_after)
        except LogFault as fault:
            if fault.code == COPIED:
                self._replica.copied = False
                self._copied()
            return self._failed(fault.code)
        except KnownError as error:
            return self._failed(error.code)
        self._failures = 0
        self._set(online=True, fault=self._pusher.aside)
        return IDLE * (0.75 + self._chance() / 2)

    def _round(self) -> None:
        self._replica.resume()
        if self._mono() - self._greeted >= HELLO_EVERY or self._failures:
            self._greet()
        more = True
        while more:
            self._pusher.records()
            if self._replica.offering():
                self._pusher.offer(self._puller.lost())
                self._replica.offered()
            self._pusher.push_all()
            self._tell(online=True)
            more = self._pull()
            if self._pusher.forked or self._replica.copied:
                self._pusher.forked = self._replica.copied = False
                self._copied()
            self._tell(online=True)

    def _greet(self) -> None:
        welcome = self._client.hello()
        if welcome.library not in ("", self._replica.identity.library):
            raise SyncFault("other-library")
        self._greeted = self._mono()
        self._keep_server()

    def _pull(self) -> bool:
        """Read to the end; True when the history is another one, so that much is to be sent again first."""
        while self._puller.pull_page():
            self._tell(online=True)
            if self._puller.moved:
                break
        moved, self._puller.moved = self._puller.moved, False
        return moved

    def _keep_server(self) -> None:
        server = self._client.server
        if replace(server, contact=0, offset=0) != replace(self._kept, contact=0, offset=0) or (
            server.contact - self._kept.contact > 600_000 or abs(server.offset - self._kept.offset) > 60_000
        ):
            self._replica.keep_server(server)
            self._kept = server

    def _failed(self, code: str, retry_after: float = 0.0) -> float:
        self._failures += 1
        self._set(online=False, fault=code)
        pause = LATER if code in _FOR_A_PERSON else min(MOST, FIRST * 2 ** min(self._failures - 1, 10))
        # Chance keeps many desks from coming back in the same moment; what the server asked for is never undercut.
        return max(retry_after, pause) * (1 + self._chance() / 2)

    def _set(self, *, online: bool, fault: str) -> None:
        since = self.status.since if online == self.status.online and self.status.since else self._wall()
        self.status = replace(self.status, online=online, fault=fault, since=since)
        self._tell()

    def _tell(self, *, online: bool | None = None) -> None:
        if online and not self.status.online:
            self.status = replace(self.status, online=True, since=self._wall(), fault="")
        place = self._replica.place()
        server = self._client.server
        self.status = replace(
            self.status,
            unsent=self._replica.unsent(),
            cursor=place.cursor,
            head=max(self._puller.head, place.cursor),
            safe=place.safe,
            contact=server.contact,
            clock_ms=server.offset,
            name=server.name,
        )

    def waiting(self) -> m.Wait:
        """What to ask to be told of news."""
        place = self._replica.place()
        return m.Wait(place.epoch or "none", place.cursor, place.safe)

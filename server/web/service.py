"""What each exchange does with the log. Blocking: called in threads. Raises Refusal and the store's StoreFault."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Final, TypeVar

from msgspec import Struct

from server.ports import DeskState, LogStore
from server.snapshots import Snapshots
from server.web.refusal import Refusal
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.enrolment import kept_secret
from sync.protocol.limits import OLDEST, VERSION
from sync.protocol.signing import Signer, fingerprint

_TOUCH_MS: Final = 60_000
"""How exactly the last sign of life of a desk is kept; each note is a write."""
_OF_A_REVOKED: Final = frozenset({routes.PUSH.path, routes.HAVE.path, routes.HEAD.path})
"""What a revoked desk may still do: hand in what it has, which is kept aside. It learns nothing of others."""

T = TypeVar("T", bound=Struct)


class Service:
    """One store's exchanges. `certificates` are the digests that `hello` names; without `snapshots` new desks read the
    whole log."""

    def __init__(
        self,
        store: LogStore,
        clock: Callable[[], int],
        certificates: tuple[str, ...] = (),
        snapshots: Snapshots | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.signer = Signer(store.identity().private)
        self._certificates = certificates
        self._snapshots = snapshots
        self._touched: dict[str, int] = {}
        self._lock = Lock()

    def hello(self, asked: m.Hello) -> m.Welcome:
        """Who is here. Raises Refusal when no version is common."""
        version = min(asked.newest, VERSION)
        if version < max(asked.oldest, OLDEST):
            raise Refusal("no-common-version", f"{OLDEST}-{VERSION}")
        libraries = self.store.libraries()
        # Several libraries: which one is the desk's, its code decides.
        one = libraries[0] if len(libraries) == 1 else None
        return m.Welcome(
            server=self.signer.fingerprint,
            public=self.signer.public.hex(),
            library=one.library if one else "",
            zone=one.zone if one else "",
            version=version,
            epoch=one.epoch if one else "",
            head=one.head if one else 0,
            safe=one.safe if one else 0,
            time=self.clock(),
            fold=one.fold if one else 0,
            certificates=self._certificates,
        )

    def join(self, asked: m.Join) -> m.Joined:
        """Enrol a desk with its one-time code. Raises Refusal."""
        secret = kept_secret(asked.code)
        found = self.store.join(secret, asked.public, asked.name, asked.library, asked.zone, self.clock())
        if isinstance(found, str):
            raise Refusal(found)
        return found

    def known(self, desk: str) -> DeskState | None:
        """The enrolled desk of this name."""
        return self.store.desk(desk)

    def heard(self, desk: DeskState) -> None:
        """Note a sign of life, not more often than worth a write."""
        now = self.clock()
        with self._lock:
            before = self._touched.get(desk.desk, 0)
            if abs(now - before) < _TOUCH_MS:
                return
            self._touched[desk.desk] = now
        self.store.touch(desk.desk, now)

    def serve(self, exchange: routes.Exchange, desk: DeskState, asked: Any) -> Struct:
        """Answer an enrolled desk; everything but `wait`, which is `head` until there is news."""
        if desk.revoked and exchange.path not in _OF_A_REVOKED:
            raise Refusal("desk-revoked")
        self.heard(desk)
        store, library, now = self.store, desk.library, self.clock()
        if isinstance(asked, m.Push):
            return store.push(library, desk.desk, asked, now)
        if isinstance(asked, m.Pull):
            return store.pull(library, desk.desk, asked.cursor, asked.hash, asked.limit, own_whole=asked.whole, now=now)
        if isinstance(asked, m.Have):
            return store.have(library, asked)
        if isinstance(asked, m.Hashes):
            return store.hashes(library, asked)
        if isinstance(asked, m.AskSnapshot):
            return self._snapshots.answer(library, asked) if self._snapshots else m.Snapshot()
        if exchange is routes.STATE:
            return self._state(library)
        return store.head(library, now)

    def _state(self, library: str) -> m.State:
        head, found = self.store.state_hash(library)
        state = next(one for one in self.store.libraries() if one.library == library)
        return m.State(state.epoch, head, found, state.fold)


def name_of(public: str) -> str:
    """The name that a public key (hex) gives its desk."""
    return fingerprint(bytes.fromhex(public))


def has_news(asked: m.Wait, head: m.Head) -> bool:
    """True when the log is not where the asker believes it to be."""
    return (head.epoch, head.head, head.safe) != (asked.epoch, asked.head, asked.safe)

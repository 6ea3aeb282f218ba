"""The snapshots that a running server keeps: made when a desk may come or asks, kept until the log has moved far."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from server.ports import LibraryState, LogStore, StoreFault
from sync.protocol import messages as m
from sync.protocol.limits import SNAPSHOT_PIECE, SNAPSHOT_WORTH
from sync.protocol.signing import Signer
from sync.snapshot_format.facts import Facts, sign
from sync.snapshot_format.frames import KEY_BYTES

_MOVED = 10
"""A snapshot is old when the log after it is more than a tenth of it, and long enough for a snapshot of its own."""
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_LOOK = 2.0
"""Seconds between two looks whether a desk may come: far less than a code takes to be typed."""
_WAIT = 300
"""Milliseconds after which to ask again for one that is being made."""


class _Kept(Struct, frozen=True):
    facts: Facts
    signature: str
    key: str
    path: Path


class Snapshots:
    """Files in one folder, sealed under keys that only this process knows; what an earlier one left there goes.

    `failed` hears why one could not be made. `worth`: log numbers below which none is.
    """

    def __init__(
        self,
        store: LogStore,
        folder: Path,
        *,
        failed: Callable[[Exception], None] = lambda error: None,
        worth: int = SNAPSHOT_WORTH,
    ) -> None:
        self._store = store
        self._signer = Signer(store.identity().private)
        self._folder = folder
        self._failed = failed
        self._worth = worth
        self._lock = threading.Lock()
        self._kept: dict[str, list[_Kept]] = {}
        self._making: dict[str, threading.Thread] = {}
        self._made: dict[str, int] = {}
        self._ending = threading.Event()
        self._watching: threading.Thread | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob("*.snapshot"):
            left.unlink()

    def answer(self, library: str, asked: m.AskSnapshot) -> m.Snapshot:
        """What there is to begin with, or a piece of the named file."""
        return self._piece(library, asked) if asked.name else self._offer(library)

    def watch(self, expecting: Callable[[], Iterable[str]], every: float = _LOOK) -> None:
        """From now on have a file ready for each library that a desk may soon join; `expecting` names them, and is
        asked on a thread of its own every so many seconds."""
        self._watching = threading.Thread(target=self._watch, args=(expecting, every), name="snapshots", daemon=True)
        self._watching.start()

    def _watch(self, expecting: Callable[[], Iterable[str]], every: float) -> None:
        while not self._ending.wait(every):
            try:
                for library in expecting():
                    self._offer(library)
            except StoreFault as fault:
                self._failed(fault)

    def _piece(self, library: str, asked: m.AskSnapshot) -> m.Snapshot:
        with self._lock:
            kept = next((one for one in self._kept.get(library, ()) if one.facts.name == asked.name), None)
            if kept is None:
                return m.Snapshot()
            with open(kept.path, "rb") as file:
                file.seek(asked.offset)
                data = file.read(SNAPSHOT_PIECE)
        return m.Snapshot(kept.facts, kept.signature, kept.key, data)

    def _offer(self, library: str) -> m.Snapshot:
        state = next((one for one in self._store.libraries() if one.library == library), None)
        if state is None or state.head < self._worth:
            return m.Snapshot()
        with self._lock:
            kept = next((one for one in self._kept.get(library, ()) if self._serves(one.facts, state)), None)
            if kept is not None:
                return m.Snapshot(kept.facts, kept.signature, kept.key)
            if library not in self._making and not self._ending.is_set():
                self._made[library] = 0
                self._making[library] = threading.Thread(target=self._make, args=(state,), name="snapshot", daemon=True)
                self._making[library].start()
            made = self._made.get(library, 0)
        return m.Snapshot(wait=_WAIT, made=min(1000, made * 1000 // max(1, state.head)))

    def _serves(self, facts: Facts, state: LibraryState) -> bool:
        behind = state.head - facts.at
        return facts.epoch == state.epoch and 0 <= behind <= max(self._worth, facts.at // _MOVED)

    def _make(self, state: LibraryState) -> None:
        library, key = state.library, os.urandom(KEY_BYTES)
        path = self._folder / f"{os.urandom(8).hex()}.snapshot"

        def tell(done: int) -> None:
            self._made[library] = done
            if self._ending.is_set():
                raise InterruptedError

        try:
            with open(os.open(path, _FRESH, 0o600), "wb") as file:
                facts = self._store.snapshot(library, file, key, tell)
            kept = _Kept(facts, sign(self._signer, facts), key.hex(), path)
        except Exception as error:  # noqa: BLE001 - a thread of its own: whatever it is, the next asker tries again
            path.unlink(missing_ok=True)
            self._failed(error)
            kept = None
        with self._lock:
            del self._making[library]
            if kept is not None:
                self._keep(library, kept)

    def _keep(self, library: str, kept: _Kept) -> None:
        """The new one, and the one before it, which somebody may be reading."""
        held = [kept, *self._kept.get(library, ())]
        for old in held[2:]:
            with suppress(OSError):
                old.path.unlink()
        self._kept[library] = held[:2]

    def close(self) -> None:
        """End what is being made and let the files go."""
        self._ending.set()
        if self._watching is not None:
            self._watching.join()
        for thread in list(self._making.values()):
            thread.join()
        for kept in (one for all_ in self._kept.values() for one in all_):
            with suppress(OSError):
                kept.path.unlink()
        self._kept.clear()

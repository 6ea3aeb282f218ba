"""`meja join`, `meja leave`, `meja sync`: this desk and the library's server."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from app import joining, wiring
from app.cli.answer import answer
from app.cli.words import tell
from app.filling import fill_home
from app.ports import KnownError
from db.store import DeskStore
from sync.status import Status

OK, FAILED = 0, 1
_LOOK = 0.2


def run_join(options: argparse.Namespace, home: Path, recovery: str, may: Callable[[DeskStore], None]) -> int:
    """Join; the first exchange is part of it, and what it did not reach is said."""
    joined = joining.join(home, options.url, options.code, options.name, may, recovery, _Progress().tell)
    found = {"library": joined.library, "desk": joined.desk, "name": joined.name}
    if joined.recovery:
        found["recovery_key"] = joined.recovery
    answer(options, "joined-new" if joined.recovery else "joined", {**found, **_said(joined.status)})
    if joined.status.fault:
        _tell(joined.status)
        tell("join-goes-on")
    return FAILED if joined.status.fault else OK


def run_leave(options: argparse.Namespace, home: Path, recovery: str, may: Callable[[DeskStore], None]) -> int:
    """Leave; the library stays here as it is."""
    with wiring.opened(home, recovery=recovery, filling=True) as store:
        may(store)
        server = joining.leave(store, forced=options.force)
    answer(options, "left", {"left": server.url})
    return OK


def run_sync(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """One round, or rounds until the line is broken off (Ctrl+C)."""
    fault = fill_home(home, recovery, _Progress().tell)
    if fault:
        _show(Status(fault=fault), options.json)
        return FAILED
    with wiring.opened(home, recovery=recovery, filling=True) as store:
        if options.follow:
            return _follow(store, options.json)
        status = joining.once(store)
    _show(status, options.json)
    return FAILED if status.fault else OK


def _follow(store: DeskStore, as_json: bool) -> int:
    thread = wiring.sync_thread(store, lambda: None)
    if thread is None:
        raise KnownError("not-joined")
    shown: Status | None = None
    thread.start()
    try:
        while True:
            if thread.status != shown:
                shown = thread.status
                _show(shown, as_json)
            if store.copied.is_set():
                with store.act():
                    pass
                thread.nudge()
            time.sleep(_LOOK)
    except KeyboardInterrupt:
        return OK
    finally:
        thread.stop()


class _Progress:
    """Says how far a new desk's library has come, at every tenth, so that a log of it stays short."""

    def __init__(self) -> None:
        self._told: tuple[str, int] | None = None

    def tell(self, what: str, done: int, whole: int) -> None:
        """On standard error."""
        said = (what, 10 * done // max(1, whole))
        if said != self._told:
            self._told = said
            tell(f"snapshot-{what}", percent=10 * said[1])


def _said(status: Status) -> dict[str, object]:
    return {"sync": status.to_json()}


def _show(status: Status, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"ok": not status.fault, **status.to_json()}), flush=True)
        return
    if status.fault:
        _tell(status)
    else:
        tell("sync-done", unsent=status.unsent, cursor=status.cursor, safe=status.safe)


def _tell(status: Status) -> None:
    tell(f"central-{status.fault}" if not status.fault.startswith("store") else status.fault, n=status.unsent)

"""`meja check`: proves pages, chains, state and second copy, without changing anything."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from app.ports import KnownError
from db import journal
from db.backup import copy_store
from db.connection import connect
from db.errors import spoken
from db.policies import Policies
from db.rebuild import rebuild
from db.second_copy import SecondCopyState, second_copy_state
from db.sql import Reading
from db.store import DeskStore

_COMPARED = {
    "item_state": "item, state, hash",
    "loan": "id, item, party, due_on, renewals, closed_at, closed_on, how, charges",
    "hold": "id, queue, party, state, copy, until",
    "account": "party, owed, credit, suspended_until, hash",
    "charge": "id, party, reason, amount, paid, waived",
    "payment": "id, party, amount, receipt, voided",
    "queue_state": "queue, hash",
    "finding": "id, kind, item, causes",
    "undone": "event, by",
}


@dataclass(slots=True)
class Report:
    """What a check found. `faults` is empty when everything is proven."""

    events: int = 0
    state_hash: str = ""
    secrets: str = ""
    place: str = ""
    faults: list[dict[str, Any]] = field(default_factory=list)
    second: SecondCopyState | None = None

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """The report as one object."""
        return {
            "ok": self.ok,
            "events": self.events,
            "state_hash": self.state_hash,
            "key_in": self.secrets,
            "home_place": self.place or "local",
            "second_copy": self.second.to_json() if self.second else None,
            "faults": self.faults,
        }

    def lines(self) -> Iterable[str]:
        """The report for a person."""
        verdict = "OK" if self.ok else "RUSAK / DAMAGED"
        yield f"{verdict}: {self.events} peristiwa / events, state {self.state_hash[:16]}"
        if self.second is not None:
            yield f"salinan kedua / second copy: {self.second.folder}, -{self.second.behind}"
        for fault in self.faults:
            yield "  - " + ", ".join(f"{key}: {value}" for key, value in fault.items())


def check_home(store: DeskStore, second: Path | None) -> Report:
    """Prove integrity, chain, projection = fold(journal) and the second copy."""
    from db.home import doubtful_place

    report = Report(secrets=store.secrets_place, place=doubtful_place(store.home.root))
    try:
        # One view for all: the desk may go on working beside the check.
        with store.read():
            _check_store(store, report)
    except KnownError as error:
        if error.code not in _DAMAGE:
            raise
        report.faults.append({"what": "pages", "detail": str(error.params.get("detail", error.code))})
    if second is not None:
        report.second = second_copy_state(store, second)
        if report.second is not None and report.second.fault:
            report.faults.append({"what": "second-copy", "detail": report.second.fault})
    return report


_DAMAGE = frozenset({"store-damaged", "store-not-readable", "backup-not-good"})


def _check_store(store: DeskStore, report: Report) -> None:
    reading: Reading = store.connection
    with spoken():
        pages = reading.execute("PRAGMA integrity_check").fetchall()
    for (line,) in pages:
        if line != "ok":
            report.faults.append({"what": "pages", "detail": str(line)[:200]})
    if report.faults:
        return
    store.projection.reload()
    report.events = int(reading.execute("SELECT count(*) FROM event").fetchone()[0])
    for fault in journal.check_chains(store.connection, store.identity.library, store.zone):
        report.faults.append({"what": "chain", "inc": fault.inc, "seq": fault.seq, "detail": fault.what})
    report.state_hash = store.projection.state_hash.hex()
    if not report.faults:
        # The fold of a journal that was meddled with proves nothing, and may not even be possible.
        _check_projection(store, report)


def _check_projection(store: DeskStore, report: Report) -> None:
    """Fold the journal again in a copy of the store and compare every row that was derived from it."""
    with tempfile.TemporaryDirectory(prefix="meja-check-") as folder:
        path = Path(folder) / "fold.db"
        copy_store(store.connection, path, store.key)
        copy = connect(path, store.key)
        try:
            policies = Policies(copy, store.zone)
            kept = {table: _rows(copy, table) for table in _COMPARED}
            copy.execute("PRAGMA synchronous = off")
            with copy:
                state = rebuild(copy, store.identity.library, policies)
            for table, rows in kept.items():
                if rows != _rows(copy, table):
                    report.faults.append({"what": "projection", "detail": table})
        except apsw.Error as error:
            raise KnownError("store-damaged", {"detail": type(error).__name__}) from error
        finally:
            copy.close()
    if state.hex() != report.state_hash:
        report.faults.append({"what": "state-hash", "detail": state.hex()[:16]})


def _rows(connection: Reading, table: str) -> bytes:
    """A digest of a table's derived columns, whatever the order of its rows."""
    import hashlib

    total = 0
    for row in connection.execute(f"SELECT {_COMPARED[table]} FROM {table}"):
        total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest())
    return (total % (1 << 256)).to_bytes(32)

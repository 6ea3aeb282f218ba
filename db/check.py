"""`meja check`: proves pages, chains, state and second copy, without changing anything."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct, field

from app.domain.canonical import digest
from app.ports import KnownError
from db import journal
from db.backup import copy_store
from db.connection import connect
from db.errors import spoken
from db.policies import Policies
from db.rebuild import rebuild
from db.second_copy import SecondCopyState, second_copy_state
from db.settings import unheeded_setting
from db.sql import Reading
from db.store import DeskStore
from db.vouch_check import compare_records

_COMPARED = dict.fromkeys(
    ("item_state", "loan", "hold", "account", "charge", "payment", "queue_state", "finding", "undone"), "*"
)


class Report(Struct):
    """What a check found. `faults` is empty when everything is proven; `chosen` is the setting of the second copy's
    folder and `heeded` tells whether it is a place here. `awaited` are records whose other half is still to come from
    another desk; `before` counts by kind those that no act vouches for."""

    events: int = 0
    state_hash: str = ""
    secrets: str = ""
    place: str = ""
    faults: list[dict[str, Any]] = field(default_factory=list)
    second: SecondCopyState | None = None
    chosen: str = ""
    heeded: bool = True
    awaited: list[dict[str, str]] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)

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
            "awaited": self.awaited,
            "before": self.before,
        }


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
        with store.read() as facts:
            report.chosen = str(facts.setting("copy.folder"))
            unheeded = unheeded_setting(store.connection, "copy.folder")
        report.heeded = not unheeded and (not report.chosen or second.is_relative_to(report.chosen))
        report.chosen = unheeded or report.chosen
        if report.second is None and report.chosen and report.heeded:
            report.faults.append({"what": "second-copy", "detail": "missing", "folder": report.chosen})
        if report.second is not None and report.second.fault:
            report.faults.append({"what": "second-copy", "detail": report.second.fault})
        elif report.second is not None and report.second.behind < 0:
            report.faults.append({"what": "copy-ahead", "detail": str(-report.second.behind)})
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
    for fault in journal.check_chains(reading, store.identity.library, store.zone, store.identity.desk):
        report.faults.append({"what": "chain", "inc": fault.inc, "seq": fault.seq, "detail": fault.what})
    if not report.faults:
        # What a broken chain vouches for proves nothing.
        _check_records(reading, report)
    _check_policies(reading, report)
    _check_receipts(reading, report)
    report.state_hash = store.projection.state_hash.hex()
    if all(fault["what"] == "record" for fault in report.faults):
        # The fold of a journal that was meddled with proves nothing, and may not even be possible.
        _check_projection(store, report)


def _check_records(reading: Reading, report: Report) -> None:
    """What people may do at the desk, whose loan it is and what was signed for are as the acts say that set them."""
    found = compare_records(reading)
    report.faults.extend({"what": "record", **one} for one in found.faults)
    report.awaited, report.before = found.awaited, found.before


def _check_policies(reading: Reading, report: Report) -> None:
    """Every rule version is the one whose hash the journal logged."""
    logged: dict[str, set[str]] = {}
    for (text,) in reading.execute("SELECT body FROM event WHERE kind = 'policy.published'"):
        body = json.loads(text)
        # Two desks may have given one name to different rules, of which one is kept.
        logged.setdefault(body["version"], set()).add(body["hash"])
    for version, effective_from, text, kept in reading.execute(
        "SELECT version, effective_from, body, hash FROM policy"
    ):
        body = json.loads(text)
        same = digest(body).hex() == kept and kept in logged.pop(version, set())
        if not same or body.get("effective_from") != effective_from or body.get("version") != version:
            report.faults.append({"what": "policy", "detail": version})
    report.faults.extend({"what": "policy", "detail": version} for version in logged)


def _check_receipts(reading: Reading, report: Report) -> None:
    """Receipt numbers run without gaps in each incarnation; a missing one is reported by number. What other desks
    have counted to, only they know."""
    seen: dict[str, set[int]] = {}
    counted: set[str] = set()
    rows = reading.execute(
        "SELECT a.inc, json_extract(e.body, '$.receipt'), a.letter FROM event e JOIN author a ON a.a = e.author"
        " WHERE e.kind IN ('payment.made', 'refund.made')"
    )
    for inc, number, letter in rows:
        if number:
            seen.setdefault(inc, set()).add(int(number))
        if letter:
            counted.add(inc)
    for inc, numbers in seen.items():
        row = reading.execute("SELECT value FROM meta WHERE key = ?", (f"count.receipt.{inc}",)).fetchone()
        highest = max(max(numbers), int(row[0]) if row else 0)
        gaps = sorted(set(range(1, highest + 1)) - numbers)
        if gaps or (row is None and inc in counted):
            missing = ", ".join(str(number) for number in gaps[:20]) or "counter"
            report.faults.append({"what": "receipts", "inc": inc, "detail": missing})


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

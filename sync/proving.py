"""Runs of the log proved by their chains and signatures, and records read."""

from __future__ import annotations

import json
from typing import Any, Protocol

from app.domain.canonical import check_json
from app.domain.replica import LogEvent, LogFault, LogRun
from app.domain.revision import Revision
from sync.ports import Identity, SyncFault
from sync.protocol.messages import RecordRow
from sync.protocol.runs import BadRun, Run, read_run, run_is_signed
from sync.protocol.signing import fingerprint


class Links(Protocol):
    """What is known of the chains already."""

    @property
    def identity(self) -> Identity: ...
    def link_at(self, desk: str, inc: str, fork: str, seq: int) -> bytes | None: ...


class Prover:
    """Proves consecutive runs; made anew for each share of the log that is then taken in."""

    def __init__(self, known: Links) -> None:
        self._known = known
        self._seen: dict[tuple[str, str, str, int], bytes] = {}

    def run(self, gsn: int, run: Run) -> LogRun:
        """The run, proved. Raises SyncFault("not-proved") and LogFault("gap")."""
        library = self._known.identity.library
        before = self._before(run)
        try:
            public, signature = bytes.fromhex(run.public), bytes.fromhex(run.signature)
            read = read_run(library, run)
            heads = read.links(before)
        except (BadRun, ValueError) as error:
            raise SyncFault("not-proved", str(error)) from None
        if fingerprint(public) != run.desk or not run_is_signed(library, run, public):
            raise SyncFault("not-proved", "signature")
        self._seen.update(((run.desk, run.inc, run.fork, seq), head) for seq, head in enumerate(heads, run.first))
        events = [
            LogEvent(event, row.kind, row.body, head)
            for event, row, head in zip(read.events(run.fork), run.rows, heads, strict=True)
        ]
        return LogRun(gsn, run.desk, run.inc, run.fork, run.first, tuple(events), signature, public)

    def _before(self, run: Run) -> bytes:
        seq = run.first - 1
        found = self._seen.get((run.desk, run.inc, run.fork, seq)) or self._seen.get((run.desk, run.inc, "", seq))
        found = found or self._known.link_at(run.desk, run.inc, run.fork, seq)
        if found is None:
            raise LogFault("gap")
        return found


def revision(row: RecordRow) -> Revision:
    """A record's revision. Raises SyncFault("not-understood")."""
    try:
        fields: Any = json.loads(row.fields)
    except (ValueError, RecursionError):
        raise SyncFault("not-understood", "record") from None
    if not isinstance(fields, dict) or not check_json(fields):
        raise SyncFault("not-understood", "record")
    return Revision(row.kind, row.id, fields, row.stamp, row.edited, row.gone)

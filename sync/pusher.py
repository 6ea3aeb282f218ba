"""What this desk has to say: edited records first, since events may be judged by them, then its runs in chain order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.domain.canonical import canonical_text
from app.domain.replica import OutRun
from app.domain.revision import Revision
from sync.client import Client
from sync.ports import Replica, SyncFault
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.limits import MAX_BODY, MAX_EVENTS, MAX_RECORDS, MAX_RUN
from sync.protocol.runs import Row, Run, branch_name, sign_run
from sync.protocol.signing import Signer

ROOM = MAX_BODY // 2
"""Letters of one push: a limit that a body with its names and signs around them stays well below."""


class Pusher:
    """Sends; an answer that was lost costs nothing, since the same may come again."""

    def __init__(self, client: Client, replica: Replica[Any], signer: Signer) -> None:
        self._client = client
        self._replica = replica
        self._signer = signer
        self.aside = ""
        """Why the server keeps aside what this desk sent ("" = it does not)."""
        self.forked = False
        """True once the server was found to hold another branch of this desk's present incarnation."""

    def push_all(self) -> bool:
        """Send everything that the server does not hold; True when anything was sent. Raises SyncFault."""
        self._replica.note()
        did = self.records()
        while runs := self._replica.own_runs(MAX_EVENTS, MAX_RUN):
            self._push_own(runs)
            did = True
        return did

    def records(self) -> bool:
        """Send the edited records; True when there were any."""
        did = False
        while sent := self._replica.records(MAX_RECORDS, ROOM):
            did = True
            answer = self._push(records=tuple(_row(one.revision) for one in sent))
            if len(answer.records) != len(sent):
                raise SyncFault("not-understood", "records")
            refused = [(one.kind, one.id) for one in answer.records if one.status == "refused"]
            self._replica.records_taken(sent, refused)
        return did

    def offer(self, runs: Iterable[OutRun]) -> None:
        """Offer runs of other desks again, which the server lost."""
        waiting: list[OutRun] = []
        for run in runs:
            if waiting and (sum(map(_size, waiting)) + _size(run) > ROOM or _events(waiting, run) > MAX_EVENTS):
                self._push(tuple(map(_again, waiting)))
                waiting = []
            waiting.append(run)
        if waiting:
            self._push(tuple(map(_again, waiting)))

    def _push_own(self, runs: list[OutRun]) -> None:
        room = ROOM
        part: list[OutRun] = []
        for run in runs:
            room -= _size(run)
            if part and room < 0:
                break
            part.append(run)
        if len(part) == 1 and room < 0 and len(part[0].rows) > 1:
            part = self._replica.own_runs(MAX_EVENTS // 16, MAX_EVENTS // 16)[:1]
        answer = self._push(tuple(map(self._sign, part)))
        if len(answer.runs) != len(part):
            raise SyncFault("not-understood", "runs")
        moved = False
        for run, said in zip(part, answer.runs, strict=True):
            moved = self._note(run, said) or moved
        if not moved:
            raise SyncFault("gap", "the server holds no more than before")

    def _note(self, run: OutRun, said: m.RunAnswer) -> bool:
        """Keep what became of a run; True when there is less to send, or something else."""
        match said.status:
            case "stored" | "duplicate":
                # Not what the server says it has beyond: of a copied home that may be the other branch's.
                self._replica.acknowledged(run.inc, run.fork, run.last)
                return True
            case "quarantined":
                # It is kept there until a person lets it in; sending it again would change nothing.
                self.aside = said.reason or "desk-revoked"
                self._replica.acknowledged(run.inc, run.fork, run.last)
                return True
            case "forked":
                if not run.fork:
                    self.forked = True
                    self._replica.forked(run.inc, said.fork)
                self._replica.acknowledged(run.inc, said.fork, run.last)
                return True
            case "gap":
                self._replica.acknowledged(run.inc, run.fork, said.have)
                return said.have != run.first - 1
            case _:
                raise SyncFault("not-understood", said.status)

    def _sign(self, run: OutRun) -> Run:
        rows = [Row(*values) for values in run.rows]
        signed = sign_run(
            self._replica.identity.library, self._signer, run.inc, run.first, rows, run.head,
            desk=self._replica.identity.desk,
        )  # fmt: skip
        return _with_fork(signed, run.fork)

    def _push(self, runs: tuple[Run, ...] = (), records: tuple[m.RecordRow, ...] = ()) -> m.Pushed:
        epoch = self._replica.place().epoch or "none"
        return self._client.ask(routes.PUSH, m.Push(epoch, runs, records), m.Pushed)


def _again(run: OutRun) -> Run:
    rows = tuple(Row(*values) for values in run.rows)
    return Run(run.desk, run.inc, run.first, rows, run.head.hex(), run.signature.hex(), run.public.hex(), run.fork)


def _with_fork(run: Run, fork: str) -> Run:
    if not fork:
        return run
    return Run(run.desk, run.inc, run.first, run.rows, run.head, run.signature, run.public, fork)


def _row(revision: Revision) -> m.RecordRow:
    return m.RecordRow(
        revision.kind,
        revision.id,
        canonical_text(dict(revision.fields)),
        revision.stamp,
        dict(revision.edited),
        revision.gone,
    )


def _size(run: OutRun) -> int:
    return sum(len(row[7]) + 160 for row in run.rows)


def _events(waiting: list[OutRun], run: OutRun) -> int:
    return sum(len(one.rows) for one in waiting) + len(run.rows)


__all__ = ["Pusher", "branch_name"]

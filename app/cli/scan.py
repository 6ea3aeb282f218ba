"""`meja scan`: the desk without a window. One scan a line in, one JSON object a line out, after its commit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, TextIO

from app.domain.verdict import Param, Verdict
from app.ports import KnownError
from app.services.outcome import Kind, Outcome
from app.services.session import Session

LINE_LIMIT = 100_000
"""The longest line that is read into memory whole; what is beyond it is cut and said to be too long."""


def run(session: Session, source: TextIO, target: TextIO) -> int:
    """Feed every line of `source` to the session; 0 when the input ended, 1 when the store stopped answering."""
    stopped = False
    for line in lines(source):
        try:
            outcome = session.scan(line) if line.strip() else session.finish()
            answer = as_json(outcome)
        except KnownError as error:
            stopped = True
            answer = {"scan": line[:512], "outcome": "stopped", "problem": error.code, **plain(error.params)}
        target.write(json.dumps(answer, ensure_ascii=False) + "\n")
        target.flush()
    return 1 if stopped else 0


def lines(source: TextIO) -> Iterator[str]:
    """The lines without their ends (LF, CR or CR+LF); an endless line is cut instead of filling the memory."""
    while True:
        line = source.readline(LINE_LIMIT)
        if not line:
            return
        while not line.endswith("\n"):
            rest = source.readline(LINE_LIMIT)
            if not rest or rest.endswith("\n"):
                break
        yield line.rstrip("\r\n")


def as_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as `meja scan` prints it; names that have nothing to say are null or empty."""
    answer: dict[str, Any] = {
        "scan": outcome.scan,
        "outcome": outcome.kind.value,
        "reasons": reasons(outcome.verdict),
        "member": outcome.member.member_no if outcome.member else None,
        "item": outcome.item.barcode if outcome.item else None,
        "title": outcome.title.title if outcome.title else None,
        "due_at": _moment(outcome),
        "fine": outcome.fine,
        "event_id": outcome.event_id or None,
    }
    extra: dict[str, Any] = {
        "code": outcome.code,
        "notes": list(outcome.notes),
        "late_entry": outcome.late,
        "loans": outcome.loans,
        "left": outcome.left,
        "amount": outcome.amount,
        "receipt": outcome.receipt,
        "put_aside": outcome.aside,
        "undone": outcome.undone_kind,
        "switched_from": outcome.switched_from.member_no if outcome.switched_from else "",
    }
    answer.update({key: value for key, value in extra.items() if value})
    if outcome.kind is Kind.AMBIGUOUS:
        answer["choices"] = [hit.item.barcode for hit in outcome.hits] + [m.member_no for m in outcome.members]
    return answer


def reasons(verdict: Verdict) -> list[dict[str, Any]]:
    """All reasons with their level and facts."""
    return [
        {"code": reason.code, "level": reason.level.name.lower(), **plain(reason.params)} for reason in verdict.reasons
    ]


def plain(params: Iterable[tuple[str, Param]] | Any) -> dict[str, Any]:
    """Facts as JSON values: dates as ISO text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in dict(params).items()}


def _moment(outcome: Outcome) -> str | None:
    due: datetime | date | None = outcome.due_at or outcome.due_on
    return due.isoformat() if due else None


def main(session: Session) -> int:
    """Run over the process's own standard streams, read and written as UTF-8 whatever the console says."""
    for stream in (sys.stdin, sys.stdout):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace" if stream is sys.stdin else "backslashreplace")
    return run(session, sys.stdin, sys.stdout)

"""`meja scan`: the desk without a window. One scan a line in, one JSON object a line out, after its commit."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Protocol, TextIO

from app.domain.clock import BEHIND_MS
from app.domain.verdict import Param, Verdict
from app.ports import KnownError
from app.services.outcome import Kind, Outcome
from app.services.session import Session
from resources.loader import load_json

LINE_LIMIT = 20_000
"""The bytes of one line that are kept; what is beyond them is thrown away as it comes, and the line is too long."""

SUFFIX_SECONDS = 0.15
"""An empty line this soon after a scan is the scanner's second line end, not a person who is done."""

_CHUNK = 65_536
_LINE_END = re.compile(rb"[\r\n]")


class ByteSource(Protocol):
    """What lines are read from: gives some bytes as soon as there are any, none at the end."""

    def read1(self, size: int, /) -> bytes: ...


def run(
    session: Session,
    source: ByteSource,
    target: TextIO,
    behind_ms: Callable[[], int] = lambda: 0,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Feed every line of `source` to the session; 0 when the input ended, 1 when the store refused any of them.

    `behind_ms` says how far the PC's clock stands behind the last act: an act that took that act's time is marked.
    An empty line finishes the transaction, as Enter on the empty box does, unless it comes at once after a scan.
    """
    stopped = False
    scanned_at: float | None = None
    for line in lines(source):
        at = clock()
        empty = not line.strip()
        try:
            if empty and scanned_at is not None and at - scanned_at <= SUFFIX_SECONDS:
                outcome = Outcome(Kind.REPEATED, code="second-line-end")
            else:
                outcome = session.finish() if empty else session.scan(line)
            answer = as_json(outcome)
            if _recorded(outcome) and behind_ms() > BEHIND_MS:
                answer.setdefault("notes", []).append("clock-behind")
        except KnownError as error:
            stopped = True
            answer = {"scan": line[:512], "outcome": "stopped", "problem": error.code, **plain(error.params)}
        scanned_at = None if empty else clock()
        target.write(json.dumps(answer, ensure_ascii=False) + "\n")
        target.flush()
    try:
        # Whoever closed the input is done: the slip is printed and nobody's transaction is left for the next one.
        session.finish()
    except KnownError:
        stopped = True
    return 1 if stopped else 0


def lines(source: ByteSource) -> Iterator[str]:
    """The lines as text, each as soon as its end is here: LF, CR or CR+LF, also when the two come apart.

    Bytes that are not UTF-8 become replacement characters, which no code contains. Memory stays bounded however long
    a line is.
    """
    kept = bytearray()
    unfinished = after_cr = False
    while chunk := source.read1(_CHUNK):
        start = 1 if after_cr and chunk[:1] == b"\n" else 0
        after_cr = False
        while found := _LINE_END.search(chunk, start):
            _keep(kept, chunk[start : found.start()])
            yield kept.decode("utf-8", "replace")
            kept.clear()
            unfinished = False
            start = found.end()
            if found[0] == b"\r":
                after_cr = start == len(chunk)
                start += chunk[start : start + 1] == b"\n"
        if start < len(chunk):
            _keep(kept, chunk[start:])
            unfinished = True
    if unfinished:
        yield kept.decode("utf-8", "replace")


def _keep(kept: bytearray, part: bytes) -> None:
    kept += part[: max(LINE_LIMIT - len(kept), 0)]


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
        "credit": outcome.credit,
        "amount": outcome.amount,
        "receipt": outcome.receipt,
        "put_aside": outcome.aside,
        "undone": outcome.undone_kind,
        "switched_from": outcome.switched_from.member_no if outcome.switched_from else "",
    }
    answer.update({key: value for key, value in extra.items() if value})
    if outcome.parts:
        parts = [as_json(part) for part in outcome.parts]
        answer["items"] = [{key: value for key, value in part.items() if key != "scan"} for part in parts]
    if outcome.kind is Kind.AMBIGUOUS:
        answer["choices"] = [hit.item.barcode for hit in outcome.hits] + [m.member_no for m in outcome.members]
    return answer


def _recorded(outcome: Outcome) -> bool:
    return bool(outcome.event_id) or any(part.event_id for part in outcome.parts)


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


def main(session: Session, behind_ms: Callable[[], int] = lambda: 0) -> int:
    """Run over the process's own standard streams, read and written as UTF-8 whatever the console says."""
    if session.taken_up:
        sys.stderr.write("meja: " + load_json("words/problems_id.json")["taken-up"] + "\n")
        sys.stderr.write("      " + load_json("words/problems_en.json")["taken-up"] + "\n")
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    source = sys.stdin.buffer
    assert isinstance(source, io.BufferedReader)
    return run(session, source, sys.stdout, behind_ms)

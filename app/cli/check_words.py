"""What `meja check` found, in sentences: Indonesian first, then English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.cli.words import sentence
from app.domain.verdict import Param
from app.ports import KnownError
from db.check import Report
from db.second_copy import SecondCopyState

_VERDICTS = {"second-copy": "copy-trouble", "copy-ahead": "copy-knows-more", "record": "records-changed"}
"""What is said of a store in which nothing else is wrong."""


def lines(report: Report) -> Iterator[str]:
    """The report for a person, the verdict first."""
    what = {str(fault.get("what")) for fault in report.faults}
    verdict = "ok" if report.ok else "damaged"
    if len(what) == 1:
        verdict = _VERDICTS.get(what.pop(), "damaged")
    yield _say(verdict, count=report.events, state=report.state_hash[:16])
    if not report.heeded:
        yield _say("folder-not-here", folder=report.chosen)
    if report.second is not None:
        yield _copy(report.second)
        if report.second.place:
            yield _say(f"copy-{report.second.place}")
    elif not report.chosen or not report.heeded:
        yield _say("copy-none")
    for fault in report.faults:
        place = str(fault.get("folder", "")) or _detail(fault)
        missing = fault["what"] == "second-copy" and fault["detail"] == "missing"
        if fault["what"] == "record":
            yield _say(f"record-{fault['kind']}", **_record(fault))
            continue
        yield _say("fault-copy-missing" if missing else f"fault-{fault['what']}", detail=place)
    for one in report.awaited:
        yield _say("record-awaited", kind=one["kind"], **_record(one))
    for kind, count in report.before.items():
        yield _say(f"before-{kind}", count=count)


def _detail(fault: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fault.items() if name not in ("what", "folder"))


def _record(told: Mapping[str, Any]) -> dict[str, Param]:
    """A person by name, any other record by its id; which of its fields, and what is wrong with them."""
    return {"name": told["name"] or told["id"], "detail": f"{told['field']}: {told['detail']}"}


def _copy(state: SecondCopyState) -> str:
    code = "copy-whole" if not state.behind else "copy-behind" if state.behind > 0 else "copy-ahead"
    facts: dict[str, Param] = {"folder": state.folder, "count": abs(state.behind)}
    return _say("copy-spoilt" if state.fault else code, megabytes=f"{state.size / 1_000_000:.1f}", **facts)


def _say(code: str, **facts: Param) -> str:
    return sentence(KnownError(f"check.{code}", facts)).replace("\n      ", "\n  ")

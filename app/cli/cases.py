"""`meja cases`: what the rules settled and a person should look at, beside an open desk or without one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from app import wiring
from app.domain.case import Case
from app.domain.clock import local_datetime
from app.services.cases import Cases
from ui.text import Text

OK = 0


def run(options: argparse.Namespace, home: Path, recovery: str) -> int:
    """List the open cases, with --all those that are settled, too."""
    with wiring.opened(home, read_only=True, recovery=recovery) as store:
        text = Text(wiring.ui_settings(store).language)
        for case in Cases(store).every(closed=options.all):
            if options.json:
                print(json.dumps(_object(case), ensure_ascii=False, default=str))
            else:
                print(_told(case, text, store.zone))
    return OK


def _object(case: Case) -> dict[str, object]:
    return {
        "case": case.id,
        "number": case.number,
        "kind": case.kind,
        "open": case.open,
        "gone": case.gone,
        "at": case.at,
        "causes": case.causes,
        "facts": case.facts,
        "about": case.about,
        "sides": [
            {
                "desk": side.desk,
                "own": side.own,
                "staff": side.staff,
                "lines": [{"at": line.at, "what": line.what, **line.facts} for line in side.lines],
            }
            for side in case.sides
        ],
        "done": [{"at": line.at, "what": line.what, **line.facts} for line in case.done],
        "decisions": case.decisions,
        "answers": [
            {"decision": one.decision, "at": one.at, "desk": one.desk, "staff": one.staff, "facts": one.facts}
            for one in case.answers
        ],
    }


def _told(case: Case, text: Text, zone: str) -> str:
    when = text.format.stamp(local_datetime(case.at, zone)) if case.at else "–"
    head = text.say(f"case-head.{case.kind}" if case.about else "case-word.settled", case.about)
    done = [f"  {text.say(f'case-done.{line.what}', line.facts)}" for line in case.done]
    return "\n".join([f"{case.number}  {when}  {head}", *done])

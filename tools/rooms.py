"""Figures per room: how much of each room the tests ran. Pure but for reading one report."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Share:
    """Statements and branches of a room: how many there are, how many ran."""

    total: int
    ran: int

    @property
    def percent(self) -> float:
        """Hundred for an empty room."""
        return 100.0 * self.ran / self.total if self.total else 100.0


def room_of(path: str) -> str:
    """`app/domain` for app/domain/due.py, `app` for app/ports.py, `ui` for ui/desk/window.py."""
    parts = path.replace("\\", "/").split("/")
    return "/".join(parts[:2]) if parts[0] == "app" and len(parts) > 2 else parts[0]


def shares(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Share]:
    """Shares per room from the `files` of a coverage JSON report."""
    total: dict[str, int] = defaultdict(int)
    ran: dict[str, int] = defaultdict(int)
    for path, about in files.items():
        summary = about["summary"]
        room = room_of(path)
        total[room] += summary["num_statements"] + summary.get("num_branches", 0)
        ran[room] += summary["covered_lines"] + summary.get("covered_branches", 0)
    return {room: Share(total[room], ran[room]) for room in sorted(total)}


def read_shares(report: Path) -> dict[str, Share]:
    """Shares per room from a coverage JSON report on disk."""
    return shares(json.loads(report.read_text(encoding="utf-8"))["files"])


def suite_of(node_id: str) -> str:
    """`domain` for tests/domain/test_due.py::test_x."""
    parts = node_id.partition("::")[0].split("/")
    return parts[1] if len(parts) > 2 else parts[0]

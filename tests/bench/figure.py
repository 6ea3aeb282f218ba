"""Measured figures, their limits and the table they are printed in."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `limit` is the most it may be, `least` the least; both None = told only. `value` None =
    could not be measured."""

    group: str
    name: str
    value: float | None
    unit: str = ""
    limit: float | None = None
    note: str = ""
    least: float | None = None

    @property
    def ok(self) -> bool | None:
        """Whether the criterion is met; None when there is none, or nothing was measured."""
        if self.value is None or (self.limit is None and self.least is None):
            return None
        return (self.limit is None or self.value <= self.limit) and (self.least is None or self.value >= self.least)

    def cells(self) -> tuple[str, str, str, str, str]:
        """The figure as a line of the table."""
        said = "not measured" if self.value is None else _number(self.value, self.unit)
        limit = "" if self.limit is None else "≤ " + _number(self.limit, self.unit)
        limit = limit if self.least is None else "≥ " + _number(self.least, self.unit)
        verdict = {True: "ok", False: "NOT OK", None: ""}[self.ok]
        return (self.group, f"{self.name} ({self.note})" if self.note else self.name, said, limit, verdict)


def _number(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.2f}"
    return f"{text} {unit}".rstrip()


def ratio(over: float, under: float) -> float | None:
    """One number by another; None when there is nothing to compare with."""
    return over / under if under > 0 else None


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share (0 to 1) of the measured ones lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


HEAD = ("part", "what", "measured", "limit", "")


def table(figures: Sequence[Figure]) -> str:
    """All figures as one Markdown table, aligned for a terminal."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])

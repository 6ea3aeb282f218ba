"""What the server counts, as Prometheus reads it. Names routes and codes, never desks, addresses or readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_HELP = {
    "meja_requests_total": ("counter", "Answered requests."),
    "meja_request_seconds_total": ("counter", "Seconds spent answering."),
    "meja_refusals_total": ("counter", "Refused requests."),
    "meja_received_bytes_total": ("counter", "Bytes of request bodies as they travel."),
    "meja_sent_bytes_total": ("counter", "Bytes of answer bodies as they travel."),
    "meja_runs_total": ("counter", "Pushed runs by what became of them."),
    "meja_events_total": ("counter", "Pushed events that were stored."),
    "meja_records_total": ("counter", "Pushed records by what became of them."),
    "meja_waiting": ("gauge", "Desks that wait for news."),
    "meja_libraries": ("gauge", "Libraries in the store."),
    "meja_log_head": ("gauge", "Last number of the log."),
    "meja_log_safe": ("gauge", "Last number that the newest verified backup holds."),
}


class Metrics:
    """Counts, kept in one event loop."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Count something; label values are the program's own words."""
        said = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        self._counts[name, said] += amount  # type: ignore[assignment]

    def text(self, gauges: Iterable[tuple[str, str, float]]) -> str:
        """Everything counted and the gauges (name, labels, value) in the text format."""
        found = sorted([(name, said, float(value)) for (name, said), value in self._counts.items()] + list(gauges))
        lines, before = [], ""
        for name, said, value in found:
            if name != before:
                kind, words = _HELP[name]
                lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
                before = name
            lines.append(f"{name}{{{said}}} {value:.15g}" if said else f"{name} {value:.15g}")
        return "\n".join(lines) + "\n"

"""`python -m tests.bench`: measures the desk on a library of a million copies and prints one table.

Generated libraries are kept in a cache folder; a first run therefore takes long. Ends with 1 when a criterion is not
met.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import platformdirs

from tests.bench import (
    import_cost,
    plans,
    push_cost,
    scan_cost,
    search_cost,
    server_cost,
    snapshot_cost,
    sync_cost,
    window_cost,
)
from tests.bench.cache import Workplace, workplace
from tests.bench.figure import Figure, table

PARTS = ("scan", "search", "plans", "start", "screen", "memory", "import", "push", "sync", "server", "snapshot")
WITHOUT_LIBRARY = frozenset({"import", "push", "sync", "server", "snapshot"})
SCANS, WINDOW_SCANS, STARTS, ROUNDS, EVENTS = 1400, 10_000, 9, 5, 100_000


class Bench:
    """One run over two libraries; `scans`, `window_scans`, `starts` and `rounds` say how much is measured."""

    def __init__(self, large: Workplace, small: Workplace, options: argparse.Namespace) -> None:
        self.large, self.small = large, small
        self.scans: int = options.scans
        self.window_scans: int = options.window_scans
        self.starts: int = options.starts
        self.rounds: int = options.rounds

    def measure(self, parts: Sequence[str], tell: Callable[[str], object]) -> list[Figure]:
        """The figures of the chosen parts, in the order in which they are least in each other's way."""
        figures: list[Figure] = []
        for names, run in (
            (("scan",), self._scan),
            (("search",), self._search),
            (("plans",), self._plans),
            (("start",), self._start),
            (("screen", "memory"), self._window),
        ):
            if set(names) & set(parts):
                tell(f"measuring {' and '.join(names)} …")
                found = [figure for figure in run(tell) if figure.group in (*parts, "growth")]
                tell(table(found))
                figures += found
        return figures

    def _scan(self, _tell: Callable[[str], object]) -> list[Figure]:
        taken = scan_cost.run(self.large, self.small, self.scans, scan_cost.session_of, bare=True)
        screen = scan_cost.run(self.large, self.small, self.scans // 2, scan_cost.screen_of, bare=False)
        return [
            *scan_cost.scan_figures(taken),
            *scan_cost.growth_figures(taken, "a scan"),
            *scan_cost.growth_figures(screen, "a scan with all the screen shows"),
        ]

    def _search(self, _tell: Callable[[str], object]) -> list[Figure]:
        store = self.large.open()
        try:
            return search_cost.search_figures(search_cost.run(store, self.rounds))
        finally:
            store.close()

    def _plans(self, tell: Callable[[str], object]) -> list[Figure]:
        found = plans.run((self.large, self.small))
        for line in plans.told(found):
            tell(line)
        return plans.plan_figures(found)

    def _start(self, _tell: Callable[[str], object]) -> list[Figure]:
        self.large.make_second_copy()
        return window_cost.start_figures(self.large, self.starts)

    def _window(self, _tell: Callable[[str], object]) -> list[Figure]:
        self.large.make_second_copy()
        told = window_cost.run_window(self.large, self.window_scans)
        return [*window_cost.screen_figures(told), *window_cost.memory_figures(told)]


def alone(options: argparse.Namespace, tell: Callable[[str], object]) -> list[Figure]:
    """The figures of the chosen parts that need no generated library."""
    figures: list[Figure] = []
    for name, run in (
        ("import", import_cost.figures),
        ("push", lambda: push_cost.figures(options.events, tell)),
        ("sync", lambda: sync_cost.figures(options.events // 5)),
        ("server", lambda: server_cost.figures(options.events, tell)),
        ("snapshot", lambda: [*snapshot_cost.figures(150_000, 40_000, tell), *_large_snapshot(options, tell)]),
    ):
        if name in options.parts:
            tell(f"measuring {name} …")
            found = run()
            tell(table(found))
            figures += found
    return figures


def _large_snapshot(options: argparse.Namespace, tell: Callable[[str], object]) -> list[Figure]:
    """Of the large library, where that is larger."""
    return snapshot_cost.figures(options.items, options.items // 5, tell) if options.items > 150_000 else []


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000, help="copies of the large library")
    parser.add_argument("--small", type=int, default=10_000, help="copies of the small library")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--cache", type=Path, default=None, help="where generated libraries are kept")
    parser.add_argument("--scans", type=int, default=SCANS, help="scans beside bare statements")
    parser.add_argument("--window-scans", type=int, default=WINDOW_SCANS, help="scans in the window")
    parser.add_argument("--starts", type=int, default=STARTS, help="starts of desk and bare window")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of typed searches")
    parser.add_argument("--events", type=int, default=EVENTS, help="acts pushed to the server's log")
    options = parser.parse_args(arguments)
    options.parts = [name for name in options.only.split(",") if name] or list(PARTS)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part: {', '.join(sorted(unknown))}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when every criterion is met."""
    options = options_of(arguments)
    cache: Path = options.cache or Path(platformdirs.user_cache_dir("meja-bench", appauthor=False))
    cache.mkdir(parents=True, exist_ok=True)

    def tell(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    figures: list[Figure] = []
    if set(options.parts) - WITHOUT_LIBRARY:
        with ExitStack() as holds:
            large = holds.enter_context(workplace(cache, options.items, tell))
            small = holds.enter_context(workplace(cache, options.small, tell))
            figures += Bench(large, small, options).measure(options.parts, tell)
    figures += alone(options, tell)
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}")
    print(f"large: {options.items:,} copies; small: {options.small:,} copies\n")
    print(table(figures))
    return int(any(figure.ok is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main())

"""The window measured from outside: how soon it is ready, how fast a scan is painted, how much memory it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.cache import Workplace
from tests.bench.figure import Figure, median, percentile, ratio

ROOT = Path(__file__).resolve().parents[2]
BARE = Path(__file__).with_name("bare_window.py")
MS = 1000.0


def surroundings(place: Workplace) -> dict[str, str]:
    """The environment of a desk on a measured library: no screen, no vault, its own secrets."""
    # A desk in use has its bytecode; the first pair of starts writes what is missing.
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **outside,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(place.root / "bytecode"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "MEJA_CONFIG_DIR": str(place.root / "config"),
    }


def until_ready(command: list[str], place: Workplace) -> float:
    """Seconds from the start of a process until it says that it is ready."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=surroundings(place)
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - began
        _rest, errors = process.communicate()
    if "ready" not in line or process.returncode:
        raise RuntimeError(f"{command}: {line} {errors}")
    return seconds


def ends(values: list[float]) -> tuple[float, float]:
    """The smallest and the largest."""
    return min(values), max(values)


def start_figures(place: Workplace, runs: int) -> list[Figure]:
    """Start → ready to scan, in turn with a bare table window; the first pair only warms the machine up."""
    nothing = place.root / "no-scans.txt"
    nothing.write_text("", encoding="utf-8")
    home = str(place.root / "home")
    desk = [sys.executable, "-u", "-m", "app", "desk", "--home", home, "--selftest-scan", str(nothing)]
    bare = [sys.executable, "-u", str(BARE)]
    pairs = [(until_ready(bare, place) * MS, until_ready(desk, place) * MS) for _run in range(runs + 1)][1:]
    bare_ms, desk_ms = ([pair[side] for pair in pairs] for side in (0, 1))
    spread = "{:.0f} to {:.0f} ms in {} runs".format
    return [
        Figure("start", "bare table window, median", median(bare_ms), "ms", None, spread(*ends(bare_ms), runs)),
        Figure("start", "desk ready to scan, median", median(desk_ms), "ms", None, spread(*ends(desk_ms), runs)),
        Figure("start", "desk ÷ bare window, medians", ratio(median(desk_ms), median(bare_ms)), "×", 2.5),
    ]


def run_window(place: Workplace, scans: int) -> dict[str, Any]:
    """Drive the real window in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.window_child", str(place.root / "home"), str(place.items), str(scans)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=surroundings(place), check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def screen_figures(told: dict[str, Any]) -> list[Figure]:
    """Enter → painted."""
    every = [took for _kind, took, _cpu in told["scans"]]
    cpu = [cpu for _kind, _took, cpu in told["scans"]]
    note = f"{len(every)} scans, {told['unpainted']} painted nothing"
    figures = [
        Figure("screen", "Enter → painted, p99", percentile(every, 0.99), "ms", 50, note),
        Figure("screen", "Enter → painted, median", median(every), "ms"),
        Figure("screen", "of it CPU time of the window's thread, p99", percentile(cpu, 0.99), "ms"),
        Figure("screen", "of it CPU time of the window's thread, median", median(cpu), "ms"),
    ]
    for kind in sorted({kind for kind, _took, _cpu in told["scans"]}):
        mine = [took for other, took, _cpu in told["scans"] if other == kind]
        figures.append(
            Figure("screen", f"{kind}, p99", percentile(mine, 0.99), "ms", None, f"median {median(mine):.1f} ms")
        )
    return figures


def memory_figures(told: dict[str, Any]) -> list[Figure]:
    """Resident memory of the window's process, at the start, at half of the scans and at the end."""
    first, middle, last = told["resident"]
    scans = len(told["scans"])
    grown = (last - middle) / middle * 100 if middle else None
    return [
        Figure("memory", "resident, ready to scan", first, "MB", 200),
        Figure("memory", f"resident after {scans} scans", last, "MB", 200),
        Figure("memory", f"grown between scans {scans // 2} and {scans}", grown, "%", 5),
    ]

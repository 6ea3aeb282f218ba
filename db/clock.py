"""The PC's clocks, read in one place."""

from __future__ import annotations

import time
from pathlib import Path

from app.domain.clock import LATEST_MS, Reading


class PcClock:
    """Wall and monotonic time of this machine, with a token of its boot."""

    def __init__(self) -> None:
        self._boot = _boot_token()

    def read(self) -> Reading:
        """The present reading."""
        return Reading(_wall_ms(), time.monotonic_ns() // 1_000_000, self._boot)


def _wall_ms() -> int:
    """The wall clock; LATEST_MS for one beyond what the system counts (the year 2262)."""
    try:
        return time.time_ns() // 1_000_000
    except OverflowError:
        return LATEST_MS


def _boot_token() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip().replace("-", "")[:12]
    except OSError:
        # Elsewhere the moment of boot, to the minute, tells one boot from the next.
        return f"{(_wall_ms() - time.monotonic_ns() // 1_000_000) // 60_000:x}"

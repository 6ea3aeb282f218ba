"""How much memory a process really holds."""

from __future__ import annotations

from pathlib import Path


def resident_mb(process: int | str = "self") -> float | None:
    """Resident megabytes of a process; None where the system does not say it in /proc."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), None)

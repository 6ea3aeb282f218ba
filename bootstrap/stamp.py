"""Remembers what stands in `.venv`: the stamp written last, after everything else succeeded.

Knows files, not how anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from bootstrap.order import Needs

STAMP_NAME = "meja-stamp.json"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A finished installation: which set, made from which lock, by which base Python."""

    needs: Needs
    fingerprint: str
    base_python: str


def fingerprint(lock: bytes, python: str) -> str:
    """One value that changes when the lock file or the Python under the environment changes."""
    return hashlib.sha256(python.encode("utf-8", "surrogateescape") + b"\0" + lock).hexdigest()


def venv_python(venv: Path, platform: str = os.name) -> Path:
    """The environment's Python. `platform` is os.name."""
    return venv / "Scripts" / "python.exe" if platform == "nt" else venv / "bin" / "python"


def lock_path(root: Path, needs: Needs) -> Path:
    """The file that pins `needs`."""
    return root / "requirements" / f"{needs.value}.txt"


def read(venv: Path) -> Stamp | None:
    """The stamp in `venv`, or None when it is missing or unreadable."""
    try:
        raw = json.loads((venv / STAMP_NAME).read_text(encoding="utf-8"))
        return Stamp(Needs(raw["needs"]), str(raw["fingerprint"]), str(raw["base_python"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(venv: Path, stamp: Stamp) -> None:
    """Put the stamp in place in one step, so that a power cut leaves none or a whole one."""
    text = json.dumps({"needs": stamp.needs, "fingerprint": stamp.fingerprint, "base_python": stamp.base_python})
    fresh = venv / (STAMP_NAME + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(venv / STAMP_NAME)


def base_of(venv: Path) -> str:
    """The Python under the environment: the real file behind the link, or the `home` of pyvenv.cfg on Windows.

    After an operating-system upgrade it names another version, or nothing that exists; then the stamp is void.
    """
    python = venv_python(venv)
    if os.name != "nt":
        real = os.path.realpath(python)
        return real if os.path.exists(real) else ""
    try:
        lines = (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ""
    facts = {key.strip().lower(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    home = facts.get("home", "")
    return f"{home}|{facts.get('version', '')}" if home and os.path.isdir(home) and python.exists() else ""


def is_current(root: Path, venv: Path, needs: Needs) -> bool:
    """Whether `venv` is finished, made from today's lock, on a Python that is still there, and holds `needs`."""
    stamp = read(venv)
    if stamp is None or not stamp.needs.covers(needs):
        return False
    base = base_of(venv)
    if not base:
        return False
    try:
        lock = lock_path(root, stamp.needs).read_bytes()
    except OSError:
        return False
    return stamp.fingerprint == fingerprint(lock, base)

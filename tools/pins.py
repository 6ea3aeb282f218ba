"""Reads the lock files: names, versions, markers and hashes. Knows nothing of what is installed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package in one exact version. `marker` is empty when it is installed everywhere."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def read(text: str) -> list[Pin]:
    """The pins of a lock file, in its order. Raises ValueError at a line that is neither pin, hash nor comment."""
    pins: list[Pin] = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        digest = HASH.match(stripped)
        if digest is not None and pins:
            last = pins.pop()
            pins.append(Pin(last.name, last.version, last.marker, (*last.hashes, digest["digest"])))
            continue
        pin = PIN.match(line)
        if pin is None:
            raise ValueError(f"line {number} is not understood: {line!r}")
        pins.append(Pin(pin["name"], pin["version"], (pin["marker"] or "").strip(), ()))
    return pins


def locked(name: str) -> list[Pin]:
    """The pins of one set: core, window, server, both or test."""
    return read((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))

"""A server of its own process over a home, on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from msgspec import Struct

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 60


class Serving(Struct, frozen=True):
    """Where it listens, and which process it is."""

    url: str
    pid: int


@contextmanager
def serving(home: Path) -> Iterator[Serving]:
    """The server while the block runs; it answers when the block begins."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "server", "serve", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until and process.poll() is None:
            try:
                requests.get(f"{url}/live", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield Serving(url, process.pid)
    finally:
        process.terminate()
        process.wait()

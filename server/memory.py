"""Keeping the memory of a server that runs for months at what it needs."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

_ARENAS: Final = (-8, 2)
_LARGE: Final = (-3, 256 * 1024)
"""glibc's M_ARENA_MAX, and M_MMAP_THRESHOLD in bytes."""


def keep_small() -> None:
    """Let the C library's allocator keep few heaps, and give large blocks back at once. To be called before threads
    begin; does nothing where that library is another one.

    By itself it makes a heap for nearly each thread, and each grows to the largest body its thread ever had.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for name, value in (_ARENAS, _LARGE):
            mallopt(name, value)

"""What can go wrong with the store, as sentences' codes for staff; everything else is a bug.

`KnownError` means: the disk, the file or the machine cannot do it now; nothing that was accepted is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import apsw

from app.ports import KnownError


def known(error: apsw.Error) -> KnownError:
    """The staff-facing error for what SQLite reports; unknown results keep their name as a parameter."""
    for kind, code in _CODES:
        if isinstance(error, kind):
            return KnownError(code, {"detail": type(error).__name__})
    return KnownError("store-failed", {"detail": type(error).__name__})


_CODES: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.FullError, "disk-full"),
    (apsw.ReadOnlyError, "store-read-only"),
    (apsw.BusyError, "store-busy"),
    (apsw.LockedError, "store-busy"),
    (apsw.CorruptError, "store-damaged"),
    (apsw.NotADBError, "store-not-readable"),
    (apsw.CantOpenError, "store-not-found"),
    (apsw.IOError, "disk-failed"),
)

OF_THE_STORE = frozenset({"store-failed", "clock-broken", *(code for _, code in _CODES)})
"""What keeps every act from being recorded, not only one that does not fit."""


@contextmanager
def spoken(cleanup: Callable[[], None] | None = None) -> Iterator[None]:
    """Turn SQLite's errors inside the block into `KnownError`, after the clean-up."""
    try:
        yield
    except apsw.Error as error:
        if cleanup is not None:
            cleanup()
        raise known(error) from error

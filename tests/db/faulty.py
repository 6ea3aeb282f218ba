"""A disk that fails on demand: writes that find it full, syncs that fail, reads that break."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import apsw
import pytest

_NUMBERS = itertools.count()


class FaultyDisk(apsw.VFS):
    """Passes everything on to the real disk until it is told to fail."""

    def __init__(self) -> None:
        self.name = f"faulty{next(_NUMBERS)}"
        self.failing: type[apsw.Error] | None = None
        self.on = "write"
        self.after = 0
        super().__init__(self.name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Open a file that asks this disk before it works."""
        return _File(self, name, flags)

    def check(self, what: str) -> None:
        """Fail when this kind of work is to fail now."""
        if self.failing is not None and what == self.on:
            if self.after:
                self.after -= 1
                return
            raise self.failing("the disk was told to fail")

    @contextmanager
    def fails(self, error: type[apsw.Error], on: str = "write", after: int = 0) -> Iterator[None]:
        """Inside, work of one kind fails, after it went well `after` times."""
        self.failing, self.on, self.after = error, on, after
        try:
            yield
        finally:
            self.failing = None


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("", name, flags)  # type: ignore[arg-type]

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.check("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.check("sync")
        super().xSync(flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.check("read")
        return super().xRead(amount, offset)


@contextmanager
def faulty_disk(patch: pytest.MonkeyPatch) -> Iterator[FaultyDisk]:
    """Stores opened inside lie on a disk that can fail; encryption stands on top of it, as on the real one."""
    disk = FaultyDisk()
    patch.setattr("db.connection.apsw.Connection", partial(apsw.Connection, vfs=f"multipleciphers-{disk.name}"))
    try:
        yield disk
    finally:
        patch.undo()
        disk.unregister()

"""Generated libraries kept between runs, and copies of them to work in, so that the kept ones never change."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from db.connection import connect
from db.migrate import DIRECTORY
from db.store import DeskStore
from tests.bench import library


def shape() -> str:
    """Names what a generated library looks like: its schema and its generator."""
    digest = hashlib.sha256()
    for path in (*sorted(DIRECTORY.glob("[0-9]*.py")), Path(library.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def kept_library(cache: Path, items: int, tell: Callable[[str], object]) -> Path:
    """The kept library of this size, generated when there is none of today's shape; older shapes are removed."""
    root = cache / f"library-{items}-{shape()}"
    if not root.exists():
        for stale in cache.glob(f"library-{items}-*"):
            shutil.rmtree(stale)
        aside = cache / f"making-{items}"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        began = time.monotonic()
        tell(f"generating a library of {items:,} copies …")
        library.make(aside, items)
        aside.rename(root)
        tell(f"… in {time.monotonic() - began:.0f} s")
    return root


@dataclass(frozen=True, slots=True)
class Workplace:
    """A copy of a kept library that may be written to."""

    root: Path
    items: int

    def open(self) -> DeskStore:
        """Open it as its one desk."""
        return library.open_library(self.root)

    def bare_copy(self, store: DeskStore) -> apsw.Connection:
        """A bare connection, with the store's own settings, to a file equal to the open store as it is now."""
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path = self.root / "bare.db"
        copy_file(store.home.store, path)
        return connect(path, store.key)

    def make_second_copy(self) -> None:
        """Give the closed library the second copy that every running desk has."""
        store = self.open()
        second = store.home.second
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        second.mkdir(parents=True, exist_ok=True)
        copy_file(store.home.store, second / store.home.store.name)


@contextmanager
def workplace(cache: Path, items: int, tell: Callable[[str], object]) -> Iterator[Workplace]:
    """A fresh copy of the library of this size, removed at the end."""
    kept = kept_library(cache, items, tell)
    root = cache / f"work-{items}-{os.getpid()}"
    try:
        copy_tree(kept, root)
        yield Workplace(root, items)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder and wait until the disk has it, so that no later measurement pays for it."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            copy_file(path, place)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file and wait until the disk has it."""
    shutil.copyfile(source, target)
    with suppress(OSError), target.open("rb+") as file:
        os.fsync(file.fileno())

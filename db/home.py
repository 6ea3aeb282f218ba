"""A desk's home: the folder that holds one library's store, and the lock that lets one desk in."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.domain.system_fault import why
from app.ports import KnownError

_SYNCED = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "nextcloud", "syncthing", "mega")


class Home(Struct, frozen=True):
    """Where everything of one desk lies."""

    root: Path

    @property
    def store(self) -> Path:
        return self.root / "meja.db"

    @property
    def keys(self) -> Path:
        return self.root / "meja.keys"

    @property
    def lock(self) -> Path:
        return self.root / "desk.lock"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def slips(self) -> Path:
        return self.root / "slips"

    @property
    def unkept_key(self) -> Path:
        """A mark that stands here until somebody says that the recovery key is kept; it holds nothing."""
        return self.root / "key-not-kept"

    @property
    def second(self) -> Path:
        return self.root / "second"

    def second_at(self, said: str, desk: str) -> Path:
        """Where the second copy goes: a folder of the desk's own in the chosen one, else one beside the store. A folder
        of another kind of system, where the library was before, is no place here."""
        return Path(said) / desk[:8] if said and Path(said).is_absolute() else self.second

    def exists(self) -> bool:
        """True when a library was founded here."""
        return os.path.exists(self.store)

    def make(self) -> None:
        """Create the folders; only this account may look into them where the system knows such rights."""
        try:
            for folder in (self.root, self.backups, self.reports, self.slips):
                folder.mkdir(parents=True, exist_ok=True)
            if os.name == "posix":
                self.root.chmod(0o700)
        except OSError as error:
            raise KnownError("home-not-writable", {"path": str(self.root), "detail": why(error)}) from error


@contextmanager
def as_it_was(root: Path) -> Iterator[None]:
    """When the block fails, everything that came into a folder meanwhile goes again; what stood there before stays."""
    before = {path.name for path in root.iterdir()} if root.is_dir() else None
    try:
        yield
    except BaseException:
        if before is None:
            shutil.rmtree(root, ignore_errors=True)
        for path in root.iterdir() if root.is_dir() else ():
            if before is not None and path.name not in before:
                _take_away(path)
        raise


def _take_away(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def doubtful_place(root: Path) -> str:
    """Why a home should not lie here: "synced" (OneDrive and the like), "network" (a share), or "" for a good place.

    Both change or lock files behind the program's back, which a store that promises every act cannot bear.
    """
    resolved = root.expanduser().absolute()
    parts = [part.lower() for part in resolved.parts]
    if any(part == name or part.startswith(name + " ") for part in parts for name in _SYNCED):
        return "synced"
    text = str(resolved)
    if text.startswith(("\\\\", "//")):
        return "network"
    if os.name == "nt":
        return "network" if _windows_remote(resolved) else ""
    return "network" if _linux_filesystem(resolved) in _NETWORK_FILESYSTEMS else ""


_NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "davfs", "fuse.rclone"}


def _linux_filesystem(path: Path) -> str:
    """The type of the filesystem with the longest mount point above the path ("" when unknown)."""
    best, kind = -1, ""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = fields[1].replace("\\040", " ")
        if (str(path) + "/").startswith(mount.rstrip("/") + "/") and len(mount) >= best:
            best, kind = len(mount), fields[2]
    return kind


def _windows_remote(path: Path) -> bool:
    import ctypes

    drive_remote = 4
    kernel: Any = vars(ctypes)["windll"].kernel32
    return bool(kernel.GetDriveTypeW(path.drive + "\\") == drive_remote)


@contextmanager
def only_desk(home: Home) -> Iterator[None]:
    """Hold the home for one desk; a second one gets `KnownError("second-desk")` at once."""
    try:
        handle = open(home.lock, "a+b")  # noqa: SIM115 - held until the desk closes
    except OSError as error:
        raise KnownError("home-not-writable", {"path": str(home.root), "detail": why(error)}) from error
    try:
        try:
            _take(handle.fileno())
        except OSError as error:
            raise KnownError("second-desk", {"path": str(home.root)}) from error
        yield
    finally:
        handle.close()


def _take(descriptor: int) -> None:
    if os.name == "nt":
        locking: Any = importlib.import_module("msvcrt")
        locking.locking(descriptor, locking.LK_NBLCK, 1)
    else:
        locking = importlib.import_module("fcntl")
        locking.flock(descriptor, locking.LOCK_EX | locking.LOCK_NB)

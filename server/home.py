"""The server's folder: its store's key, its certificate, where it was last reached. For its account alone."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from app.domain.system_fault import why
from app.ports import KnownError
from app.small_file import put_file

KEY_BYTES = 32


class Home:
    """The files of one server. Made when it is missing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not os.access(root, os.W_OK):
                raise PermissionError(13, "", str(root))
        except OSError as error:
            raise KnownError("home-not-writable", {"path": str(root), "detail": why(error)}) from error

    @property
    def store(self) -> Path:
        """The SQLite database; not there when the log is kept in PostgreSQL."""
        return self.root / "log.db"

    @property
    def backups(self) -> Path:
        """Where backups go when nothing else is said."""
        return self.root / "backups"

    @property
    def snapshots(self) -> Path:
        """What new desks begin with, while the server runs."""
        return self.root / "snapshots"

    @property
    def certificate(self) -> Path:
        """The certificate that the server made for itself."""
        return self.root / "certificate.pem"

    @property
    def certificate_key(self) -> Path:
        """Its private key."""
        return self.root / "certificate.key"

    def key(self) -> bytes:
        """The raw key of the SQLite store, made at the first start. Without it nothing opens the store."""
        path = self.root / "store.key"
        try:
            kept = bytes.fromhex(path.read_text(encoding="ascii"))
        except FileNotFoundError:
            if self.store.exists():
                raise KnownError("server-key-missing", {"path": str(path)}) from None
            kept = secrets.token_bytes(KEY_BYTES)
            put_file(path, kept.hex().encode(), private=True)
        except (OSError, ValueError):
            raise KnownError("server-key-missing", {"path": str(path)}) from None
        if len(kept) != KEY_BYTES:
            raise KnownError("server-key-missing", {"path": str(path)})
        return kept

    def announce(self, url: str) -> None:
        """Remember under which address desks reach the server, for the codes that are made next."""
        put_file(self._serving, msgspec.json.encode({"url": url}), private=True)

    def url(self) -> str:
        """The address that was announced last; "" when the server never ran here."""
        try:
            found: Any = msgspec.json.decode(self._serving.read_bytes())
            return str(found["url"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    @property
    def _serving(self) -> Path:
        return self.root / "serving.json"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Hold the home for one serving process; the system lets go of it however the process ends. KnownError."""
        with (self.root / "serving.lock").open("a+b") as file:
            if not _locked(file.fileno()):
                raise KnownError("server-runs-already", {"path": str(self.root)})
            yield


def default_home() -> Path:
    """Where this account's server stands when nothing else is said."""
    return Path(platformdirs.user_data_dir("meja", appauthor=False)) / "server"


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

"""This account's secrets: the OS keyring where there is one, else a file of this account outside the home.

The file is the honest second best for a PC without a keyring: it protects copies and backups of the home, not
against somebody who can read this account's files. `meja check` and the desk say which one is in use.
"""

from __future__ import annotations

import json
from pathlib import Path

from app.domain.strict_json import parse_json
from app.domain.system_fault import why
from app.ports import KnownError
from app.small_file import put_file

SERVICE = "meja"


class KeyringSecrets:
    """Secrets in the OS keyring."""

    place = "keyring"

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(SERVICE, name)
        except KeyringError as error:
            raise KnownError("keyring-failed", {"detail": type(error).__name__}) from error

    def set(self, name: str, value: str) -> None:
        """Keep a secret."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(SERVICE, name, value)
        except KeyringError as error:
            raise KnownError("keyring-failed", {"detail": type(error).__name__}) from error


class FileSecrets:
    """Secrets in a file that only this account may read, in its configuration folder."""

    place = "file"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "secrets.json"

    def _all(self) -> dict[str, str]:
        try:
            kept = parse_json(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._all().get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; the file is never readable by others, not even while it is written."""
        self._put({**self._all(), name: value})

    def forget(self, name: str) -> None:
        """Drop a secret that is kept elsewhere now."""
        kept = self._all()
        if kept.pop(name, None) is not None:
            self._put(kept)

    def _put(self, kept: dict[str, str]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            put_file(self._path, json.dumps(kept).encode("ascii"), private=True)
        except OSError as error:
            raise KnownError("home-not-writable", {"path": str(self._path.parent), "detail": why(error)}) from error


def keyring_here() -> bool:
    """True when this machine has a real keyring."""
    import keyring
    from keyring.backends import fail, null

    return not isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring)


class AccountSecrets:
    """The keyring when this machine has a real one, else the file.

    A secret that is in the file is found without the keyring: only loading it costs as much as the rest of a start.
    """

    def __init__(self, config_folder: Path) -> None:
        self._file = FileSecrets(config_folder)
        self._last: KeyringSecrets | FileSecrets | None = None

    @property
    def place(self) -> str:
        """Where the last secret was: "keyring" or "file"; before any, where it would be kept."""
        return (self._last or self._best()).place

    def _best(self) -> KeyringSecrets | FileSecrets:
        return KeyringSecrets() if keyring_here() else self._file

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        kept = self._file.get(name)
        self._last = self._file if kept else self._best()
        return kept or self._last.get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret, at one place only."""
        self._last = self._best()
        self._last.set(name, value)
        if self._last is not self._file:
            self._file.forget(name)

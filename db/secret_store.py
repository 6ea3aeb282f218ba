"""This account's secrets: the OS keyring where there is one, else a file of this account outside the home.

The file is the honest second best for a PC without a keyring: it protects copies and backups of the home, not
against somebody who can read this account's files. `meja check` and the desk say which one is in use.
"""

from __future__ import annotations

import json
from pathlib import Path

from app.ports import KnownError
from db.small_file import put_file

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
            kept = json.loads(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._all().get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; the file is never readable by others, not even while it is written."""
        kept = {**self._all(), name: value}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            put_file(self._path, json.dumps(kept).encode("ascii"), private=True)
        except OSError as error:
            raise KnownError(
                "home-not-writable", {"path": str(self._path.parent), "detail": error.strerror or ""}
            ) from error


def account_secrets(config_folder: Path) -> KeyringSecrets | FileSecrets:
    """The keyring when this machine has a real one, else the file."""
    import keyring
    from keyring.backends import fail, null

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring | null.Keyring):
        return FileSecrets(config_folder)
    return KeyringSecrets()

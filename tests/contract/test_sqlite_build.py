"""The installed SQLite is the fixed and encrypting one, and nothing has overwritten it."""

from __future__ import annotations

from importlib import metadata

import apsw
import pytest


def test_sqlite_is_past_the_wal_corruption_bug() -> None:
    assert tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= (3, 51, 3)


def test_sqlite_encrypts() -> None:
    connection = apsw.Connection(":memory:")
    assert connection.execute("pragma cipher").get, "a SQLite without encryption is installed"
    connection.close()


def test_the_other_package_of_the_same_name_is_not_here() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.distribution("apsw")

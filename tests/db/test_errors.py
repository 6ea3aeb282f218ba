"""What the disk and SQLite report becomes a code for a plain sentence; what is a bug stays one."""

from __future__ import annotations

import apsw
import pytest

from app.ports import KnownError
from db.errors import known, spoken
from resources.loader import load_json


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (apsw.FullError, "disk-full"),
        (apsw.ReadOnlyError, "store-read-only"),
        (apsw.BusyError, "store-busy"),
        (apsw.LockedError, "store-busy"),
        (apsw.CorruptError, "store-damaged"),
        (apsw.NotADBError, "store-not-readable"),
        (apsw.CantOpenError, "store-not-found"),
        (apsw.IOError, "disk-failed"),
        (apsw.NoMemError, "store-failed"),
    ],
)
def test_every_failure_has_its_code_and_its_words(error: type[apsw.Error], code: str) -> None:
    told = known(error("raw words of the database"))
    assert told.code == code
    assert "raw words" not in str(told.params)
    for language in ("id", "en"):
        assert code in load_json(f"words/problems_{language}.json")


def test_spoken_turns_and_tidies() -> None:
    tidied: list[int] = []
    with pytest.raises(KnownError), spoken(lambda: tidied.append(1)):
        raise apsw.FullError("x")
    assert tidied == [1]
    with pytest.raises(ZeroDivisionError), spoken():
        raise ZeroDivisionError
    with pytest.raises(KnownError) as error, spoken():
        raise KnownError("second-desk")
    assert error.value.code == "second-desk"

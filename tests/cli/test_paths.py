"""Paths as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.paths import is_there, path_of
from app.ports import KnownError


def test_the_account_s_own_folder_is_known() -> None:
    assert path_of("~/perpus") == Path.home() / "perpus"
    assert path_of("perpus") == Path("perpus")


def test_nobody_s_folder_is_said() -> None:
    with pytest.raises(KnownError, match="file-not-found"):
        path_of("~no-such-account-here/x")


def test_a_name_that_no_disk_takes_is_not_there(tmp_path: Path) -> None:
    assert is_there(tmp_path)
    assert not is_there(tmp_path / ("x" * 5000))

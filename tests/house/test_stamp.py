"""What counts as set up."""

from __future__ import annotations

import venv
from pathlib import Path

import pytest

from bootstrap import stamp
from bootstrap.order import Needs


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout with locks and a stamped environment that holds the window set."""
    (tmp_path / "requirements").mkdir()
    for name in ("core", "window", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1\n", encoding="utf-8")
    venv.create(tmp_path / ".venv", with_pip=False)
    base = stamp.base_of(tmp_path / ".venv")
    print_of_lock = stamp.fingerprint(stamp.lock_path(tmp_path, Needs.WINDOW).read_bytes(), base)
    stamp.write(tmp_path / ".venv", stamp.Stamp(Needs.WINDOW, print_of_lock, base))
    return tmp_path


def current(house: Path, needs: Needs) -> bool:
    return stamp.is_current(house, house / ".venv", needs)


def test_a_finished_set_serves_itself_and_narrower_ones(house: Path) -> None:
    assert current(house, Needs.WINDOW)
    assert current(house, Needs.CORE)
    assert not current(house, Needs.TEST)


def test_a_changed_lock_is_noticed(house: Path) -> None:
    stamp.lock_path(house, Needs.WINDOW).write_text("window==2\n", encoding="utf-8")
    assert not current(house, Needs.CORE)


def test_another_sets_lock_does_not_matter(house: Path) -> None:
    stamp.lock_path(house, Needs.TEST).write_text("test==2\n", encoding="utf-8")
    assert current(house, Needs.WINDOW)


def test_a_python_that_went_away_is_noticed(house: Path) -> None:
    stamp.venv_python(house / ".venv").unlink()
    assert not current(house, Needs.CORE)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"needs": "moon"}', b'{"needs": "core"}', b"null", b"\xff\xfe"])
def test_a_damaged_stamp_counts_as_none(house: Path, raw: bytes) -> None:
    (house / ".venv" / stamp.STAMP_NAME).write_bytes(raw)
    assert stamp.read(house / ".venv") is None
    assert not current(house, Needs.CORE)


def test_a_missing_lock_is_not_current(house: Path) -> None:
    stamp.lock_path(house, Needs.WINDOW).unlink()
    assert not current(house, Needs.WINDOW)


def test_the_fingerprint_changes_with_the_python() -> None:
    assert stamp.fingerprint(b"x", "3.11") != stamp.fingerprint(b"x", "3.12")


def test_where_windows_keeps_the_python() -> None:
    assert stamp.venv_python(Path("v"), "nt").parts[-2:] == ("Scripts", "python.exe")

"""Figures per room."""

from __future__ import annotations

import pytest

from tools import rooms


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("app/domain/due.py", "app/domain"),
        ("app/domain/fold/item.py", "app/domain"),
        ("app/ports.py", "app"),
        ("ui/desk/window.py", "ui"),
        ("db\\journal.py", "db"),
    ],
)
def test_which_room_a_file_is_in(path: str, room: str) -> None:
    assert rooms.room_of(path) == room


def test_shares_add_up_statements_and_branches() -> None:
    one = {"summary": {"num_statements": 10, "covered_lines": 5, "num_branches": 4, "covered_branches": 2}}
    two = {"summary": {"num_statements": 6, "covered_lines": 6}}
    none = {"summary": {"num_statements": 0, "covered_lines": 0}}
    found = rooms.shares({"db/a.py": one, "db/b.py": two, "ui/c.py": none})
    assert found["db"] == rooms.Share(20, 13)
    assert found["db"].percent == pytest.approx(65.0)
    assert found["ui"].percent == 100.0


def test_which_suite_a_test_is_in() -> None:
    assert rooms.suite_of("tests/domain/test_due.py::test_x[a/b]") == "domain"
    assert rooms.suite_of("tests/test_x.py::test_y") == "tests"

"""Rights are plain codes in sets."""

from __future__ import annotations

from app.domain import right


def test_every_right_stands_in_the_full_set() -> None:
    named = {value for name, value in vars(right).items() if name.isupper() and isinstance(value, str)}
    assert named == right.ALL


def test_who_serves_may_lend_but_not_sign_or_forgive() -> None:
    assert right.DESK < right.ALL
    assert not right.DESK & {
        right.OVERRIDE, right.WAIVE, right.VOID, right.LATE_ENTRY, right.SETTINGS, right.STAFF, right.IMPORT,
    }  # fmt: skip

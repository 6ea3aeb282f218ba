"""Settings as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.services.typed_setting import value_of


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("sound.on", "False", False), ("look.scale", "125", 125), ("library.name", " Buku ", " Buku "),
        ("slip.reader_pages", " https://a.example ", "https://a.example"), ("scan.rules", "null", None),
        ("copy.folder", " ", ""), ("copy.folder", "~/salinan", str(Path.home() / "salinan")),
    ],
)  # fmt: skip
def test_what_fits(key: str, text: str, value: Any) -> None:
    assert value_of(key, text) == (value, "")


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("sound.on", "maybe", "wrong-kind"), ("look.scale", "-1", "wrong-kind"),
        ("look.scale", "9" * 5000, "wrong-kind"),
        ("scan.rules", "[" * 100_000, "wrong-kind"), ("scan.rules", "{", "wrong-kind"),
        ("copy.folder", "salinan", "not-absolute"), ("copy.folder", "~no-such-account/x", "not-absolute"),
    ],
)  # fmt: skip
def test_what_does_not(key: str, text: str, reason: str) -> None:
    assert value_of(key, text)[1] == reason


@pytest.mark.skipif(Path("C:/").is_absolute(), reason="a drive is a place here")
def test_a_drive_is_no_place_on_this_computer() -> None:
    assert value_of("copy.folder", "D:\\salinan")[1] == "not-here"

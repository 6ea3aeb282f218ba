"""Settings: each declared once, with a default that it would take itself."""

from __future__ import annotations

import pytest

from app.domain.setting import BY_KEY, SETTINGS, check_setting


def test_keys_are_declared_once() -> None:
    assert len(BY_KEY) == len(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_default_fits_its_declaration(setting: object) -> None:
    declared = BY_KEY[setting.key]  # type: ignore[attr-defined]
    assert check_setting(declared.key, declared.default) == ""
    assert declared.kind in ("text", "int", "bool", "choice", "address", "folder", "json")
    assert bool(declared.choices) == (declared.kind == "choice")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("no.such", 1, "unknown-setting"),
        ("sound.on", 1, "wrong-kind"),
        ("sound.on", "true", "wrong-kind"),
        ("look.scale", True, "wrong-kind"),
        ("look.scale", 99.5, "wrong-kind"),
        ("look.scale", 74, "out-of-range"),
        ("look.scale", 301, "out-of-range"),
        ("look.theme", "pink", "not-a-choice"),
        ("look.theme", None, "not-a-choice"),
        ("library.name", 5, "wrong-kind"),
        ("library.name", "x" * 501, "wrong-kind"),
        ("library.name", "\udcff", "bad-text"),
        ("library.name", "a\0b", "bad-text"),
        ("copy.folder", "salinan", "not-absolute"),
        ("copy.folder", "~/salinan", "not-absolute"),
        ("copy.folder", "D:salinan", "not-absolute"),
        ("copy.folder", "/\udcff", "bad-text"),
        ("copy.folder", 5, "wrong-kind"),
        ("slip.reader_pages", 5, "wrong-kind"),
        ("slip.reader_pages", "http://perpus.example.ac.id", "not-https"),
    ],
)
def test_what_does_not_fit_says_why(key: str, value: object, reason: str) -> None:
    assert check_setting(key, value) == reason


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("look.scale", 75),
        ("look.scale", 300),
        ("library.name", ""),
        ("library.name", "Ü" * 500),
        ("copy.folder", ""),
        ("copy.folder", "/media/stick"),
        ("copy.folder", "D:\\salinan"),
        ("copy.folder", r"\\server\salinan"),
    ],
)
def test_the_edges_fit(key: str, value: object) -> None:
    assert check_setting(key, value) == ""

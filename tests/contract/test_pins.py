"""Requirements are pinned with hashes, agree with each other, and stand in the bill of materials and the notices."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tools import pins, sbom

NEVER = frozenset({"apsw", "pyside6", "pyside6-addons", "nuitka", "pyqt6", "sqlalchemy"})


@pytest.mark.parametrize("name", ["core", "window", "server", "both", "test"])
def test_every_pin_has_hashes_and_no_address(root: Path, name: str) -> None:
    text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    locked = pins.read(text)
    assert len(locked) > 20
    assert not [pin.name for pin in locked if not pin.hashes]
    assert not NEVER & {pin.name for pin in locked}


def test_each_set_holds_the_one_before_in_the_same_versions() -> None:
    core, window, server, both, test = (
        {pin.name: (pin.version, pin.marker) for pin in pins.locked(name)}
        for name in ("core", "window", "server", "both", "test")
    )
    assert core.items() <= window.items()
    assert core.items() <= server.items()
    assert window.items() | server.items() == both.items()
    # What a set has on some systems or Pythons only, a larger one may have everywhere.
    assert all(test[name] in (pin, (pin[0], "")) for name, pin in both.items())
    assert "pyside6-essentials" not in core.keys() | server.keys()
    assert "uvicorn" not in window


def test_what_the_project_asks_for_is_locked(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"core": project["dependencies"], **project["optional-dependencies"]}
    for name, requirements in wanted.items():
        locked = {pin.name for pin in pins.locked(name)}
        for requirement in requirements:
            asked = re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")
            assert asked in locked, f"{asked} is missing in requirements/{name}.txt: run tools.lock"


def test_parts_for_one_system_or_python_carry_their_marker() -> None:
    markers = {pin.name: pin.marker for pin in pins.locked("test")}
    for name in ("pywin32", "pywin32-ctypes", "colorama", "tzdata", "pefile"):
        assert "sys_platform == 'win32'" in markers[name]
    for name in ("secretstorage", "jeepney"):
        assert "sys_platform == 'linux'" in markers[name]
    assert "python_full_version < '3.12'" in markers["importlib-metadata"]


def test_a_line_that_is_no_pin_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1"):
        pins.read("-e git+somewhere\n")


def test_the_bill_of_materials_is_current() -> None:
    assert sbom.PATH.read_text(encoding="utf-8") == sbom.render(), "run: python -m tools.sbom"


def test_every_part_has_a_licence_and_its_text(root: Path) -> None:
    licences = json.loads((root / "docs" / "licences" / "licences.json").read_text(encoding="utf-8"))
    for pin in pins.locked("both"):
        assert licences.get(pin.name), f"no licence for {pin.name}: run tools.licences"
        text = root / "docs" / "licences" / "texts" / f"{pin.name}.txt"
        if "win32" not in pin.marker:
            first = text.read_text(encoding="utf-8").splitlines()[0]
            assert first == f"{pin.name} {pin.version}", "run: python -m tools.licences"
    assert not [name for name, licence in licences.items() if licence.startswith(("GPL", "AGPL"))]


def test_every_bundled_font_has_its_licence_beside_it(root: Path) -> None:
    fonts = list((root / "resources" / "fonts").glob("*.ttf"))
    assert fonts
    for font in fonts:
        licence = font.with_name(f"{font.name.partition('-')[0]}-OFL.txt")
        assert "sil open font license" in licence.read_text(encoding="utf-8").lower()

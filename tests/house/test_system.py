"""What the operating system must bring, and how it is asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bootstrap import system
from bootstrap.order import Needs


def lacking(needs: Needs, env: dict[str, str], *, platform: str = "linux", needs_venv: bool = True) -> list[str]:
    """What a machine with nothing at all lacks."""
    return system.missing_things(
        needs,
        env,
        needs_venv=needs_venv,
        platform=platform,
        has_library=lambda _name: False,
        has_program=lambda _name: None,
        has_venv=lambda: False,
    )


def test_commands_without_a_window_need_no_library_of_qt() -> None:
    assert lacking(Needs.CORE, {}) == ["venv"]
    assert lacking(Needs.CORE, {}, needs_venv=False) == []


def test_a_window_needs_the_screen_libraries() -> None:
    missing = lacking(Needs.WINDOW, {})
    assert {"libxcb-cursor.so.0", "libxcb-shape.so.0", "libEGL.so.1", "libcups.so.2"} <= set(missing)
    assert "Xvfb" not in missing


def test_offscreen_needs_no_screen_library() -> None:
    assert "libxcb-cursor.so.0" not in lacking(Needs.WINDOW, {"QT_QPA_PLATFORM": "offscreen"})


def test_the_checks_need_a_screen_of_their_own() -> None:
    assert {"Xvfb", "xdotool", "objdump", "libxcb-cursor.so.0"} <= set(lacking(Needs.TEST, {}))


def test_a_python_library_shipped_apart_has_its_package() -> None:
    assert system.debian_package("libpython3.11.so.1.0", (3, 11)) == "libpython3.11"


def test_windows_needs_nothing_from_the_system() -> None:
    assert lacking(Needs.TEST, {}, platform="win32") == ["venv"]


def test_a_machine_with_everything_lacks_nothing() -> None:
    assert not system.missing_things(
        Needs.TEST,
        {},
        needs_venv=True,
        platform="linux",
        has_library=lambda _name: True,
        has_program=lambda name: f"/usr/bin/{name}",
        has_venv=lambda: True,
    )


def test_every_missing_thing_has_a_debian_package() -> None:
    packages = [system.debian_package(thing, (3, 11)) for thing in lacking(Needs.TEST, {})]
    assert packages[0] == "python3.11-venv"
    assert all(packages)
    assert len(set(packages)) == len(packages)


@pytest.mark.parametrize(
    ("glibc", "expected"),
    [("2.31", True), ("2.34", False), ("2.36", False), ("2.9", True), ("3.0", False), ("", False), ("musl", False)],
)
def test_which_linux_is_too_old_for_qt(glibc: str, expected: bool) -> None:
    assert system.too_old_for_qt(glibc) is expected


def test_the_c_library_is_asked_for_its_version() -> None:
    assert system.glibc_of(lambda _name: "glibc 2.36") == "2.36"
    assert system.glibc_of(lambda _name: None) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ID=debian\n", True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ("NAME=x\nID=ubuntu\nID_LIKE=debian\n", True),
        ("ID=fedora\n", False),
        ('ID=arch\nNAME="not debian"\n', False),
        ("", False),
    ],
)
def test_which_systems_have_apt(text: str, expected: bool) -> None:
    assert system.is_debian_family(text) is expected


def test_root_needs_no_sudo_and_nobody_is_asked_a_password_without_a_terminal() -> None:
    as_root = system.apt_lines(["xvfb"], is_root=True, ask_password=False)
    assert as_root[1][0] == "env"
    assert as_root[1][-1] == "xvfb"
    assert system.apt_lines(["xvfb"], is_root=False, ask_password=True)[1][:2] == ["sudo", "env"]
    assert system.apt_lines(["xvfb"], is_root=False, ask_password=False)[1][:2] == ["sudo", "-n"]


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ({"libcups2"}, "libcups2"),
        ({"libcups2t64"}, "libcups2t64"),
        ({"libcups2", "libcups2t64"}, "libcups2"),
        (set(), "libcups2"),
    ],
)
def test_a_renamed_package_is_found(known: set[str], name: str) -> None:
    assert system.todays_name("libcups2", known.__contains__) == name


@pytest.mark.skipif(sys.platform == "win32", reason="apt is a Linux thing")
@pytest.mark.parametrize("good", [True, False])
def test_apt_speaks_into_the_log_and_only_its_reasons_are_said(
    good: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Programs of the test's own called apt-get and apt-cache stand first on the PATH."""
    end = "exit 0" if good else 'echo "E: Unable to locate package xvfb"; exit 100'
    for name, lines in (("apt-get", f'echo "Reading package lists... $*"\n{end}'), ("apt-cache", "exit 0")):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    log = tmp_path / "log.txt"
    assert system.install(["xvfb"], log, root=True, ask_password=False) is good
    kept = log.read_text(encoding="utf-8")
    assert "Reading package lists" in kept
    assert "install --no-install-recommends xvfb" in kept
    out, err = capfd.readouterr()
    assert out == ""
    assert "Reading" not in err
    assert ("E: Unable to locate" in err) is not good

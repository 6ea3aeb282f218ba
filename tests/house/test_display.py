"""Whether a window could open here."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from bootstrap import display


def nobody(_display: str) -> bool:
    return False


def anybody(_display: str) -> bool:
    return True


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_always_have_one(platform: str) -> None:
    assert display.is_there({}, platform, nobody)


def test_linux_without_variables_has_none() -> None:
    assert not display.is_there({}, "linux", anybody)


def test_linux_believes_only_an_x_server_that_answers() -> None:
    assert display.is_there({"DISPLAY": ":0"}, "linux", anybody)
    assert not display.is_there({"DISPLAY": ":0"}, "linux", nobody)


def test_qt_may_be_told_to_need_none() -> None:
    assert display.is_there({"QT_QPA_PLATFORM": "offscreen:size=1366x768"}, "linux", nobody)
    assert not display.is_there({"QT_QPA_PLATFORM": "xcb"}, "linux", nobody)


def test_wayland_counts_when_its_socket_stands(tmp_path: Path) -> None:
    env = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert not display.is_there(env, "linux", nobody)
    (tmp_path / "wayland-0").touch()
    assert display.is_there(env, "linux", nobody)


@pytest.mark.parametrize(
    ("name", "number"),
    [(":0", "0"), ("unix:1.0", "1"), (":99.0", "99"), ("host:0", None), ("host:10.0", None), ("", None), ("x", None)],
)
def test_which_local_server_a_name_means(name: str, number: str | None) -> None:
    assert display.local_display_number(name) == number


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X servers on Linux listen on abstract sockets")
def test_a_local_server_is_asked() -> None:
    number = "48151"
    assert not display.answers(f":{number}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen(1)
        assert display.answers(f":{number}")
    assert display.answers("campus:0")
    assert not display.answers("nonsense")

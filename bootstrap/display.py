"""Whether a window could be opened here, without asking Qt. Pure but for one connection to a local X server."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping

WINDOWLESS = frozenset({"offscreen", "minimal", "vnc", "linuxfb", "eglfs"})


def local_display_number(display: str) -> str | None:
    """`0` of `:0` or `unix:0.0`; None when the display is on another machine or has no number."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    return number if colon and host in ("", "unix") and number.isdigit() else None


def answers(display: str) -> bool:
    """Whether a local X server accepts connections. A display on another machine is believed."""
    number = local_display_number(display)
    if number is None:
        return ":" in display
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


def is_there(env: Mapping[str, str], platform: str, answering: Callable[[str], bool] = answers) -> bool:
    """Whether a window can open. `platform` is sys.platform; Windows and macOS always have a display."""
    if not platform.startswith("linux"):
        return True
    if env.get("QT_QPA_PLATFORM", "").partition(":")[0] in WINDOWLESS:
        return True
    wayland = env.get("WAYLAND_DISPLAY", "")
    if wayland and os.path.exists(os.path.join(env.get("XDG_RUNTIME_DIR", ""), wayland)):
        return True
    display = env.get("DISPLAY", "")
    return bool(display) and answering(display)

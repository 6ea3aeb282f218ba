"""What the operating system must bring: shared libraries of Qt, venv support, the tools of the checks.

The decisions are pure; `missing_*` look at this machine and `install` changes it.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bootstrap import quiet
from bootstrap.order import Needs

# Shared libraries that Qt's wheels expect from Linux, and the Debian package of each. Where a name has changed with the
# 64-bit time transition, apt is asked which of the two it knows.
QT_LIBRARIES: dict[str, str] = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
}
SCREEN_LIBRARIES: dict[str, str] = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-util.so.1": "libxcb-util1",
    "libcups.so.2": "libcups2",
}
# Printing needs it, the window does not: brought where apt can, no reason to stop elsewhere.
WELCOME = frozenset({"libcups.so.2"})
CHECK_PROGRAMS: dict[str, str] = {"Xvfb": "xvfb", "xdotool": "xdotool", "objdump": "binutils"}
VENV_SUPPORT = "venv"
OLDEST_GLIBC = (2, 34)  # the wheels of PySide6 6.11 are tagged manylinux_2_34


def libraries_for(needs: Needs, qt_platform: str) -> dict[str, str]:
    """The shared libraries a set needs on Linux. `qt_platform` is QT_QPA_PLATFORM, empty when unset."""
    if not needs.covers(Needs.WINDOW):
        return {}
    if needs is not Needs.TEST and qt_platform.startswith("offscreen"):
        return dict(QT_LIBRARIES)
    return QT_LIBRARIES | SCREEN_LIBRARIES


def loads(library: str) -> bool:
    """Whether the system's loader finds the shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_things(
    needs: Needs,
    env: Mapping[str, str],
    *,
    needs_venv: bool,
    platform: str = sys.platform,
    has_library: Callable[[str], bool] = loads,
    has_program: Callable[[str], str | None] = shutil.which,
    has_venv: Callable[[], bool] = lambda: importlib.util.find_spec("ensurepip") is not None,
) -> list[str]:
    """What this machine lacks for `needs`: names of shared libraries and programs, and `venv`."""
    missing: list[str] = []
    if needs_venv and not has_venv():
        missing.append(VENV_SUPPORT)
    if platform.startswith("linux"):
        wanted = libraries_for(needs, env.get("QT_QPA_PLATFORM", ""))
        missing += [library for library in wanted if not has_library(library)]
        if needs is Needs.TEST:
            shared_python = str(sysconfig.get_config_var("INSTSONAME") or "")
            if shared_python.startswith("libpython") and ".so" in shared_python and not has_library(shared_python):
                missing.append(shared_python)  # the frozen build packs it; some systems ship it apart
            missing += [program for program in CHECK_PROGRAMS if not has_program(program)]
    return missing


def ask_system(name: str) -> str | None:
    """One fact of a POSIX system; None on others."""
    return os.confstr(name) if hasattr(os, "confstr") else None


def glibc_of(confstr: Callable[[str], str | None] = ask_system) -> str:
    """The C library's version such as `2.36`; empty where there is none by that name."""
    try:
        text = confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError):
        return ""
    return text.rpartition(" ")[2]


def too_old_for_qt(glibc: str) -> bool:
    """Whether a known C library is older than Qt's wheels ask for. An unknown one is given a try."""
    parts = glibc.split(".")
    if not all(part.isdigit() for part in parts):
        return False
    return tuple(int(part) for part in parts) < OLDEST_GLIBC


def debian_package(thing: str, python: tuple[int, int]) -> str:
    """The Debian package that brings a missing thing. `python` is (major, minor)."""
    if thing == VENV_SUPPORT:
        return f"python{python[0]}.{python[1]}-venv"
    if thing.startswith("libpython"):
        return f"libpython{python[0]}.{python[1]}"
    return (QT_LIBRARIES | SCREEN_LIBRARIES | CHECK_PROGRAMS)[thing]


def is_debian_family(os_release: str) -> bool:
    """Whether the text of /etc/os-release names Debian or something made from it, such as Ubuntu."""
    for line in os_release.splitlines():
        key, _, value = line.partition("=")
        if key in ("ID", "ID_LIKE") and {"debian", "ubuntu"} & set(value.strip().strip("\"'").split()):
            return True
    return False


def has_apt() -> bool:
    """Whether packages can be installed with apt here."""
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return is_debian_family(text) and shutil.which("apt-get") is not None


def apt_lines(packages: Iterable[str], *, is_root: bool, ask_password: bool) -> list[list[str]]:
    """The commands that install `packages`. Without a terminal sudo must not wait for a password."""
    prefix: list[str] = [] if is_root else ["sudo"] if ask_password else ["sudo", "-n"]
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"]
    return [
        [*prefix, *quiet, "update"],
        [*prefix, *quiet, "install", "--no-install-recommends", *packages],
    ]


def is_root() -> bool:
    """Whether this process may install system packages by itself."""
    return os.name != "nt" and os.geteuid() == 0


def known_to_apt(package: str) -> bool:
    """Whether apt could install the package."""
    done = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", package], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return done.returncode == 0


def todays_name(package: str, knows: Callable[[str], bool] = known_to_apt) -> str:
    """The package's name on this release: some carry `t64` since 2024 (libglib2.0-0t64, libcups2t64)."""
    renamed = package + "t64"
    return renamed if not knows(package) and knows(renamed) else package


def install(packages: list[str], log: Path, *, root: bool, ask_password: bool) -> bool:
    """Install Debian packages; what apt says goes into the log. The package lists are refreshed first.

    A failed refresh is not yet a failure: the packages may be known all the same.
    """
    update, _ = apt_lines(packages, is_root=root, ask_password=ask_password)
    quiet.run(update, log, keyboard=ask_password)
    named = [todays_name(package) for package in packages]
    _, line = apt_lines(named, is_root=root, ask_password=ask_password)
    return quiet.run(line, log, keyboard=ask_password)

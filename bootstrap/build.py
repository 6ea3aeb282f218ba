"""Makes `.venv`: create, fetch, install, stamp. Safe against a power cut at any moment and against two starts at once.

Everything is fetched before anything is changed, so a lost connection leaves a working desk working. A marker stands
while the environment is being changed; whoever finds it builds anew from the files fetched before.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bootstrap import quiet, stamp, words
from bootstrap.order import Needs

WORK_FOLDER = ".venv-setup"
MARKER = "building"
LOG = "log.txt"
COMPLETE = "complete"
WAIT_SECONDS = 0.5
MOST_NAMED = 8
"""Missing wheels that are named one by one."""


class SetupFailed(Exception):
    """The set-up stopped for a reason that has been said to the user."""


def pip_line(python: Path, verb: str, lock: Path, *, wheels: Path | None, into: Path | None) -> list[str]:
    """One pip command. Only wheels are taken, so nothing is compiled or run while installing; every file is checked."""
    line = [str(python), "-m", "pip", verb, "--require-hashes", "--only-binary=:all:", "--no-input"]
    line += ["--disable-pip-version-check", "-r", str(lock)]
    if verb == "install":
        line.append("--no-warn-script-location")
    if wheels is not None:
        line += ["--no-index", "--find-links", str(wheels)]
    if into is not None:
        line += ["--dest", str(into)]
    return [*line, "--progress-bar", "off"]


def fresh_log(root: Path) -> Path:
    """The file for what pip and apt say, empty; removed when the set-up went well."""
    work = root / WORK_FOLDER
    work.mkdir(exist_ok=True)
    log = work / LOG
    log.unlink(missing_ok=True)
    return log


def build(root: Path, venv: Path, needs: Needs, wheels: Path | None) -> None:
    """Bring `venv` to the lock of `needs`. Raises SetupFailed after having said why."""
    work = root / WORK_FOLDER
    try:
        work.mkdir(exist_ok=True)
        with _alone(work / "lock"):
            if stamp.is_current(root, venv, needs):
                return
            _build_alone(root, venv, _wider(venv, needs), wheels, work)
    except OSError as error:
        words.write(str(error))
        words.say("install-failed", log=str(work / LOG))
        raise SetupFailed from error


def _wider(venv: Path, needs: Needs) -> Needs:
    """The set to install: never less than what stands there, so that a scan does not take the window away."""
    before = stamp.read(venv)
    return before.needs.joined(needs) if before is not None else needs


def _build_alone(root: Path, venv: Path, needs: Needs, wheels: Path | None, work: Path) -> None:
    marker, log = work / MARKER, fresh_log(root)
    before = stamp.read(venv)
    moved_on = before is not None and stamp.base_of(venv) != before.base_python
    if marker.exists():
        words.say("mending")
    if marker.exists() or moved_on or not _works(venv):
        _create(venv, marker, log)
    python = stamp.venv_python(venv)
    lock = stamp.lock_path(root, needs)
    fetched = work / "wheels"
    _fetch(python, lock, wheels, fetched, log)
    words.say("installing")
    marker.touch()
    (venv / stamp.STAMP_NAME).unlink(missing_ok=True)
    if not quiet.run(pip_line(python, "install", lock, wheels=fetched, into=None), log):
        words.say("install-failed", log=str(log))
        raise SetupFailed
    base = stamp.base_of(venv)
    stamp.write(venv, stamp.Stamp(needs, stamp.fingerprint(lock.read_bytes(), base), base))
    marker.unlink(missing_ok=True)
    log.unlink(missing_ok=True)
    shutil.rmtree(fetched, ignore_errors=True)


def _fetch(python: Path, lock: Path, wheels: Path | None, into: Path, log: Path) -> None:
    """Bring every file of the lock into a folder, unless an earlier, interrupted set-up already has."""
    complete = into / COMPLETE
    wanted = stamp.fingerprint(lock.read_bytes(), str(python))
    try:
        if complete.read_text(encoding="utf-8") == wanted:
            return
    except OSError:
        pass
    pins = lock.read_text(encoding="utf-8")
    lacking = missing_wheels(pins, wheels) if wheels is not None else []
    if lacking:
        words.say("wheels-missing", folder=str(wheels), count=str(len(lacking)), names=", ".join(lacking[:MOST_NAMED]))
        raise SetupFailed
    count = len(_PINNED.findall(pins))
    words.say("fetching", count=str(count))
    shutil.rmtree(into, ignore_errors=True)
    if not quiet.run(pip_line(python, "download", lock, wheels=wheels, into=into), log, count):
        words.say("fetch-failed", log=str(log))
        raise SetupFailed
    complete.write_text(wanted, encoding="utf-8")


def missing_wheels(pins: str, folder: Path) -> list[str]:
    """The pinned libraries, as `name==version`, of which a folder has no wheel; those that only some systems need are
    left to pip."""
    there = set()
    for path in folder.glob("*.whl"):
        name, _, rest = path.name.lower().partition("-")
        there.add((_plain(name), rest.partition("-")[0]))
    pins_here = [pin for line in pins.splitlines() if ";" not in line and (pin := _PIN.match(line))]
    return [f"{pin[1]}=={pin[2]}" for pin in pins_here if (_plain(pin[1]), pin[2].lower()) not in there]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _works(venv: Path) -> bool:
    """Whether the environment's Python runs and has pip."""
    python = stamp.venv_python(venv)
    if not python.exists():
        return False
    line = [str(python), "-m", "pip", "--version"]
    return subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _create(venv: Path, marker: Path, log: Path) -> None:
    """A fresh environment in place of whatever stood there."""
    words.say("making")
    marker.touch()
    if venv.exists():
        try:
            shutil.rmtree(venv)
        except OSError as error:
            words.say("in-use", venv=str(venv))
            raise SetupFailed from error
    if not quiet.run([sys.executable, "-m", "venv", str(venv)], log):
        words.say("venv-failed", venv=str(venv))
        raise SetupFailed
    marker.unlink()


_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)")
_PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*==", re.MULTILINE)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the set-up's lock. The operating system lets go of it when the process ends, however it ends."""
    with path.open("a+b") as file:
        said = False
        while not _try_lock(file):
            if not said:
                words.say("waiting")
                said = True
            time.sleep(WAIT_SECONDS)
        yield


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

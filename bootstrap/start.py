"""The way from a command line to a running desk: understand, look, ask, build, hand over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bootstrap import stamp
from bootstrap.order import Needs, Order, understand

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
YES = frozenset({"1", "y", "ya", "yes", "true"})
CALLED_VARIABLE = "MEJA_CALLED"
NO_ANSWERS = frozenset({"n", "no", "t", "tidak"})


def start(argv: list[str]) -> int:
    """Run one command line. Exit code 0 done, 1 failed, 2 an answer, a display or a better call is needed."""
    order = understand(argv)
    try:
        return _start(order)
    except KeyboardInterrupt:
        from bootstrap import words

        words.say("interrupted")
        return 130


def _start(order: Order) -> int:
    if order.kind in ("help", "wrong"):
        return _explain(order)
    wheels = find_wheels(ROOT, order.wheels)
    if wheels is not None and not wheels.is_dir():
        from bootstrap import words

        words.say("no-wheels", folder=str(wheels))
        return 2
    if order.kind == "run" and order.needs is Needs.WINDOW:
        from bootstrap import display

        if not display.is_there(os.environ, sys.platform):
            from bootstrap import words

            words.say("no-display", called=called(sys.orig_argv, sys.argv[0], os.name))
            return 2
    current = stamp.is_current(ROOT, VENV, order.needs)
    if not current or _lost_libraries(order):
        code = _set_up(order, wheels, current=current)
        if code != 0:
            return code
    if order.kind == "setup":
        from bootstrap import words

        words.say("ready")
        return 0
    if order.kind == "test":
        from bootstrap import checks

        return checks.run(ROOT, stamp.venv_python(VENV), list(order.arguments))
    return hand_over(order)


def _lost_libraries(order: Order) -> bool:
    """Whether a window is to open on a Linux that lacks a library of Qt: set up without a screen, or upgraded."""
    if order.needs is not Needs.WINDOW or order.kind != "run" or not sys.platform.startswith("linux"):
        return False
    from bootstrap import system

    return bool(system.missing_things(order.needs, os.environ, needs_venv=False))


def _explain(order: Order) -> int:
    from bootstrap import words
    from bootstrap.order import DESK_COMMANDS, SERVER_COMMAND

    out = sys.stdout if order.kind == "help" else sys.stderr
    if order.kind != "help":
        words.say(order.problem, called=called(sys.orig_argv, sys.argv[0], os.name), **order.facts)
    if not order.facts.get("near"):
        words.say("help", out)
        words.list_commands((*DESK_COMMANDS, SERVER_COMMAND), ROOT / "resources" / "words", out)
    return 0 if order.kind == "help" else 2


def _set_up(order: Order, wheels: Path | None, *, current: bool) -> int:
    from bootstrap import build, words

    if os.pathsep in str(ROOT):
        words.say("bad-path", mark=os.pathsep, folder=str(ROOT))
        return 2
    code = _prepare_system(order.needs, wheels, current=current)
    if code != 0 or current:
        return code
    try:
        build.build(ROOT, VENV, order.needs, wheels)
    except build.SetupFailed:
        return 1
    return 0


def find_wheels(root: Path, named: str | None) -> Path | None:
    """The folder of wheels to install from: the named one, else `wheels` beside meja.py, else none (the internet)."""
    if named is not None:
        return Path(named).absolute()
    beside = root / "wheels"
    return beside if beside.is_dir() else None


def _prepare_system(needs: Needs, wheels: Path | None, *, current: bool) -> int:
    """Say what will be installed, ask, and bring the system packages. 0 when the libraries may be fetched now."""
    from bootstrap import system, words

    glibc = system.glibc_of()
    if needs.covers(Needs.WINDOW) and sys.platform.startswith("linux") and system.too_old_for_qt(glibc):
        words.say("old-linux", glibc=glibc, called=called(sys.orig_argv, sys.argv[0], os.name))
        return 1
    missing = system.missing_things(needs, os.environ, needs_venv=not stamp.venv_python(VENV).exists())
    packages = [system.debian_package(thing, sys.version_info[:2]) for thing in missing]
    by_apt = bool(missing) and system.has_apt()
    if not by_apt:
        missing = [thing for thing in missing if thing not in system.WELCOME]
        if missing:
            words.say("need-packages", packages=", ".join(missing))
            return 1
        if current:
            return 0
    words.say("plan")
    if not current:
        words.say(f"plan-{needs.value}", venv=str(VENV))
        if wheels is not None:
            words.say("plan-wheels", folder=str(wheels))
    if by_apt:
        words.say("plan-system", packages=" ".join(packages))
    answer = ask("ask")
    if answer != 0:
        return answer
    return _bring(packages) if by_apt else 0


def _bring(packages: list[str]) -> int:
    from bootstrap import build, system, words

    root = system.is_root()
    terminal = sys.stdin is not None and sys.stdin.isatty()
    if not root:
        answer = ask("ask-sudo")
        if answer != 0:
            words.say("need-packages", packages=" ".join(packages))
            return answer
    words.say("packages", count=str(len(packages)))
    log = ROOT / build.WORK_FOLDER / build.LOG
    try:
        installed = system.install(packages, build.fresh_log(ROOT), root=root, ask_password=terminal)
    except OSError as error:  # no sudo on this machine, or a folder that cannot be written
        words.write(str(error))
        installed = False
    if not installed:
        words.say("apt-failed", line="sudo apt-get install " + " ".join(packages), log=str(log))
        return 1
    log.unlink(missing_ok=True)
    return 0


def ask(code: str) -> int:
    """Ask for a yes. 0 yes, 1 no, 2 when nobody can answer: then it never waits."""
    from bootstrap import words

    if os.environ.get("MEJA_ASSUME_YES", "").strip().lower() in YES:
        return 0
    if sys.stdin is None or not sys.stdin.isatty():
        words.say("no-terminal")
        return 2
    words.say(code)
    answer = sys.stdin.readline()
    if not answer or answer.strip().lower() in NO_ANSWERS:
        words.say("declined")
        return 1
    return 0


def called(typed: Sequence[str], script: str, system: str) -> str:
    """How the person began the line: `python3 meja.py`, so that sentences name commands as they are typed here.

    `typed` is sys.orig_argv, `script` sys.argv[0], `system` os.name. Windows does not tell of its launcher `py`.
    """
    if system == "nt":
        return "py meja.py"
    name = script if " " not in script else f'"{script}"'
    first = os.path.basename(typed[0]) if typed else "python3"
    return name if first == os.path.basename(script) else f"{first} {name}"


def hand_over(order: Order) -> int:
    """Become the desk. On Windows a child is started instead, since replacing a process there loses the console."""
    python = str(stamp.venv_python(VENV))
    environment = dict(os.environ)
    before = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = str(ROOT) + (os.pathsep + before if before else "")
    environment[CALLED_VARIABLE] = called(sys.orig_argv, sys.argv[0], os.name)
    line = [python, "-P", "-m", order.module, *order.arguments]
    if os.name != "nt":
        os.execve(python, line, environment)
    try:
        return subprocess.run(line, env=environment).returncode
    except KeyboardInterrupt:
        return 130

"""meja.py itself: old Pythons, a closed door without answers, a quick second start."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from bootstrap import stamp
from bootstrap.order import Needs
from bootstrap.start import CALLED_VARIABLE, called
from tests.house.conftest import Checkout


@pytest.fixture(scope="module")
def door() -> ModuleType:
    """meja.py as a module."""
    path = Path(__file__).resolve().parent.parent.parent / "meja.py"
    spec = importlib.util.spec_from_file_location("front_door", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 0), (3, 10, 99), (3, 15, 0), (4, 0)])
def test_a_python_that_cannot_run_meja_is_told_so(door: ModuleType, version: tuple[int, ...]) -> None:
    sentence = door.unsuitable(version)
    assert f"{version[0]}.{version[1]}" in sentence
    assert "3.11" in sentence


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13), (3, 14, 9)])
def test_a_python_that_can_is_not(door: ModuleType, version: tuple[int, ...]) -> None:
    assert door.unsuitable(version) is None


def test_old_pythons_can_read_the_door() -> None:
    text = (Path(__file__).resolve().parent.parent.parent / "meja.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text, feature_version=(3, 4))):
        assert not isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
    text.encode("ascii")  # Python 2 refuses other letters without a declaration


def test_the_set_up_knows_the_standard_library_only() -> None:
    for path in (Path(__file__).resolve().parent.parent.parent / "bootstrap").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names or top == "bootstrap", f"{path.name} imports {name}"


def test_without_an_answer_it_never_waits(checkout: Checkout) -> None:
    done = checkout.run("scan")
    assert done.returncode == 2
    assert "MEJA_ASSUME_YES=1" in done.stderr
    assert not (checkout.folder / ".venv").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of our own is a POSIX thing")
@pytest.mark.parametrize("answer", [b"t\n", b"n\n", b"Tidak\n", b"\x04"])
def test_at_a_terminal_it_asks_and_takes_no_for_an_answer(checkout: Checkout, answer: bytes) -> None:
    ours, theirs = os.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "MEJA_ASSUME_YES"}
    with subprocess.Popen(
        [sys.executable, str(checkout.folder / "meja.py"), "scan"],
        env=environment,
        stdin=theirs,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        os.write(ours, answer)
        _, said = process.communicate(timeout=30)
    os.close(ours)
    assert process.returncode == 1
    assert "Continue? [Y/n]" in said.decode()
    assert not (checkout.folder / ".venv").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
@pytest.mark.parametrize("command", [[], ["demo"], ["desk", "--home", "x"]])
def test_without_a_display_the_way_without_one_is_named(checkout: Checkout, command: list[str]) -> None:
    done = checkout.run(*command, MEJA_ASSUME_YES="1")
    assert done.returncode == 2
    assert "scan`" in done.stderr
    assert "meja.py" in done.stderr, "as it is typed here"
    assert not (checkout.folder / ".venv").exists()


def test_help_needs_nothing(checkout: Checkout) -> None:
    done = checkout.run("--help")
    assert done.returncode == 0
    assert "demo" in done.stdout
    assert not (checkout.folder / ".venv").exists()


def test_a_misspelt_command_installs_nothing(checkout: Checkout) -> None:
    done = checkout.run("chek", MEJA_ASSUME_YES="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean `python" in done.stderr
    assert 'meja.py" check`?' in done.stderr
    assert "tidak ada perintah" in done.stderr.lower()
    assert len(done.stderr.splitlines()) == 2, "what was meant, and nothing else"
    assert not (checkout.folder / ".venv").exists()
    assert not (checkout.folder / ".venv-setup").exists()


def test_a_missing_folder_of_wheels_is_named(checkout: Checkout) -> None:
    done = checkout.run("--wheels", "tidak ada", "scan", MEJA_ASSUME_YES="1")
    assert done.returncode == 2
    assert "tidak ada" in done.stderr


def stamped(checkout: Checkout) -> Path:
    """Give the checkout a finished environment without installing anything; returns its Python."""
    folder = checkout.folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    base = stamp.base_of(folder)
    lock = stamp.lock_path(checkout.folder, Needs.TEST).read_bytes()
    stamp.write(folder, stamp.Stamp(Needs.TEST, stamp.fingerprint(lock, base), base))
    (checkout.folder / "meja_probe.py").write_text('VERSION = "here"\n', encoding="utf-8")
    return stamp.venv_python(folder)


def test_the_command_gets_its_words_its_folder_and_gives_its_exit_code(checkout: Checkout, tmp_path: Path) -> None:
    stamped(checkout)
    elsewhere = tmp_path / "di tempat lain"
    (elsewhere / "app").mkdir(parents=True)
    (elsewhere / "app" / "__init__.py").touch()
    (elsewhere / "app" / "__main__.py").write_text("raise SystemExit('the wrong app')\n", encoding="utf-8")
    done = checkout.run("scan", "--home", "rumah baru", "fail", cwd=elsewhere)
    assert done.returncode == 7, done.stderr
    said = json.loads(done.stdout)
    assert said["args"] == ["scan", "--home", "rumah baru", "fail"]
    assert Path(said["cwd"]) == elsewhere
    assert done.stderr == ""


def test_a_second_start_adds_less_than_a_third_of_a_second(checkout: Checkout) -> None:
    python = stamped(checkout)
    environment = dict(os.environ, PYTHONPATH=str(checkout.folder))

    def direct() -> float:
        began = time.perf_counter()
        subprocess.run([python, "-P", "-m", "app", "scan"], env=environment, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began

    def through_the_door() -> float:
        began = time.perf_counter()
        assert checkout.run("scan").returncode == 0
        return time.perf_counter() - began

    through_the_door()
    added = statistics.median(through_the_door() for _ in range(5)) - statistics.median(direct() for _ in range(5))
    assert added < 0.3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps Qt's libraries apart")
def test_a_window_that_lost_a_system_library_is_mended_not_crashed(checkout: Checkout) -> None:
    stamped(checkout)
    system = checkout.folder / "bootstrap" / "system.py"
    text = system.read_text(encoding="utf-8")
    system.write_text(text.replace('"libxcb-cursor.so.0"', '"libxcb-that-is-gone.so.0"'), encoding="utf-8")
    done = checkout.run("demo", QT_QPA_PLATFORM="linuxfb")
    assert done.returncode in (1, 2), "1 where it names the library, 2 where apt would need an answer"
    assert "libxcb" in done.stderr
    assert checkout.run("scan").returncode == 0, "commands without a window do not care"


def test_the_desk_is_told_how_it_was_called() -> None:
    assert called(["/usr/bin/python3", "meja.py", "check"], "meja.py", "posix") == "python3 meja.py"
    assert called(["python3.13", "/srv/buku kita/meja.py"], "/srv/buku kita/meja.py", "posix") == (
        'python3.13 "/srv/buku kita/meja.py"'
    )
    assert called(["C:\\Python\\python.exe"], "meja.py", "nt") == "py meja.py"
    assert called([], "meja.py", "posix") == "python3 meja.py"
    from resources import called as sentences

    assert sentences.CALLED_VARIABLE == CALLED_VARIABLE

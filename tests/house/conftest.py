"""A small Meja to set up: the real meja.py and bootstrap, a desk of one line, wheels made on the spot."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DESK = '''"""A desk that only says what it was asked."""

import json
import os
import sys

import meja_probe

print(json.dumps({"args": sys.argv[1:], "probe": meja_probe.VERSION, "cwd": os.getcwd()}))
sys.exit(7 if "fail" in sys.argv else 0)
'''


def make_wheel(folder: Path, version: str) -> str:
    """A tiny wheel `meja-probe`; returns its SHA-256."""
    name = "meja_probe"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f'VERSION = "{version}"\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: meja-probe\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(text.encode())}")
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)  # the same bytes every time
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the set-up somewhere else, with a folder of wheels beside it."""

    folder: Path
    wheels: Path

    def pin(self, version: str) -> None:
        """Make a wheel of `version` and pin it in every set."""
        digest = make_wheel(self.wheels, version)
        lock = f"meja-probe=={version} \\\n    --hash=sha256:{digest}\n"
        for name in ("core", "window", "test"):
            (self.folder / "requirements" / f"{name}.txt").write_text(lock, encoding="utf-8")

    def start(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        """Start `python meja.py ARGUMENTS` without a terminal."""
        kept = {k: v for k, v in os.environ.items() if k not in ("MEJA_ASSUME_YES", "QT_QPA_PLATFORM", "PYTHONPATH")}
        return subprocess.Popen(
            [sys.executable, str(self.folder / "meja.py"), *arguments],
            cwd=cwd or self.folder,
            env={**kept, "PIP_NO_INDEX": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Start and wait for the end."""
        with self.start(*arguments, cwd=cwd, **environment) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout in a folder with spaces and Arabic letters, pinned to version 1."""
    folder = tmp_path / "مكتبة kampus dua" / "meja"
    (folder / "app").mkdir(parents=True)
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "meja.py", folder)
    shutil.copytree(ROOT / "bootstrap", folder / "bootstrap", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "app" / "__init__.py").write_text('"""The desk."""\n', encoding="utf-8")
    (folder / "app" / "__main__.py").write_text(DESK, encoding="utf-8")
    made = Checkout(folder, tmp_path / "roda kering")
    made.pin("1")
    return made

"""The printer library: loaded once, and nothing of its loading is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from app.printing.escpos_library import escpos_printers

ROOT = Path(__file__).resolve().parents[2]


def test_the_printers_a_desk_may_have_are_there_and_loaded_once() -> None:
    printers = escpos_printers()
    assert escpos_printers() is printers
    assert {"Dummy", "Network", "Usb", "Win32Raw"} <= set(dir(printers))
    paper = printers.Dummy()
    paper.text("Struk")
    assert b"Struk" in paper.output


def test_loading_leaves_no_trace_in_temporary_folder_and_logging(tmp_path: Path) -> None:
    program = (
        "import logging; mine = logging.NullHandler(); logging.getLogger().addHandler(mine); "
        "from app.printing.escpos_library import escpos_printers; escpos_printers(); "
        "assert logging.getLogger().handlers == [mine]"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "TMP": str(tmp_path)}
    environment.pop("ESCPOS_CAPABILITIES_PICKLE_DIR", None)
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_somebody_chose_is_theirs(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    program = "from app.printing.escpos_library import escpos_printers; escpos_printers()"
    environment = {**os.environ, "ESCPOS_CAPABILITIES_PICKLE_DIR": str(chosen)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert chosen.is_dir()

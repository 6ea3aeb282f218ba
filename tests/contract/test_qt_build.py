"""The installed Qt binding keeps its books: some builds lose references to True and None until Python dies."""

from __future__ import annotations

import os
import subprocess
import sys

PROBE = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Probe(QObject):
    fired = Signal(str)

app = QCoreApplication([])
probe = Probe()
probe.fired.connect(lambda _text: None)
before = sys.getrefcount(True), sys.getrefcount(None)
for _ in range(200):
    probe.fired.emit("x")
    probe.setObjectName("x")
after = sys.getrefcount(True), sys.getrefcount(None)
print(min(b - a for a, b in zip(before, after)))
"""


def test_signals_and_void_calls_keep_the_singletons() -> None:
    # In a child: a broken build aborts the whole process, now or at its exit.
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        capture_output=True,
        text=True,
        timeout=60,
        env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > -25

"""Runs pip and apt without their lines: those go into a log, and only the reasons of a failure are said."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bootstrap import words

MOST_REASONS = 5


def run(line: list[str], log: Path, count: int = 0, *, keyboard: bool = False) -> bool:
    """Run a command; True when it went well. What it says goes into the log, its errors are said when it did not.

    With a `count` the libraries that it has begun with are counted before the person's eyes. `keyboard` leaves the
    terminal to the command, for a password.
    """
    environment = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8")
    begun = 0
    said: list[str] = []
    with (
        log.open("a", encoding="utf-8") as file,
        subprocess.Popen(
            line, stdin=None if keyboard else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment, encoding="utf-8", errors="replace",
        ) as process,
    ):  # fmt: skip
        for text in process.stdout or ():
            file.write(text)
            said.append(text.rstrip())
            if count and text.startswith(("Collecting ", "Processing ", "Ignoring ")):
                begun += 1
                words.progress(min(begun, count), count)
    if count:
        words.progress_ends()
    if process.returncode == 0:
        return True
    reasons = [text for text in said if "error" in text.lower() or text.startswith("E: ")] or said
    words.write("\n".join(reasons[-MOST_REASONS:]))
    return False

"""How this program is called on a command line, for sentences that name a command to type."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

CALLED_VARIABLE = "MEJA_CALLED"
"""Set by the set-up: how the person began the line, such as `python3 meja.py`."""

_COMMAND = re.compile("`meja ")


def called() -> str:
    """The first words of a line that runs a command of this program."""
    said = os.environ.get(CALLED_VARIABLE, "")
    if said and said.isprintable():
        return said
    name = Path(sys.argv[0]).name
    return name if name.lower() in ("meja", "meja.exe") else "meja"


def as_called(text: str, *, marked: bool = True) -> str:
    """A text out of the resources with its commands as they are typed here; there each begins with "`meja ".

    `marked` False takes the marks around commands away, for screens and paper that have no use for them.
    """
    if "`" not in text:
        return text
    text = _COMMAND.sub(lambda _found: f"`{called()} ", text)
    return text if marked else text.replace("`", "")

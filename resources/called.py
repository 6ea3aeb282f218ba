"""How this program is called on a command line, for sentences that name a command to type."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

CALLED_VARIABLE = "MEJA_CALLED"
"""Set by the set-up: how the person began the line, such as `python3 meja.py`."""

_COMMAND = re.compile("`meja ([a-z][a-z-]*)?([^`]*)`")
_NOT_OF_A_HOME = frozenset({"demo", "server"})
_home = ""


def at_home(home: str) -> None:
    """From now on sentences name commands for this home, as it was typed; "" is the account's own."""
    global _home
    _home = home


def _as_typed(found: re.Match[str]) -> str:
    command = found[1] or ""
    shown = _home if " " not in _home else f'"{_home}"'
    # A brace would be taken for the place of a fact.
    named = _home and command and command not in _NOT_OF_A_HOME and not {"{", "}"} & set(_home)
    where = f" --home {shown}" if named else ""
    return f"`{called()} {command}{found[2]}{where}`"


def called() -> str:
    """The first words of a line that runs a command of this program."""
    said = os.environ.get(CALLED_VARIABLE, "")
    if said and said.isprintable():
        return said
    name = Path(sys.argv[0]).name
    return name if name.lower() in ("meja", "meja.exe") else "meja"


def as_called(text: str, *, marked: bool = True) -> str:
    """A text out of the resources with its commands as they are typed here; there each begins with "`meja ". A command
    for another home than the account's own names it.

    `marked` False takes the marks around commands away, for screens and paper that have no use for them.
    """
    if "`" not in text:
        return text
    text = _COMMAND.sub(_as_typed, text)
    return text if marked else text.replace("`", "")

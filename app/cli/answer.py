"""What a command that is done prints: sentences for a person, one object for a script.

One rule for all commands: `--json` always prints the object. Without it a terminal gets sentences; where the answer
goes into a pipe or a file, commands whose answer a script goes on with print the object too.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from app.cli.words import sentence
from app.domain.verdict import Param
from app.ports import KnownError


def wants_object(options: argparse.Namespace) -> bool:
    """Whether a script reads the answer: it was asked for, or nobody looks at it."""
    return bool(options.json) or not sys.stdout.isatty()


def answer(options: argparse.Namespace, code: str, found: dict[str, Any], **facts: Param) -> None:
    """Print what a command did: `found` as an object, or the sentence `done.<code>` in both languages with its facts
    and those of `found`."""
    if wants_object(options):
        print(json.dumps({"ok": True, **found}, ensure_ascii=False))
        return
    print(sentence(KnownError(f"done.{code}", {**found, **facts})).replace("\n      ", "\n"))

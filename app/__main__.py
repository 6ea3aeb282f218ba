"""The `meja` command: reads the command line and hands over to the rooms."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Sequence

from app.cli.arguments import build_parser
from app.cli.parser import USAGE, console
from app.cli.words import refused_by_system
from app.ports import KnownError
from resources.called import at_home

OK, FAILED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 done, 1 it could not be done, 2 the command line is not right."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    if not line or (line[0].startswith("-") and line[0] not in ("-h", "--help")):
        line.insert(0, "desk")
    console()
    options = build_parser().parse_args(line)
    at_home(getattr(options, "home", ""))
    try:
        _only_text(line)
        return _run(options)
    except KnownError as error:
        return _say(error, getattr(options, "json", False))
    except OSError as error:
        if _nobody_reads(error):
            # Whoever read our output went away; Python would complain again while closing the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return OK
        return _say(refused_by_system(error), getattr(options, "json", False))
    except KeyboardInterrupt:
        return 130
    finally:
        at_home("")


def _nobody_reads(error: OSError) -> bool:
    """True when our output's other end is closed; Windows calls that an invalid argument of a file without a name."""
    return isinstance(error, BrokenPipeError) or (
        os.name == "nt" and error.errno == errno.EINVAL and error.filename is None
    )


def _only_text(arguments: Sequence[str]) -> None:
    """KnownError for bytes that are no text: no name, code or path with them could be kept or said."""
    given = [*arguments, *(os.environ.get(name, "") for name in _VARIABLES)]
    if any("\ud800" <= sign <= "\udfff" for text in given for sign in text):
        raise KnownError("argument-not-text")


_VARIABLES = ("MEJA_PIN", "MEJA_NEW_PIN", "MEJA_RECOVERY_KEY", "MEJA_CONFIG_DIR")


def _run(options: argparse.Namespace) -> int:
    from app.cli import commands

    return commands.COMMANDS[options.command](options)


_LINE_CODES = frozenset({
    "argument-not-text", "export-slims-out", "export-what", "no-display", "not-a-date", "print-nothing-given",
    "staff-incomplete",
})  # fmt: skip
"""What is wrong with the line itself, or with the place where it was typed."""


def _say(error: KnownError, as_json: bool) -> int:
    from app.cli.words import sentence

    if as_json:
        print(json.dumps({"ok": False, "problem": error.code, **error.params}, ensure_ascii=False, default=str))
    print(f"meja: {sentence(error)}", file=sys.stderr)
    return USAGE if error.code in _LINE_CODES else FAILED


if __name__ == "__main__":
    sys.exit(main())

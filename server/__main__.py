"""The `meja server` command: reads the command line and hands over."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from app.cli.parser import USAGE, console
from app.cli.words import sentence
from app.domain.system_fault import why
from app.ports import KnownError
from server.cli.arguments import build_parser
from server.ports import StoreFault

OK, FAILED = 0, 1
_LINE_CODES = frozenset({"server-cert-and-key", "server-database", "server-proxy-url"})
"""What is wrong with the line itself."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 done, 1 it could not be done, 2 the command line is not right."""
    console()
    options = build_parser().parse_args(arguments)
    from server.cli.commands import COMMANDS

    try:
        return COMMANDS[options.command](options)
    except KnownError as error:
        return _say(error, as_json=options.json)
    except StoreFault as fault:
        return _say(KnownError("server-store", {"fault": fault.code, "detail": fault.detail}), as_json=options.json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        said = {"path": str(error.filename or ""), "detail": why(error) or type(error).__name__}
        return _say(KnownError("system-refused", said), as_json=options.json)
    except KeyboardInterrupt:
        return 130


def _say(error: KnownError, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"ok": False, "problem": error.code, **error.params}, ensure_ascii=False, default=str))
    print(f"meja: {sentence(error)}", file=sys.stderr)
    return USAGE if error.code in _LINE_CODES else FAILED


if __name__ == "__main__":
    sys.exit(main())

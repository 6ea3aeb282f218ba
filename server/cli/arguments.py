"""All commands of `meja server` and what each takes; their words stand in the resources (`words/server_help_…`)."""

from __future__ import annotations

from typing import Any

from app.cli.parser import Parser, between
from app.domain.clock import ZONES
from resources.called import called

BOOK = "server_help"
DEFAULT_PORT = 7443


def build_parser() -> Parser:
    """All commands and their options; every command takes --home and --database."""
    parser = Parser("server", f"{called()} server", BOOK)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    serve = _command(commands, "serve")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS")
    serve.add_argument("--port", default=DEFAULT_PORT, type=between(int, 0, 65_535), metavar="N")
    serve.add_argument("--url", default="", metavar="URL")
    serve.add_argument("--tls", action="store_true")
    serve.add_argument("--cert", default="", metavar="FILE")
    serve.add_argument("--key", default="", metavar="FILE")
    serve.add_argument("--behind-proxy", default="", metavar="ADDRESS")
    found = _command(commands, "found")
    found.add_argument("--zone", default="Asia/Jakarta", choices=tuple(ZONES), metavar="ZONE")
    enrol = _command(commands, "enrol")
    enrol.add_argument("--name", default="", metavar="NAME")
    enrol.add_argument("--url", default="", metavar="URL")
    enrol.add_argument("--minutes", default=60, type=between(int, 1, 7 * 24 * 60), metavar="N")
    _of_a_library(enrol)
    _of_a_library(_command(commands, "desks"))
    revoke = _command(commands, "revoke")
    revoke.add_argument("desk", metavar="DESK")
    revoke.add_argument("--undo", action="store_true")
    _of_a_library(revoke)
    aside = _command(commands, "aside")
    aside.add_argument("--let-in", default="", metavar="DESK")
    _of_a_library(aside)
    _of_a_library(_command(commands, "status"))
    _of_a_library(_command(commands, "check"))
    export = _command(commands, "export")
    export.add_argument("what", choices=("journal", "state-hash"), metavar="WHAT")
    export.add_argument("--out", default="", metavar="FILE")
    _of_a_library(export)
    backup = _command(commands, "backup")
    backup.add_argument("folder", nargs="?", default="", metavar="FOLDER")
    _of_a_library(backup)
    _command(commands, "restore").add_argument("file", metavar="FILE")
    _command(commands, "certificate").add_argument("--renew", action="store_true")
    return parser


def _command(commands: Any, name: str) -> Parser:
    whole = f"server {name}"
    parser: Parser = commands.add_parser(name, help=f"{BOOK}:command.{whole}", command=whole, book=BOOK)
    parser.add_argument("--home", default="", metavar="FOLDER")
    parser.add_argument("--database", default="", metavar="URL")
    parser.add_argument("--json", action="store_true")
    return parser


def _of_a_library(parser: Parser) -> None:
    parser.add_argument("--library", default="", metavar="ID")

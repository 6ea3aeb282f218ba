"""All commands of the command line and what each takes; their words stand in the resources (`words/help_…`)."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.parser import Parser, between
from app.domain.clock import ZONES

SHEET_NAMES = ("tj-103", "tj-107", "tj-108", "tj-121", "a4-3x8", "a4-4x10", "avery-5160")
EXPORTS = ("journal", "loans", "items", "members", "charges", "holds", "slims", "state-hash")


def build_parser() -> Parser:
    """All commands and their options; every command takes --home."""
    parser = Parser()
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    desk = _command(commands, "desk")
    desk.add_argument("--selftest-scan", metavar="FILE", help=argparse.SUPPRESS)
    demo = _command(commands, "demo")
    demo.add_argument("--json", action="store_true")
    demo.add_argument("--no-window", action="store_true")
    scan = _command(commands, "scan")
    scan.add_argument("--staff", default="", metavar="NAME")
    init = _command(commands, "init")
    init.add_argument("--json", action="store_true")
    init.add_argument("--name", default="Perpustakaan")
    init.add_argument("--policy", default="campus", choices=("campus", "campus-slims"))
    init.add_argument("--policy-file", metavar="FILE")
    init.add_argument("--zone", default="", choices=("", *ZONES), metavar="ZONE")
    _safety(commands)
    _data(commands)
    _paper(commands)
    _library(commands)
    _central(commands)
    return parser


def _command(commands: Any, name: str) -> Parser:
    parser: Parser = commands.add_parser(name, help=f"command.{name}", command=name)
    parser.add_argument("--home", default="", metavar="FOLDER")
    parser.add_argument("--recovery-key", action="store_true")
    return parser


def _safety(commands: Any) -> None:
    check = _command(commands, "check")
    check.add_argument("--json", action="store_true")
    backup = _command(commands, "backup")
    backup.add_argument("--json", action="store_true")
    backup.add_argument("folder", nargs="?", default="", metavar="FOLDER")
    backup.add_argument("--renew-keys", action="store_true")
    restore = _command(commands, "restore")
    restore.add_argument("--json", action="store_true")
    restore.add_argument("source", metavar="SOURCE")
    restore.add_argument("--recovery-key-file", default="", metavar="FILE")
    key = _command(commands, "recovery-key")
    key.add_argument("--out", default="", metavar="FILE")
    key.add_argument("--renew-backups", action="store_true")
    key.add_argument("--staff", default="", metavar="NAME")
    clock = _command(commands, "clock")
    clock.add_argument("--accept", action="store_true", required=True)
    clock.add_argument("--staff", default="", metavar="NAME")


def _central(commands: Any) -> None:
    join = _command(commands, "join")
    join.add_argument("--json", action="store_true")
    join.add_argument("url", metavar="URL")
    join.add_argument("code", metavar="CODE")
    join.add_argument("--name", default="", metavar="NAME")
    join.add_argument("--staff", default="", metavar="NAME")
    leave = _command(commands, "leave")
    leave.add_argument("--json", action="store_true")
    leave.add_argument("--force", action="store_true")
    leave.add_argument("--staff", default="", metavar="NAME")
    sync = _command(commands, "sync")
    how = sync.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true")
    how.add_argument("--follow", action="store_true")
    sync.add_argument("--json", action="store_true")
    cases = _command(commands, "cases")
    cases.add_argument("--json", action="store_true")
    cases.add_argument("--all", action="store_true")


def _data(commands: Any) -> None:
    bring = _command(commands, "import")
    bring.add_argument("files", nargs="+", metavar="FILE")
    bring.add_argument("--json", action="store_true")
    bring.add_argument("--dry-run", action="store_true")
    bring.add_argument("--pictures", default="", metavar="FOLDER")
    bring.add_argument("--barcode", default="", metavar="FIELD")
    bring.add_argument("--source", default="", metavar="NAME")
    bring.add_argument("--database", default="", metavar="NAME")
    bring.add_argument("--column", action="append", default=[], type=_column, metavar="NAME=MEANING")
    bring.add_argument("--ignore", action="append", default=[], metavar="NAME")
    bring.add_argument("--header-rows", type=int, default=-1, metavar="N")
    bring.add_argument("--rules", default="keep", choices=("keep", "replace"))
    bring.add_argument("--preview", action="store_true")
    bring.add_argument("--staff", default="", metavar="NAME")
    export = _command(commands, "export")
    export.add_argument("what", choices=EXPORTS, nargs="?", metavar="WHAT")
    export.add_argument("--as", dest="as_", choices=("slims",), default="")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--out", default="", metavar="PATH")


def _column(text: str) -> tuple[str, str]:
    """A column and its meaning, as --column takes them."""
    name, sign, meaning = (part.strip() for part in text.rpartition("="))
    if not (name and sign and meaning):
        raise argparse.ArgumentTypeError("NAME=MEANING")
    return name, meaning


def _paper(commands: Any) -> None:
    paper = _command(commands, "print")
    paper.add_argument("what", choices=("labels", "cards", "commands", "practice"), metavar="WHAT")
    paper.add_argument("codes", nargs="*", metavar="CODE")
    paper.add_argument("--out", default="cetak.pdf", metavar="FILE")
    paper.add_argument("--sheet", default="tj-121", choices=SHEET_NAMES)
    paper.add_argument("--start", type=between(int, 1, 1000), default=1, metavar="N")
    paper.add_argument("--shift-x", type=between(float, -100, 100), default=0.0, metavar="MM")
    paper.add_argument("--shift-y", type=between(float, -100, 100), default=0.0, metavar="MM")
    paper.add_argument("--blank", action="store_true")
    paper.add_argument("--thermal", action="store_true")


def _library(commands: Any) -> None:
    setting = _command(commands, "set")
    setting.add_argument("key", nargs="?", default="", metavar="KEY")
    setting.add_argument("value", nargs="?", default=None, metavar="VALUE")
    setting.add_argument("--staff", default="", metavar="NAME")
    staff = _command(commands, "staff")
    whom = staff.add_mutually_exclusive_group()
    whom.add_argument("--add", default="", metavar="NAME")
    whom.add_argument("--pin", default="", metavar="NAME")
    whom.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"))
    whom.add_argument("--remove", default="", metavar="NAME")
    staff.add_argument("--rights", default="desk", choices=("desk", "librarian", "head"))
    staff.add_argument("--staff", default="", metavar="NAME")
    policy = _command(commands, "policy")
    policy.add_argument("--json", action="store_true")
    policy.add_argument("--publish", default="", metavar="FILE")
    policy.add_argument("--staff", default="", metavar="NAME")
    days = _command(commands, "holidays")
    days.add_argument("year", type=int, metavar="YEAR")
    days.add_argument("--add", action="store_true")
    days.add_argument("--joint", action="store_true")
    days.add_argument("--without", action="append", default=[], metavar="DATE")
    days.add_argument("--json", action="store_true")
    days.add_argument("--staff", default="", metavar="NAME")

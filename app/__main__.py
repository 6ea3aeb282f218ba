"""The `meja` command: reads the command line and hands over to the rooms."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from app.domain.system_fault import why
from app.ports import KnownError

OK, FAILED, USAGE = 0, 1, 2
SHEET_NAMES = ("tj-103", "tj-107", "tj-108", "tj-121", "a4-3x8", "a4-4x10", "avery-5160")


def build_parser() -> argparse.ArgumentParser:
    """All commands and their options; every command takes --home."""
    parser = argparse.ArgumentParser(prog="meja", description="The library desk that keeps lending without a network.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    desk = _command(commands, "desk", "open the desk's window")
    desk.add_argument("--selftest-scan", metavar="FILE", help=argparse.SUPPRESS)
    demo = _command(commands, "demo", "open the desk on a generated demo library")
    demo.add_argument("--no-window", action="store_true", help="make the demo library and stop")
    scan = _command(commands, "scan", "the desk without a window: one scan a line in, one JSON object a line out")
    scan.add_argument("--staff", default="", metavar="NAME", help="who serves (a PIN is taken from MEJA_PIN)")
    init = _command(commands, "init", "found an empty library in an empty home")
    init.add_argument("--name", default="Perpustakaan", help="the library's name")
    init.add_argument("--policy", default="campus", choices=("campus", "campus-slims"), help="the first lending rules")
    init.add_argument("--policy-file", metavar="FILE", help="the first lending rules, as JSON")
    init.add_argument("--zone", default="", help="Asia/Jakarta, Asia/Makassar or Asia/Jayapura")
    _more(commands)
    return parser


def _column(text: str) -> tuple[str, str]:
    """A column and its meaning, as --column takes them."""
    name, sign, meaning = (part.strip() for part in text.rpartition("="))
    if not (name and sign and meaning):
        raise argparse.ArgumentTypeError("NAME=MEANING")
    return name, meaning


def _more(commands: Any) -> None:
    check = _command(commands, "check", "prove store, journal, state and second copy")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    backup = _command(commands, "backup", "make a verified backup")
    backup.add_argument("folder", nargs="?", default="", help="where to put it (default: the home's backups)")
    backup.add_argument(
        "--renew-keys", action="store_true", help="make no backup: give older ones there the present recovery key"
    )
    restore = _command(commands, "restore", "restore a backup or a second copy into an empty home")
    restore.add_argument("source", help="the folder of the backup or of the second copy")
    restore.add_argument("--recovery-key-file", default="", metavar="FILE", help="file with the printed recovery key")
    bring = _command(commands, "import", "bring another system's data in")
    bring.add_argument("files", nargs="+", metavar="FILE")
    bring.add_argument("--json", action="store_true", help="end with one JSON object")
    bring.add_argument("--dry-run", action="store_true", help="read and report, change nothing")
    bring.add_argument("--pictures", default="", metavar="DIR", help="SLiMS's images folder (photos and covers)")
    bring.add_argument("--barcode", default="", metavar="FIELD", help="where MARC keeps the barcode, e.g. 949$i, 852$p")
    bring.add_argument("--source", default="", metavar="NAME", help="a name for this source, to tell two apart")
    bring.add_argument(
        "--column", action="append", default=[], type=_column, metavar="NAME=MEANING",
        help="what a sheet's column means, by its header or its number (may be said again; --preview lists meanings)",
    )  # fmt: skip
    bring.add_argument("--ignore", action="append", default=[], metavar="NAME", help="leave this column out, too")
    bring.add_argument("--header-rows", type=int, default=-1, metavar="N", help="rows of a sheet above its data")
    bring.add_argument("--rules", default="keep", choices=("keep", "replace"), help="own rules, or SLiMS's")
    bring.add_argument("--preview", action="store_true", help="say what the files are, with examples; import nothing")
    export = _command(commands, "export", "write data out")
    export.add_argument(
        "what", choices=("journal", "loans", "items", "members", "charges", "holds", "slims", "state-hash"), nargs="?"
    )
    export.add_argument("--as", dest="as_", choices=("slims",), default="", help="files SLiMS's own import accepts")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--out", default="", metavar="PATH", help="file or folder (default: standard output)")
    paper = _command(commands, "print", "print item labels, member cards, command codes or codes to practise with")
    paper.add_argument("what", choices=("labels", "cards", "commands", "practice"))
    paper.add_argument(
        "codes", nargs="*", metavar="CODE", help="barcodes or member numbers (default: one a line on stdin)"
    )
    paper.add_argument("--out", default="cetak.pdf", metavar="FILE", help="the PDF to write")
    paper.add_argument("--sheet", default="tj-121", choices=SHEET_NAMES, help="the label sheet")
    paper.add_argument(
        "--start", type=_between(int, 1, 1000), default=1, metavar="N", help="first free label of a part-used sheet"
    )
    paper.add_argument(
        "--shift-x",
        type=_between(float, -100, 100),
        default=0.0,
        metavar="MM",
        help="this printer's shift to the right",
    )
    paper.add_argument(
        "--shift-y", type=_between(float, -100, 100), default=0.0, metavar="MM", help="this printer's shift downwards"
    )
    paper.add_argument("--blank", action="store_true", help="labels for numbers that no copy has yet, too")
    paper.add_argument("--thermal", action="store_true", help="labels one by one on the desk's slip printer")
    key = _command(commands, "recovery-key", "make a new recovery key; the printed old one stops working")
    key.add_argument("--out", default="", metavar="FILE", help="write it to a file instead of the terminal")
    key.add_argument("--renew-backups", action="store_true", help="older backups in this home get it, too")
    clock = _command(commands, "clock", "say that the PC's clock is right now although it stands before the last act")
    clock.add_argument("--accept", action="store_true", required=True)
    setting = _command(commands, "set", "show or change a setting")
    setting.add_argument("key", nargs="?", default="")
    setting.add_argument("value", nargs="?", default=None)
    setting.add_argument("--staff", default="", metavar="NAME", help="who changes it (a PIN is taken from MEJA_PIN)")
    staff = _command(commands, "staff", "list, add, rename or remove people of the desk, or give one another PIN")
    whom = staff.add_mutually_exclusive_group()
    whom.add_argument("--add", default="", metavar="NAME", help="somebody new; a PIN is taken from MEJA_NEW_PIN")
    whom.add_argument("--pin", default="", metavar="NAME", help="give NAME the PIN in MEJA_NEW_PIN")
    whom.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="NAME is called NEW from now on")
    whom.add_argument("--remove", default="", metavar="NAME", help="NAME works here no more and can sign nothing")
    staff.add_argument("--rights", default="desk", choices=("desk", "librarian", "head"))
    staff.add_argument("--staff", default="", metavar="NAME", help="who does it (a PIN is taken from MEJA_PIN)")
    policy = _command(commands, "policy", "show, check or publish lending rules")
    policy.add_argument("--publish", default="", metavar="FILE", help="publish a new dated version from a JSON file")
    policy.add_argument("--staff", default="", metavar="NAME", help="who publishes (a PIN is taken from MEJA_PIN)")
    days = _command(commands, "holidays", "list Indonesia's public holidays, or close the library on them")
    days.add_argument("year", type=int, metavar="YEAR")
    days.add_argument("--add", action="store_true", help="publish rules that are closed on those still to come")
    days.add_argument("--joint", action="store_true", help="on the days of joint leave (cuti bersama), too")
    days.add_argument(
        "--without", action="append", default=[], metavar="DATE", help="but not on this day (may be said again)"
    )
    days.add_argument("--json", action="store_true", help="one JSON object a day")
    days.add_argument("--staff", default="", metavar="NAME", help="who publishes (a PIN is taken from MEJA_PIN)")


def _between(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    """Reads a number within bounds; argparse says the rest."""

    def read(text: str) -> float:
        number = kind(text)
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{low} … {high}")
        return number

    return read


def _command(commands: Any, name: str, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    parser.add_argument("--home", default="", metavar="DIR", help="the library's folder (default: this account's)")
    parser.add_argument("--recovery-key", action="store_true", help="open with the recovery key from MEJA_RECOVERY_KEY")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 done, 1 it could not be done, 2 the command line is not right."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        options = parser.parse_args(["desk", *(arguments or [])])
    # Signs that the console lacks, and names of files that are no text, are escaped; inside JSON that is what it means.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    try:
        _only_text(sys.argv[1:] if arguments is None else arguments)
        return _run(options)
    except KnownError as error:
        return _say(error, getattr(options, "json", False))
    except BrokenPipeError:
        # Whoever read our output went away; Python would complain again while closing the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        said = {"path": str(error.filename or ""), "detail": why(error) or type(error).__name__}
        return _say(KnownError("system-refused", said), getattr(options, "json", False))
    except KeyboardInterrupt:
        return 130


def _only_text(arguments: Sequence[str]) -> None:
    """KnownError for bytes that are no text: no name, code or path with them could be kept or said."""
    given = [*arguments, *(os.environ.get(name, "") for name in _VARIABLES)]
    if any("\ud800" <= sign <= "\udfff" for text in given for sign in text):
        raise KnownError("argument-not-text")


_VARIABLES = ("MEJA_PIN", "MEJA_NEW_PIN", "MEJA_RECOVERY_KEY", "MEJA_CONFIG_DIR")


def _run(options: argparse.Namespace) -> int:
    from app.cli import commands

    return commands.COMMANDS[options.command](options)


_USAGE_CODES = frozenset({"usage", "argument-not-text", "no-display", "print-nothing-given"})


def _say(error: KnownError, as_json: bool) -> int:
    from app.cli.words import sentence

    if as_json:
        print(json.dumps({"ok": False, "problem": error.code, **error.params}, ensure_ascii=False, default=str))
    print(f"meja: {sentence(error)}", file=sys.stderr)
    return USAGE if error.code in _USAGE_CODES else FAILED


if __name__ == "__main__":
    sys.exit(main())

"""A command line that answers in Indonesian and English, from the resources: help, and what is wrong with a line."""

from __future__ import annotations

import argparse
import codecs
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from textwrap import wrap
from typing import Any, NoReturn, TypeVar

from app.cli.words import LANGUAGES, nearest, tell
from app.domain.verdict import Param
from resources.called import as_called, called
from resources.loader import load_json

USAGE = 2
HELP = "help"
"""The book of words of the desk's commands."""
_Action = TypeVar("_Action", bound=argparse.Action)
_Space = TypeVar("_Space")

# What argparse says, which it says in English only. The order matters: the last one takes every other sentence about
# one argument, such as what its own reader of values says.
_FAULTS = (
    ("choice", re.compile(r"argument (?P<what>.+?): invalid choice: (?P<found>.+?) \(choose from (?P<words>.*)\)")),
    ("missing", re.compile(r"the following arguments are required: (?P<what>.+)")),
    ("value-missing", re.compile(r"argument (?P<what>.+?): expected .*argument.*")),
    ("number", re.compile(r"argument (?P<what>.+?): invalid \S+ value: (?P<found>.+)")),
    ("either-or", re.compile(r"argument (?P<what>.+?): not allowed with argument (?P<other>.+)")),
    ("no-value", re.compile(r"argument (?P<what>.+?): ignored explicit argument (?P<found>.+)")),
    ("too-much", re.compile(r"unrecognized arguments: (?P<found>.+)")),
    ("value", re.compile(r"argument (?P<what>.+?): (?P<words>.+)")),
)


def said(key: str) -> list[str]:
    """The words for a key of the help, one text for each language; the key itself where nobody wrote any.

    A key of another book of words than `help` names it: `server:serve.port`.
    """
    book, _, name = key.rpartition(":")
    found = [_words(book or HELP, language) for language in LANGUAGES]
    return [as_called(str(words.get(name) or words.get(f"*.{name.partition('.')[2]}", name))) for words in found]


@cache
def _words(book: str, language: str) -> dict[str, str]:
    words: dict[str, str] = load_json(f"words/{book}_{language}.json")
    return words


class _Formatter(argparse.HelpFormatter):
    """Each language on lines of its own."""

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, f"{' / '.join(said('usage'))}: " if prefix is None else prefix)

    def _get_help_string(self, action: argparse.Action) -> str:
        return "\n".join(said(action.help or "")).replace("%", "%%")

    def _split_lines(self, text: str, width: int) -> list[str]:
        return [line for one in text.splitlines() for line in wrap(one, width)]

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in self._split_lines(text, width - len(indent)))


class Parser(argparse.ArgumentParser):
    """The whole command line (`command` is ""), or one command of it.

    The help of an argument needs not be given: its words stand under `<command>.<argument>`, or `*.<argument>` for
    those that many commands have, in the book of words that is named. A line that is not right ends the program with
    code 2.
    """

    def __init__(self, command: str = "", prog: str = "", book: str = HELP, **more: Any) -> None:
        self.command = command
        self._book = "" if book == HELP else f"{book}:"
        # A shortened option may mean another one after the next version.
        super().__init__(prog=prog or called(), formatter_class=_Formatter, allow_abbrev=False, **more)

    def _add_action(self, action: _Action) -> _Action:
        if action.help != argparse.SUPPRESS and action.dest != "command":
            action.help = f"{self._book}{self.command}.{action.dest}"
        return super()._add_action(action)

    def format_help(self) -> str:
        # Only here: a line that is right reads no words.
        self._positionals.title = " / ".join(said("arguments" if self.command else "commands"))
        self._optionals.title = " / ".join(said("options"))
        self.description = "\n".join(said(f"{self._book}command.{self.command}"))
        return super().format_help()

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        found, rest = super().parse_known_args(args, namespace)
        if rest and self.command:
            self._surplus(rest)
        return found, rest

    def _surplus(self, rest: Sequence[str]) -> NoReturn:
        """Options that a command does not have, or more words than it takes."""
        option = next((word for word in rest if word.startswith("-")), "").partition("=")[0]
        if not option:
            self._refuse("too-much", found=" ".join(rest))
        near = nearest(option, self._option_string_actions)
        self._refuse("option-near" if near else "option", found=option, near=near)

    def error(self, message: str) -> NoReturn:
        for code, pattern in _FAULTS:
            fact = pattern.fullmatch(message)
            if fact is not None:
                facts = {name: text.replace("'", "") for name, text in fact.groupdict().items()}
                if code != "choice":
                    self._refuse(code, **facts)
                near = nearest(facts["found"], facts["words"].split(", "))
                kind = "choice" if self.command else "command"
                self._refuse(f"{kind}-near" if near else kind, **facts, near=near)
        self._refuse("other", found=message)

    def _refuse(self, code: str, **facts: Param) -> NoReturn:
        tell(f"line.{code}", command=f"{self.command} " if self.command else "", **facts)
        self.exit(USAGE, self.format_usage() if self.command else None)


def between(kind: type[int] | type[float], low: float, high: float) -> Any:
    """Reads a number within bounds for an argument."""

    def read(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{low} - {high}")
        return number

    return read


def console() -> None:
    """What is piped or kept is UTF-8, whatever the system's own code page. A terminal keeps its own: letters that it
    lacks, and names of files that are no text, are escaped as JSON escapes them."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is None:
        return
    codecs.register_error(_ESCAPE, _as_json)
    if sys.stdout.isatty():
        reconfigure(errors=_ESCAPE)
    else:
        reconfigure(encoding="utf-8", errors=_ESCAPE)


_ESCAPE = "meja-as-json"


def _as_json(error: UnicodeError) -> tuple[str, int]:
    """What cannot be encoded, as pairs of surrogates; Python's own escapes of other lengths are no JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4)), error.end

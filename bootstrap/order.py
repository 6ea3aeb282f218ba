"""What a command line asks for: which module to run and which requirement set it needs.

Pure: no files, no environment, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Needs(StrEnum):
    """A set of requirements; each holds the core. `both` is window and server, for a PC that is desk and server."""

    CORE = "core"
    WINDOW = "window"
    SERVER = "server"
    BOTH = "both"
    TEST = "test"

    def covers(self, other: Needs) -> bool:
        """Whether an installation of this set also serves `other`."""
        return other in (self, Needs.CORE) or self is Needs.TEST or (self is Needs.BOTH and other is not Needs.TEST)

    def joined(self, other: Needs) -> Needs:
        """The smallest set that serves both."""
        return next(one for one in Needs if one.covers(self) and one.covers(other))


OWN_COMMANDS = ("test", "setup")
SERVER_COMMAND = "server"
DESK_COMMANDS = (
    "desk", "demo", "scan", "init", "check", "backup", "restore", "import", "export", "print", "recovery-key", "clock",
    "set", "staff", "policy", "holidays", "join", "leave", "sync", "cases",
)  # fmt: skip
"""The commands of `app`, known here so that a misspelt one is answered before anything is installed for it."""
KNOWN_COMMANDS = (*OWN_COMMANDS, *DESK_COMMANDS, SERVER_COMMAND)
BARE_OPTIONS = ("--home", "--recovery-key", "--selftest-scan")
"""What may stand on a line without a command: the options of `desk`."""
WINDOW_OPTIONS = {"desk": BARE_OPTIONS, "demo": ("--home", "--recovery-key", "--no-window", "--json")}
"""The options of the commands that open a window: a misspelt `--no-window` is answered before a screen is missed."""
_WITH_VALUE = frozenset({"--home", "--selftest-scan"})
WINDOW_COMMANDS = frozenset({"desk", "demo"})
HELP_FLAGS = frozenset({"-h", "--help"})
WINDOWLESS_FLAGS = HELP_FLAGS | {"--no-window"}


@dataclass(frozen=True, slots=True)
class Order:
    """One command line, understood.

    `kind` is run, test, setup, help or wrong; of a wrong one `problem` is said, with its `facts`.
    """

    kind: str
    needs: Needs = Needs.CORE
    module: str = "app"
    arguments: tuple[str, ...] = ()
    wheels: str | None = None
    problem: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def understand(argv: list[str]) -> Order:
    """Turn the arguments after `meja.py` into an `Order`.

    Only options before the command belong to the set-up (`--wheels FOLDER`, `--help`); everything from the command on
    is passed on untouched. Options without a command belong to the desk.
    """
    wheels: str | None = None
    rest = list(argv)
    while rest:
        if rest[0] == "--wheels":
            if len(rest) < 2:
                return Order("wrong", problem="wheels-unsaid")
            wheels, rest = rest[1], rest[2:]
        elif rest[0].startswith("--wheels="):
            wheels, rest = rest[0].partition("=")[2], rest[1:]
            if not wheels:
                return Order("wrong", problem="wheels-unsaid")
        else:
            break
    if rest and rest[0] in HELP_FLAGS:
        return Order("help")
    wrong = _misspelt(rest[0]) or _command_behind(rest) if rest else None
    if wrong is not None:
        return wrong
    command = rest[0] if rest and not rest[0].startswith("-") else "desk"
    arguments = tuple(rest if rest and rest[0] == command else ["desk", *rest])
    if command == "test":
        return Order("test", Needs.TEST, "pytest", arguments[1:], wheels)
    if command == "setup":
        return _setup(arguments[1:], wheels)
    if command == SERVER_COMMAND:
        needs = Needs.SERVER if HELP_FLAGS.isdisjoint(arguments) else Needs.CORE
        return Order("run", needs, "server", arguments[1:], wheels)
    wrong = _misspelt_option(command, arguments[1:])
    if wrong is not None:
        return wrong
    wants_window = command in WINDOW_COMMANDS and WINDOWLESS_FLAGS.isdisjoint(arguments)
    return Order("run", Needs.WINDOW if wants_window else Needs.CORE, "app", arguments, wheels)


def _misspelt(word: str) -> Order | None:
    """What is said of a first word that nothing answers to; None for one that is known."""
    kind, known = ("option", BARE_OPTIONS) if word.startswith("-") else ("command", KNOWN_COMMANDS)
    found = word.partition("=")[0] if kind == "option" else word
    if found in known:
        return None
    near = nearest(found, (*known, "--wheels", "--help") if kind == "option" else known)
    return Order("wrong", problem=f"{kind}-near" if near else kind, facts={"found": found, "near": near})


def _command_behind(words: list[str]) -> Order | None:
    """A line whose options stand before its command: what to write instead. None for every other line."""
    if not words[0].startswith("-"):
        return None
    for place, word in enumerate(words):
        if word in KNOWN_COMMANDS and words[place - 1] not in _WITH_VALUE:
            line = " ".join((word, *words[:place], *words[place + 1 :]))
            return Order("wrong", problem="command-first", facts={"found": word, "near": line})
    return None


def _misspelt_option(command: str, arguments: tuple[str, ...]) -> Order | None:
    """What is said of an option that a window's command does not have; other commands answer for themselves."""
    known = WINDOW_OPTIONS.get(command, ())
    for word in arguments:
        found = word.partition("=")[0]
        if known and found.startswith("--") and found not in known and found not in HELP_FLAGS:
            near = nearest(found, known)
            return Order("wrong", problem="option-near" if near else "option", facts={"found": found, "near": near})
    return None


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that a misspelt one most likely means; "" when none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), 1, 0.6)), "")


def _setup(arguments: tuple[str, ...], wheels: str | None) -> Order:
    wanted = arguments[0] if arguments else Needs.WINDOW.value
    if len(arguments) > 1 or wanted not in list(Needs):
        return Order("wrong", problem="setup-what")
    return Order("setup", Needs(wanted), "", (), wheels)

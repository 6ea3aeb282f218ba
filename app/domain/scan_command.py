"""Commands that come in through the scan box: typed with `=`, or printed on a sheet as `%NAME`.

It knows the words and the form, not what a command does.
"""

from __future__ import annotations

import re

from msgspec import Struct

ARGUMENT_LIMIT = 200

COMMANDS = frozenset(
    {
        "finish", "undo", "return", "lend", "renew", "renew-all", "auto", "override", "cancel", "pay", "condition",
        "provisional", "reprint", "book-drop", "profile", "lost", "renew-phone",
    }
)  # fmt: skip
"""Every command the desk takes."""

NEEDS_ARGUMENT = frozenset({"override", "pay", "condition", "provisional", "profile", "lost", "renew-phone"})

_AMOUNT = re.compile(r"(?:rp\.? ?)?(\d{1,3}(?:\.\d{3}){1,3}|\d{1,12})", re.IGNORECASE | re.ASCII)


class Command(Struct, frozen=True):
    """A command and what stands behind it: a reason, an amount, a condition; "" when nothing does."""

    name: str
    argument: str = ""

    @property
    def amount(self) -> int | None:
        """The argument as whole rupiah ("5000", "5.000", "Rp 5.000"); None when it is no such amount."""
        found = _AMOUNT.fullmatch(self.argument)
        return int(found[1].replace(".", "")) if found else None

    @property
    def complete(self) -> bool:
        """False when the command needs an argument and has none."""
        return bool(self.argument) or self.name not in NEEDS_ARGUMENT


def read_command(words: str) -> Command | None:
    """The command in `words` (its mark already cut off), without regard to case; None when it is none of ours."""
    name, _, argument = words.strip().partition(" ")
    name = name.casefold()
    return Command(name, argument.strip()[:ARGUMENT_LIMIT]) if name in COMMANDS else None


def printed_command(name: str) -> str:
    """The text of a command's barcode on the printed sheet.

    Print it in Code 128: a scanner set to full-ASCII Code 39 reads % and the next letter as one other character.
    """
    return f"%{name.upper()}"

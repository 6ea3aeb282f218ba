"""Commands that come in through the scan box: typed with `=`, or printed on a sheet as `%NAME`.

It knows the words and the form, not what a command does.
"""

from __future__ import annotations

from msgspec import Struct

ARGUMENT_LIMIT = 200

COMMANDS = frozenset(
    {
        "finish", "undo", "return", "lend", "renew", "renew-all", "auto", "override", "cancel", "pay", "waive",
        "condition", "provisional", "register", "reprint", "book-drop", "profile", "lost", "renew-phone",
        "fix-due", "refund", "settle",
    }
)  # fmt: skip
"""Every command the desk takes."""

NEEDS_ARGUMENT = frozenset(
    {
        "override",
        "pay",
        "waive",
        "condition",
        "provisional",
        "register",
        "profile",
        "lost",
        "renew-phone",
        "fix-due",
        "refund",
    }
)


class Command(Struct, frozen=True):
    """A command and what stands behind it: a reason, an amount, a condition; "" when nothing does."""

    name: str
    argument: str = ""

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

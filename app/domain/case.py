"""Cases: what the rules settled and a person should look at, and the answers people gave.

A case is derived, never stored: the same causes give the same id on every replica. An answer is an event of the kind
`case.resolved`; it counts while the facts are those that it was given for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, field

from app.domain.canonical import digest
from app.domain.event import Event
from app.domain.ids import derived_id
from app.domain.verdict import Param

LENT_WHILE_OUT: Final = "lent-while-out"
LENT_AGAIN: Final = "lent-again-to-same"
TWO_COPIES: Final = "two-copies-one-barcode"
LENT_ASIDE: Final = "lent-though-aside"
RENEWED_LATE: Final = "renewed-after-return"
PAID_TWICE: Final = "paid-twice"
TWO_READERS: Final = "two-readers-one-number"
CLOCK_BEHIND: Final = "clock-behind"
COPIED_HOME: Final = "copied-home"
LACKING: Final = "numbers-lacking"
NOT_UNDERSTOOD: Final = "not-understood"

ACCEPT: Final = "accept"
REOPEN: Final = "reopen-earlier"
SPLIT: Final = "two-copies"

DECISIONS: Final[Mapping[str, tuple[str, ...]]] = {
    LENT_WHILE_OUT: (ACCEPT, REOPEN, SPLIT),
    LENT_AGAIN: (ACCEPT,),
    TWO_COPIES: (ACCEPT,),
    LENT_ASIDE: (ACCEPT,),
    RENEWED_LATE: (ACCEPT,),
    PAID_TWICE: (ACCEPT,),
    TWO_READERS: (ACCEPT,),
    CLOCK_BEHIND: (ACCEPT,),
    COPIED_HOME: (ACCEPT,),
    LACKING: (ACCEPT,),
    NOT_UNDERSTOOD: (ACCEPT,),
}
"""The answers each kind of case has; the first one agrees with what the rule did."""
_KNOWN = frozenset(decision for decisions in DECISIONS.values() for decision in decisions)


class Answer(Struct, frozen=True):
    """What somebody decided: `facts` is the digest of the facts it was decided for, `at` milliseconds."""

    event: str
    decision: str
    facts: str
    at: int
    desk: str
    staff: str


class Line(Struct, frozen=True):
    """One thing that happened: when (milliseconds, 0 = not known), what as a code, with whom and until when."""

    at: int
    what: str
    facts: Mapping[str, Param] = field(default_factory=dict)


class Side(Struct, frozen=True):
    """What one desk did: the desk's fingerprint, whether it is this one, the staff's short name ("" = not known)."""

    desk: str
    own: bool
    staff: str
    lines: tuple[Line, ...]


class Case(Struct, frozen=True):
    """One disagreement for a person. `facts` is the digest of what is agreed to, `at` when it came about, `about` the
    facts its sentences name, `done` what the rule did, `gone` true when the cause is no more."""

    id: str
    kind: str
    causes: tuple[str, ...]
    facts: str
    at: int = 0
    about: Mapping[str, Param] = field(default_factory=dict)
    sides: tuple[Side, ...] = ()
    done: tuple[Line, ...] = ()
    answers: tuple[Answer, ...] = ()
    gone: bool = False

    @property
    def number(self) -> str:
        """How people name it; the same at every desk."""
        return f"K-{self.id[:4].upper()}"

    @property
    def decisions(self) -> tuple[str, ...]:
        """The answers that can be given now."""
        return () if self.gone else DECISIONS.get(self.kind, ())

    @property
    def answer(self) -> Answer | None:
        """The answer that counts: the last that belongs to this kind, if it was given for these facts."""
        known = [one for one in self.answers if one.decision in DECISIONS.get(self.kind, (ACCEPT,))]
        return known[-1] if known and (self.gone or known[-1].facts == self.facts) else None

    @property
    def open(self) -> bool:
        """Whether a person should still look at it."""
        return not self.gone and self.answer is None


def case_id(kind: str, causes: Iterable[str]) -> str:
    """The id of a case, the same on every replica."""
    return derived_id("case", kind, *sorted(causes))


def facts_hash(kind: str, facts: Any) -> str:
    """The digest of what a person agrees to; `facts` is a JSON value."""
    return digest([kind, facts]).hex()


def fold_answers(ordered: Iterable[Event]) -> tuple[Answer, ...]:
    """The answers to one case, from its events in effective order; a decision nobody knows is none."""
    return tuple(
        Answer(event.id, event.body["decision"], event.body["facts"], event.at, event.desk, event.staff)
        for event in ordered
        if event.kind == "case.resolved" and event.body["decision"] in _KNOWN
    )

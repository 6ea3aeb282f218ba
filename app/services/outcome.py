"""What a scan or a key brought about: one value, made only after the commit."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from app.domain.overdue import Overdue
from app.domain.records import Item, Member, Title
from app.domain.verdict import Level, Param, Reason, Verdict
from app.ports import ItemHit, LoanLine

UNSEEN = "unseen"
"""The note of a renewal asked by telephone or message, without the book."""


PAID_FIRST = "paid-first"
"""The note of an act that waited for a payment; `amount` is what was paid, `change` what goes back."""


WAIVED_FIRST = "waived-first"
"""The same after a charge was forgiven; `amount` is what was forgiven."""


NO_PRINTER = "no-printer"
"""The note of a transaction whose slip nobody prints, for want of a printer."""


ENDED = "ended"
"""The code of a loan from a paper log that has ended already, by what was known before it was typed in."""


MORE_THAN_OWED = "more-than-owed"
"""The code of a payment that was not taken because nobody said what becomes of the rest."""


FIRST_SLIP = "first-slip"
"""The note of a slip asked for of which none was printed before."""

PRINTER_OFF = "printer-off"
"""The note of a slip that waits because the printer does not answer."""


REGISTERED = "member.registered"
TAKEN_UP = "copy.taken-up"
"""What was undone where a registration was taken back."""


UNDO_EARLIER = "undo-earlier"
"""The code of an undo that waits for a word, since it reaches into a transaction that is not on the screen."""


EXTENDED = "member.extended"
"""The code of a membership that was renewed, and what was undone where that was taken back."""


class Kind(StrEnum):
    """The class of an outcome, as `meja scan` prints it."""

    LENT = "lent"
    RETURNED = "returned"
    RENEWED = "renewed"
    REFUSED = "refused"
    NEEDS_CONFIRMATION = "needs-confirmation"
    MEMBER = "member"
    SHOWN = "shown"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    FINISHED = "finished"
    PAID = "paid"
    WAIVED = "waived"
    REFUNDED = "refunded"
    UNDONE = "undone"
    CONDITION = "condition"
    SIGNED_IN = "signed-in"
    MODE = "mode"
    REPEATED = "repeated"
    PROVISIONAL = "provisional"
    HELD = "held"
    REPRINTED = "reprinted"
    CASE = "case"


class Outcome(Struct, frozen=True):
    """One answer of the desk. `at` is the act's effective time in milliseconds; `fine` what this act cost.

    `approvals` are the codes still to be signed for when the kind is NEEDS_CONFIRMATION; `event_id` the main event of
    an act that was recorded. `amount` is the money an act is about, `change` what goes back to whoever paid, `forgiven`
    what a transaction waived, `left` what the reader still owes and `credit` what the library still keeps for them.
    `counts_at` is the local time from which an act counts that was typed in later. `parts` are the answers for each
    copy, where one input was about several.
    """

    kind: Kind
    scan: str = ""
    code: str = ""
    verdict: Verdict = field(default_factory=Verdict)
    member: Member | None = None
    item: Item | None = None
    title: Title | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    fine: int = 0
    overdue: Overdue | None = None
    was_due: date | None = None
    returned_on: date | None = None
    event_id: str = ""
    at: int = 0
    late: bool = False
    counts_at: datetime | None = None
    loans: int = 0
    limit: int | None = None
    aside: bool = False
    aside_number: int = 0
    aside_until: date | None = None
    aside_shelf: str = ""
    renewals_left: int | None = None
    amount: int = 0
    change: int = 0
    forgiven: int = 0
    left: int = 0
    credit: int = 0
    receipt: str = ""
    number: int = 0
    finished: bool = False
    hits: tuple[ItemHit, ...] = ()
    members: tuple[Member, ...] = ()
    lines: tuple[LoanLine, ...] = ()
    notes: tuple[str, ...] = ()
    switched_from: Member | None = None
    tx: str = ""
    undone_kind: str = ""
    undone_id: str = ""
    counts: tuple[int, int, int] = (0, 0, 0)
    parts: tuple[Outcome, ...] = ()


def impossible(code: str, **params: Param) -> Verdict:
    """A verdict with one reason that nobody can sign away."""
    return Verdict((Reason(code, Level.IMPOSSIBLE, dict(params)),))


def refused(code: str, **params: Param) -> Outcome:
    """A plain refusal for one reason."""
    return Outcome(Kind.REFUSED, code=code, verdict=impossible(code, **params))

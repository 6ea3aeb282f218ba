"""What a desk in service knows between two scans: who serves, who stands there, what is asked, what was last done.

Nothing of it could be lost: what was recorded is in the store.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from app.domain.records import Member, Staff
from app.ports import Clock
from app.services.circulation import Approval, Desk
from app.services.outcome import Outcome

AUTO, LEND, RETURN, RENEW = "auto", "lend", "return", "renew"

_NO_CODE = ("", -(10**12))


class Pending(Struct, frozen=True):
    """A question on the table: what was asked, and how to go on once it is signed for.

    `explained`: the act has a reason of its own, which whoever signs has seen. `instead` is done in its place where it
    needs no signature but another verb; `after` is an act that waits for this one.
    """

    outcome: Outcome
    go_on: Callable[[Approval], Outcome]
    desk: Desk
    explained: bool = False
    instead: Callable[[], Outcome] | None = None
    after: Pending | None = None


class State:
    """The state of one desk, and what follows from it alone."""

    def __init__(self, clock: Clock, staff: Staff) -> None:
        self.clock = clock
        self.staff = staff
        self.mode = AUTO
        self.member_id = ""
        self.tx = ""
        self.last_tx = ""
        self.looked_away = False
        self.acted = 0
        self.profile = ""
        self.book_drop = False
        self.pending: Pending | None = None
        self.stated: int | None = None
        self.signed: Approval | None = None
        self.last_unknown = self.unknown_card = ""
        self.last_return: Outcome | None = None
        self.last_broken: Outcome | None = None
        self.last_fined: Outcome | None = None
        self.last_code = _NO_CODE
        self.registered = self.new_copy = ""
        self.extended: Member | None = None
        self.taken_up = False
        self.moved_at = clock.read().mono

    @property
    def lends_now(self) -> bool:
        """Whether a copy in the hand would be lent to the reader at the desk."""
        return bool(self.member_id) and self.mode in (AUTO, LEND)

    def moved(self) -> None:
        """Somebody did something: the quiet time begins anew."""
        self.moved_at = self.clock.read().mono

    def forget_scan(self) -> None:
        """What the last scan left open is over: its question, and a time that was stated with it."""
        self.pending = None
        self.forget_stated()

    def forget_stated(self) -> None:
        """A time is over that was stated with the last scan, for the question which that scan opened. A code that was
        scanned with a time is not taken up later as if it had been scanned without one."""
        if self.stated is not None:
            self.stated, self.last_unknown, self.unknown_card = None, "", ""

    def forget_code(self) -> None:
        """The next scan is no repetition, whatever it is."""
        self.last_code = _NO_CODE

    def desk(self, stated: int | None) -> Desk:
        """Who acts now, at a stated earlier time (milliseconds) where there is one."""
        return Desk(self.staff, self.tx, stated, self.member_id)

    def with_tx(self, desk: Desk | None) -> Desk:
        """The same within the running transaction, which begins here if none runs."""
        if not self.tx:
            self.tx = secrets.token_hex(16)
        return replace(desk, tx=self.tx) if desk else Desk(self.staff, self.tx, reader=self.member_id)

    def done(self, outcome: Outcome) -> Outcome:
        """Count an answer to the running transaction."""
        # An undo at an empty desk belongs to the transaction it reaches back into.
        if outcome.event_id and self.tx:
            self.acted += 1
        self.moved()
        return replace(outcome, tx=self.tx)

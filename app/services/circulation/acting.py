"""What every verb of lending needs: who acts, what was signed for, how a refusal is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from app.domain import right
from app.domain.calendar import plus_days
from app.domain.clock import local_date, local_datetime
from app.domain.decide_loan import LoanDecision
from app.domain.due import Due
from app.domain.fact import MemberFacts
from app.domain.policy import Policy
from app.domain.records import Staff
from app.domain.verdict import Level, Param, Reason, Verdict
from app.ports import Act, ItemHit, Lateness, MemberHit, Store
from app.services.outcome import Kind, Outcome, refused

NEWEST = 4
"""Among how many of a reader's newest tokens one is looked for under which something is open."""

VOIDING = "voids-payment"
WAIVING = "waives-charge"
WAIVER_BACK = "undoes-waiver"
REFUNDING = "gives-credit-back"
REFUND_BACK = "undoes-refund"
LOSING = "records-loss"
DUE_LATER = "moves-due-date"
LOSS_BACK = "undoes-loss"
DUE_BACK = "undoes-due-date"
CHARGE_BACK = "undoes-charge"
LATE_BACK = "undoes-late-entry"

RIGHT_TO: Mapping[str, str] = {
    VOIDING: right.VOID,
    WAIVING: right.WAIVE,
    WAIVER_BACK: right.WAIVE,
    REFUNDING: right.VOID,
    REFUND_BACK: right.VOID,
    LOSING: right.OVERRIDE,
    DUE_LATER: right.OVERRIDE,
    LOSS_BACK: right.OVERRIDE,
    DUE_BACK: right.OVERRIDE,
    CHARGE_BACK: right.WAIVE,
    LATE_BACK: right.LATE_ENTRY,
}
"""Acts that not everybody at the desk may do, each with the right to it: whoever lacks it needs a signature."""


class Approval(Struct, frozen=True):
    """A signature: for which reasons, by whom, why. `by` is a staff id, `reason` free text (kept as a note).

    `earlier` is what somebody had signed before for the same reader: each signature stays its signer's.
    """

    codes: frozenset[str]
    by: str = ""
    reason: str = ""
    earlier: Approval | None = None

    def covers(self) -> frozenset[str]:
        """Everything that is signed for."""
        return self.codes | self.earlier.covers() if self.earlier else self.codes


class Desk(Struct, frozen=True):
    """Who acts and within what: the staff member signed in, the running desk transaction, the reader at the desk."""

    staff: Staff
    tx: str = ""
    stated_at: int | None = None
    reader: str = ""

    def may(self, needed: str) -> bool:
        """True when the staff member has a right."""
        return needed in self.staff.rights


def no_right(needed: str) -> Outcome:
    """The refusal for a missing right."""
    return refused("no-right", right=needed)


def by_right(desk: Desk, verdict: Verdict, act: str, **facts: Param) -> Verdict:
    """The verdict of an act of `RIGHT_TO` for whoever serves: without the right it waits for somebody who has it."""
    if desk.may(RIGHT_TO[act]):
        return verdict
    return Verdict.of((*verdict.reasons, Reason(act, Level.CONFIRM, dict(facts))))


def rules_now(store: Store, act: Act) -> tuple[datetime, Policy]:
    """The local time of an act and the rules in force then."""
    now = local_datetime(act.at, store.zone)
    return now, act.policy_on(now.date())


def shelf_end(act: Act, zone: str) -> date:
    """The last day on which a copy that is put aside now waits on the shelf: an open one."""
    today = local_date(act.now, zone)
    policy = act.policy_on(today)
    return policy.calendar.next_open(plus_days(today, policy.thresholds.hold_shelf_days))


def allowed(verdict: Verdict, approval: Approval | None) -> bool:
    """True when nothing is left to be signed for."""
    return verdict.allows(approval.covers() if approval else ())


def refusal(
    verdict: Verdict,
    item: ItemHit | None,
    member: MemberHit | None,
    decision: LoanDecision | None = None,
    code: str = "",
) -> Outcome:
    """What was not done, with every reason: refused for good, or waiting for a signature."""
    due: Due | None = decision.due if decision else None
    facts: MemberFacts | None = member.facts if member else None
    return Outcome(
        Kind.REFUSED if verdict.impossible else Kind.NEEDS_CONFIRMATION,
        code=code,
        verdict=verdict,
        member=member.member if member else None,
        item=item.item if item else None,
        title=item.title if item else None,
        due_on=due.on if due else None,
        loans=len(facts.loans) if facts else 0,
        limit=decision.limit if decision else None,
    )


def live_party(act: Act, member: MemberHit, today: date) -> str:
    """The token under which something is still open for a reader, looked for among the newest; "" when none is."""
    live = (token for token in member.parties[:NEWEST] if not act.party_is_idle(token, today.isoformat()))
    return next(live, "")


def status_change(item: ItemHit, status: str) -> dict[str, str]:
    """The edited field of a copy's record, with what stood there, so that an undo can put it back."""
    return {"status": status, "was": item.item.status.value}


def signed(act: Act, verdict: Verdict, approval: Approval | None) -> Mapping[str, Any]:
    """What was signed for, by whom; the reason's text stands in a note of its own."""
    if approval is None:
        return {}
    codes = approval.codes & set(verdict.codes(Level.CONFIRM))
    before = signed(act, verdict, approval.earlier)
    if not codes:
        return before
    fields: dict[str, Any] = {"approved": sorted(codes)}
    put_if(fields, "approver", approval.by or None)
    if approval.reason.strip():
        fields["note"] = act.new_id()
        act.put_note(fields["note"], approval.reason.strip())
    put_if(fields, "earlier", dict(before) or None)
    return fields


def at_desk(desk: Desk, member_id: str) -> dict[str, bool]:
    """The mark of an act for the very reader who stands at the desk: after a crash it tells who that was."""
    return {"at_desk": True} if member_id and member_id == desk.reader else {}


def waived_of(lateness: Lateness | None) -> dict[str, str]:
    """What a waiver of a fine says of the days it is for: a charge of those days is forgiven, whatever is typed in
    from a paper log later."""
    if lateness is None:
        return {}
    return {"loan": lateness.loan_id, "base": lateness.base.isoformat(), "on": lateness.on.isoformat()}


def put_if(body: dict[str, Any], name: str, value: Any) -> None:
    """Put a value into an event's body when there is one."""
    if value is not None:
        body[name] = value

"""An act from a paper log before something known of its copy: what speaks against it, what it asks, what it changes.

The book was lent on paper at half past nine and scanned in at eleven: the loan comes before the return. The fold puts
the act in its place and reckons everything after it anew; what the desk says is read from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.domain import right
from app.domain.clock import local_datetime
from app.domain.policy import Policy
from app.domain.text import shorten_name
from app.domain.verdict import Level, Param, Reason, Verdict
from app.ports import Act, ActLine, CopyLoan, Earlier, ItemHit, Lateness, Reader
from app.services.circulation.acting import Desk, no_right, waived_of
from app.services.outcome import Outcome, refused

_PROMISING = frozenset({"loan.opened", "loan.renewed", "loan.corrected"})
FOLLOWING = frozenset({
    "ended-by-return", "ended-by-loan", "fine-due", "fine-changed", "fine-now-credit", "charge-moved",
    "now-suspended", "no-longer-suspended",
})  # fmt: skip
"""What such an act says of what came after it."""
PUT_IN = "put-in"
"""Why a waiver was made by the desk itself: see `keep_low`."""
MOVED = "moved"
"""Why a charge was taken from a reader who did not have the copy: see `move_charges`."""
ASKED = "stated-before-known"
"""What asks for a signature: something known of the copy is reckoned anew."""


class Insertion(Struct, frozen=True):
    """An act that will stand before something known: how the copy stood then, and what its loans cost until now.

    `credit` is that of each party whose loan of the copy cost something.
    """

    earlier: Earlier
    loans: Sequence[CopyLoan]
    credit: Mapping[str, int]
    zone: str

    @property
    def hit(self) -> ItemHit:
        """The copy as it stood."""
        return self.earlier.hit

    @property
    def free(self) -> bool:
        """True when the loan of then was told to end without a fine: it does so wherever it ends now."""
        ends = self.earlier.ends
        return ends is not None and ends.kind == "item.returned" and ends.body.get("judged") == {}


def insertion(act: Act, item: ItemHit | None, zone: str) -> Insertion | None:
    """What an act with a stated earlier time comes before; None when nothing is known of the copy after that time."""
    earlier = act.earlier(item.item.id, act.at) if item is not None and act.late else None
    if earlier is None:
        return None
    loans = act.loans_of_copy(earlier.hit.item.id)
    return Insertion(earlier, loans, {loan.party: act.account(loan.party).credit for loan in loans if loan.fine}, zone)


def against(desk: Desk, found: Insertion | None, *, ends_loan: bool = True) -> Outcome | None:
    """Why an act cannot be put there, whoever signs: it would take a printed promise back, or belie a reader's bill.

    `ends_loan`: the act ends the loan of then.
    """
    if found is None:
        return None
    if not desk.may(right.LATE_ENTRY):
        return no_right(right.LATE_ENTRY)
    if ends_loan and found.earlier.renewed:
        code = "stated-before-renewal"
    elif found.earlier.ends is not None and found.earlier.ends.kind == "item.lost":
        code = "stated-before-loss"
    else:
        return None
    return replace(refused(code), item=found.hit.item, title=found.hit.title)


def asking(verdict: Verdict, found: Insertion | None) -> Verdict:
    """The verdict with the question whether what is known since is to be reckoned anew."""
    if found is None:
        return verdict
    since = local_datetime(found.earlier.known_at, found.zone)
    return Verdict.of((*verdict.reasons, Reason(ASKED, Level.CONFIRM, {"at": since})))


def end_loan(act: Act, main: str, found: Insertion, policy: Policy) -> None:
    """End a loan that was just put in, where what is known would not end it by its own terms.

    Before another loan it ends without a fine: when the copy came back nobody knows, only that it was here again.
    Before a return that was judged by the terms of the loan of then, it ends by its own.
    """
    ends = found.earlier.ends
    if ends is None or not (found.earlier.into_loan or "judged" in ends.body):
        return
    body: dict[str, Any] = {"item": found.hit.item.id, "with": main}
    if found.earlier.into_loan:
        body.update({"policy": policy.version, "judged": {}})
    else:
        body.update({name: ends.body[name] for name in ("policy", "on", "day", "from_open") if name in ends.body})
    act.record("item.returned", body, at=max(act.at, ends.at - 1))


def keep_low(act: Act, main: str, found: Insertion) -> Mapping[str, int]:
    """Forgive what a loan that had ended would cost more because a renewal was put in (each of two latenesses has a
    highest fine of its own): its reader was told a sum. Answers what was forgiven of each loan, in rupiah."""
    forgiven: dict[str, int] = {}
    now = {loan.loan_id: loan.fine for loan in act.loans_of_copy(found.hit.item.id)}
    for before in found.loans:
        more = now.get(before.loan_id, 0) - before.fine
        if before.closed_at is None or more <= 0:
            continue
        charges = [charge.id for charge in act.account(before.party).charges if charge.loan == before.loan_id]
        days = [lateness for charge in charges if (lateness := act.lateness(charge)) is not None]
        whole = Lateness(before.loan_id, min(one.base for one in days), max(one.on for one in days))
        body = {"charge": charges[-1], "party": before.party, "amount": more, "why": PUT_IN, "with": main}
        act.record("charge.waived", {**body, **waived_of(whole)})
        forgiven[before.loan_id] = more
    return forgiven


def move_charges(act: Act, main: str, found: Insertion) -> tuple[Reason, ...]:
    """Charge what was found wrong with the copy at a return to whoever's loan that return ends now, as the fold does
    with its fine. What the other had paid of it becomes credit."""
    item, after = found.hit.item.id, act.loans_of_copy(found.hit.item.id)
    told: list[Reason] = []
    for charge, at in act.condition_charges(item):
        was, now = _brought(found.loans, at), _brought(after, at)
        if was is None or now is None or was.party != charge.party or now.party == charge.party:
            continue
        body = {"party": charge.party, "charge": charge.charge_id, "amount": charge.left, "why": MOVED, "with": main}
        act.record("charge.waived", body, at=at)
        again = {"party": now.party, "charge": act.new_id(), "amount": charge.left, "reason": charge.reason}
        act.record("charge.made", {**again, "copy": item, "with": main}, at=at)
        names: dict[str, Param] = {"name": _name(act, charge.party), "other": _name(act, now.party)}
        told.append(Reason("charge-moved", Level.ALERT, {"amount": charge.left, **names}))
    return tuple(told)


def _brought(loans: Sequence[CopyLoan], at: int) -> CopyLoan | None:
    """The loan that had ended last at a moment."""
    ended = [loan for loan in loans if loan.closed_at is not None and loan.closed_at <= at]
    return max(ended, key=lambda loan: loan.closed_at or 0, default=None)


def what_follows(
    act: Act, found: Insertion, main: str = "", forgiven: Mapping[str, int] | None = None
) -> tuple[Reason, ...]:
    """What is to be said besides the act: that its loan (`main`) has ended, and what other loans cost now, less what
    was `forgiven` of them at once."""
    after = {loan.loan_id: loan for loan in act.loans_of_copy(found.hit.item.id)}
    told: list[Reason] = []
    loan, ends = after.get(main), found.earlier.ends
    if loan is not None and loan.closed_at is not None and ends is not None:
        code = "ended-by-loan" if found.earlier.into_loan else "ended-by-return"
        told.append(Reason(code, Level.ALERT, {"at": local_datetime(ends.at, found.zone)}))
        if loan.fine and all(before.loan_id != main for before in found.loans):
            told.append(Reason("fine-due", Level.ALERT, {"amount": loan.fine, "days": loan.days}))
    for before in found.loans:
        now = after[before.loan_id].fine if before.loan_id in after else 0
        now -= (forgiven or {}).get(before.loan_id, 0)
        if now != before.fine:
            facts: dict[str, Param] = {"was": before.fine, "amount": now, "name": _name(act, before.party)}
            told.append(Reason("fine-changed", Level.ALERT, facts))
    for party, before_credit in found.credit.items():
        more = act.account(party).credit - before_credit
        if more > 0:
            told.append(Reason("fine-now-credit", Level.ALERT, {"credit": more, "name": _name(act, party)}))
    return tuple(told)


def loan_of_act(facts: Reader, line: ActLine) -> CopyLoan | None:
    """The loan whose date an act promised, as it is kept now."""
    if line.kind not in _PROMISING:
        return None
    wanted = str(line.body.get("loan", line.event_id))
    return next((one for one in facts.loans_of_copy(line.item_id) if one.loan_id == wanted), None)


def loan_is_over(facts: Reader, line: ActLine) -> bool:
    """True for the act from a paper log of a loan that has ended since."""
    loan = loan_of_act(facts, line) if line.late else None
    return loan is not None and loan.closed_at is not None


def _name(act: Act, party: str) -> str:
    reader = act.member_of_party(party)
    return shorten_name(reader.name) if reader else ""

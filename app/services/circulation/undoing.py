"""Taking the last act back, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from app.domain import right
from app.domain.records import ItemStatus
from app.domain.verdict import Verdict
from app.ports import Act, ActLine, Reader, Store
from app.services.circulation.acting import (
    CHARGE_BACK,
    DUE_BACK,
    LATE_BACK,
    LOSS_BACK,
    REFUND_BACK,
    VOIDING,
    WAIVER_BACK,
    Approval,
    Desk,
    allowed,
    by_right,
    no_right,
    signed,
)
from app.services.offsetting import OF_CREDIT
from app.services.outcome import Kind, Outcome, refused

UNDOABLE = frozenset(
    {
        "loan.opened",
        "loan.renewed",
        "loan.corrected",
        "item.returned",
        "item.condition_noted",
        "item.lost",
        "hold.placed",
        "hold.cancelled",
        "charge.waived",
        "refund.made",
    }
)

_BY_RIGHT = {
    "charge.waived": WAIVER_BACK,
    "refund.made": REFUND_BACK,
    "item.lost": LOSS_BACK,
    "loan.corrected": DUE_BACK,
}
"""Acts that need a right, and what taking them back is: who may not do a thing may not take it back either."""
_OF_MONEY = frozenset({"charge.waived", "refund.made"})

_NO_ACTS = frozenset({"act.undone", "clock.behind", "payment.voided"})
"""Events that no person meant as an act of its own; undo looks through them to the act before."""


Then = Callable[[Act, str], None]
"""What else follows from an undo, within the same commit: called with the transaction whose act was taken back."""


def undo(
    store: Store, desk: Desk, scope: str = "", approval: Approval | None = None, then: Then | None = None
) -> Outcome:
    """Take back the last act of a transaction exactly, as long as nothing happened to that copy since.

    `scope` is the transaction; without it the desk's last one. Acts of other readers before it are never reached.
    What needs a right is taken back by somebody with that right, or signed for by one.
    """
    if not desk.may(right.UNDO):
        return no_right(right.UNDO)
    with store.act(staff=desk.staff.id, tx=desk.tx) as act:
        scope = scope or next((line.tx for line in act.acts(limit=60) if line.kind not in _NO_ACTS), "")
        outcome = _undo(act, desk, scope, approval)
        if then is not None and outcome.kind is Kind.UNDONE:
            then(act, scope)
        return outcome


def undone_next(facts: Reader, scope: str) -> ActLine | None:
    """The act of a transaction that an undo would take back."""
    return _main(_standing(facts, scope))


def _standing(facts: Reader, scope: str) -> list[ActLine]:
    """The acts of a transaction that were not taken back, newest first, with all their parts."""
    found = facts.acts(tx=scope, limit=200) if scope else ()
    return [line for line in found if not line.undone and line.kind not in _NO_ACTS]


def _main(lines: Iterable[ActLine]) -> ActLine | None:
    return next((line for line in lines if not line.body.get("with")), None)


def _undo(act: Act, desk: Desk, scope: str, approval: Approval | None) -> Outcome:
    lines = _standing(act, scope)
    main = _main(lines)
    if main is None:
        return refused("nothing-to-undo")
    if main.kind == "payment.made":
        parts_paid = [main, *(line for line in lines if line.body.get("with") == main.event_id)]
        return _void(act, desk, parts_paid, approval)
    if main.kind not in UNDOABLE:
        return refused("cannot-undo-this")
    event = act.event(main.event_id)
    assert event is not None
    with_it = [line for line in lines if line.body.get("with") == main.event_id]
    through_till = [line for line in (main, *with_it) if not line.body.get(OF_CREDIT)]
    amount = sum(int(line.body["amount"]) for line in through_till) if main.kind in _OF_MONEY else 0
    member = act.member_by_id(main.member_id).member if main.member_id else None  # type: ignore[union-attr]
    parts = [line.event_id for line in with_it]
    later = [other for other in act.later_touching(event) if other.id not in parts]
    if later:
        return refused("something-happened-since")
    code = _right_needed(desk, main, with_it)
    charged = sum(int(line.body["amount"]) for line in with_it if line.kind == "charge.made")
    verdict = by_right(desk, Verdict(), code, amount=amount or charged) if code else Verdict()
    if not allowed(verdict, approval):
        return Outcome(Kind.NEEDS_CONFIRMATION, code=code, verdict=verdict, member=member, amount=amount or charged)
    signature = signed(act, verdict, approval)
    item = act.item_by_id(main.item_id) if main.item_id else None
    for part in (*parts, main.event_id):
        undone = take_back(act, part, signature)
    _mend_record(act, [*parts, main.event_id])
    return Outcome(
        Kind.UNDONE,
        item=item.item if item else None,
        title=item.title if item else None,
        member=member,
        amount=amount,
        event_id=undone,
        at=act.at,
        undone_kind=main.kind,
        undone_id=main.event_id,
    )


def _right_needed(desk: Desk, main: ActLine, with_it: Iterable[ActLine]) -> str:
    """What taking an act back is, where not everybody may do it; "" where it needs no more than undoing does."""
    if main.kind in _BY_RIGHT:
        return _BY_RIGHT[main.kind]
    if main.staff != desk.staff.id and any(line.kind == "charge.made" for line in with_it):
        # One's own slip of the finger is one's own to mend; what another charged is forgiven.
        return CHARGE_BACK
    return LATE_BACK if main.late else ""


def take_back(act: Act, event_id: str, signature: Mapping[str, Any], *, present: bool = False) -> str:
    """Record that an event does not count any more; returns the id of what says so."""
    event = act.event(event_id)
    assert event is not None
    named: dict[str, Any] = {name: event.body[name] for name in ("item", "queue", "party") if event.body.get(name)}
    return act.record("act.undone", {"event": event_id, **named, **signature}, present=present).id


def _mend_record(act: Act, events: Iterable[str]) -> None:
    """Put a copy's status back where an undone act had changed it (repair, found again)."""
    for event_id in events:
        event = act.event(event_id)
        if event is None or event.kind != "record.edited" or event.body.get("record") != "item":
            continue
        hit = act.item_by_id(str(event.body["id"]))
        fields = event.body.get("fields", {})
        if hit is not None and hit.item.status == fields.get("status") and fields.get("was"):
            act.put_item(replace(hit.item, status=ItemStatus(fields["was"])))


def _void(act: Act, desk: Desk, parts: list[ActLine], approval: Approval | None) -> Outcome:
    """Void a payment: all its parts, since money under several tokens was one payment with one receipt."""
    main = parts[0]
    of_credit = bool(main.body.get(OF_CREDIT))
    paid = [part for part in parts if part.kind == "payment.made"]
    amount = sum(int(part.body["amount"]) for part in paid if bool(part.body.get(OF_CREDIT)) == of_credit)
    member = act.member_of_party(str(main.body["party"]))
    verdict = by_right(desk, Verdict(), VOIDING, amount=amount)
    if not allowed(verdict, approval):
        return Outcome(Kind.NEEDS_CONFIRMATION, code=VOIDING, verdict=verdict, member=member, amount=amount)
    signature = signed(act, verdict, approval)
    for part in parts:
        if part.kind == "refund.made":
            take_back(act, part.event_id, signature)
    for part in paid:
        event = act.record("payment.voided", {"payment": part.event_id, "party": str(part.body["party"]), **signature})
    return Outcome(
        Kind.UNDONE,
        member=member,
        amount=amount,
        event_id=event.id,
        at=act.at,
        undone_kind="payment.made",
    )

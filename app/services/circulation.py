"""Lending, returning, renewing, undoing: each verb reads facts, asks the rules, and records, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.domain import right
from app.domain.clock import local_datetime, to_ms
from app.domain.decide_loan import LoanDecision, decide_loan
from app.domain.decide_renewal import decide_renewal
from app.domain.decide_return import ReturnDecision, book_drop_day, decide_return
from app.domain.due import Due
from app.domain.fact import MemberFacts
from app.domain.loan_rule import Terms, resolve
from app.domain.money import lost_charge
from app.domain.policy import Policy
from app.domain.records import ItemStatus, Staff
from app.domain.verdict import Level, Reason, Verdict
from app.ports import Act, ActLine, ItemHit, MemberHit, Store
from app.services.outcome import Kind, Outcome

UNDOABLE = frozenset(
    {
        "loan.opened",
        "loan.renewed",
        "item.returned",
        "item.condition_noted",
        "item.lost",
        "hold.placed",
        "hold.cancelled",
    }
)


_NO_ACTS = frozenset({"act.undone", "clock.behind", "payment.voided"})
"""Events that no person meant as an act of its own; undo looks through them to the act before."""


class Approval(Struct, frozen=True):
    """A signature: for which reasons, by whom, why. `by` is a staff id, `reason` free text (kept as a note)."""

    codes: frozenset[str]
    by: str = ""
    reason: str = ""


class Desk(Struct, frozen=True):
    """Who acts and within what: the staff member signed in and the running desk transaction."""

    staff: Staff
    tx: str = ""
    stated_at: int | None = None

    def may(self, needed: str) -> bool:
        """True when the staff member has a right."""
        return needed in self.staff.rights


def no_right(needed: str) -> Outcome:
    """The refusal for a missing right."""
    return Outcome(
        Kind.REFUSED, code="no-right", verdict=Verdict((Reason("no-right", Level.IMPOSSIBLE, {"right": needed}),))
    )


class Circulation:
    """The verbs of lending over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, member: MemberHit) -> Verdict:
        """What speaks against lending to a reader whatever the copy: membership, block, debt, overdue."""
        now = local_datetime(self._store.now(), self._store.zone)
        with self._store.read() as facts:
            policy = facts.policy_on(now.date())
        verdict = decide_loan(None, member.facts, policy, now).verdict
        return Verdict(tuple(reason for reason in verdict.reasons if reason.code != "item-unknown"))

    def usual_limit(self, member: MemberHit, policy: Policy) -> int | None:
        """The loan limit of a reader for an ordinary book, for the card; None when no rule says one."""
        terms = resolve(policy, member.facts.member_type, "", "", member.facts.profile)
        return terms.limit if terms else None

    # --- lending ------------------------------------------------------------------------------------------------

    def lend(
        self, desk: Desk, member_id: str, item_id: str, approval: Approval | None = None, *, profile: str = ""
    ) -> Outcome:
        """Lend a copy, under a special profile of the rules if one is named. Not allowed: an outcome with every reason,
        and nothing recorded."""
        if not desk.may(right.CIRCULATE):
            return no_right(right.CIRCULATE)
        refused: Outcome | None = None
        with self._store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
            item, member = act.item_by_id(item_id), act.member_by_id(member_id)
            if member is not None and profile:
                member = replace(member, facts=replace(member.facts, profile=profile))
            now, policy = self._now(act)
            if item is not None and _before_loan(act, desk, item):
                return _too_early(item)
            decision = decide_loan(item.facts if item else None, member.facts if member else None, policy, now)
            if item is None or member is None or decision.renews or not _allowed(decision.verdict, approval):
                refused = _refusal(decision.verdict, item, member, decision)
            else:
                return self._record_loan(act, item, member, decision, policy, now, approval)
        return refused

    def _record_loan(
        self,
        act: Act,
        item: ItemHit,
        member: MemberHit,
        decision: LoanDecision,
        policy: Policy,
        now: datetime,
        approval: Approval | None,
    ) -> Outcome:
        assert decision.due is not None
        assert decision.terms is not None
        main = act.new_id()
        if decision.returns_first:
            self._record_return(act, item, now, policy, "", into=main)
        body: dict[str, Any] = {
            "item": item.item.id,
            "title": item.title.id,
            "party": self._party(act, member, now),
            "due": decision.due.on.isoformat(),
            "policy": policy.version,
            "terms": decision.terms.to_json(),
        }
        _put(body, "due_at", to_ms(decision.due.at) if decision.due.at else None)
        _put(body, "price", item.item.price)
        body.update(_hold_fields(item, decision))
        body.update(_signed(act, decision.verdict, approval))
        event = act.record("loan.opened", body, event_id=main)
        return Outcome(
            Kind.LENT,
            verdict=decision.verdict,
            member=member.member,
            item=item.item,
            title=item.title,
            due_on=decision.due.on,
            due_at=decision.due.at,
            event_id=event.id,
            at=event.at,
            late=event.late,
            loans=len(member.facts.loans) + 1,
            limit=decision.limit,
        )

    def _party(self, act: Act, member: MemberHit, now: datetime) -> str:
        """The reader's live token: a new one begins whenever nothing is open under the last."""
        return live_party(act, member, now.date()) or act.new_party(member.member.id)

    # --- returning ----------------------------------------------------------------------------------------------

    def return_item(
        self, desk: Desk, item_id: str, *, returned_on: date | None = None, book_drop: bool = False
    ) -> Outcome:
        """Take a copy back; never refused, since the book is here."""
        if not desk.may(right.CIRCULATE):
            return no_right(right.CIRCULATE)
        if (returned_on or book_drop) and not desk.may(right.LATE_ENTRY):
            return no_right(right.LATE_ENTRY)
        with self._store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
            item = act.item_by_id(item_id)
            now, policy = self._now(act)
            if item is None:
                return _refusal(decide_return(None, None, policy, now).verdict, None, None)
            if _before_loan(act, desk, item):
                return _too_early(item)
            if book_drop:
                returned_on = book_drop_day(policy, now.date())
            return self._record_return(act, item, now, policy, "", returned_on=returned_on)

    def _record_return(
        self,
        act: Act,
        item: ItemHit,
        now: datetime,
        policy: Policy,
        condition: str,
        *,
        returned_on: date | None = None,
        into: str = "",
    ) -> Outcome:
        """Record a return. `into` is the loan the copy goes straight on into: then the return is a part of that act,
        and the copy is not put aside for anybody."""
        loan = item.facts.loan
        borrower = act.member_by_id(loan.member_id) if loan and loan.member_id else None
        decision = decide_return(
            item.facts,
            borrower.facts if borrower else None,
            policy,
            now,
            returned_on=returned_on,
            condition=condition,
        )
        body: dict[str, Any] = {"item": item.item.id, "policy": policy.version}
        if decision.on != now.date():
            body["on"] = decision.on.isoformat()
        if into:
            body["with"] = into
        if loan is not None and decision.terms is not None:
            if decision.terms.to_json() != loan.terms:
                body["judged"] = decision.terms.to_json()
            if loan.price is None:
                _put(body, "price", item.item.price)
        event = act.record("item.returned", body)
        aside = self._after_return(act, into or event.id, item, decision, now, policy, goes_on=bool(into))
        fine = decision.overdue.amount if decision.overdue else 0
        return Outcome(
            Kind.RETURNED if loan else Kind.SHOWN,
            code="" if loan else "not-on-loan",
            verdict=decision.verdict,
            member=borrower.member if borrower else None,
            item=item.item,
            title=item.title,
            fine=fine,
            overdue=decision.overdue,
            was_due=loan.due_on if loan else None,
            returned_on=decision.on,
            event_id=event.id,
            at=event.at,
            late=event.late,
            loans=max(len(borrower.facts.loans) - 1, 0) if borrower else 0,
            left=_owed(act, borrower),
            **aside,
        )

    def _after_return(
        self,
        act: Act,
        main: str,
        item: ItemHit,
        decision: ReturnDecision,
        now: datetime,
        policy: Policy,
        *,
        goes_on: bool,
    ) -> dict[str, Any]:
        if decision.found:
            self._found_again(act, main, item)
        hold = decision.aside
        if hold is None or goes_on:
            return {}
        until = policy.calendar.next_open(_plus(now.date(), policy.thresholds.hold_shelf_days))
        if not (hold.aside and hold.item_id == item.item.id):
            act.record(
                "hold.put_aside",
                {
                    "hold": hold.hold_id,
                    "queue": item.title.id,
                    "copy": item.item.id,
                    "until": until.isoformat(),
                    "with": main,
                },
            )
        return {"aside": True, "aside_until": until, "aside_number": act.hold_number(hold.hold_id)}

    def _found_again(self, act: Act, main: str, item: ItemHit) -> None:
        """A lost copy came back: it is available again, and what was charged for its loss is taken back."""
        if item.item.status in (ItemStatus.LOST, ItemStatus.MISSING):
            act.put_item(replace(item.item, status=ItemStatus.AVAILABLE))
            act.record(
                "record.edited",
                {"record": "item", "id": item.item.id, "fields": _change(item, "available"), "with": main},
            )
        for charge_id, party, left in act.lost_charges(item.item.id):
            act.record(
                "charge.waived",
                {"charge": charge_id, "party": party, "amount": left, "why": "found-again", "with": main},
            )

    # --- renewing -----------------------------------------------------------------------------------------------

    def renew(self, desk: Desk, item_id: str, approval: Approval | None = None, *, seen: bool = True) -> Outcome:
        """Renew the loan of a copy for the reader who has it."""
        if not desk.may(right.CIRCULATE):
            return no_right(right.CIRCULATE)
        refused: Outcome | None = None
        with self._store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
            item = act.item_by_id(item_id)
            loan = item.facts.loan if item else None
            member = act.member_by_id(loan.member_id) if loan and loan.member_id else None
            now, policy = self._now(act)
            if item is not None and _before_loan(act, desk, item):
                return _too_early(item)
            decision = decide_renewal(
                item.facts if item else None, member.facts if member else None, policy, now, seen=seen
            )
            due, terms = decision.due, decision.terms
            if (
                item is None
                or loan is None
                or member is None
                or due is None
                or terms is None
                or not _allowed(decision.verdict, approval)
            ):
                refused = _refusal(decision.verdict, item, member, code="not-renewed")
            else:
                body = _renewal_body(item, due, terms, policy, seen)
                body["loan"], body["base"] = loan.loan_id, loan.due_on.isoformat()
                if terms.to_json() != loan.terms:
                    body["judged"] = terms.to_json()
                body.update(_signed(act, decision.verdict, approval))
                event = act.record("loan.renewed", body)
                return Outcome(
                    Kind.RENEWED,
                    verdict=decision.verdict,
                    member=member.member,
                    item=item.item,
                    title=item.title,
                    due_on=due.on,
                    due_at=due.at,
                    was_due=loan.due_on,
                    fine=decision.overdue.amount if decision.overdue else 0,
                    overdue=decision.overdue,
                    event_id=event.id,
                    at=event.at,
                    late=event.late,
                    loans=len(member.facts.loans),
                    renewals_left=decision.renewals_left,
                )
        return refused

    # --- condition, lost ----------------------------------------------------------------------------------------

    def note_condition(self, desk: Desk, item_id: str, event_id: str, condition: str, *, repair: bool) -> Outcome:
        """Note what is wrong with a copy just returned (`event_id`), charge its reader by the policy's list."""
        if not desk.may(right.CIRCULATE):
            return no_right(right.CIRCULATE)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            item = act.item_by_id(item_id)
            _now, policy = self._now(act)
            if item is None:
                return Outcome(Kind.UNKNOWN, code="item-unknown")
            if condition not in dict(policy.thresholds.condition_charges):
                code = "condition-unknown"
                return Outcome(Kind.REFUSED, code=code, verdict=Verdict((Reason(code, Level.IMPOSSIBLE),)))
            main = act.record("item.condition_noted", {"item": item_id, "condition": condition})
            closed = act.loan_of_event(event_id)
            amount = policy.thresholds.condition_charge(condition) if closed else 0
            if closed and amount:
                act.record(
                    "charge.made",
                    {
                        "charge": act.new_id(),
                        "party": closed[1],
                        "amount": amount,
                        "reason": f"condition.{condition}",
                        "copy": item_id,
                        "with": main.id,
                    },
                )
            if repair and item.item.status is ItemStatus.AVAILABLE:
                act.put_item(replace(item.item, status=ItemStatus.REPAIR))
                act.record(
                    "record.edited",
                    {"record": "item", "id": item_id, "fields": _change(item, "repair"), "with": main.id},
                )
            member = act.member_of_party(closed[1]) if closed else None
            return Outcome(
                Kind.CONDITION,
                code=condition,
                member=member,
                item=item.item,
                title=item.title,
                fine=amount,
                event_id=main.id,
                at=main.at,
            )

    def lose(self, desk: Desk, item_id: str) -> Outcome:
        """Take a copy as lost: its loan ends without a fine, and its reader is charged by the policy."""
        if not desk.may(right.OVERRIDE):
            return no_right(right.OVERRIDE)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            item = act.item_by_id(item_id)
            _now, policy = self._now(act)
            if item is None:
                return Outcome(Kind.UNKNOWN, code="item-unknown")
            loan = item.facts.loan
            main = act.record("item.lost", {"item": item_id})
            amount = lost_charge(policy.thresholds, item.item.price) if loan else 0
            if loan and amount:
                act.record(
                    "charge.made",
                    {
                        "charge": act.new_id(),
                        "party": loan.party,
                        "amount": amount,
                        "reason": "lost",
                        "copy": item_id,
                        "with": main.id,
                    },
                )
            member = act.member_by_id(loan.member_id) if loan and loan.member_id else None
            return Outcome(
                Kind.CONDITION,
                code="lost",
                member=member.member if member else None,
                item=item.item,
                title=item.title,
                fine=amount,
                event_id=main.id,
                at=main.at,
                left=member.facts.owed if member else 0,
            )

    # --- undoing ------------------------------------------------------------------------------------------------

    def undo(self, desk: Desk, scope: str = "") -> Outcome:
        """Take back the last act of a transaction exactly, as long as nothing happened to that copy since.

        `scope` is the transaction; without it the desk's last one. Acts of other readers before it are never reached.
        """
        if not desk.may(right.UNDO):
            return no_right(right.UNDO)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            scope = scope or next((line.tx for line in act.acts(limit=60) if line.kind not in _NO_ACTS), "")
            found = act.acts(tx=scope, limit=200) if scope else ()
            lines = [line for line in found if not line.undone and line.kind not in _NO_ACTS]
            main = next((line for line in lines if not line.body.get("with")), None)
            if main is None:
                return _cannot_undo("nothing-to-undo")
            if main.kind == "payment.made" and desk.may(right.VOID):
                return self._void(act, [main, *(line for line in lines if line.body.get("with") == main.event_id)])
            if main.kind not in UNDOABLE:
                return _cannot_undo("no-right-to-void" if main.kind == "payment.made" else "cannot-undo-this")
            event = act.event(main.event_id)
            assert event is not None
            parts = [line.event_id for line in lines if line.body.get("with") == main.event_id]
            later = [other for other in act.later_touching(event) if other.id not in parts]
            if later:
                return _cannot_undo("something-happened-since")
            item = act.item_by_id(main.item_id) if main.item_id else None
            for part in (*parts, main.event_id):
                undone = self._take_back(act, part)
            self._mend_record(act, [*parts, main.event_id])
            return Outcome(
                Kind.UNDONE,
                item=item.item if item else None,
                title=item.title if item else None,
                member=act.member_by_id(main.member_id).member if main.member_id else None,  # type: ignore[union-attr]
                event_id=undone,
                at=act.at,
                undone_kind=main.kind,
                undone_id=main.event_id,
            )

    def _take_back(self, act: Act, event_id: str) -> str:
        event = act.event(event_id)
        assert event is not None
        named: dict[str, Any] = {name: event.body[name] for name in ("item", "queue", "party") if event.body.get(name)}
        return act.record("act.undone", {"event": event_id, **named}).id

    def _mend_record(self, act: Act, events: Iterable[str]) -> None:
        """Put a copy's status back where an undone act had changed it (repair, found again)."""
        for event_id in events:
            event = act.event(event_id)
            if event is None or event.kind != "record.edited" or event.body.get("record") != "item":
                continue
            hit = act.item_by_id(str(event.body["id"]))
            fields = event.body.get("fields", {})
            if hit is not None and hit.item.status == fields.get("status") and fields.get("was"):
                act.put_item(replace(hit.item, status=ItemStatus(fields["was"])))

    def _void(self, act: Act, parts: list[ActLine]) -> Outcome:
        """Void a payment: all its parts, since money under several tokens was one payment with one receipt."""
        main = parts[0]
        for part in parts:
            event = act.record("payment.voided", {"payment": part.event_id, "party": str(part.body["party"])})
        return Outcome(
            Kind.UNDONE,
            member=act.member_of_party(str(main.body["party"])),
            amount=sum(int(part.body["amount"]) for part in parts),
            event_id=event.id,
            at=act.at,
            undone_kind="payment.made",
        )

    def _now(self, act: Act) -> tuple[datetime, Policy]:
        now = local_datetime(act.at, self._store.zone)
        return now, act.policy_on(now.date())


def _allowed(verdict: Verdict, approval: Approval | None) -> bool:
    return verdict.allows(approval.codes if approval else ())


def _refusal(
    verdict: Verdict,
    item: ItemHit | None,
    member: MemberHit | None,
    decision: LoanDecision | None = None,
    code: str = "",
) -> Outcome:
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
    live = (token for token in member.parties[:4] if not act.party_is_idle(token, today.isoformat()))
    return next(live, "")


def _owed(act: Act, member: MemberHit | None) -> int:
    """What a reader owes after what was just recorded."""
    return act.owed(member.member.id) if member else 0


def _before_loan(act: Act, desk: Desk, item: ItemHit) -> bool:
    """True when an act is stated for a time before the last thing known of the copy: the fold would put it in between
    and change what was already said (a loan, a fine that was paid): an answer from today's facts would not be true."""
    return desk.stated_at is not None and desk.stated_at < act.known_until(item.item.id)


def _too_early(item: ItemHit) -> Outcome:
    code = "stated-before-loan"
    return Outcome(
        Kind.REFUSED,
        code=code,
        verdict=Verdict((Reason(code, Level.IMPOSSIBLE),)),
        item=item.item,
        title=item.title,
    )


def _cannot_undo(code: str) -> Outcome:
    return Outcome(Kind.REFUSED, code=code, verdict=Verdict((Reason(code, Level.IMPOSSIBLE),)))


def _hold_fields(item: ItemHit, decision: LoanDecision) -> dict[str, str]:
    """The hold this loan serves, and the one it takes the copy away from (signed for)."""
    fields: dict[str, str] = {}
    if decision.fulfils is not None:
        fields["hold"] = decision.fulfils.hold_id
    standing = next((h for h in item.facts.holds if h.aside and h.item_id == item.item.id), None)
    if standing is not None and standing.hold_id != fields.get("hold"):
        fields["bumps"] = standing.hold_id
    if fields:
        fields["queue"] = item.title.id
    return fields


def _renewal_body(item: ItemHit, due: Due, terms: Terms, policy: Policy, seen: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "item": item.item.id,
        "due": due.on.isoformat(),
        "policy": policy.version,
        "terms": terms.to_json(),
    }
    _put(body, "due_at", to_ms(due.at) if due.at else None)
    if not seen:
        body["seen"] = False
    return body


def _change(item: ItemHit, status: str) -> dict[str, str]:
    """The edited field of a copy's record, with what stood there, so that an undo can put it back."""
    return {"status": status, "was": item.item.status.value}


def _signed(act: Act, verdict: Verdict, approval: Approval | None) -> Mapping[str, Any]:
    """What was signed for, by whom; the reason's text stands in a note of its own."""
    codes = sorted(set(verdict.codes(Level.CONFIRM)))
    if not codes or approval is None:
        return {}
    fields: dict[str, Any] = {"approved": codes}
    _put(fields, "approver", approval.by or None)
    if approval.reason.strip():
        fields["note"] = act.new_id()
        act.put_note(fields["note"], approval.reason.strip())
    return fields


def _put(body: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        body[name] = value


def _plus(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)

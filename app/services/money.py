"""Taking, forgiving, giving back: the ledger verbs. Amounts are whole rupiah; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain import right
from app.domain.money import ChargeFacts, Surplus, allocate, refund, waive
from app.domain.verdict import Level, Reason, Verdict
from app.ports import Act, ChargeLine, Store
from app.services import offsetting
from app.services.circulation import Approval, Desk, no_right
from app.services.circulation.acting import REFUNDING, WAIVING, allowed, at_desk, by_right, signed, waived_of
from app.services.outcome import MORE_THAN_OWED, Kind, Outcome, refused


class Money:
    """The verbs of the cash box over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pay(
        self,
        desk: Desk,
        member_id: str,
        amount: int,
        *,
        chosen: Sequence[str] = (),
        payer: str = "",
        surplus: Surplus = Surplus.REFUSED,
    ) -> Outcome:
        """Take a payment: chosen charges first, then oldest first. More than is owed is refused as "more-than-owed"
        with the figures, unless `surplus` says that it is given back or kept as credit.

        Credit under another of the reader's tokens settles first what it can, and is said. The answer's `amount` is
        what was taken, `change` what goes back to the hand that paid. A reader whose charges lie under several tokens
        gets one receipt number over all of them.
        """
        if not desk.may(right.PAY):
            return no_right(right.PAY)
        with self._store.act(staff=desk.staff.id, tx=desk.tx, stated_at=desk.stated_at) as act:
            member = act.member_by_id(member_id)
            if member is None:
                return refused("member-unknown")
            moved = offsetting.moves(act, member_id)
            lines = offsetting.after(act.charges_of_member(member_id), moved)
            split = allocate([_facts(line) for line in lines], amount, chosen, surplus)
            if MORE_THAN_OWED in split.verdict.codes():
                return Outcome(Kind.REFUSED, code=MORE_THAN_OWED, verdict=split.verdict, member=member.member)
            if split.verdict.impossible or not lines:
                return _refused(split.verdict, "payment-refused")
            receipt = act.next_receipt()
            party_of = {line.charge_id: line.party for line in lines}
            shares: dict[str, list[tuple[str, int]]] = {}
            for part in split.lines:
                shares.setdefault(party_of[part.charge_id], []).append((part.charge_id, part.amount))
            main = self._record(act, shares, split.credit, receipt, payer, at_desk(desk, member_id))
            if moved:
                offsetting.record(act, moved, at_desk(desk, member_id), main)
            after = act.member_by_id(member_id)
            return Outcome(
                Kind.PAID,
                verdict=_told(split.verdict, moved),
                member=member.member,
                amount=amount - split.change,
                change=split.change,
                left=after.facts.owed if after else split.left,
                number=receipt,
                event_id=main,
                at=act.at,
            )

    def settle(self, desk: Desk, member_id: str) -> Outcome:
        """Settle what a reader owes under one token from the credit under another, without cash. The answer's `amount`
        is what was settled."""
        if not desk.may(right.PAY):
            return no_right(right.PAY)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            member, moved = act.member_by_id(member_id), offsetting.moves(act, member_id)
            if member is None or not moved:
                return refused("nothing-owed")
            main, receipt = offsetting.record(act, moved, at_desk(desk, member_id))
            after = act.member_by_id(member_id)
            return Outcome(
                Kind.PAID,
                code=offsetting.OF_CREDIT,
                member=member.member,
                amount=sum(move.amount for move in moved),
                left=after.facts.owed if after else 0,
                credit=after.credit if after else 0,
                number=receipt,
                event_id=main,
                at=act.at,
            )

    def _record(
        self,
        act: Act,
        shares: dict[str, list[tuple[str, int]]],
        credit: int,
        receipt: int,
        payer: str,
        mark: Mapping[str, bool],
    ) -> str:
        note = ""
        if payer.strip():
            note = act.new_id()
            act.put_note(note, payer.strip())
        main = ""
        for party, lines in shares.items():
            extra = credit if not main else 0
            body: dict[str, Any] = {
                "payment": act.new_id(),
                "party": party,
                "amount": sum(amount for _, amount in lines) + extra,
                "receipt": receipt,
                "lines": [list(line) for line in lines],
            }
            body.update(mark)
            if note:
                body["payer"] = note
            if main:
                body["with"] = main
            event = act.record("payment.made", body, event_id=str(body["payment"]))
            main = main or event.id
        return main

    def waive(
        self, desk: Desk, member_id: str, charge_id: str, amount: int, reason: str, approval: Approval | None = None
    ) -> Outcome:
        """Forgive part or all of one charge, with a reason; by somebody with the right, or signed for by one."""
        if not desk.may(right.PAY):
            return no_right(right.PAY)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            line = next((one for one in act.charges_of_member(member_id) if one.charge_id == charge_id), None)
            if line is None:
                return refused("charge-unknown")
            decision = waive(_facts(line), amount, reason)
            if decision.verdict.impossible:
                return _refused(decision.verdict, "waiver-refused")
            verdict = by_right(desk, decision.verdict, WAIVING, amount=amount, why=reason.strip())
            if not allowed(verdict, approval):
                return _unsigned(act, WAIVING, verdict, member_id, amount)
            signature = signed(act, verdict, approval)
            note = act.new_id()
            act.put_note(note, reason.strip())
            event = act.record(
                "charge.waived",
                {
                    **signature,
                    **waived_of(act.lateness(charge_id)),
                    "charge": charge_id,
                    "party": line.party,
                    "amount": amount,
                    "note": note,
                },
            )
            member = act.member_by_id(member_id)
            return Outcome(
                Kind.WAIVED,
                verdict=decision.verdict,
                member=member.member if member else None,
                amount=amount,
                left=member.facts.owed if member else 0,
                event_id=event.id,
                at=act.at,
            )

    def refund(self, desk: Desk, member_id: str, amount: int, reason: str, approval: Approval | None = None) -> Outcome:
        """Give credit back in cash, with a reason and a receipt number; by somebody with the right, or signed for by
        one. The answer's `credit` is what the library still keeps for the reader.

        Credit that lies under several of the reader's tokens is given back under one receipt number; what the reader
        owes under another token is settled from it first.
        """
        if not desk.may(right.PAY):
            return no_right(right.PAY)
        with self._store.act(staff=desk.staff.id, tx=desk.tx) as act:
            member = act.member_by_id(member_id)
            if member is None:
                return refused("member-unknown")
            moved = offsetting.moves(act, member_id)
            verdict = refund(member.credit, amount, reason)
            if verdict.impossible:
                return _refused(verdict, "refund-refused")
            weighed = by_right(desk, verdict, REFUNDING, amount=amount, why=reason.strip())
            if not allowed(weighed, approval):
                return _unsigned(act, REFUNDING, weighed, member_id, amount)
            signature = signed(act, weighed, approval)
            note = act.new_id()
            act.put_note(note, reason.strip())
            receipt = act.next_receipt()
            main, rest = "", amount
            for party, kept in act.purses(member_id):
                share = min(kept - sum(move.amount for move in moved if move.purse == party), rest)
                if not share:
                    continue
                rest -= share
                body: dict[str, Any] = {**signature, "party": party, "amount": share, "receipt": receipt, "note": note}
                body.update(at_desk(desk, member_id))
                event = act.record("refund.made", {**body, "with": main} if main else body)
                main = main or event.id
            if moved:
                offsetting.record(act, moved, at_desk(desk, member_id), main)
            after = act.member_by_id(member_id)
            return Outcome(
                Kind.REFUNDED,
                verdict=_told(verdict, moved),
                member=member.member,
                amount=amount,
                left=after.facts.owed if after else 0,
                credit=after.credit if after else 0,
                number=receipt,
                event_id=main,
                at=act.at,
            )


def _facts(line: ChargeLine) -> ChargeFacts:
    return ChargeFacts(line.charge_id, line.on, line.left, kind=line.reason)


def _refused(verdict: Verdict, code: str) -> Outcome:
    return Outcome(Kind.REFUSED, code=code, verdict=verdict)


def _told(verdict: Verdict, moved: Sequence[offsetting.Move]) -> Verdict:
    """The verdict with what was settled from credit besides."""
    if not moved:
        return verdict
    used = Reason("credit-used", Level.MESSAGE, {"amount": sum(move.amount for move in moved)})
    return Verdict.of((*verdict.reasons, used))


def _unsigned(act: Act, code: str, verdict: Verdict, member_id: str, amount: int) -> Outcome:
    """What is not done before somebody with the right signs for it."""
    hit = act.member_by_id(member_id)
    member = hit.member if hit else None
    return Outcome(Kind.NEEDS_CONFIRMATION, code=code, verdict=verdict, member=member, amount=amount)

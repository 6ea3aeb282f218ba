"""A copy as it stood at a moment of the past, folded from its events up to there, and what is known of it since.

An act from a paper log is judged by what stood when it happened, not by what the desk knows today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from app.domain.clock import local_datetime
from app.domain.event import Event, OrderKey
from app.domain.fact import LoanFacts
from app.domain.fold import FoldRules, in_effective_order
from app.domain.fold.item import LoanState, fold_item
from app.domain.records import ItemStatus
from app.ports import Earlier, ItemHit

_OTHER_HAND = frozenset({"loan.opened", "item.returned", "item.lost"})
_OF_A_LOAN = frozenset({"loan.renewed", "loan.corrected"})
_NEVER_LENT = frozenset({ItemStatus.REFERENCE, ItemStatus.NOT_FOR_LOAN})


def at(hit: ItemHit, events: Sequence[Event], place: OrderKey, rules: FoldRules) -> Earlier | None:
    """The copy `hit` before `place` in effective order; None when nothing that counts comes after it.

    Whoever waits for the title, and what ails the copy now, say nothing about a time after which it was seen in other
    hands again.
    """
    ordered = in_effective_order(events)
    after = [event for event in ordered if event.key >= place]
    if not after:
        return None
    state = fold_item(hit.item.id, ordered[: len(ordered) - len(after)], rules).state
    loan = _loan_facts(state.loan, hit, rules) if state.loan else None
    ends = next((event for event in after if _tells_of_another_hand(event)), None)
    facts = replace(hit.facts, loan=loan)
    if ends is not None:
        kept = hit.facts.status if hit.facts.status in _NEVER_LENT else ItemStatus.AVAILABLE
        facts = replace(facts, status=kept, holds=(), other_copies_free=0)
    until = after.index(ends) if ends is not None else len(after)
    lent = {event.id for event in after if event.kind == "loan.opened"}
    return Earlier(
        hit=replace(hit, facts=facts),
        known_at=after[0].at,
        ends=ends,
        into_loan=ends is not None and (ends.kind.startswith("loan.") or ends.body.get("with") in lent),
        renewed=any(
            event.kind in _OF_A_LOAN and loan is not None and event.body["loan"] == loan.loan_id
            for event in after[:until]
        ),
    )


def of_reader(found: Earlier, member: str | None) -> Earlier:
    """The same, with the reader behind the loan's token (None = the link was forgotten)."""
    facts = found.hit.facts
    assert facts.loan is not None
    loan = replace(facts.loan, member_id=member)
    return replace(found, hit=replace(found.hit, facts=replace(facts, loan=loan)))


def _tells_of_another_hand(event: Event) -> bool:
    # A past loan that came by an import says nothing about who has the copy.
    return event.kind in _OTHER_HAND or (event.kind == "loan.imported" and bool(event.body.get("open")))


def _loan_facts(loan: LoanState, hit: ItemHit, rules: FoldRules) -> LoanFacts:
    return LoanFacts(
        loan_id=loan.id,
        item_id=loan.item,
        title_id=loan.title,
        party=loan.party,
        member_id=None,
        lent_on=date.fromisoformat(loan.lent_on),
        due_on=date.fromisoformat(loan.due_on),
        due_at=local_datetime(loan.due_at, rules.zone) if loan.due_at is not None else None,
        renewals=loan.renewals,
        unseen_renewals=loan.unseen,
        renewed_on=date.fromisoformat(loan.renewed_on) if loan.renewed_on else None,
        rule_id=str(loan.terms.get("rule_id", "")),
        terms=loan.terms or None,
        price=loan.price,
        collection=hit.item.collection,
        material=hit.title.material,
    )

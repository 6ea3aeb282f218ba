"""Read the golden table and act out its cases: one table for the desk's rules and, later, for the server.

Every case is invented. Each says what is expected under both profiles; where the two differ, `difference` names the
documented reason (docs/rules.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.domain.decide_loan import decide_loan
from app.domain.decide_renewal import decide_renewal
from app.domain.decide_return import decide_return
from app.domain.due import Due
from app.domain.fact import HoldFacts, ItemFacts, LoanFacts, MemberFacts
from app.domain.loan_rule import explain
from app.domain.overdue import Overdue
from app.domain.policy import Policy
from app.domain.records import ItemStatus
from app.domain.verdict import Verdict

TABLE = Path(__file__).with_name("vectors.json")
Row = Mapping[str, Any]


def table() -> dict[str, Any]:
    """The whole table."""
    loaded: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return loaded


def policy_of(base: Row, case: Row, profile: str) -> Policy:
    """The table's policy with the case's changes: `rules` replaces or adds by id, the rest is merged."""
    document = json.loads(json.dumps(base))
    document["profile"] = profile
    for part in ("calendar", "thresholds"):
        document[part] = {**document[part], **case.get(part, {})}
    rules = {rule["id"]: rule for rule in document["rules"]}
    for rule in case.get("rules", ()):
        rules[rule["id"]] = {**rules.get(rule["id"], {}), **rule}
    document["rules"] = [rule for rule in rules.values() if rule["id"] not in case.get("without", ())]
    return Policy.from_json(document)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def loan_of(row: Row, policy: Policy, member_type: str) -> LoanFacts:
    """An open loan; its stored terms are those of `made_under` (changes to today's), or none when that is null."""
    collection, material = row.get("collection", "general"), row.get("material", "book")
    resolved = explain(policy, member_type, collection, material, row.get("profile", "")).terms
    terms = None
    if resolved is not None and row.get("made_under", {}) is not None:
        terms = {**resolved.to_json(), **row.get("made_under", {})}
    due_at = row.get("due_at")
    return LoanFacts(
        loan_id=f"L-{row['item']}",
        item_id=row["item"],
        title_id=row.get("title", f"T-{row['item']}"),
        party="P",
        member_id=row.get("of", "M1"),
        lent_on=date.fromisoformat(row["lent"]),
        due_on=date.fromisoformat(row["due"]),
        renewals=row.get("renewals", 0),
        renewed_on=_day(row.get("renewed_on")),
        rule_id=row.get("rule", ""),
        collection=collection,
        material=material,
        terms=terms,
        price=row.get("price"),
        due_at=datetime.fromisoformat(due_at).replace(tzinfo=policy.zone) if due_at else None,
        unseen_renewals=row.get("unseen", 0),
    )


def member_of(row: Row | None, policy: Policy) -> MemberFacts | None:
    """The reader at the desk."""
    if row is None:
        return None
    kind = row.get("type", "student")
    return MemberFacts(
        member_id="M1",
        member_type=kind,
        registered_on=date(2025, 9, 1),
        expires_on=_day(row.get("expires", "2028-08-31")),
        blocked=row.get("blocked", False),
        card_lost=row.get("card_lost", False),
        suspended_until=_day(row.get("suspended_until")),
        owed=row.get("owed", 0),
        loans=tuple(loan_of(one, policy, kind) for one in row.get("loans", ())),
        profile=row.get("profile", ""),
    )


def item_of(row: Row | None, policy: Policy, member: MemberFacts | None) -> ItemFacts | None:
    """The copy at the desk."""
    if row is None:
        return None
    name = row.get("item", "I1")
    own = member.loans if member is not None else ()
    loan = next((one for one in own if one.item_id == name), None)
    if loan is None and "loan" in row:
        loan = loan_of({"item": name, **row["loan"]}, policy, "student")
    return ItemFacts(
        item_id=name,
        title_id=row.get("title", f"T-{name}"),
        barcode=f"B-{name}",
        collection=row.get("collection", "general"),
        material=row.get("material", "book"),
        status=ItemStatus(row.get("status", "available")),
        price=row.get("price"),
        parts=row.get("parts", ""),
        provisional=row.get("provisional", False),
        loan=loan,
        holds=tuple(
            HoldFacts(f"H{n}", "T", h.get("only"), h["who"], n, "aside" in h, h.get("aside"))
            for n, h in enumerate(row.get("holds", ()), 1)
        ),
        other_copies_free=row.get("free", 0),
    )


def act(case: Row, base: Row, profile: str) -> dict[str, Any]:
    """Act a case out under one profile and say what came of it, in the table's own words."""
    policy = policy_of(base, case, profile)
    member = member_of(case.get("member", {}), policy)
    item = item_of(case.get("item", {}), policy, member)
    now = datetime.fromisoformat(case["now"]).replace(tzinfo=policy.zone)
    match case["act"]:
        case "lend":
            lent = decide_loan(item, member, policy, now)
            return {**_said(lent.verdict), **_dated(lent.due)}
        case "renew":
            renewed = decide_renewal(item, member, policy, now, seen=case.get("seen", True))
            return {**_said(renewed.verdict), **_dated(renewed.due), **_late(renewed.overdue)}
        case _:
            back = decide_return(
                item,
                member,
                policy,
                now,
                returned_on=_day(case.get("on")),
                condition=case.get("condition", ""),
                forgive=case.get("forgive", False),
            )
            out = {**_said(back.verdict), **_late(back.overdue)}
            if back.suspended_until is not None:
                out["suspended_until"] = back.suspended_until.isoformat()
            if back.aside is not None:
                out["aside_for"] = back.aside.member_id
            if back.condition_amount:
                out["condition"] = back.condition_amount
            return out


def _said(verdict: Verdict) -> dict[str, Any]:
    return {"says": [f"{reason.level.name.lower()}:{reason.code}" for reason in verdict.reasons]}


def _dated(due: Due | None) -> dict[str, Any]:
    if due is None:
        return {}
    at = {"due_at": due.at.strftime("%H:%M")} if due.at is not None else {}
    return {"due": due.on.isoformat(), **at}


def _late(late: Overdue | None) -> dict[str, Any]:
    if late is None or not late.late:
        return {}
    suspension = {"suspension": late.suspension_days} if late.suspension_days else {}
    return {"late": late.days_late, "charged": late.days_charged, "fine": late.amount, **suspension}

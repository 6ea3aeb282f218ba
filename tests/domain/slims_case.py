"""Turn one observed SLiMS case into facts and a policy, act on it with the rules, and say what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from msgspec.structs import replace

from app.domain.calendar import Calendar
from app.domain.decide_loan import decide_loan
from app.domain.decide_renewal import decide_renewal
from app.domain.decide_return import decide_return
from app.domain.fact import HoldFacts, ItemFacts, LoanFacts, MemberFacts
from app.domain.loan_rule import explain
from app.domain.policy import Policy
from app.domain.records import ItemStatus
from app.domain.slims_policy import SlimsValues, corrected, slims_policy

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MEMBER = "M0001"


@dataclass(frozen=True)
class Decided:
    """What was decided: the four things an observed case is compared in."""

    allowed: bool
    due: date | None
    fine: int
    renewed: int | None


def code(value: Any) -> str:
    """A collection or material number as a code; SLiMS's 0 and null both mean none."""
    return str(value) if value else ""


def policy_of(case: Mapping[str, Any], profile: str) -> Policy:
    """The case's rules, holidays and settings as a policy; meja is the same library under the corrected rules."""
    settings = case["settings"]
    policy = slims_policy(
        "case",
        date(2000, 1, 1),
        "Asia/Jakarta",
        [_values(case["member_type"], "type")],
        [_values(row, str(row["loan_rules_id"])) for row in case["loan_rules"]],
        calendar_of(case["holidays"]),
        ignore_holidays=settings["ignore_holidays_fine_calc"],
        limit_override=settings["loan_limit_override"],
    )
    return policy if profile == "slims" else corrected(policy, "case-corrected", date(2000, 1, 1))


def _values(row: Mapping[str, Any], row_id: str) -> SlimsValues:
    return SlimsValues(
        id=row_id,
        member_type=str(row["member_type_id"]),
        collection=code(row.get("coll_type_id")),
        material=code(row.get("gmd_id")),
        loan_limit=row["loan_limit"],
        loan_days=row["loan_periode"],
        renewals=row["reborrow_limit"],
        fine_per_day=row["fine_each_day"],
        grace_days=row["grace_periode"],
    )


def calendar_of(holidays: Sequence[Mapping[str, Any]]) -> Calendar:
    """SLiMS's holiday rows: without a date they are weekly."""
    weekly = {WEEKDAYS.index(h["holiday_dayname"]) for h in holidays if h["holiday_date"] is None}
    dated = {date.fromisoformat(h["holiday_date"]) for h in holidays if h["holiday_date"] is not None}
    return Calendar(frozenset(weekly), frozenset(dated))


def member_of(case: Mapping[str, Any], policy: Policy, loans: Sequence[LoanFacts]) -> MemberFacts:
    """The acting member with their open loans; SLiMS's pending is a block."""
    row = case["member"]
    return MemberFacts(
        member_id=row["member_id"],
        member_type=str(row["member_type_id"]),
        registered_on=date.fromisoformat(row["register_date"]),
        expires_on=date.fromisoformat(row["expire_date"]),
        blocked=bool(row["is_pending"]),
        owed=sum(fine["debet"] - fine["credit"] for fine in case["fines_before"]),
        loans=tuple(loan for loan in loans if loan.member_id == row["member_id"]),
    )


class Case:
    """One case's state, ready to be acted on under one profile."""

    def __init__(self, case: Mapping[str, Any], profile: str) -> None:
        self.case = case
        self.policy = policy_of(case, profile)
        self.today = date.fromisoformat(case["action"]["date"])
        self.now = datetime.combine(self.today, time(10, 0), self.policy.zone)
        self.items = {row["item_code"].upper(): row for row in case["items"]}
        self.loans = [self._loan(n, row) for n, row in enumerate(case["open_loans"])]

    def act(self) -> Decided:
        """Do the case's action and say what was decided."""
        kind = self.case["action"]["type"]
        return {"loan": self._lend, "return": self._return, "extend": self._extend}[kind]()

    def _item_row(self, item_code: str) -> Mapping[str, Any]:
        usual = {"coll_type_id": 1, "gmd_id": 1, "no_loan": None}
        row: Mapping[str, Any] = self.items.get(item_code.upper(), usual)
        return row

    def _loan(self, n: int, row: Mapping[str, Any]) -> LoanFacts:
        item = self._item_row(row["item_code"])
        rule_id = str(row["loan_rules_id"]) if row["loan_rules_id"] else ""
        type_id = str(self.case["member"]["member_type_id"])
        collection, material = code(item["coll_type_id"]), code(item["gmd_id"])
        renewed_on = row.get("return_date")
        loan = LoanFacts(
            loan_id=f"L{n}",
            item_id=row["item_code"].upper(),
            title_id=f"T-{row['item_code'].upper()}",
            party=f"P{n}",
            member_id=row["member_id"],
            lent_on=date.fromisoformat(row["loan_date"]),
            due_on=date.fromisoformat(row["due_date"]),
            renewals=row["renewed"],
            renewed_on=date.fromisoformat(renewed_on) if renewed_on else None,
            rule_id=rule_id,
            collection=collection,
            material=material,
        )
        terms = explain(self.policy, type_id, collection, material).terms
        if terms is None or self.policy.profile == "slims":
            return loan
        return replace(loan, terms=terms.to_json())

    def _item(self, item_code: str) -> ItemFacts | None:
        name = item_code.upper()
        if not name.startswith("B"):  # every copy of the cases is B00001 and so on
            return None
        row = self._item_row(name)
        holds = sorted(
            (r for r in self.case["reserve"] if r["item_code"].upper() == name), key=lambda r: r["reserve_date"]
        )
        return ItemFacts(
            item_id=name,
            title_id=f"T-{name}",
            barcode=name,
            collection=code(row["coll_type_id"]),
            material=code(row["gmd_id"]),
            status=ItemStatus.NOT_FOR_LOAN if row["no_loan"] else ItemStatus.AVAILABLE,
            loan=next((loan for loan in self.loans if loan.item_id == name), None),
            holds=tuple(HoldFacts(f"H{n}", f"T-{name}", name, r["member_id"], n) for n, r in enumerate(holds, 1)),
        )

    def _lend(self) -> Decided:
        decided = Decided(False, None, 0, None)
        approved = self.policy.thresholds.overridable if self.case["action"]["override"] else frozenset()
        for n, scanned in enumerate(self.case["action"]["scans"]):
            item = self._item(scanned)
            if item is not None and item.loan is not None and item.loan.loan_id.startswith("S"):
                continue  # the same copy twice in one transaction is said once and changes nothing
            member = member_of(self.case, self.policy, self.loans)
            decision = decide_loan(item, member, self.policy, self.now)
            allowed = decision.verdict.allows(approved)
            due = decision.due.on if allowed and decision.due else None
            decided = Decided(allowed, due, 0, 0 if allowed else None)
            if allowed and item is not None and due is not None and decision.terms is not None:
                self.loans.append(
                    LoanFacts(
                        f"S{n}",
                        item.item_id,
                        item.title_id,
                        "P",
                        member.member_id,
                        self.today,
                        due,
                        rule_id=decision.terms.rule_id,
                        collection=item.collection,
                        material=item.material,
                        terms=decision.terms.to_json(),
                    )
                )
        return decided

    def _return(self) -> Decided:
        item = self._item(self.case["action"]["item_code"])
        member = member_of(self.case, self.policy, self.loans)
        decision = decide_return(item, member, self.policy, self.now)
        if item is None or item.loan is None or decision.overdue is None:
            return Decided(False, None, 0, None)
        return Decided(True, item.loan.due_on, decision.overdue.amount, item.loan.renewals)

    def _extend(self) -> Decided:
        item = self._item(self.case["action"]["item_code"])
        assert item is not None
        assert item.loan is not None
        member = member_of(self.case, self.policy, self.loans)
        decision = decide_renewal(item, member, self.policy, self.now)
        signed = self.case["action"]["via"] == "direct_post"
        approved = self.policy.thresholds.overridable_renewal if signed else frozenset()
        if not decision.verdict.allows(approved) or decision.due is None or decision.overdue is None:
            return Decided(False, item.loan.due_on, 0, item.loan.renewals)
        return Decided(True, decision.due.on, decision.overdue.amount, item.loan.renewals + 1)


def observed(case: Mapping[str, Any]) -> Decided:
    """What SLiMS decided."""
    out = case["outputs"]
    due = date.fromisoformat(out["due_date"]) if out["due_date"] else None
    return Decided(out["allowed"], due, out["fine"], out["renewed"])


def broke(case: Mapping[str, Any]) -> bool:
    """True where SLiMS answered with its error page."""
    return bool(case["outputs"].get("http_status") == 500)

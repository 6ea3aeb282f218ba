"""Answering cases: what a person decides about a disagreement that the rules settled, each answer one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from app.domain import right
from app.domain.case import ACCEPT, DECISIONS, REOPEN, SPLIT, Case
from app.domain.event import Event
from app.ports import Act, Reader, Store
from app.services.circulation.acting import Desk, no_right
from app.services.circulation.undoing import take_back
from app.services.outcome import Kind, Outcome, refused

RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    ACCEPT: frozenset({right.UNDO}),
    REOPEN: frozenset({right.UNDO, right.OVERRIDE}),
    SPLIT: frozenset({right.UNDO, right.CATALOGUE}),
}
"""What each decision needs: agreeing is a matter of the desk, against the rule somebody decides who may."""

_NOT_SAID_AGAIN = frozenset({"item", "hold", "bumps", "queue", "tx", "with", "approved", "approver", "note"})
"""What a loan that is moved to another copy does not say again: its hold was served, its reasons were signed."""


class Cases:
    """The verbs of the case list."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def every(self, *, closed: bool = False) -> Sequence[Case]:
        """The open cases, newest first; `closed`: also what was answered or is settled."""
        with self._store.read() as facts:
            return facts.cases(closed=closed)

    def find(self, name: str) -> Case | None:
        """The case of an id or of a number such as K-7F3A; None when there is none, or more than one."""
        wanted = name.strip().casefold().removeprefix("k-")
        found = [one for one in self.every(closed=True) if one.id == wanted or one.id[:4] == wanted]
        return found[0] if len(found) == 1 else None

    def answer(self, desk: Desk, case: Case, decision: str) -> Outcome:
        """Decide a case as it was shown. Refused, with nothing recorded: "case-changed" when its facts are others now,
        "case-gone" when its cause is no more, "something-happened-since" when the later loan went on."""
        if decision not in DECISIONS.get(case.kind, ()):
            return refused("case-no-such-answer")
        for needed in sorted(RIGHTS[decision]):
            if not desk.may(needed):
                return no_right(needed)
        later = self._later(case) if decision in (REOPEN, SPLIT) else None
        # A loan that moves to a copy of its own is still made when it was made.
        stated = later.at if later is not None and decision == SPLIT else None
        with self._store.act(staff=desk.staff.id, stated_at=stated) as act:
            now = next((one for one in act.cases(closed=True) if one.id == case.id), None)
            if now is None or now.gone:
                return refused("case-gone")
            if now.facts != case.facts:
                return refused("case-changed")
            if decision in (REOPEN, SPLIT) and (later is None or not _is_untouched(act, later)):
                return refused("something-happened-since")
            body = {"case": case.id, "decision": decision, "facts": case.facts}
            named = {"kind": case.kind, "causes": list(case.causes)}
            event = act.record("case.resolved", {**body, **named}, present=True)
            if later is not None:
                take_back(act, later.id, {"with": event.id}, present=True)
                if decision == SPLIT:
                    _move_to_own_copy(act, later, event.id)
            return Outcome(Kind.CASE, code=decision, event_id=event.id, at=event.at)

    def _later(self, case: Case) -> Event | None:
        with self._store.read() as facts:
            return facts.event(case.causes[-1])


def _is_untouched(facts: Reader, loan: Event) -> bool:
    """Whether this loan runs as it was made."""
    hit = facts.item_by_id(str(loan.body["item"]))
    now = hit.facts.loan if hit else None
    return now is not None and now.loan_id == loan.id and now.renewals == 0


def _move_to_own_copy(act: Act, loan: Event, cause: str) -> None:
    """Give the later loan a copy of its own under a fresh number; the printed due date stays."""
    hit = act.item_by_id(str(loan.body["item"]))
    assert hit is not None
    barcode = f"P-{act.next_number('provisional'):06d}"
    while act.item_by_code(barcode):
        barcode = f"P-{act.next_number('provisional'):06d}"
    copy = replace(hit.item, id=act.new_id(), barcode=barcode, inventory_no="", provisional=True, source_key="")
    act.put_item(copy)
    act.record("record.edited", {"record": "item", "id": copy.id, "with": cause}, present=True)
    said: dict[str, Any] = {name: value for name, value in loan.body.items() if name not in _NOT_SAID_AGAIN}
    act.record("loan.opened", {**said, "item": copy.id, "with": cause})

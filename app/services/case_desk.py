"""The case list as a screen asks for it: the cases, the names in them, and answers by whoever serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.case import Case
from app.domain.clock import local_datetime
from app.domain.records import Staff
from app.ports import Store
from app.services.cases import Cases
from app.services.circulation import Desk
from app.services.outcome import Kind


class Counted(Protocol):
    """A count of the open cases that is kept elsewhere, while the desk goes on."""

    count: int


class CaseDesk:
    """The cases of one desk. `own` is the desk's fingerprint, `serving` tells who serves now, `counted` how many cases
    waited when somebody last looked: to count them here would look through the whole library between two scans."""

    def __init__(self, store: Store, own: str, serving: Callable[[], Staff], counted: Counted) -> None:
        self._store = store
        self._own = own
        self._serving = serving
        self._counted = counted
        self._verbs = Cases(store)

    def count(self) -> int:
        """How many cases wait, as it was last found."""
        return self._counted.count

    def every(self, *, closed: bool = False) -> Sequence[Case]:
        """The open cases, newest first; `closed`: also what is settled."""
        found = self._verbs.every(closed=closed)
        self._counted.count = sum(case.open for case in found)
        return found

    def answer(self, case: Case, decision: str) -> str:
        """Decide; "" when it is recorded, otherwise the code of what stands against it."""
        outcome = self._verbs.answer(Desk(self._serving()), case, decision)
        return "" if outcome.kind is Kind.CASE else outcome.code

    def desk_name(self, desk: str) -> str:
        """This desk's own name; "" for another one."""
        if desk != self._own:
            return ""
        with self._store.read() as facts:
            return str(facts.setting("desk.name"))

    def staff_name(self, staff: str) -> str:
        """A person's short name, "" when nobody of that id is known."""
        with self._store.read() as facts:
            return next((one.short_name for one in facts.staff_list() if one.id == staff), "")

    def moment(self, at: int) -> datetime:
        """A time as the library's clock shows it."""
        return local_datetime(at, self._store.zone)

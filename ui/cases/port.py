"""What the case list asks of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.case import Case


class CasesPort(Protocol):
    """The cases and who may answer them. Every call does its work at once."""

    def count(self) -> int:
        """How many cases wait."""
        ...

    def every(self, *, closed: bool = False) -> Sequence[Case]:
        """The open cases, newest first; `closed`: also what is settled."""
        ...

    def answer(self, case: Case, decision: str) -> str:
        """Decide; "" when it is recorded, otherwise the code of what stands against it."""
        ...

    def desk_name(self, desk: str) -> str:
        """This desk's own name; "" for another one."""
        ...

    def staff_name(self, staff: str) -> str:
        """A person's short name, or ""."""
        ...

    def moment(self, at: int) -> datetime:
        """A time as the library's clock shows it."""
        ...

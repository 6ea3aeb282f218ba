"""How a desk stands to the server, as one value that the screen and the command line tell."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict


class Status(Struct, frozen=True):
    """`online`: the last exchange came about; `since` when that began, by the PC's clock in milliseconds (0 = not yet
    known). `unsent`: own events that the server does not hold; `cursor` of `head` log numbers are read, those up to
    `safe` stand in its verified backup. `contact`: when it last answered, by its own clock. `fault`: why not, or what
    staff should know, as a code ("" = nothing); `clock_ms`: how far this PC's clock is behind the server's."""

    online: bool = False
    since: int = 0
    unsent: int = 0
    cursor: int = 0
    head: int = 0
    safe: int = 0
    contact: int = 0
    fault: str = ""
    clock_ms: int = 0
    name: str = ""

    def to_json(self) -> dict[str, Any]:
        """As one object."""
        return asdict(self)

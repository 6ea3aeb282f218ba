"""What a person at the desk may do, as a set of rights."""

from __future__ import annotations

from typing import Final

CIRCULATE: Final = "circulate"
PAY: Final = "pay"
UNDO: Final = "undo"
OVERRIDE: Final = "override"
WAIVE: Final = "waive"
VOID: Final = "void"
LATE_ENTRY: Final = "late-entry"
CATALOGUE: Final = "catalogue"
HOLDS: Final = "holds"
IMPORT: Final = "import"
SETTINGS: Final = "settings"
STAFF: Final = "staff"

ALL: Final = frozenset(
    {CIRCULATE, PAY, UNDO, OVERRIDE, WAIVE, VOID, LATE_ENTRY, CATALOGUE, HOLDS, IMPORT, SETTINGS, STAFF}
)
DESK: Final = frozenset({CIRCULATE, PAY, UNDO, HOLDS, CATALOGUE})
"""What everybody who serves at the desk may do. CATALOGUE is the right to add a record at the desk: a copy that is
catalogued later, and a reader who registers."""

"""Versions and sizes that both ends keep to. Sizes are of unpacked bodies unless said otherwise."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
"""The protocol this program speaks."""
OLDEST: Final = 1
"""The oldest one it still understands."""

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of one request or answer after unpacking."""
MAX_PACKED: Final = 2 * 1024 * 1024
"""Bytes of one request as it comes over the wire."""
MAX_RUN: Final = 1_000
"""Events in one run."""
MAX_EVENTS: Final = 2_000
"""Events in one push, and about as many in one answer to a pull."""
MAX_RECORDS: Final = 2_000
"""Records in one push."""
MAX_EVENT_BODY: Final = 16 * 1024
"""Characters of one event's body."""
MAX_RECORD_BODY: Final = 256 * 1024
"""Characters of one record."""
MAX_AUTHORS: Final = 5_000
"""Chains named in one `have`."""
MAX_HASHES: Final = 200
"""Numbers asked for in one `hashes`."""
WAIT_SECONDS: Final = 25
"""How long a `wait` may stay unanswered."""
SIGNED_FOR_MS: Final = 300_000
"""How far a request's stated server time may lie from the server's: older ones are taken for repeats."""
SNAPSHOT_PIECE: Final = 3 * 1024 * 1024
"""Bytes of a snapshot in one answer."""
SNAPSHOT_WORTH: Final = 5_000
"""Log numbers from which on a snapshot is worth its making; a shorter log is read."""

"""What stops a whole import file, as opposed to one row of it.

A row that cannot be used is a `Refused` value; only a file that cannot be read at all raises `ImportProblem`.
Its `reason` is a kebab-case code and `params` the facts for the sentence; the words for staff stand in
resources.
"""

from __future__ import annotations

from collections.abc import Mapping


class ImportProblem(Exception):
    """The file as a whole cannot be read (missing, empty, not the format it claims, too large).

    This is the only exception an importer raises by itself, apart from `Cancelled` passed on from `Progress`.
    """

    def __init__(self, reason: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params: dict[str, str] = dict(params or {})

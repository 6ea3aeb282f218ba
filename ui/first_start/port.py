"""What the first start asks of the rest of the program, and the values that go between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from app.domain.verdict import Param
from app.services.import_columns import Assigned, UnknownList

Tell = Callable[[int, int], None]
"""How far a long job is: (done, total). Raises when the person stopped it."""


class Begun(Struct, frozen=True):
    """What a choice made: the recovery key to keep ("" = none was made), lines about what came in, and the library's
    name where the person was not asked for it."""

    recovery: str = ""
    lines: tuple[tuple[str, Mapping[str, Param]], ...] = ()
    name: str = ""


class Sources(Struct, frozen=True):
    """What to bring in: the files, what was said of lists among them, and the library to take ("" = the only one)."""

    files: tuple[Path, ...]
    told: Mapping[Path, Assigned] = MappingProxyType({})
    library: str = ""


class SeveralLibraries(Exception):
    """A file holds several libraries, by these names; nothing was taken before somebody says which."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(*names)
        self.names = names


class FirstStartPort(Protocol):
    """What the first start may ask; every call is long and runs beside the window. Raises errors with `code`, and
    `bring_in` SeveralLibraries."""

    def demo(self, tell: Tell) -> Begun: ...
    def empty(self, name: str, zone: str, tell: Tell) -> Begun: ...
    def columns(self, files: Sequence[Path], tell: Tell) -> tuple[UnknownList, ...]: ...
    def bring_in(self, name: str, zone: str, sources: Sources, tell: Tell) -> Begun: ...
    def newest(self, folder: Path) -> Path | None: ...
    def restore(self, source: Path, recovery: str, tell: Tell) -> Begun: ...
    def new_key(self, tell: Tell) -> Begun: ...
    def key_sheet(self, target: Path, name: str, recovery: str) -> None: ...
    def kept(self) -> None: ...
    def sentence(self, fault: Exception) -> str: ...

"""How the window looks and sounds at this desk: a value the wiring loads and stores."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class UiSettings(Struct, frozen=True):
    """`theme` auto|light|dark; `scale` 1.0 = the system's own text size; `motion` False = never animate.

    `terms` are the library's own words, such as `{"fine": "infak"}`. `suffix_ms` is how long after a scan an empty
    line counts as the scanner's own second line end.
    """

    language: str = "id"
    theme: str = "auto"
    scale: float = 1.0
    sounds: bool = True
    volume: int = 70
    motion: bool = True
    suffix_ms: int = 150
    terms: Mapping[str, str] = field(default_factory=dict)

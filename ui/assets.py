"""Where the files of the window lie: icons, words, sounds, style, fonts. Knows only the `resources` room."""

from __future__ import annotations

from pathlib import Path

import resources


def asset(*parts: str) -> Path:
    """The path of one resource; it works from a checkout and from a frozen program alike."""
    return Path(resources.__path__[0]).joinpath(*parts)

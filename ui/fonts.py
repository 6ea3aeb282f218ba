"""The bundled typefaces: Plus Jakarta Sans, Noto Sans Arabic and a monospaced face for codes.

Files found in `resources/fonts` are loaded once. Where one is missing, a typeface of the system stands in.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct
from PySide6.QtGui import QFont, QFontDatabase

from ui.assets import asset

_SANS = ("Plus Jakarta Sans", "Segoe UI", "Noto Sans", "Inter", "Ubuntu", "Cantarell", "DejaVu Sans")
_ARABIC = ("Noto Sans Arabic", "Noto Naskh Arabic", "Segoe UI", "DejaVu Sans")
_MONO = ("JetBrains Mono", "IBM Plex Mono", "Noto Sans Mono", "Cascadia Mono", "Consolas", "DejaVu Sans Mono")
BASE_PIXELS = 15


class Fonts(Struct, frozen=True):
    """The families in use: the text face, the Arabic face behind it, the face for codes."""

    sans: str
    arabic: str
    mono: str

    def text(self, pixels: int) -> QFont:
        """The application's font: figures of one width, Arabic letters from the Arabic face."""
        font = QFont()
        font.setFamilies([self.sans, self.arabic])
        font.setPixelSize(pixels)
        _tabular(font)
        return font

    def code(self, pixels: int) -> QFont:
        """The font for barcodes and numbers that must not be misread."""
        font = QFont()
        font.setFamilies([self.mono])
        font.setPixelSize(pixels)
        font.setStyleHint(QFont.StyleHint.Monospace)
        return font


def _tabular(font: QFont) -> None:
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("tnum"), 1)


@cache
def load_fonts() -> Fonts:
    """Load what is bundled and name the best family present for each job."""
    folder = asset("fonts")
    families: set[str] = set()
    if folder.is_dir():
        for path in sorted(folder.rglob("*.[to]tf")):
            number = QFontDatabase.addApplicationFont(str(path))
            families.update(QFontDatabase.applicationFontFamilies(number) if number >= 0 else ())
    return Fonts(_first(_SANS, families), _first(_ARABIC, families), _bundled_mono(families) or _first(_MONO, families))


def _bundled_mono(families: set[str]) -> str:
    return next((name for name in sorted(families) if "mono" in name.lower()), "")


def _first(wanted: tuple[str, ...], loaded: set[str]) -> str:
    for name in wanted:
        if name in loaded:
            return name
    return next((name for name in wanted if QFontDatabase.hasFamily(name)), wanted[-1])

"""All that a widget needs to draw itself: colours, measures, typefaces, words. Immutable; a change makes a new one."""

from __future__ import annotations

import math
import sys
from functools import cache

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from app.services.view import Phrase, Say
from ui.fonts import BASE_PIXELS, Fonts, load_fonts
from ui.settings import UiSettings
from ui.text import Text
from ui.theme import DARK, LIGHT, Measure, Tokens

_USUAL_POINTS = {"win32": 9.0, "darwin": 13.0}
_SPI_GETCLIENTAREAANIMATION = 0x1042


class Look(Struct, frozen=True):
    """The present look. `px` scales a length of the design; `say` resolves what a view wants said."""

    tokens: Tokens
    measure: Measure
    fonts: Fonts
    text: Text
    motion: bool

    def moves(self) -> bool:
        """Whether things may move: as set, and as the system wants it."""
        return self.motion and _system_moves()

    def px(self, length: float) -> int:
        return self.measure.px(length)

    def say(self, place: str, what: Say) -> str:
        """Plain words for a phrase of one place ("line", "choice"…), or cleaned data for a str."""
        if isinstance(what, Phrase):
            return self.text.say(f"{place}.{what.code}", what.params)
        return self.text.data(what)

    def font(self, pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        result = self.fonts.text(self.px(pixels))
        result.setWeight(weight)
        return result

    def code_font(self, pixels: float) -> QFont:
        return self.fonts.code(self.px(pixels))


def make_look(settings: UiSettings, fonts: Fonts | None = None, largest: float = math.inf) -> Look:
    """The look that the settings and the system ask for, its text no larger than `largest`. Needs a QApplication."""
    return Look(
        tokens=DARK if is_dark(settings.theme) else LIGHT,
        measure=Measure(min(_system_scale() * settings.scale, largest)),
        fonts=fonts or load_fonts(),
        text=Text(settings.language, settings.terms),
        motion=settings.motion,
    )


def is_dark(theme: str) -> bool:
    """Whether to be dark: as set, or as the system is."""
    if theme in ("light", "dark"):
        return theme == "dark"
    return QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


_system_points: list[float] = []


def _system_scale() -> float:
    """How much larger than usual the system's font is set."""
    if not _system_points:
        _system_points.append(QApplication.font().pointSizeF())
    usual = _USUAL_POINTS.get(sys.platform, 10.0)
    points = _system_points[0]
    if points <= usual + 1.5:
        return 1.0
    return min(2.5, points / usual)


@cache
def _system_moves() -> bool:
    """False when the system asks for no animation. Asked for the first movement only: the answer's class costs 8 ms."""
    from PySide6.QtWidgets import QStyle

    style = QApplication.style()
    if style is not None and style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) <= 0:
        return False
    if sys.platform == "win32":
        import ctypes

        wanted = ctypes.c_int(1)
        asked = ctypes.windll.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(wanted), 0)
        return not asked or bool(wanted.value)
    return True


def base_font(look: Look) -> QFont:
    """The font of the application."""
    return look.font(BASE_PIXELS)

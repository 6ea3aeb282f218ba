"""The colours and measures of the window: tokens, light and dark, made into one stylesheet and one palette.

Every colour on the screen comes from `Tokens`. `PAIRS` names each ink with the ground it stands on, so that a test can
compute that all of them keep a contrast of at least 4.5:1.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import asdict
from PySide6.QtGui import QColor, QPalette

from ui.assets import asset


class Tokens(Struct, frozen=True):
    """One colour per role, as #RRGGBB."""

    ground: str
    card: str
    line: str
    ink: str
    soft: str
    accent: str
    accent_tint: str
    on_accent: str
    done: str
    done_tint: str
    needs: str
    needs_tint: str
    no: str
    no_tint: str
    told: str
    told_tint: str
    sticky: str
    sticky_tint: str
    on_solid: str
    rail: str
    rail_ink: str
    rail_dim: str
    rail_active: str
    rail_active_ink: str
    badge: str
    badge_ink: str
    held: str
    held_ink: str
    held_line: str
    key: str
    key_line: str


LIGHT = Tokens(
    ground="#F4F6F5",
    card="#FFFFFF",
    line="#DDE3E0",
    ink="#16211E",
    soft="#55645F",
    accent="#0B6B5E",
    accent_tint="#E1F1EE",
    on_accent="#FFFFFF",
    done="#12703F",
    done_tint="#E3F4EA",
    needs="#8A5300",
    needs_tint="#FDF0D5",
    no="#A61B1B",
    no_tint="#FCE7E6",
    told="#1D4E89",
    told_tint="#E5EEF9",
    sticky="#6D28D9",
    sticky_tint="#EFE7FD",
    on_solid="#FFFFFF",
    rail="#12312C",
    rail_ink="#CFE3DE",
    rail_dim="#93ABA5",
    rail_active="#2B4641",
    rail_active_ink="#FFFFFF",
    badge="#B45309",
    badge_ink="#FFFFFF",
    held="#FAFAFA",
    held_ink="#66736F",
    held_line="#6FA79E",
    key="#F4F6F5",
    key_line="#CBD4D0",
)

DARK = Tokens(
    ground="#0F1615",
    card="#18211F",
    line="#2C3835",
    ink="#E8EFED",
    soft="#9DB0AA",
    accent="#4FC3B0",
    accent_tint="#17342F",
    on_accent="#06231E",
    done="#6FD79B",
    done_tint="#14301F",
    needs="#F2BC62",
    needs_tint="#3A2A0E",
    no="#FF9A92",
    no_tint="#3B1716",
    told="#8EBBF0",
    told_tint="#152740",
    sticky="#B79BFA",
    sticky_tint="#2A1F45",
    on_solid="#0A1917",
    rail="#0A1110",
    rail_ink="#9DB0AA",
    rail_dim="#76887F",
    rail_active="#262D2C",
    rail_active_ink="#FFFFFF",
    badge="#D98A2B",
    badge_ink="#0A1110",
    held="#141C1A",
    held_ink="#85958F",
    held_line="#2F6E64",
    key="#0F1615",
    key_line="#3A4744",
)

PAIRS: tuple[tuple[str, str], ...] = (
    ("ink", "ground"),
    ("ink", "card"),
    ("soft", "ground"),
    ("soft", "card"),
    ("accent", "card"),
    ("accent", "accent_tint"),
    ("on_accent", "accent"),
    *((tone, f"{tone}_tint") for tone in ("done", "needs", "no", "told", "sticky")),
    *((tone, "card") for tone in ("done", "needs", "no", "told", "sticky")),
    *(("ink", f"{tone}_tint") for tone in ("done", "needs", "no", "told", "accent", "sticky")),
    *(("on_solid", tone) for tone in ("done", "needs", "no", "told")),
    ("rail_ink", "rail"),
    ("rail_dim", "rail"),
    ("rail_active_ink", "rail_active"),
    ("badge_ink", "badge"),
    ("held_ink", "held"),
    ("ink", "key"),
)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #RRGGBB colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Measure(Struct, frozen=True):
    """Lengths at the present text size; 1.0 is 15 px base text."""

    scale: float = 1.0

    def px(self, length: float) -> int:
        """A length of the design in device-independent pixels."""
        return max(1, round(length * self.scale))


_LENGTH = re.compile(r"(\d+(?:\.\d+)?)px")
_TOKEN = re.compile(r"\$([a-z_]+)")


def stylesheet(tokens: Tokens, measure: Measure, mono: str) -> str:
    """The one stylesheet: the template with its `$token` names and its px lengths filled in.

    `mono` is the family for codes. A name the tokens do not know is an error of the template, seen at once.
    """
    values = {**asdict(tokens), "mono": mono}
    source = asset("styles", "meja.qss.template").read_text(encoding="utf-8")
    scaled = _LENGTH.sub(lambda m: f"{measure.px(float(m.group(1)))}px", source)
    return _TOKEN.sub(lambda m: values[m.group(1)], scaled)


def palette(tokens: Tokens) -> QPalette:
    """The palette that matches the stylesheet, for all that the stylesheet does not draw."""
    roles = {
        QPalette.ColorRole.Window: tokens.ground,
        QPalette.ColorRole.WindowText: tokens.ink,
        QPalette.ColorRole.Base: tokens.card,
        QPalette.ColorRole.AlternateBase: tokens.ground,
        QPalette.ColorRole.Text: tokens.ink,
        QPalette.ColorRole.Button: tokens.card,
        QPalette.ColorRole.ButtonText: tokens.ink,
        QPalette.ColorRole.BrightText: tokens.no,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.ToolTipBase: tokens.card,
        QPalette.ColorRole.ToolTipText: tokens.ink,
        QPalette.ColorRole.PlaceholderText: tokens.soft,
        QPalette.ColorRole.Link: tokens.told,
        QPalette.ColorRole.Mid: tokens.line,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.held_ink))
    return result


def token_names() -> tuple[str, ...]:
    """All roles, for tests."""
    return Tokens.__struct_fields__

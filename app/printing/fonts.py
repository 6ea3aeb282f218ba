"""The bundled fonts on paper: which face draws which sign, for PDF (reportlab) and for raster lines (Pillow).

Faces form chains: the first face of the role that has the sign draws it. A sign no face has is drawn as an empty
box and can be asked for beforehand with `missing_signs`; it is never left out, never becomes a question mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

Role = Literal["regular", "medium", "semibold", "bold", "mono", "mono-bold", "figures", "figures-bold"]
BOX = "\u25a1"
# Plus Jakarta Sans has a word space of 0.17 em, too narrow at slip sizes on a thermal head.
_WIDER_SPACE = 0.06

_CHAINS: Mapping[Role, tuple[str, ...]] = {
    "regular": ("PlusJakartaSans-Regular", "NotoSansArabic-Regular", "JetBrainsMono-Regular"),
    "medium": ("PlusJakartaSans-Medium", "NotoSansArabic-Regular", "JetBrainsMono-Regular"),
    "semibold": ("PlusJakartaSans-SemiBold", "NotoSansArabic-Bold", "JetBrainsMono-Bold"),
    "bold": ("PlusJakartaSans-Bold", "NotoSansArabic-Bold", "JetBrainsMono-Bold"),
    # reportlab cannot reach Plus Jakarta Sans's tabular figures; Noto's are tabular as they are.
    "figures": ("NotoSansArabic-Regular", "PlusJakartaSans-Regular", "JetBrainsMono-Regular"),
    "figures-bold": ("NotoSansArabic-Bold", "PlusJakartaSans-Bold", "JetBrainsMono-Bold"),
    "mono": ("JetBrainsMono-Regular", "PlusJakartaSans-Regular", "NotoSansArabic-Regular"),
    "mono-bold": ("JetBrainsMono-Bold", "PlusJakartaSans-Bold", "NotoSansArabic-Bold"),
}


class Run(Struct, frozen=True):
    """A stretch of visual text that one face draws."""

    face: str
    text: str


@cache
def font_path(face: str) -> Path:
    """The file of a bundled face. Raises FileNotFoundError when the installation is incomplete."""
    with as_file(files("resources").joinpath("fonts", f"{face}.ttf")) as path:
        if not path.is_file():
            raise FileNotFoundError(path.name)
        return path


@cache
def _signs(face: str) -> frozenset[int]:
    from reportlab.pdfbase.ttfonts import TTFontFile

    return frozenset(TTFontFile(str(font_path(face))).charToGlyph)


@cache
def pdf_face(face: str) -> str:
    """The face's name in reportlab, registered at first use."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(face, str(font_path(face))))
    return face


@cache
def raster_face(face: str, pixels: int) -> FreeTypeFont:
    """The face for Pillow at a size in pixels. Basic layout: the text comes already joined and ordered."""
    from PIL import ImageFont

    return ImageFont.truetype(str(font_path(face)), pixels, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def runs(text: str, role: Role) -> tuple[Run, ...]:
    """Visual text cut into runs by the faces of a role's chain; spaces stay with the run before them."""
    chain = _CHAINS[role]
    found: list[tuple[str, list[str]]] = []
    for sign in text:
        face = _face_for(sign, chain, found[-1][0] if found else "")
        drawn = sign if face else BOX
        face = face or _face_for(BOX, chain, "")
        if found and found[-1][0] == face:
            found[-1][1].append(drawn)
        else:
            found.append((face, [drawn]))
    return tuple(Run(face, "".join(signs)) for face, signs in found)


def _face_for(sign: str, chain: tuple[str, ...], present: str) -> str:
    if sign == " " and present:
        return present
    return next((face for face in chain if ord(sign) in _signs(face)), "")


def missing_signs(text: str, role: Role = "regular") -> str:
    """The signs of visual text that no bundled face can draw, each once, in order; "" for none."""
    chain = _CHAINS[role]
    return "".join(dict.fromkeys(sign for sign in text if not _face_for(sign, chain, "")))


@lru_cache(maxsize=8192)
def pdf_width(text: str, role: Role, size: float) -> float:
    """Width of visual (or joined) text in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    drawn = sum(stringWidth(run.text, pdf_face(run.face), size) for run in runs(text, role))
    return float(drawn + text.count(" ") * word_space(size))


def word_space(size: float) -> float:
    """What every word space is widened by at a font size, in the size's own unit."""
    return size * _WIDER_SPACE


def raster_width(text: str, role: Role, pixels: int) -> float:
    """Width of visual (or joined) text in pixels at a size in pixels."""
    drawn = sum(raster_face(run.face, pixels).getlength(run.text) for run in runs(text, role))
    return float(drawn + text.count(" ") * word_space(pixels))

"""Bar and QR codes as plain modules (dark or light), drawn as vectors on PDF and as dots on a thermal head.

Code 128 and Code 39 come from python-barcode's encoders, QR from reportlab. Text that a symbology cannot carry is
refused with a reason, never changed.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

QUIET_MODULES = 10
MAX_CODE_LENGTH = 48


class Symbology(StrEnum):
    """The bar codes we print. Code 128 is the default: shorter, and it checks itself."""

    CODE_128 = "code128"
    CODE_39 = "code39"


class Bars(Struct, frozen=True):
    """A linear code as modules, True for dark, without the quiet zones (10 modules each side)."""

    text: str
    modules: tuple[bool, ...]

    @property
    def total(self) -> int:
        """Width in modules with both quiet zones."""
        return len(self.modules) + 2 * QUIET_MODULES


class CodeRefusal(Struct, frozen=True):
    """Why a text cannot be a code: "code-empty", "code-too-long" or "code-signs" (with the signs)."""

    code: str
    text: str
    signs: str = ""


@lru_cache(maxsize=512)
def bars(text: str, symbology: Symbology = Symbology.CODE_128) -> Bars | CodeRefusal:
    """Encode one line of printable ASCII; Code 39 takes capitals, figures and " -.$/+%" only, no check sign.

    python-barcode adds a mod-43 check sign to Code 39 unless told otherwise: B0012 would read as B00122.
    """
    if not text:
        return CodeRefusal("code-empty", text)
    if len(text) > MAX_CODE_LENGTH:
        return CodeRefusal("code-too-long", text)
    wrong = "".join(dict.fromkeys(sign for sign in text if not _allowed(sign, symbology)))
    if wrong:
        return CodeRefusal("code-signs", text, wrong)
    from barcode.codex import Code39, Code128

    encoder = Code128(text) if symbology is Symbology.CODE_128 else Code39(text, add_checksum=False)
    return Bars(text, tuple(module == "1" for module in encoder.build()[0]))


def _allowed(sign: str, symbology: Symbology) -> bool:
    if symbology is Symbology.CODE_128:
        return " " <= sign <= "~"
    return sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-. $/+%"


def spans(modules: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Dark stretches as (first module, length)."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for place, dark in enumerate((*modules, False)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append((start, place - start))
            start = None
    return found


@lru_cache(maxsize=128)
def qr(text: str) -> tuple[tuple[bool, ...], ...] | CodeRefusal:
    """A QR code's rows without quiet zone (4 modules each side are the drawer's part), correction level M."""
    if not text:
        return CodeRefusal("code-empty", text)
    if len(text.encode("utf-8")) > 300:
        return CodeRefusal("code-too-long", text)
    from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text.encode("utf-8")))
    code.make()
    return tuple(tuple(bool(module) for module in row) for row in code.modules)

"""Eyes for printed paper: PDF pages as pictures at the resolution of a thermal head, codes read, words taken out."""

from __future__ import annotations

import unicodedata

import pypdfium2
import zxingcpp
from PIL import Image

THERMAL_DPI = 203


def pictures(pdf: bytes, dpi: int = THERMAL_DPI) -> list[Image.Image]:
    """Every page as a grey picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def codes(picture: Image.Image) -> list[tuple[str, str]]:
    """(format, text) of every code on a picture."""
    found = zxingcpp.read_barcodes(picture.convert("L"))
    return [(code.format.name, code.text) for code in found]


def pdf_codes(pdf: bytes) -> list[tuple[str, str]]:
    """(format, text) of every code in a document."""
    return [code for picture in pictures(pdf) for code in codes(picture)]


def pdf_text(pdf: bytes) -> str:
    """All words of a document, presentation forms folded back to letters."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return unicodedata.normalize("NFKC", " ".join("\n".join(texts).split()))


def sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of every page in millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [(page.get_width() * 25.4 / 72, page.get_height() * 25.4 / 72) for page in document]
    finally:
        document.close()


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything dark: left, top, right, bottom."""
    box = picture.convert("L").point(lambda shade: 255 if shade < 200 else 0).getbbox()
    assert box is not None, "the paper is blank"
    return box

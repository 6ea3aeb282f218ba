"""Member cards, CR80 (85.60 × 53.98 mm, ISO/IEC 7810 ID-1), singly or ten on an A4 sheet to cut."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from app.domain.slip import MemberCard
from app.printing.canvas import ACCENT, INK, LINE, PAPER, SOFT, Align, Page, fit_module, fitted, lines, mm
from app.printing.codes import Bars, bars
from app.printing.fonts import Role
from app.printing.geometry import A4_MM, PrinterOffset, SheetGeometry, places
from app.printing.labels import LEAST_MODULE_MM, WANTED_MODULE_MM, LabelRefusal, PrintedLabels, check_label
from app.printing.text import clean, has_rtl
from app.printing.words import Words, words

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

CARD_MM = (85.6, 53.98)
CARD_RADIUS_MM = 3.18
CARD_SHEET = SheetGeometry("cards-a4", A4_MM, CARD_MM, 2, 5, 17.4, 10.55, 4.0, 1.5, measured=True)
_SINGLE = SheetGeometry("card", CARD_MM, CARD_MM, 1, 1, 0.0, 0.0, measured=True)
_PHOTO_MM = (20.0, 25.0)
_MOST_PIXELS = 60_000_000


def render_card(card: MemberCard, language: str = "id") -> PrintedLabels:
    """One card on a page of its own size, for a card printer."""
    return _render([card], _SINGLE, language, None)


def render_card_sheet(
    cards: Iterable[MemberCard], language: str = "id", offset: PrinterOffset | None = None
) -> PrintedLabels:
    """Cards ten to an A4 sheet, each with its outline to cut along. A number that does not fit is refused."""
    return _render(cards, CARD_SHEET, language, offset)


def _render(
    cards: Iterable[MemberCard], sheet: SheetGeometry, language: str, offset: PrinterOffset | None
) -> PrintedLabels:
    page = Page(sheet.page, sheet.name, words(language).language)
    spots = places(sheet, offset or PrinterOffset(), 1)
    refused: list[LabelRefusal] = []
    printed = current = 0
    for card in cards:
        refusal = check_label(card.member_no, (CARD_MM[0] - 6, CARD_MM[1]))
        if refusal is not None:
            refused.append(refusal)
            continue
        spot = next(spots)
        while current < spot.sheet:
            page.next()
            current += 1
        _draw(page, card, words(language), mm(spot.x), page.height - mm(spot.y))
        printed += 1
    return PrintedLabels(page.done(), printed, tuple(refused), current + 1)


def _draw(page: Page, card: MemberCard, say: Words, left: float, top: float) -> None:
    width, height = mm(CARD_MM[0]), mm(CARD_MM[1])
    band = mm(11)
    page.clip_round(left, top - height, width, height, mm(CARD_RADIUS_MM))
    page.box(left, top - band, width, band, fill=ACCENT, stroke=None)
    page.unclip()
    page.box(left, top - height, width, height, mm(CARD_RADIUS_MM), stroke=LINE, weight=0.5)
    _band(page, card, left, top, width, band)
    photo_left = left + width - mm(4) - mm(_PHOTO_MM[0]) if say.rtl else left + mm(4)
    photo_top = top - band - mm(2.2)
    _photo(page, card, photo_left, photo_top)
    text_left = left + mm(4) if say.rtl else photo_left + mm(_PHOTO_MM[0]) + mm(3.5)
    _facts(page, card, say, text_left, photo_top, width - mm(4 + 3.5 + 4) - mm(_PHOTO_MM[0]))
    _bars(page, card, left, top - height, width)


def _band(page: Page, card: MemberCard, left: float, top: float, width: float, band: float) -> None:
    inner = width - mm(8)
    rows, size = fitted(clean(card.library), "bold", 10.5, 7.5, inner, 1)
    if not card.address:
        page.text(left + width / 2, top - band / 2 - size * 0.35, rows[0], "bold", size, "centre", PAPER)
        return
    page.text(left + width / 2, top - mm(5.2), rows[0], "bold", size, "centre", PAPER)
    address = lines(clean(card.address), "regular", 6, inner, 1)[0]
    page.text(left + width / 2, top - mm(8.7), address, "regular", 6, "centre", PAPER)


def _facts(page: Page, card: MemberCard, say: Words, left: float, top: float, width: float) -> None:
    y = top
    x = left + width if say.rtl else left
    align: Align = "right" if say.rtl else "left"

    def row(text: str, role: Role, size: float, most: int, soft: bool = False) -> None:
        nonlocal y
        drawn, fit = fitted(clean(text), role, size, size * 0.75, width, most)
        for line in drawn:
            y -= fit * 1.28
            page.text(x, y, line, role, fit, align, SOFT if soft else INK)

    row(card.name, "bold", 11.5, 2)
    y -= 1.5
    row(card.member_no, "mono-bold", 9.5, 1)
    if card.member_type or card.institution:
        row(" · ".join(part for part in (card.member_type, card.institution) if part), "regular", 8, 2)
    if card.expires_on is not None:
        row(say.say("valid-until", date=say.day(card.expires_on)), "regular", 7, 1, soft=True)


def _bars(page: Page, card: MemberCard, left: float, bottom: float, width: float) -> None:
    code = bars(card.member_no)
    assert isinstance(code, Bars)
    module = fit_module(code, width - mm(6), mm(WANTED_MODULE_MM), mm(LEAST_MODULE_MM))
    assert module is not None
    page.bars(left + (width - code.total * module) / 2, bottom + mm(2.8), code, module, mm(9.4))


def _photo(page: Page, card: MemberCard, left: float, top: float) -> None:
    width, height = mm(_PHOTO_MM[0]), mm(_PHOTO_MM[1])
    picture = photo_picture(card.photo) if card.photo else None
    if picture is not None:
        page.picture(picture, left, top - height, width, height)
        page.box(left, top - height, width, height, stroke=LINE, weight=0.5)
        return
    page.box(left, top - height, width, height, mm(1.5), fill=(0.882, 0.945, 0.933), stroke=None)
    letters = [word[0] for word in clean(card.name).split()[:2] if word[0].isalnum()]
    initials = (" " if has_rtl("".join(letters)) else "").join(letters)
    if initials:
        drawn = lines(initials.upper(), "bold", 17, width)[0]
        page.text(left + width / 2, top - height / 2 - 6, drawn, "bold", 17, "centre", ACCENT)


def photo_picture(data: bytes) -> Picture | None:
    """A photo cut to the slot's shape and made small; None for anything that is not a sound picture.

    The file comes from outside: damaged or enormous pictures leave the slot to the initials.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as source:
            if source.width * source.height > _MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(source).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    # 300 dpi in the slot; the face stands in the upper half of a passport photo.
    return ImageOps.fit(upright, (236, 295), centering=(0.5, 0.3))

"""Text for paper: cleaned, wrapped in reading order, joined, ordered."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, features

from app.printing.fonts import font_path, missing_signs, pdf_width, raster_width, runs
from app.printing.text import ELLIPSIS, clean, shape, starts_rtl, visual, wrap

TITLE = "لسان العرب"


def test_newlines_tabs_and_controls_become_one_line() -> None:
    assert clean("Satu\r\n\tdua\x1b[31m\x00 tiga\u2028empat") == "Satu dua[31m tiga empat"


def test_a_hostile_title_cannot_turn_the_line_around() -> None:
    assert clean("abc\u202egnp.exe\u202c") == "abcgnp.exe"


def test_a_lone_surrogate_stays_visible() -> None:
    assert clean("a\udcffb") == "a\ufffdb"
    assert missing_signs("a\ufffdb") == "\ufffd"


def test_arabic_becomes_presentation_forms_in_visual_order() -> None:
    drawn = visual(TITLE)
    assert all(sign == " " or "ARABIC" in unicodedata.name(sign) for sign in drawn)
    assert not any("\u0600" <= sign <= "\u06ff" for sign in drawn), "letters left unjoined"
    # The first letter of the title, an initial lam, stands at the right end.
    assert drawn[-1] == "\ufedf"
    assert drawn[0] == "\ufe8f"


def test_brackets_are_mirrored() -> None:
    drawn = visual("(كتاب)")
    assert drawn[0] == "("
    assert drawn[-1] == ")"


def test_figures_inside_arabic_keep_their_order() -> None:
    assert "2026" in visual("سنة 2026 م")


@pytest.mark.parametrize(
    ("text", "rtl"), [("Kitab الأم", False), ("الأم Kitab", True), ("12 الأم", True), ("12", False)]
)
def test_the_first_strong_letter_decides(text: str, rtl: bool) -> None:
    assert starts_rtl(text) is rtl


def test_wrapping_happens_before_ordering() -> None:
    words = "واحد اثنان ثلاثة اربعة".split()
    wrapped = wrap(" ".join(words), 14, len)
    assert [line.split() for line in wrapped] == [words[:2], words[2:]]
    assert visual(wrapped[0])[-1] == shape(words[0])[0], "the first line must begin with the first word"


def test_a_word_longer_than_the_line_is_broken_not_lost() -> None:
    assert "".join(wrap("B" * 25, 10, len)) == "B" * 25


def test_what_is_left_over_ends_in_an_ellipsis() -> None:
    lines = wrap("satu dua tiga empat lima enam", 9, len, 2)
    assert len(lines) == 2
    assert lines[1].endswith(ELLIPSIS)


@given(st.text(max_size=120), st.integers(1, 40), st.one_of(st.none(), st.integers(1, 4)))
def test_no_line_is_wider_than_the_paper(text: str, width: int, most: int | None) -> None:
    lines = wrap(clean(text), width, len, most)
    assert lines
    assert most is None or len(lines) <= most
    assert all(len(shape(line)) <= max(width, 2) for line in lines)
    if most is None:
        assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "")


@given(st.text(max_size=60))
def test_nothing_a_title_holds_breaks_drawing(text: str) -> None:
    drawn = visual(clean(text))
    assert sum(len(run.text) for run in runs(drawn, "bold")) == len(drawn)
    assert pdf_width(drawn, "bold", 10) >= 0
    assert raster_width(drawn, "bold", 20) >= 0


def test_transliterated_names_have_all_their_letters() -> None:
    assert missing_signs(clean("ʿAbd al-Ḥamīd ʾIbn Ṣāliḥ aḍ-Ḍaḥḥāk, Ṭāhā, Ẓāfir")) == ""


def test_a_sign_no_face_has_is_named_and_drawn_as_a_box() -> None:
    assert missing_signs("中A文") == "中文"
    assert "".join(run.text for run in runs("中A", "regular")) == "□A"


@pytest.mark.skipif(not features.check("raqm"), reason="this Pillow has no shaping engine to compare with")
@pytest.mark.parametrize("title", [TITLE, "المكتبة الجامعية", "كتاب الحج والعمرة", "سلام على النبي"])
def test_our_joining_looks_like_a_shaping_engine(title: str) -> None:
    """The same face drawn by HarfBuzz: widths and ink must agree nearly."""
    size, room = 40, (600, 90)
    face = ImageFont.truetype(str(font_path("NotoSansArabic-Bold")), size, layout_engine=ImageFont.Layout.RAQM)
    expected = Image.new("L", room, 255)
    ImageDraw.Draw(expected).text((0, 60), title, font=face, fill=0, anchor="ls", direction="rtl", language="ar")
    ours = Image.new("L", room, 255)
    plain = ImageFont.truetype(str(font_path("NotoSansArabic-Bold")), size, layout_engine=ImageFont.Layout.BASIC)
    ImageDraw.Draw(ours).text((0, 60), visual(title), font=plain, fill=0, anchor="ls")
    assert _stray(ours, expected) < 0.03
    assert _stray(expected, ours) < 0.03
    unjoined = Image.new("L", room, 255)
    ImageDraw.Draw(unjoined).text((0, 60), title[::-1], font=plain, fill=0, anchor="ls")
    assert _stray(unjoined, expected) > 0.1, "the comparison must see unjoined letters"


def _stray(picture: Image.Image, model: Image.Image) -> float:
    """The share of a picture's ink that lies more than two dots from the model's ink."""
    near = model.filter(ImageFilter.MinFilter(5)).point(lambda shade: 255 if shade < 128 else 0)
    ink = picture.point(lambda shade: 255 if shade < 128 else 0)
    outside = ImageChops.subtract(ink, near).histogram()[255]
    return outside / ink.histogram()[255]

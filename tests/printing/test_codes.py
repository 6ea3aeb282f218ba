"""Bar and QR codes: what is encoded is read back, what no code can carry is refused and never changed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.printing.codes import QUIET_MODULES, Bars, CodeRefusal, Symbology, bars, qr, spans
from app.printing.raster import bars_image, qr_image
from tests.printing.decode import codes

# Some readers take six figures alone for Code 32, and a letter after one of $/+% for another sign.
CODE_39 = st.text(alphabet="AZ019-. ", max_size=12).map(lambda text: f"B{text}B")


@pytest.mark.parametrize(
    ("text", "symbology", "code", "signs"),
    [
        ("", Symbology.CODE_128, "code-empty", ""),
        ("B" * 49, Symbology.CODE_128, "code-too-long", ""),
        ("Bé1\x1b", Symbology.CODE_128, "code-signs", "é\x1b"),
        ("b1", Symbology.CODE_39, "code-signs", "b"),
        ("B*1", Symbology.CODE_39, "code-signs", "*"),
        ("١٢٣", Symbology.CODE_128, "code-signs", "١٢٣"),
    ],
)
def test_what_no_code_can_carry_is_refused(text: str, symbology: Symbology, code: str, signs: str) -> None:
    assert bars(text, symbology) == CodeRefusal(code, text, signs)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_any_printable_code_reads_back(text: str) -> None:
    code = bars(text)
    assert isinstance(code, Bars)
    picture = bars_image(code, 1200, 60)
    assert picture is not None
    assert codes(picture) == [("Code128", text)]


@pytest.mark.parametrize("text", ["https://perpus.example.ac.id/s/7Kq2", "مكتبة الجامعة", "0", "x" * 300])
def test_qr_reads_back(text: str) -> None:
    rows = qr(text)
    assert isinstance(rows, tuple)
    picture = qr_image(rows, 576)
    assert picture is not None
    assert codes(picture) == [("QRCode", text)]


def test_a_qr_text_too_long_is_refused() -> None:
    assert qr("x" * 301) == CodeRefusal("code-too-long", "x" * 301)


@settings(deadline=None, max_examples=40)
@given(CODE_39)
def test_any_code_39_reads_back_without_a_check_sign(text: str) -> None:
    code = bars(text, Symbology.CODE_39)
    assert isinstance(code, Bars)
    picture = bars_image(code, 1200, 60)
    assert picture is not None
    assert codes(picture) == [("Code39", text)]


def test_code_128_is_the_shorter_of_the_two_and_figures_are_shorter_still() -> None:
    widths = [
        code.total
        for code in (bars("30234000517861"), bars("B0234000517861"), bars("30234000517861", Symbology.CODE_39))
        if isinstance(code, Bars)
    ]
    assert widths == sorted(widths)
    assert len(set(widths)) == 3


def test_a_code_begins_and_ends_dark_between_its_quiet_zones() -> None:
    code = bars("B0012345")
    assert isinstance(code, Bars)
    assert code.modules[0]
    assert code.modules[-1]
    assert code.total == len(code.modules) + 2 * QUIET_MODULES


@given(st.lists(st.booleans()).map(tuple))
def test_spans_are_the_dark_modules_and_no_two_touch(modules: tuple[bool, ...]) -> None:
    found = spans(modules)
    dark = {place for first, length in found for place in range(first, first + length)}
    assert dark == {place for place, module in enumerate(modules) if module}
    assert all(first + length < after for (first, length), (after, _) in pairwise(found))


def test_a_qr_code_is_square_and_grows_with_its_text() -> None:
    short, long = qr("https://perpus.example.ac.id/s/7Kq2"), qr("x" * 300)
    assert isinstance(short, tuple)
    assert isinstance(long, tuple)
    assert {len(row) for row in short} == {len(short)}
    assert len(short) < len(long)
    assert qr("") == CodeRefusal("code-empty", "")

"""Every ink on every ground it stands on is readable, in light and in dark; nothing is smaller than small."""

from __future__ import annotations

import re

import pytest

from ui.assets import asset
from ui.theme import DARK, LIGHT, PAIRS, Measure, Tokens, contrast, stylesheet, token_names

SMALLEST_TEXT_PX = 12.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable(tokens: Tokens) -> None:
    ratios = {pair: contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) for pair in PAIRS}
    assert not {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5}


def test_contrast_of_black_on_white_and_of_a_published_pair() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_every_text_colour_of_the_stylesheet_stands_in_a_pair() -> None:
    source = asset("styles", "meja.qss.template").read_text(encoding="utf-8")
    inks = set(re.findall(r"[^-]color: \$([a-z_]+)", source))
    assert inks <= {ink for ink, _ in PAIRS}


def test_no_text_is_smaller_than_small() -> None:
    source = asset("styles", "meja.qss.template").read_text(encoding="utf-8")
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", source)]
    assert sizes
    assert min(sizes) >= SMALLEST_TEXT_PX


def test_the_stylesheet_grows_with_the_text() -> None:
    assert "font-size: 21px" in stylesheet(LIGHT, Measure(), "Mono")
    assert "font-size: 42px" in stylesheet(LIGHT, Measure(2), "Mono")
    assert "$" not in stylesheet(DARK, Measure(1.5), "Mono")


def test_an_unknown_token_in_the_stylesheet_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.theme.asset", lambda *_parts: asset("words", "id.json"))
    assert stylesheet(LIGHT, Measure(), "Mono")
    assert set(token_names()) == set(LIGHT.__struct_fields__)

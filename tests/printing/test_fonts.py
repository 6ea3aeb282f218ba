"""The bundled fonts: complete, licensed, small, and able to say what the desk says."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from app.printing.fonts import font_path, missing_signs, pdf_width, raster_face

FOLDER = Path(str(files("resources").joinpath("fonts")))
FACES = sorted(path.stem for path in FOLDER.glob("*.ttf"))


def test_the_faces_are_there_and_small() -> None:
    assert len(FACES) == 8
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000


@pytest.mark.parametrize("face", FACES)
def test_every_face_has_its_licence_and_its_line_in_the_list(face: str) -> None:
    family = face.split("-")[0]
    assert "SIL OPEN FONT LICENSE" in (FOLDER / f"{family}-OFL.txt").read_text(encoding="utf-8")
    assert family in (FOLDER / "FONTS.md").read_text(encoding="utf-8")


def test_a_face_we_do_not_have_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        font_path("Helvetica")


def test_codes_tell_zero_from_o_and_one_from_l() -> None:
    def drawn(sign: str) -> Image.Image:
        picture = Image.new("L", (80, 80), 255)
        ImageDraw.Draw(picture).text((8, 60), sign, font=raster_face("JetBrainsMono-Bold", 60), anchor="ls")
        return picture

    for one, other in ("0O", "1l", "1I", "5S", "8B"):
        different = ImageChops.difference(drawn(one), drawn(other)).point(lambda shade: 255 if shade > 128 else 0)
        assert different.histogram()[255] > 25, f"{one} and {other} look alike"


@pytest.mark.parametrize("role", ["figures", "figures-bold", "mono", "mono-bold"])
def test_figures_of_columns_share_one_width(role: str) -> None:
    assert len({round(pdf_width(figure, role, 10), 3) for figure in "0123456789"}) == 1  # type: ignore[arg-type]


def test_latin_of_the_region_and_arabic_can_be_drawn() -> None:
    latin = "".join(chr(code) for code in range(0x20, 0x7F)) + "".join(chr(code) for code in range(0xA1, 0x180))
    assert set(missing_signs(latin)) <= set("\u00ad\u0149\u017f\u0138\u0140\u013f")
    forms = "".join(chr(code) for code in [*range(0xFE80, 0xFEFD)])
    assert missing_signs(forms, "bold") == ""
    assert missing_signs("پچگڤ،؛؟٠١٢٣٤٥٦٧٨٩", "bold") == ""

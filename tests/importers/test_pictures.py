"""Photos and covers out of SLiMS's folders."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.importers import pictures as module
from app.importers.pictures import Picture, picture_size, pictures
from app.importers.rows import Refused


def drawn(kind: str, size: tuple[int, int] = (30, 40)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, "red").save(held, kind)
    return held.getvalue()


@pytest.fixture
def slims(tmp_path: Path) -> Path:
    people = tmp_path / "images" / "persons"
    people.mkdir(parents=True)
    (tmp_path / "images" / "docs").mkdir()
    (people / "Siti.JPG").write_bytes(drawn("JPEG"))
    (people / "budi.png").write_bytes(drawn("PNG"))
    (tmp_path / "secret.jpg").write_bytes(drawn("JPEG"))
    return tmp_path


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_pictures_tell_their_size(kind: str) -> None:
    assert picture_size(drawn(kind)) == (kind.lower(), 30, 40)


@pytest.mark.parametrize("within", ["", "images", "images/persons"])
def test_pictures_are_found_by_name_in_slims_or_its_folders(slims: Path, within: str) -> None:
    found = list(pictures(slims / within, "member", [("a", "siti.jpg"), ("b", "persons/budi.png"), ("c", "")]))
    assert [(row.source_key, row.format) for row in found if isinstance(row, Picture)] == [("a", "jpeg"), ("b", "png")]
    assert len(found) == 2


@pytest.mark.parametrize(
    "name", ["../../secret.jpg", "..\\..\\secret.jpg", "/etc/passwd", "nothing.png", "a\0b", "..", "."]
)
def test_no_name_leaves_the_folder(slims: Path, name: str) -> None:
    (row,) = pictures(slims, "member", [("a", name)])
    assert isinstance(row, Refused)
    assert row.reason == "picture-missing"


def test_links_are_not_followed(slims: Path) -> None:
    try:
        (slims / "images" / "persons" / "link.jpg").symlink_to(slims / "secret.jpg")
    except OSError:
        pytest.skip("no links on this file system")
    (row,) = pictures(slims, "member", [("a", "link.jpg")])
    assert isinstance(row, Refused)


def test_what_is_no_picture_or_too_much_of_one_is_refused(slims: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    covers = slims / "images" / "docs"
    (covers / "x.jpg").write_bytes(b"<?php system($_GET['x']); ?>")
    (covers / "x.svg").write_bytes(b"<svg/>")
    bomb = bytearray(drawn("PNG"))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    (covers / "bomb.png").write_bytes(bomb)
    (covers / "big.jpg").write_bytes(drawn("JPEG", (300, 300)))
    monkeypatch.setattr(module, "LARGEST_FILE", 1500)
    names = ["x.jpg", "x.svg", "bomb.png", "big.jpg"]
    found = list(pictures(slims, "title", [(name, name) for name in names]))
    assert [row.reason for row in found if isinstance(row, Refused)] == [
        "picture-unsafe", "picture-unsafe", "picture-too-large", "picture-too-large",
    ]  # fmt: skip


def test_a_folder_that_is_not_there_has_no_pictures(tmp_path: Path) -> None:
    (row,) = pictures(tmp_path / "nowhere", "title", [("a", "x.jpg")])
    assert isinstance(row, Refused)


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF0000WEBPVP8 ", b""]),
    st.binary(max_size=60),
)
def test_any_bytes_are_harmless(head: bytes, tail: bytes) -> None:
    picture_size(head + tail)

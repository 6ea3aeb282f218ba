"""Photos and covers come along, small; what only looks like a picture is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from app.services.import_pictures import LARGEST_BYTES, LONGEST_SIDE, small_picture
from tests.flows.moving_in import SlimsLibrary, empty_home, take


def picture(path: Path, size: tuple[int, int], kind: str = "JPEG") -> Path:
    """A picture file of noise, which nothing makes small."""
    Image.effect_noise(size, 90).convert("RGB").save(path, kind)
    return path


def test_a_large_photo_becomes_small_and_a_small_one_stays(tmp_path: Path) -> None:
    large = small_picture(picture(tmp_path / "a.jpg", (2400, 3200)))
    assert large is not None
    with Image.open(io.BytesIO(large)) as made:
        assert max(made.size) <= LONGEST_SIDE
    small = picture(tmp_path / "b.png", (60, 80), "PNG")
    assert small_picture(small) == small.read_bytes()
    assert small.stat().st_size < LARGEST_BYTES


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff\xe0 not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_picture_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.jpg").write_bytes(data)
    assert small_picture(tmp_path / "x.jpg") is None


def test_photos_come_into_the_store_encrypted_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = empty_home(tmp_path)
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(place.config))
    persons = tmp_path / "images" / "persons"
    persons.mkdir(parents=True)
    photo = picture(persons / "member_M001.jpg", (90, 120))
    (persons / "broken.jpg").write_bytes(b"nothing")
    slims = SlimsLibrary(
        members={
            "M001": {"member_image": "member_M001.jpg"},
            "M002": {"member_image": "../../etc/passwd"},
            "M003": {"member_image": "broken.jpg"},
        }
    )
    dump = slims.write(tmp_path / "a.sql")
    answer = take(place, [dump], pictures=tmp_path / "images")
    assert answer["accepted"]["picture"] == 1
    assert answer["refused"] == {"picture": 2}
    with place.store() as store, store.read() as facts:
        found = facts.member_by_card("M001")[0].member.photo
        kept = store.connection.execute("SELECT kind, bytes FROM picture WHERE hash = ?", (found,)).fetchone()
        assert facts.member_by_card("M002")[0].member.photo == ""
    assert kept == ("photo", photo.read_bytes())
    assert photo.read_bytes()[100:160] not in (place.home / "meja.db").read_bytes()
    again = take(place, [dump], pictures=tmp_path / "images")
    assert (again["accepted"], again["updated"], again["unchanged"]["picture"]) == ({}, {}, 1)
    # Without the folder the photo that is there stays.
    take(place, [dump])
    with place.store() as store, store.read() as facts:
        assert facts.member_by_card("M001")[0].member.photo == found

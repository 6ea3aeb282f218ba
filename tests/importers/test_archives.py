"""Dump files in every packing, and packings made to do harm."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.importers.archives import Limits, open_packed
from app.importers.problems import ImportProblem

SQL = b"-- dump\nINSERT INTO `t` VALUES (1);\n" * 50


def tarred(entries: list[tuple[str, bytes]], layout: int = tarfile.GNU_FORMAT) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=layout) as archive:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return held.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "x")
        archive.writestr(name, data)
    return held.getvalue()


def unpacked(path: Path, limits: Limits | None = None) -> bytes:
    with open_packed(path, limits).open() as stream:
        return b"".join(iter(lambda: stream.read(5000), b""))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("d.sql", SQL),
        ("d.sql.gz", gzip.compress(SQL)),
        ("d.zip", zipped("folder/D.SQL", SQL)),
        ("d.tar", tarred([("notes.txt", b"no"), ("../../d.sql", SQL)])),
        ("d.tar.gz", gzip.compress(tarred([("/etc/notes", b"n" * 600), ("d.sql", SQL)]))),
        ("wrong-name.pdf", gzip.compress(tarred([("d.sql", SQL)], tarfile.PAX_FORMAT))),
        ("long.tar", tarred([("x" * 150, b"no"), ("d.sql", SQL)])),
        ("d-utf16.sql", SQL.decode().encode("utf-16")),
    ],
)
def test_every_packing_gives_the_dump(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert unpacked(path).removeprefix(b"\xef\xbb\xbf") == SQL
    with open_packed(path).open() as stream:
        stream.skip_to(100)
        assert SQL[100:].startswith(stream.read(20))
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.sql", b"", "file-empty"),
        ("cut.sql.gz", gzip.compress(os.urandom(5000))[:-2000], "archive-damaged"),
        ("cut.tar", tarred([("d.sql", SQL)])[:900], "archive-damaged"),
        ("none.tar", tarred([("a.txt", b"x")]), "archive-without-dump"),
        ("none.zip", zipped("a.txt", b"x"), "archive-without-dump"),
        ("broken.zip", b"PK\x03\x04" + b"\0" * 100, "archive-damaged"),
        ("bad.sql.gz", b"\x1f\x8b\x08\x00" + b"\xff" * 50, "archive-damaged"),
    ],
)
def test_damage_has_a_reason(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ImportProblem) as raised:
        unpacked(path)
    assert raised.value.reason == reason
    assert raised.value.params == {"file": name}


def test_a_missing_file_has_a_reason(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="file-missing"):
        open_packed(tmp_path / "nowhere.sql")
    with pytest.raises(ImportProblem, match="file-unreadable"):
        open_packed(tmp_path)


@pytest.mark.parametrize("kind", ["gz", "zip", "tar.gz"])
def test_a_bomb_is_refused_while_it_unpacks(tmp_path: Path, kind: str) -> None:
    zeros = b"\0" * (8 << 20)
    data = {
        "gz": gzip.compress(zeros),
        "zip": zipped("d.sql", zeros),
        "tar.gz": gzip.compress(tarred([("filler.bin", zeros), ("d.sql", b"x")])),
    }[kind]
    path = tmp_path / f"bomb.{kind}"
    path.write_bytes(data)
    for limits in (Limits(free=1 << 20, most_times=20), Limits(free=1 << 20, most_bytes=2 << 20)):
        with pytest.raises(ImportProblem, match="archive-too-large"):
            unpacked(path, limits)
    if kind != "tar.gz":
        assert len(unpacked(path)) == len(zeros)


def test_a_header_cannot_ask_for_memory(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("x")
    entry.type = b"x"
    entry.size = 1 << 40
    path = tmp_path / "d.tar"
    path.write_bytes(entry.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)
    with pytest.raises(ImportProblem, match="archive-damaged"):
        unpacked(path)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([b"", b"\x1f\x8b\x08", b"PK\x03\x04", b"\xff\xfe"]), st.binary(max_size=700), st.integers(0, 1400)
)
def test_no_bytes_do_harm(tmp_path_factory: pytest.TempPathFactory, head: bytes, tail: bytes, at: int) -> None:
    path = tmp_path_factory.getbasetemp() / "test_archives-d"
    good = tarred([("d.sql", SQL[:200])])
    path.write_bytes(head + tail if at % 2 else good[:at] + tail + good[at + len(tail) :])
    with contextlib.suppress(ImportProblem):
        unpacked(path)

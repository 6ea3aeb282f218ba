"""The tolerant MARC21 reader: real libraries' files, damaged records, and any bytes at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.importers.marc_records import LONGEST_RECORD, MarcRecord, parse_record, read_records
from app.importers.problems import ImportProblem

# file or folder, records cut out of it, records whose 245 holds a title
EXPECTED = [
    ("marc_bu/bu_bibs.mrc", 100, 100),
    ("marc_evergreen/FSL.marc", 52, 52),
    ("marc_evergreen/auth-1066.mrc", 1066, 0),
    ("marc_evergreen/auth-subset100.mrc", 17, 0),
    ("marc_evergreen/hebrew.marc", 20, 20),
    ("marc_evergreen/jazz_1k.mrc", 1000, 1000),
    ("marc_evergreen/lul_fre_100.mrc", 100, 100),
    ("marc_evergreen/lul_fre_500.mrc", 500, 500),
    ("marc_evergreen/map_data.mrc", 3, 3),
    ("marc_evergreen/nepali.marc", 96, 96),
    ("marc_evergreen/oss.marc", 42, 42),
    ("marc_evergreen/sample_acq_order.mrc", 10, 10),
    ("marc_evergreen/RDA", 10, 10),
    ("marc_hostile/pymarc", 50, 47),
    ("marc_hostile/ruby-marc", 25, 21),
]


def built(fields: list[tuple[str, bytes]], leader9: bytes = b" ", wrong: int = 0) -> bytes:
    """A record as a system would write it; `wrong` is added to every length."""
    directory, data = b"", b""
    for tag, raw in fields:
        directory += tag.encode() + b"%04d%05d" % (len(raw) + 1 + wrong, len(data) + wrong)
        data += raw + b"\x1e"
    base = 24 + len(directory) + 1
    leader = b"%05dnam %s22%05d   4500" % (base + len(data) + 1 + wrong, leader9, base + wrong)
    return leader + directory + b"\x1e" + data + b"\x1d"


def titled(record: MarcRecord) -> bool:
    return any(any(field.every("abnp")) for field in record.all("245"))


def text(record: MarcRecord, tag: str, code: str) -> str:
    return next((field.first(code) for field in record.all(tag)), "")


@pytest.mark.parametrize(("name", "records", "titles"), EXPECTED)
def test_every_record_of_real_files_is_found(shared_data: Path, name: str, records: int, titles: int) -> None:
    path = shared_data / name
    files = sorted(p for p in path.iterdir() if p.suffix in (".mrc", ".marc", ".dat")) if path.is_dir() else [path]
    found = [record for file in files for record in read_records(file)]
    assert (len(found), sum(map(titled, found))) == (records, titles)


def test_a_lying_flag_does_not_spoil_the_letters(shared_data: Path) -> None:
    first = next(read_records(shared_data / "marc_evergreen/FSL.marc"))
    assert first.leader[9] == " "
    assert text(first, "245", "a") == "Люди с чистой совестью :"
    assert not any(record.faults for record in read_records(shared_data / "marc_evergreen/FSL.marc"))


def test_marc8_hebrew_is_read(shared_data: Path) -> None:
    first = next(read_records(shared_data / "marc_evergreen/hebrew.marc"))
    assert text(first, "880", "a") == "לתורה בלמועדים :"


def test_russian_in_a_windows_page_is_recognised_and_said(shared_data: Path) -> None:
    first = next(read_records(shared_data / "marc_hostile/pymarc/1251.dat"))
    assert text(first, "100", "a") == "Ильина, Татьяна Николаевна"
    assert "letters-guessed" in first.faults


def test_offsets_counted_in_characters_are_followed(shared_data: Path) -> None:
    """Record 15 has a field broken in two; by field order its last tags would be wrong."""
    record = list(read_records(shared_data / "marc_bu/bu_bibs.mrc"))[14]
    assert text(record, "852", "b") == "MUG"
    assert record.all("999")[0].subfields == (("a", "E0"), ("b", "BOS"), ("a", "mugar"), ("b", "1"), ("c", "0505"))


@pytest.mark.parametrize("wrong", [0, 1, -1, 400])
def test_wrong_lengths_lose_nothing(wrong: int) -> None:
    raw = built([("001", b"x1"), ("245", b"10\x1faSatu\x1fbdua"), ("949", b"  \x1fiB1")], wrong=wrong)
    record = parse_record(raw.rstrip(b"\x1d"))
    assert (record.value("001"), text(record, "245", "b"), text(record, "949", "i")) == ("x1", "dua", "B1")


def test_stray_bytes_between_records_are_skipped(tmp_path: Path) -> None:
    one, two = built([("245", b"10\x1faSatu")]), built([("245", b"10\x1faDua")])
    path = tmp_path / "stray.mrc"
    path.write_bytes(b"\xef\xbb\xbf" + one + b"\r\n\x1a" + two + b"catatan\n" + one + b"\r\n\x00\x1a")
    assert [text(record, "245", "a") for record in read_records(path)] == ["Satu", "Dua", "Satu"]


def test_a_file_that_ends_too_soon_gives_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.mrc"
    path.write_bytes(built([("245", b"10\x1faUtuh")]) + built([("001", b"2"), ("245", b"10\x1faTerpotong sebag")])[:-6])
    whole, cut = read_records(path)
    assert not whole.faults
    assert "record-cut-off" in cut.faults
    assert text(cut, "245", "a").startswith("Terpotong")


def test_utf8_wins_over_the_flag_and_damage_is_told() -> None:
    fine = parse_record(built([("245", b"10\x1fa" + "Fiqih الفقه".encode())]).rstrip(b"\x1d"))
    assert text(fine, "245", "a") == "Fiqih الفقه"
    damaged = built([("245", b"10\x1fa" + "Qur’ān ".encode() + b"\xff" + "é".encode())], leader9=b"a")
    record = parse_record(damaged.rstrip(b"\x1d"))
    assert text(record, "245", "a") == "Qur’ān \ufffdé"
    assert record.faults == ("letters-damaged",)


def test_a_chosen_codec_reads_what_is_no_utf8() -> None:
    raw = built([("245", b"10\x1fasoci\xe9t\xe9")]).rstrip(b"\x1d")
    assert text(parse_record(raw, codec="cp1252"), "245", "a") == "société"


def test_control_characters_go_and_lines_are_joined() -> None:
    record = parse_record(built([("245", b"10\x1faSejarah\r\n  Islam\x07 lengkap")], b"a").rstrip(b"\x1d"))
    assert text(record, "245", "a") == "Sejarah Islam lengkap"
    assert set(record.faults) == {"control-characters-removed", "line-breaks-joined"}


def test_text_keeps_its_unicode_form() -> None:
    apart = "Qura\u0304n"
    assert text(parse_record(built([("245", b"10\x1fa" + apart.encode())]).rstrip(b"\x1d")), "245", "a") == apart


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "file-empty"), (b"just text, no record", "not-marc"), (b"<xml/>", "not-marc")],
)
def test_what_is_no_marc_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(content)
    with pytest.raises(ImportProblem) as problem:
        list(read_records(path))
    assert problem.value.reason == reason


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="file-missing"):
        list(read_records(tmp_path / "none.mrc"))
    with pytest.raises(ImportProblem, match="codec-unknown"):
        list(read_records(tmp_path / "none.mrc", codec="klingon"))


def test_an_endless_record_costs_one_record_and_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless.mrc"
    fine = built([("245", b"10\x1faSesudah")])
    path.write_bytes(fine[:-1] + b"x" * (3 * LONGEST_RECORD) + b"\x1d" + fine)
    records = list(read_records(path))
    assert [record.faults for record in records] == [("record-too-long",), ()]
    assert text(records[1], "245", "a") == "Sesudah"


def test_progress_tells_bytes_and_may_stop(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(built([("245", b"10\x1faSatu")]) * 3)
    told: list[tuple[int, int]] = []
    list(read_records(path, lambda done, total: told.append((done, total))))
    assert told == [(path.stat().st_size, path.stat().st_size)]


PIECES = [b"\x1d", b"\x1e", b"\x1f", b"\x1b$1", b"\x1b(2", b"\x1bg", b"245", b"001", b"0001", b"\xff\xfe", b"\xc3\xa9"]
PIECES += [b"00127     2200037   4500", b"245008900000", b"\x1e01\x1fa", b"<record>", b"\x00", b"&#xD800;", b"\x1b"]
fragments = st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=40).map(b"".join)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fragments)
def test_any_bytes_only_ever_give_records_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str], data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.mrc"
    path.write_bytes(data)
    try:
        for record in read_records(path):
            for field in record.fields:
                assert not any("\x00" <= letter < "\x20" for _, value in field.subfields for letter in value)
    except ImportProblem as problem:
        assert problem.reason in ("file-empty", "not-marc")  # noqa: PT017
    assert capfd.readouterr().err == ""


def test_a_program_without_standard_error_reads_too(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    for name in ("marc_evergreen/hebrew.marc", "marc_hostile/pymarc/bad_eacc_encoding.dat"):
        assert list(read_records(shared_data / name))

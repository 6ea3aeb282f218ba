"""The bibliographic fields of a MARC record as a title, in the many ways catalogues fill them, or why it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importers.marc_records import MarcField, MarcRecord
from app.importers.marc_title import LONGEST_TITLE, TITLE_TAGS, parts_of, refusal, title_of, title_row
from app.importers.rows import Place, TitleRow

BOOK = "00000nam a2200000   4500"


def record(*fields: str, leader: str = BOOK, faults: tuple[str, ...] = ()) -> MarcRecord:
    """A record from fields such as "245 aJudul|bAnak judul"; control fields have no codes."""
    made = []
    for text in fields:
        tag, _, content = text.partition(" ")
        parts = [("", content)] if tag < "010" else [(part[0], part[1:]) for part in content.split("|")]
        made.append(MarcField(tag, "" if tag < "010" else "  ", tuple(parts)))
    return MarcRecord(4, leader, tuple(made), "", faults)


def row(*fields: str, leader: str = BOOK) -> TitleRow:
    return title_row(record("245 aJudul", *fields, leader=leader), "k", Place("x.mrc", 4), set())


def notes_of(*fields: str) -> set[str]:
    notes: set[str] = set()
    title_row(record(*fields), "k", Place("x.mrc", 4), notes)
    return notes


@pytest.mark.parametrize(
    ("leader", "fields", "reason"),
    [
        (BOOK, ["245 aJudul"], ""),
        ("00000nz  a2200000   4500", ["100 aNama"], "authority-record"),
        ("00000dam a2200000   4500", ["245 aJudul"], "record-deleted"),
        ("00000ny  a2200000   4500", ["852 bX"], "holdings-record"),
        (BOOK, ["200 aTitolo"], "unimarc-record"),
        (BOOK, ["500 aCatatan"], "no-title"),
        (BOOK, ["245 cHanya pengarang"], "no-title"),
        (BOOK, ["245 a /"], "no-title"),
        (BOOK, ["245 a\ufffd\ufffd\ufffd x"], "letters-unreadable"),
        (BOOK, ["245 aSyarah \ufffdIlm"], ""),
        ("", ["245 aTanpa kepala"], ""),
    ],
)
def test_what_is_no_title_is_refused_with_its_reason(leader: str, fields: list[str], reason: str) -> None:
    assert refusal(record(*fields, leader=leader)) == reason


def test_a_record_that_could_not_be_read_says_what_was_wrong_with_it() -> None:
    assert refusal(record(faults=("letters-damaged", "record-unreadable"))) == "record-unreadable"
    assert refusal(record(faults=("record-cut-off", "record-too-long"))) == "record-too-long"
    # What was read of a record that the file's end cut off is taken.
    assert refusal(record("245 aTerpotong", faults=("record-cut-off",))) == ""


@pytest.mark.parametrize(
    ("field", "title"),
    [
        ("245 aFiqh Islam :|bhukum fiqh lengkap /|cSulaiman Rasjid.", "Fiqh Islam : hukum fiqh lengkap"),
        ("245 aTafsir al-Misbah.|nVolume 2,|pSurah Ali Imran.", "Tafsir al-Misbah. Volume 2, Surah Ali Imran"),
        ("245 aApa itu ilmu? /", "Apa itu ilmu?"),
        ("245 aBuku pintar,  dsb.", "Buku pintar, dsb"),
        ("245 aKarangan A.", "Karangan A."),
        ("245 aDan seterusnya ...", "Dan seterusnya ..."),
        ("245 aالفقه الإسلامي /", "الفقه الإسلامي"),
    ],
)
def test_the_punctuation_between_fields_goes_and_the_rest_stays(field: str, title: str) -> None:
    assert title_of(record(field)) == title


def test_the_first_245_that_says_something_is_the_title_and_others_can_be_found() -> None:
    made = title_row(
        record("245 c/", "245 aSatu", "245 aDua", "246 aSATU", "246 aTiga", "880 6245-01|aواحد", "880 6100-02|aاسم"),
        "slims:1", Place("x.mrc", 4), set(),
    )  # fmt: skip
    assert (made.title, made.other_title) == ("Satu", "Dua = واحد = SATU = Tiga")
    assert made.authors == ("اسم",)


def test_people_and_bodies_stand_once_each_without_their_years() -> None:
    made = row(
        "100 aRasjid, Sulaiman,|d1896-1976.", "110 aIndonesia.|bDepartemen Agama.", "700 aRasjid, Sulaiman.",
        "700 aBudi Santoso, Dr.", "700 aHamka|c(Haji)", "700 eeditor",
    )  # fmt: skip
    assert made.authors == (
        "Rasjid, Sulaiman", "Indonesia. Departemen Agama", "Budi Santoso, Dr.", "Hamka (Haji)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "isbn", "notes"),
    [
        (["020 a9786020332956 (pbk.) :|cRp 45.000"], "9786020332956", set()),
        (["020 a978-602-03-1234", "020 a9786020332956"], "9786020332956", set()),
        (["020 a9786020332957"], "9786020332957", {"isbn-check-digit"}),
        (["020 a9,78602E+12"], "", {"isbn-damaged"}),
        (["020 cRp 45.000"], "", set()),
    ],
)
def test_the_right_isbn_wins_and_only_a_record_without_one_is_noted(
    fields: list[str], isbn: str, notes: set[str]
) -> None:
    assert row(*fields).isbn == isbn
    assert notes_of("245 aJudul", *fields) == notes


@pytest.mark.parametrize(
    ("fields", "call_number", "classification"),
    [
        (["099 aR 297 QUR t", "090 a297.1", "082 a297.122"], "R 297 QUR t", "297.122"),
        (["090 a297.4|bRAS f"], "297.4 RAS f", ""),
        (["084 a297.4 RAS f", "082 a297.4"], "297.4 RAS f", "297.4"),
        (["084 a62-1|2udc", "852 h297.4|iRAS"], "297.4 RAS", "62-1"),
        (["050 aBP161|b.R37"], "BP161 .R37", "BP161"),
        (["082 a297.4|223"], "297.4", "297.4"),
        ([], "", ""),
    ],
)
def test_a_call_number_is_taken_from_where_the_catalogue_keeps_it(
    fields: list[str], call_number: str, classification: str
) -> None:
    made = row(*fields)
    assert (made.call_number, made.classification) == (call_number, classification)


@pytest.mark.parametrize(
    ("fields", "imprint"),
    [
        (["260 aBandung :|bSinar Baru Algensindo,|cc2015."], ("Bandung", "Sinar Baru Algensindo", "2015")),
        (["264 aKairo|bDar|c[2001?]"], ("Kairo", "Dar", "2001")),
        (["008 150101s1987    io", "260 aJakarta"], ("Jakarta", "", "1987")),
        (["008 150101s19uu    io"], ("", "", "")),
    ],
)
def test_where_and_when_it_was_published(fields: list[str], imprint: tuple[str, str, str]) -> None:
    made = row(*fields)
    assert (made.publish_place, made.publisher, made.year) == imprint


def test_a_copyright_or_printing_statement_is_not_the_publisher() -> None:
    printing = MarcField("264", " 3", (("b", "Percetakan Agung"),))
    publisher = MarcField("264", " 1", (("b", "Mizan,"),))
    whole = record("245 aJudul")
    both = MarcRecord(1, BOOK, (*whole.fields, printing, publisher), "")
    assert title_row(both, "k", Place("x"), set()).publisher == "Mizan"


@pytest.mark.parametrize(
    ("leader", "material"),
    [
        (BOOK, "book"), ("00000nas a2200000   4500", "serial"), ("00000nem a2200000   4500", "map"),
        ("00000njm a2200000   4500", "sound"), ("00000nxm a2200000   4500", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_leader_says_what_it_is_made_of(leader: str, material: str) -> None:
    assert row(leader=leader).material == material


@pytest.mark.parametrize(
    ("fields", "language"),
    [
        (["008 150101s2015    io            000 0 IND d", "041 aara"], "ind"),
        (["008 150101s2015    io            000 0     d", "041 aaraind"], "ara"),
        (["041 a12"], ""),
        ([], ""),
    ],
)
def test_the_language_is_a_code_of_three_letters(fields: list[str], language: str) -> None:
    assert row(*fields).language == language


def test_subjects_notes_series_and_what_comes_with_the_book() -> None:
    made = row(
        "600 aMuhammad,|cNabi|xBiografi.", "650 aFiqh|xPengajaran|zIndonesia.", "650 aFiqh|xPengajaran|zIndonesia",
        "653 a ", "490 aSeri fiqh ;|v2", "440 aSeri lain", "500 aIndeks", "520 aRingkasan.", "250 aCet. 27. /",
        "300 axx, 468 hlm. ;|c21 cm +|e1 CD-ROM",
    )  # fmt: skip
    assert made.subjects == ("Muhammad, Nabi -- Biografi", "Fiqh -- Pengajaran -- Indonesia")
    assert (made.series, made.edition) == ("Seri fiqh ; 2", "Cet. 27.")
    assert made.notes == "Ringkasan.\nIndeks"
    assert made.collation == "xx, 468 hlm. ; 21 cm + 1 CD-ROM"
    assert parts_of(record("300 axx|e1 CD-ROM ;")) == "1 CD-ROM"
    assert parts_of(record("300 axx")) == ""


def test_a_very_long_title_is_cut_and_said() -> None:
    long = record("245 a" + "x" * 90_000)
    notes: set[str] = set()
    assert len(title_row(long, "k", Place("x"), notes).title) == LONGEST_TITLE
    assert notes == {"text-cut"}
    assert notes_of("245 aSatu") == set()


CONTENT = st.text(max_size=30).map(lambda text: text.replace("|", "-").replace("=", "-"))
FIELDS = st.tuples(st.sampled_from(sorted(tag for tag in TITLE_TAGS if tag >= "010")), st.sampled_from("abcehnptxy6"))


@given(st.lists(st.tuples(FIELDS, CONTENT), max_size=12), st.text(max_size=10))
def test_any_record_is_refused_or_becomes_a_title(fields: list[tuple[tuple[str, str], str]], leader: str) -> None:
    made = record(*(f"{tag} {code}{text}" for (tag, code), text in fields), leader=leader)
    if refusal(made):
        return
    title = title_row(made, "k", Place("x"), set())
    assert title.title == title_of(made)
    assert title.title == title.title.strip()
    assert all(name == name.strip() != "" for name in title.authors + title.subjects)
    assert title.title not in title.other_title.split(" = ")

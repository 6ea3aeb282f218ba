"""MARCXML record by record: broken ones cost only themselves, and no entity bomb is ever unpacked."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.importers.marc import MarcOptions
from app.importers.marc_fields import mapping_for
from app.importers.marcxml import read, read_records
from app.importers.problems import ImportProblem
from app.importers.rows import Noted, Refused, Row, TitleRow

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'


def record(title: str, extra: str = "") -> str:
    return (
        f'<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">{title}</controlfield>\n'
        f'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{title}</subfield></datafield>{extra}</record>\n'
    )


def rows_of(tmp_path: Path, content: str | bytes, options: MarcOptions | None = None) -> list[Row]:
    path = tmp_path / "x.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(path, options or MarcOptions()))


def titles(rows: list[Row]) -> list[str]:
    return [row.title for row in rows if isinstance(row, TitleRow)]


def refused(rows: list[Row]) -> list[tuple[str, int, str]]:
    return [(row.reason, row.place.line, row.params.get("line", "")) for row in rows if isinstance(row, Refused)]


@pytest.mark.parametrize(
    ("name", "records", "titled"),
    [
        ("marc_evergreen/badisbns.xml", 10, 10),
        ("marc_evergreen/serials_marc21.xml", 7, 7),
        ("marc_evergreen/serials_mfhd.xml", 7, 0),
        ("marc_hostile/pymarc/bad_tag.xml", 1, 1),
        ("marc_hostile/pymarc/batch.xml", 2, 2),
        ("marc_hostile/pymarc/utf8.xml", 1, 1),
        ("marc_hostile/ruby-marc/batch.xml", 2, 2),
        ("marc_hostile/ruby-marc/messed_up_leader.xml", 1, 1),
        ("marc_hostile/ruby-marc/no-leading-zero.xml", 1, 1),
        ("marc_hostile/ruby-marc/non-numeric.xml", 1, 1),
        ("marc_hostile/ruby-marc/one.xml", 1, 1),
        ("marc_hostile/ruby-marc/three-records-second-bad.xml", 3, 3),
    ],
)
def test_every_record_of_real_files_is_found(shared_data: Path, name: str, records: int, titled: int) -> None:
    found = list(read_records(shared_data / name))
    assert (len(found), sum(bool(one.all("245")) for one in found)) == (records, titled)


def test_holdings_are_refused_one_line_each(shared_data: Path) -> None:
    rows = list(read(shared_data / "marc_evergreen/serials_mfhd.xml"))
    assert [reason for reason, _, _ in refused(rows)] == ["holdings-record"] * 7


def test_a_broken_record_does_not_lose_the_rest(tmp_path: Path) -> None:
    content = (
        HEAD
        + record("Satu")
        + record("Rusak").replace("</datafield>", "")
        + record("Dua")
        + record("Tak tertutup").replace("</record>", "")
        + record("Tiga", "<datafield tag='500'><subfield code='a'>a &takdikenal; b</subfield></datafield>")
        + record("Empat")
        + record("Terpotong")[:90]
    )
    rows = rows_of(tmp_path, content)
    assert titles(rows) == ["Satu", "Dua", "Empat"]
    assert refused(rows) == [
        ("xml-broken", 2, "5"),
        ("xml-broken", 4, "9"),
        ("xml-entity-undeclared", 5, "11"),
        ("record-cut-off", 7, "15"),
    ]


def test_what_can_be_mended_without_guessing_is(tmp_path: Path) -> None:
    content = HEAD.encode() + record("Caf&eacute; &#x7;kita\x0b & ").encode().replace(b" & ", b"") + b"</collection>"
    rows = rows_of(tmp_path, content)
    assert titles(rows) == ["Café kita"]
    assert [row.note for row in rows if isinstance(row, Noted)] == ["xml-repaired"]


def test_an_entity_bomb_stays_packed(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    tracemalloc.start()
    rows = rows_of(tmp_path, bomb + "]><collection>" + record("&j;") + record("Aman") + "</collection>")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert titles(rows) == ["Aman"]
    assert refused(rows)[0][0] == "xml-entity-undeclared"
    assert peak < 30_000_000


def test_external_entities_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("rahasia")
    bad = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]><collection>{record("&s;")}</collection>'
    assert "rahasia" not in repr(rows_of(tmp_path, bad))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_other_encodings(tmp_path: Path, codec: str) -> None:
    assert titles(rows_of(tmp_path, (HEAD + record("Fiqih الفقه") + "</collection>").encode(codec))) == ["Fiqih الفقه"]


def test_a_declared_codec_is_used_or_refused(tmp_path: Path) -> None:
    latin = HEAD.replace("UTF-8", "iso-8859-1") + record("Société") + "</collection>"
    assert titles(rows_of(tmp_path, latin.encode("latin-1"))) == ["Société"]
    with pytest.raises(ImportProblem, match="codec-unknown"):
        rows_of(tmp_path, latin.replace("iso-8859-1", "klingon"))
    with pytest.raises(ImportProblem, match="codec-unknown"):
        rows_of(tmp_path, latin.replace("iso-8859-1", "zlib"))


def test_prefixes_and_envelopes(tmp_path: Path) -> None:
    inner = record("Di dalam").replace("<", "<m:").replace("<m:/", "</m:")
    wrapped = (
        f"<oai xmlns:m='http://www.loc.gov/MARC21/slim'><record><header/><metadata>{inner}</metadata></record></oai>"
    )
    rows = rows_of(tmp_path, wrapped * 2)
    assert titles(rows) == ["Di dalam"]
    assert [reason for reason, _, _ in refused(rows)] == ["record-repeated"]


def test_copies_come_by_the_mapping(tmp_path: Path) -> None:
    field = '<datafield tag="952" ind1=" " ind2=" "><subfield code="p">K1</subfield></datafield>'
    rows = rows_of(tmp_path, HEAD + record("Satu", field), MarcOptions(mapping_for("koha")))
    assert [type(row).__name__ for row in rows] == ["TitleRow", "ItemRow"]


@pytest.mark.parametrize(("content", "reason"), [(b"", "file-empty"), (b"<html></html>", "not-marcxml")])
def test_what_is_no_marcxml_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ImportProblem, match=reason):
        rows_of(tmp_path, content)


def test_a_record_without_end_is_given_up(tmp_path: Path) -> None:
    endless = "<record><leader>x</leader>" + "<datafield tag='500'>x</datafield>" * 200_000
    rows = rows_of(tmp_path, HEAD + endless + record("Sesudah"))
    assert titles(rows) == ["Sesudah"]
    assert refused(rows)[0][0] == "record-too-long"


PIECES = "<record> </record> <leader> </leader> <record /> > & &x; <!-- ]]> <![CDATA[ <m:record> </datafield>".split()
PIECES += ["<datafield tag='245'>", "<subfield code='a'>", "</subfield>", "x", "\n", "&#0;"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES).map(str.encode) | st.binary(max_size=6), max_size=40).map(b"".join))
def test_any_bytes_only_ever_give_rows_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str], data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xml"
    path.write_bytes(data)
    try:
        list(read(path))
    except ImportProblem as problem:
        assert problem.reason in ("file-empty", "not-marcxml")  # noqa: PT017
    assert capfd.readouterr().err == ""

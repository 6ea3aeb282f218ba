"""What is said at the end of an import: grave things first, many of one kind in one sentence, in both languages."""

from __future__ import annotations

import json

import pytest

from app.domain.canonical import canonical_text
from app.ports import Finding
from app.services.import_notices import MOST_NAMED, Notice, Notices, types_given, without_rules
from resources.loader import load_json
from tests.builders import campus

WORDS = {language: load_json(f"words/import_{language}.json") for language in ("id", "en")}


def found(kind: str, reason: str, file: str = "a.csv", **facts: str) -> Finding:
    """A finding of an importer."""
    return Finding(kind, True, reason, file, 1, "", canonical_text(facts), "")


def told(*findings: Finding) -> list[Notice]:
    """The notices these make."""
    notices = Notices()
    for finding in findings:
        notices.add(finding)
    return notices.every()


def test_a_type_and_a_collection_without_rules_are_named_with_their_number() -> None:
    names = {"alumni": "Alumni", "mahasiswa": "Mahasiswa"}
    bare = without_rules(campus(), {"mahasiswa": 5, "alumni": 3, "": 1}, [("Umum", "Text", 9)], names)
    assert [json.loads(one.params) for one in bare] == [{"n": "3", "type": "Alumni"}, {"n": "1", "type": "-"}]
    assert "3 anggota berjenis “Alumni” belum punya aturan pinjam" in told(*bare)[0].said(WORDS["id"])
    nothing = without_rules(None, {"mahasiswa": 2}, [("Umum", "", 4)], names)
    assert [one.reason for one in nothing] == ["type-without-rule", "item-without-rule"]
    assert told(*nothing)[1].params["collection"] == "Umum"


def test_many_collections_without_rules_are_not_a_page_of_sentences() -> None:
    kinds = [(f"K{number}", "", 2) for number in range(MOST_NAMED + 5)]
    bare = without_rules(None, {}, kinds, {})
    assert len(bare) == MOST_NAMED + 1
    assert json.loads(bare[-1].params)["n"] == "10"


def test_columns_are_one_sentence_a_file_and_rows_are_counted() -> None:
    said = told(
        found("column", "column-not-used", column="Hobi"),
        found("item", "code-generated", barcode="E1"),
        found("item", "code-generated", barcode="E2"),
        found("column", "column-not-used", column="Warna"),
        found("column", "column-not-used", file="b.csv", column="Agama"),
        found("member", "date-unreadable"),
        *types_given("Mahasiswa", 7),
    )
    assert [(one.code, dict(one.params)) for one in said] == [
        ("columns-not-used", {"file": "a.csv", "columns": "Hobi, Warna"}),
        ("columns-not-used", {"file": "b.csv", "columns": "Agama"}),
        ("codes-generated", {"n": "2", "example": "E1"}),
        ("type-by-default", {"n": "7", "type": "Mahasiswa", "file": ""}),
    ]
    assert types_given("Mahasiswa", 0) == []
    assert [one.is_grave for one in said] == [False] * 4
    assert Notice("type-without-rule", {}).is_grave


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_notice_has_a_sentence_without_open_places(language: str) -> None:
    from app.services.import_notices import _ORDER

    facts = dict.fromkeys(
        ("n", "type", "said", "file", "columns", "example", "collection", "material", "charged", "here"), "x"
    )
    for code in _ORDER:
        assert "{" not in Notice(code, facts).said(WORDS[language])


def test_latenesses_that_both_systems_charged_are_summed_up() -> None:
    notices = Notices()
    for charged, here in ((8500, 10500), (1000, 0)):
        facts = json.dumps({"charged": str(charged), "here": str(here)})
        notices.add(Finding("fine", True, "charged-in-both", "f", 1, "", facts, ""))
    (said,) = notices.every()
    assert said.params == {"n": "2", "charged": "9.500", "here": "10.500"}
    assert "Rp10.500" in said.said(WORDS["id"])

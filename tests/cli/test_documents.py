"""What does not fit in a person's JSON file: the place, the fault, what would fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.documents import fault, place, read_document
from app.cli.words import sentence
from app.domain.policy import Policy
from app.domain.strict_json import BadFormat
from app.ports import KnownError
from resources.loader import load_json


def said_of(document: Any) -> str:
    """The sentence about the first fault of rules."""
    with pytest.raises(BadFormat) as found:
        Policy.from_json(document)
    return sentence(fault(found.value, document))


def rules(**values: Any) -> dict[str, Any]:
    """The shipped rules with their second rule changed."""
    document: dict[str, Any] = load_json("policy/campus.json")
    document["rules"][1] = {**document["rules"][1], "id": "dosen", **values}
    return document


def test_a_misspelt_field_is_named_with_the_one_that_was_meant() -> None:
    said = said_of(rules(limitt=3))
    assert said.count("rules #2 (dosen)") == 2
    assert said.count('"limitt"') == 2
    assert said.count('"limit"') == 2
    assert '"debt_limit"' in said_of({**rules(), "thresholds": {"debt_limits": 1}})


def test_a_field_like_no_other_is_answered_with_all_there_are() -> None:
    said = said_of({**rules(), "zzz": 1})
    assert '"zzz"' in said
    assert "effective_from" in said


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({"limit": "3"}, "bilangan bulat"),
        ({"limit": 10_001}, "0 sampai 10000"),
        ({"unit": "weeks"}, "hours"),
        ({"no_fine": "yes"}, "true (ya)"),
        ({"fixed_due": "16-03-2027"}, "2027-03-16"),
    ],
)
def test_what_would_fit_is_said(values: dict[str, Any], fits: str) -> None:
    said = said_of(rules(**values))
    assert f"rules #2 (dosen) > {next(iter(values))}" in said
    assert fits in said


def test_places_are_counted_as_people_count() -> None:
    assert place("$", {}) == "{ }"
    assert place("$.calendar.hours.4[0]", {}) == "calendar > hours > 4 #1"
    assert place("$[2]", []) == "#3"
    assert place("$.rules[0].id", {"rules": [{"id": "a\nb"}]}) == "rules #1 > id"


def test_a_file_that_is_no_json_is_said_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "aturan.json"
    for content, code, line in ((b"", "not-json", 1), (b'{"a": 1,\n}', "not-json", 2), (b"[" * 9**6, "too-deep", None)):
        file.write_bytes(content)
        with pytest.raises(KnownError) as stopped:
            read_document(file)
        assert (stopped.value.code, stopped.value.params.get("line")) == (code, line)
        assert str(file) in sentence(stopped.value)


def test_a_file_in_another_encoding_and_one_that_is_missing_are_said(tmp_path: Path) -> None:
    file = tmp_path / "aturan.json"
    file.write_bytes(b'{"version": "caf\xe9"}')
    with pytest.raises(KnownError, match="file-not-utf8"):
        read_document(file)
    with pytest.raises(KnownError) as missing:
        read_document(tmp_path / "none.json")
    assert "berkas atau foldernya tidak ada" in sentence(missing.value)
    assert "No such file" not in sentence(missing.value)


def test_windows_editors_write_a_mark_first(tmp_path: Path) -> None:
    file = tmp_path / "aturan.json"
    file.write_text(json.dumps({"a": 1}), encoding="utf-8-sig")
    assert read_document(file) == {"a": 1}

"""`meja cases`: what it prints for a person and for a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.domain.case import ACCEPT
from app.services.cases import Cases
from tests.builders import Library, founded
from tests.services.test_cases import lent_over


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A copy that was lent over, in a home of the command line's account."""
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))
    made = founded(tmp_path)
    lent_over(made)
    return made


def test_open_cases_are_listed_beside_the_desk_and_settled_ones_when_asked(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str) -> str:
        assert main(["cases", "--home", str(library.root), *arguments]) == 0
        return capsys.readouterr().out

    [line] = said("--json").splitlines()
    case = json.loads(line)
    assert (case["kind"], case["open"], case["about"]["barcode"]) == ("lent-while-out", True, "B001")
    assert [line["what"] for line in case["sides"][0]["lines"]] == ["lent", "not-returned"]
    told = said()
    assert told.startswith(case["number"])
    assert "B001 berpindah dari Ahmad Fauzi ke Dewi Lestari" in told
    assert "tanpa denda" in told
    verbs = Cases(library.store)
    verbs.answer(library.desk, verbs.every()[0], ACCEPT)
    assert said() == ""
    [answered] = [json.loads(one) for one in said("--json", "--all").splitlines()]
    assert [one["decision"] for one in answered["answers"]] == [ACCEPT]
    library.close()

"""The golden table: every case comes out as written, under both profiles, and every difference is documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.golden.table import act, table

TABLE = table()
CASES: list[dict[str, Any]] = TABLE["cases"]


@pytest.mark.parametrize("profile", ["meja", "slims"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any], profile: str) -> None:
    assert act(case, TABLE["policy"], profile) == case["expect"][profile]


def test_ids_are_unique() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_profiles_differ_exactly_where_a_difference_is_named(root: Path) -> None:
    documented = (root / "docs" / "rules.md").read_text(encoding="utf-8")
    for case in CASES:
        differs = case["expect"]["meja"] != case["expect"]["slims"]
        assert differs == ("difference" in case), case["id"]
        if differs:
            assert f"`{case['difference']}`" in documented, case["difference"]


def test_every_documented_difference_has_a_golden_case(root: Path) -> None:
    lines = (root / "docs" / "rules.md").read_text(encoding="utf-8").splitlines()
    named = {line.split("`")[1] for line in lines if line.startswith("| `")}
    assert named == {case["difference"] for case in CASES if "difference" in case}

"""The one error staff may see."""

from __future__ import annotations

from app.ports import KnownError


def test_a_known_error_is_a_code_with_facts_of_its_own() -> None:
    facts = {"path": "x"}
    error = KnownError("home-empty", facts)
    facts["path"] = "y"
    assert (error.code, error.params, str(error)) == ("home-empty", {"path": "x"}, "home-empty")
    assert KnownError("second-desk").params == {}

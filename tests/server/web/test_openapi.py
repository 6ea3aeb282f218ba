"""The published description of the API is the one of this program."""

from __future__ import annotations

from server.web.openapi import document
from server.web.refusal import STATUS
from sync.protocol import routes
from tools import openapi


def test_the_published_file_is_current() -> None:
    assert openapi.PATH.read_text(encoding="utf-8") == openapi.render(), "run: python -m tools.openapi"


def test_every_exchange_and_every_status_is_described() -> None:
    paths = document()["paths"]
    for exchange in routes.EXCHANGES:
        described = paths[exchange.path]["post"]["responses"].keys()
        assert {"200"} | {str(status) for status in STATUS.values() if status not in (404, 405)} <= described


def test_every_reference_leads_somewhere() -> None:
    whole = document()

    def references(value: object) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    known = {f"#/components/schemas/{name}" for name in whole["components"]["schemas"]}
    assert references(whole) <= known

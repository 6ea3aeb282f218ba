"""The log says what happened, never whom it concerned or what was sent."""

from __future__ import annotations

import io
import json
import logging

from server.web import logs


def lines(*records: logging.LogRecord) -> list[dict[str, object]]:
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logs.JsonLines())
    for record in records:
        handler.handle(record)
    return [json.loads(line) for line in handler.stream.getvalue().splitlines()]


def test_an_exception_is_told_by_kind_and_place_only() -> None:
    try:
        raise ValueError("Siti Aminah, 081234")
    except ValueError as error:
        record = logging.LogRecord("meja.server", 40, "", 0, "fault", (), (ValueError, error, error.__traceback__))
        record.facts = {"route": "/v1/push"}
    (line,) = lines(record)
    assert (line["event"], line["level"], line["error"], line["route"]) == ("fault", "error", "ValueError", "/v1/push")
    assert "test_logs.py" in str(line["places"])
    assert "Siti" not in str(line)


def test_what_a_library_says_is_a_line_of_json_too() -> None:
    (line,) = lines(logging.LogRecord("uvicorn.error", 30, "", 0, 'a "quoted"\nword %s', ("x",), None))
    assert line["message"] == 'a "quoted"\nword x'

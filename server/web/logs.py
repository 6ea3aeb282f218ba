"""The server's log: one JSON object a line. No personal data, no addresses, no secrets, no bodies."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

LOGGER = logging.getLogger("meja.server")


class JsonLines(logging.Formatter):
    """Each record as one JSON object. Of an exception its kind and its places are said; its text could hold data."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            said |= {"event": record.getMessage(), **facts}
        else:
            said |= {"event": "library", "from": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            said |= {"error": type(record.exc_info[1]).__name__, "places": places(record.exc_info[1])}
        return json.dumps(said, ensure_ascii=False, default=str)


def places(error: BaseException) -> list[str]:
    """Where an exception came from, innermost last: module file, line and function."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def set_up(to: TextIO | None = None) -> None:
    """Let the server and the libraries under it write JSON lines to standard error."""
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in (("meja.server", logging.INFO), ("uvicorn", logging.WARNING), ("asyncio", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False


def say(event: str, level: int = logging.INFO, *, error: BaseException | None = None, **facts: object) -> None:
    """Log one thing that happened."""
    LOGGER.log(level, event, extra={"facts": facts}, exc_info=error)

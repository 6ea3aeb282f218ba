"""The published description of the HTTP API, made from the messages themselves."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec

from server.web.refusal import STATUS
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.limits import VERSION

_HEX32: Final = "^[0-9a-f]{32}$"
_SAID: Final = {
    routes.HELLO.path: "Who the server is, what it speaks, its time; asked by anybody",
    routes.JOIN.path: "Enrol a desk with a one-time code; signed with the key that is enrolled",
    routes.PUSH.path: "Hand in signed runs of events, and records; idempotent",
    routes.PULL.path: "The log after a cursor, in order",
    routes.WAIT.path: "Answered when the head moves, or after some seconds",
    routes.HAVE.path: "How far the server knows each chain",
    routes.HASHES.path: "The running hash at log numbers",
    routes.HEAD.path: "Where the log ends",
    routes.STATE.path: "The hash of the state that the log folds to",
    routes.SNAPSHOT.path: "A file to begin with, in pieces, instead of the whole log",
}
_WHY: Final = {
    400: "The message is not understood",
    401: "The request is not signed as it must be; `time` is the server's",
    403: "Not allowed",
    408: "The body took too long",
    409: "Another library than the server's, none, or no common version",
    413: "The body is too large",
    415: "The body is of an unknown type or encoding",
    429: "Too many requests; see Retry-After",
    500: "A fault of the server",
    503: "The server cannot serve now; see Retry-After",
}


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    kinds = {kind for one in routes.EXCHANGES for kind in (one.asks, one.answers)} | {m.Refused}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    schemas = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")[1]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Meja", "version": str(VERSION), "description": routes.__doc__},
        "paths": {one.path: {"post": _operation(one)} for one in routes.EXCHANGES} | _watching(),
        "components": {"schemas": schemas},
    }


def _operation(exchange: routes.Exchange) -> dict[str, Any]:
    name = exchange.path.rpartition("/")[2]
    refusals = {
        str(status): {
            "description": _WHY[status],
            "headers": {routes.SIGNATURE: _header("The server's signature", required=False)},
            "content": {"application/json": {"schema": _ref(m.Refused)}},
        }
        for status in sorted(set(STATUS.values()) & _WHY.keys())
    }
    return {
        "operationId": name,
        "summary": _SAID[exchange.path],
        "parameters": [_parameter(*one) for one in _parameters(exchange)],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(exchange.asks)}}},
        "responses": {
            "200": {
                "description": "Served",
                "headers": {routes.SIGNATURE: _header("The server's signature", required=True)},
                "content": {"application/json": {"schema": _ref(exchange.answers)}},
            },
            **refusals,
        },
    }


def _parameters(exchange: routes.Exchange) -> list[tuple[str, str, str]]:
    nonce = (routes.NONCE, "^[0-9a-f]{32,64}$", "A fresh random number")
    if exchange is routes.HELLO:
        return [nonce]
    return [
        (routes.DESK, _HEX32, "The fingerprint of the desk's key"),
        (routes.TIME, "^[0-9]{1,16}$", "The server's time in milliseconds as the desk believes it to be"),
        nonce,
        (routes.SIGNATURE, "^[0-9a-f]{128}$", "Ed25519 over method, path, time, random number and body"),
    ]


def _parameter(name: str, pattern: str, words: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": True, "description": words, "schema": schema}


def _header(words: str, *, required: bool) -> dict[str, Any]:
    return {"description": words, "required": required, "schema": {"type": "string", "pattern": "^[0-9a-f]{128}$"}}


def _ref(kind: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _watching() -> dict[str, Any]:
    """What a monitor asks."""
    flag = {"type": "object", "additionalProperties": {"type": "boolean"}}

    def answered(words: str, schema: Any, kind: str = "application/json") -> dict[str, Any]:
        return {"description": words, "content": {kind: {"schema": schema}}}

    alive = {"200": answered("The process runs", flag)}
    ready = {"200": answered("The store answers", flag), "503": answered("It does not", flag)}
    counts = {
        "200": answered("Prometheus text", {"type": "string"}, "text/plain"),
        "403": answered("Only from the server itself", _ref(m.Refused)),
    }
    own = {"200": answered("This document", {"type": "object"})}
    return {
        "/live": {"get": {"operationId": "live", "summary": "Whether the process runs", "responses": alive}},
        "/ready": {"get": {"operationId": "ready", "summary": "Whether desks are served", "responses": ready}},
        "/metrics": {"get": {"operationId": "metrics", "summary": "Counts", "responses": counts}},
        "/v1/openapi.json": {"get": {"operationId": "openapi", "summary": "This document", "responses": own}},
    }

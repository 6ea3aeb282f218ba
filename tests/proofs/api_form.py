"""The server answers as its published description says: `python -m tests.proofs.api_form [EXAMPLES]`.

Schemathesis makes requests from the description, right ones and wrong ones, and holds every answer to it: status, type,
form, no fault. It is fetched into a folder of its own for this run; the checks do not need it.
"""

from __future__ import annotations

import importlib
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import requests
from hypothesis import HealthCheck, Phase, given, settings

from server.web.app import Limits
from server.web.openapi import document
from sync.protocol import routes
from tests.server.web.asking import Desk, Serving, now_ms, serving

PACKAGE = "schemathesis>=4.32,<5"
PATIENT = Limits(desk=(1e6, 10**6), hello=(1e6, 10**6), join=(1e6, 10**6), failures=(1e6, 10**6))


class Signed(requests.auth.AuthBase):
    """Signs whatever is sent to an exchange as an enrolled desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        path = request.path_url.partition("?")[0]
        exchange = next((one for one in routes.EXCHANGES if one.path == path), None)
        if exchange is not None:
            found = request.body or b""
            body = found.encode() if isinstance(found, str) else found
            nonce = secrets.token_hex(16)
            request.headers.update(
                routes.request_headers(self.desk.signer, exchange, body, time_ms=now_ms(), nonce=nonce)
            )
        return request


def whole(value: Any) -> Any:
    """Numbers as the protocol has them: to JSON Schema 2.0 is an integer, to the server it is none."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: whole(part) for key, part in value.items()}
    return [whole(part) for part in value] if isinstance(value, list) else value


def try_all(server: Serving, kit: Any, examples: int) -> tuple[list[str], Counter[str]]:
    """What was found wrong, and how often each exchange gave each status."""
    desk, faults, counts = server.desk(), [], Counter[str]()
    mode = kit.GenerationMode
    for result in kit.openapi.from_dict(document()).get_all_operations():
        operation = result.ok()
        ways = [(mode.POSITIVE, Signed(desk)), (mode.POSITIVE, None)]
        # A wrong request with a right signature over its wrong headers cannot be: tests/server/web/test_hostile.py.
        ways += [(mode.NEGATIVE, None)] if operation.method == "post" else []
        for kind, auth in ways:
            try:
                _try(server, operation.as_strategy(generation_mode=kind), auth, counts, examples)
            except Exception as error:  # noqa: BLE001 - whatever is found is the result
                faults.append(f"{operation.method} {operation.path}: {error}")
    return faults, counts


def _try(server: Serving, cases: Any, auth: Signed | None, counts: Counter[str], examples: int) -> None:
    patience = list(HealthCheck)

    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=patience, phases=[Phase.generate]
    )
    @given(cases)
    def one(case: Any) -> None:
        case.body = whole(case.body)
        if case.operation.path == routes.WAIT.path and isinstance(case.body, dict):
            case.body["seconds"] = 0
        answer = case.call(base_url=server.url, auth=auth, timeout=30)
        counts[f"{case.operation.path} {answer.status_code}"] += 1
        case.validate_response(answer)

    one()


def main() -> int:
    """0 when nothing was found."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / "tools"
        line = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary=:all:",
            "--target",
            str(tools),
            PACKAGE,
        ]
        subprocess.run(line, check=True)
        sys.path.append(str(tools))
        kit = importlib.import_module("schemathesis")
        with serving(Path(folder), limits=PATIENT) as server:
            faults, counts = try_all(server, kit, examples)
    for name, count in sorted(counts.items()):
        print(f"{count:>6}  {name}")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{sum(counts.values())} answers, {len(faults)} findings")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

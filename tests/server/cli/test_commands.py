"""The server's commands, with a server that runs as a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from app.cli.parser import Parser
from resources.loader import load_json
from server.__main__ import main
from server.cli.arguments import BOOK, build_parser
from server.cli.commands import COMMANDS
from server.home import Home
from server.log.store import open_sqlite
from sync.protocol import messages as m
from sync.protocol import routes
from sync.protocol.enrolment import read_code
from sync.protocol.signing import fingerprint
from tests.server.web.asking import LIBRARY, Desk

LANGUAGES = ("id", "en")


@contextmanager
def process(home: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`server serve` on a free port: the process, and what it said when it was ready."""
    line = [sys.executable, "-m", "server", "serve", "--home", str(home), "--port", "0", "--json", *more]
    started = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert started.stdout is not None
        said = started.stdout.readline()
        assert said, started.stderr.read() if started.stderr else ""
        yield started, json.loads(said)
    finally:
        started.kill()
        started.communicate()


def run(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, str, str]:
    """A command in this process: code, output, errors."""
    code = main(line)
    said = capsys.readouterr()
    return code, said.out, said.err


class Reached:
    """What a desk knows of a server that runs elsewhere."""

    def __init__(self, url: str, public: str) -> None:
        self.url = url
        self.public = bytes.fromhex(public)


def hello(url: str, verify: bool = True) -> m.Welcome:
    answer = requests.post(
        url + "/v1/hello", json={"oldest": 1, "newest": 1}, headers={routes.NONCE: "ab" * 16}, timeout=10, verify=verify
    )
    return m.Welcome(**{**answer.json(), "certificates": tuple(answer.json()["certificates"])})


def test_a_desk_joins_a_server_that_starts_with_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with process(tmp_path) as (server, said):
        code, out, _ = run(capsys, "enrol", "--home", str(tmp_path), "--name", "Meja 1", "--json")
        made = json.loads(out)
        assert (code, made["url"]) == (0, said["url"])
        welcome = hello(made["url"])
        read = read_code(made["code"])
        assert read.fits(welcome.server)
        assert welcome.server == said["server"] == fingerprint(bytes.fromhex(welcome.public))
        desk = Desk(Reached(made["url"], welcome.public))  # type: ignore[arg-type]
        joined = desk.ask(routes.JOIN, desk.joining(read.secret), m.Joined)
        assert (joined.name, joined.library) == ("Meja 1", LIBRARY)
        desk.ask(routes.PUSH, m.Push("", (desk.run(2),)), m.Pushed)
        _, out, _ = run(capsys, "desks", "--home", str(tmp_path), "--json")
        assert [found["name"] for found in json.loads(out)] == ["Meja 1"]
        _, out, _ = run(capsys, "status", "--home", str(tmp_path), "--json")
        assert json.loads(out)["head"] == 2
        _, out, _ = run(capsys, "export", "state-hash", "--home", str(tmp_path))
        state = desk.ask(routes.STATE, m.Ask(), m.State)
        assert json.loads(out) == {"at": 2, "hash": state.hash}
        _, out, _ = run(capsys, "desks", "--home", str(tmp_path))
        assert out.count("Meja 1 (M1)") == 1
        code, out, _ = run(capsys, "check", "--home", str(tmp_path), "--json")
        assert (code, json.loads(out)) == (0, {"ok": True, "faults": []})
        code, out, _ = run(capsys, "revoke", "Meja 1", "--home", str(tmp_path), "--json")
        assert desk.refused(routes.PULL, m.Pull(0))[1].error == "desk-revoked"
        pushed = desk.ask(routes.PUSH, m.Push("", (desk.run(),)), m.Pushed)
        assert pushed.runs[0].status == "quarantined"
        _, out, _ = run(capsys, "aside", "--home", str(tmp_path))
        assert "1 transaksi" in out
        run(capsys, "revoke", "Meja 1", "--undo", "--home", str(tmp_path))
        _, out, _ = run(capsys, "aside", "--let-in", "Meja 1", "--home", str(tmp_path), "--json")
        assert json.loads(out)["runs"] == 1
        assert desk.ask(routes.HEAD, m.Ask(), m.Head).head == 3
        journal = tmp_path / "journal.jsonl"
        run(capsys, "export", "journal", "--home", str(tmp_path), "--out", str(journal))
        assert [json.loads(line)["seq"] for line in journal.read_text(encoding="utf-8").splitlines()] == [1, 2, 3]
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=10)
        assert server.returncode == 0
        lines = [json.loads(line) for line in errors.splitlines()]
        assert lines[0]["event"] == "serving"
        assert lines[-1]["event"] == "ended"
        for secret in (made["code"], read.secret, desk.signer.fingerprint, "Meja 1", "127.0.0.1"):
            assert secret not in errors


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_the_end_waits_for_nobody_who_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with process(tmp_path) as (server, said):
        made = json.loads(run(capsys, "enrol", "--home", str(tmp_path), "--json")[1])
        desk = Desk(Reached(said["url"], hello(said["url"]).public))  # type: ignore[arg-type]
        desk.ask(routes.JOIN, desk.joining(read_code(made["code"]).secret), m.Joined)
        head = desk.ask(routes.HEAD, m.Ask(), m.Head)
        body = json.dumps({"epoch": head.epoch, "head": head.head, "safe": head.safe, "seconds": 25}).encode()
        at = time.time_ns() // 1_000_000
        headers = routes.request_headers(desk.signer, routes.WAIT, body, time_ms=at, nonce="cd" * 16)
        sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with socket.create_connection(("127.0.0.1", said["port"]), timeout=20) as wire:
            wire.sendall(
                f"POST /v1/wait HTTP/1.1\r\nHost: x\r\n{sent}Content-Length: {len(body)}\r\n\r\n".encode() + body
            )
            while "meja_waiting 1" not in requests.get(said["url"] + "/metrics", timeout=10).text:
                pass
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            assert wire.recv(65_536).startswith(b"HTTP/1.1 200")
        server.communicate(timeout=10)
        assert server.returncode == 0
        assert time.monotonic() - began < 5


def test_a_backup_makes_the_same_server_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    with process(one) as (_, said):
        made = json.loads(run(capsys, "enrol", "--home", str(one), "--json")[1])
        welcome = hello(said["url"])
        desk = Desk(Reached(said["url"], welcome.public))  # type: ignore[arg-type]
        desk.ask(routes.JOIN, desk.joining(read_code(made["code"]).secret), m.Joined)
        head = desk.ask(routes.HEAD, m.Ask(), m.Head)
        desk.ask(routes.PUSH, m.Push(head.epoch, (desk.run(3),)), m.Pushed)
        code, out, _ = run(capsys, "backup", "--home", str(one), "--json")
        backup = json.loads(out)
        assert (code, backup["head"]) == (0, 3)
        assert desk.ask(routes.HEAD, m.Ask(), m.Head).safe == 3
        assert run(capsys, "restore", backup["path"], "--home", str(one), "--json")[0] == 1
    code, out, _ = run(capsys, "restore", backup["path"], "--home", str(other), "--json")
    assert (code, json.loads(out)["head"]) == (0, 3)
    assert run(capsys, "check", "--home", str(other), "--json")[0] == 0
    with process(other) as (_, said):
        # The same key, so every desk knows it; another history, so each looks what is missing.
        assert hello(said["url"]).public == welcome.public
        desk.server.url = said["url"]
        again = desk.ask(routes.HEAD, m.Ask(), m.Head)
        assert (again.head, again.epoch != head.epoch) == (3, True)
    code, out, _ = run(capsys, "backup", str(tmp_path / "stick"), "--home", str(other), "--json")
    assert (code, json.loads(out)["problem"]) == (1, "system-refused")


def test_tls_with_a_certificate_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    with process(tmp_path, "--tls") as (server, said):
        assert said["url"].startswith("https://")
        shown = ssl.get_server_certificate(("127.0.0.1", said["port"]))
        digest = sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()
        assert hello(said["url"], verify=False).certificates == (digest,)
        with requests.Session() as open_line:
            open_line.trust_env = False
            assert open_line.get(said["url"] + "/live", timeout=10, verify=False).status_code == 200
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=20)
        assert time.monotonic() - began < 5
    code, out, _ = run(capsys, "certificate", "--home", str(tmp_path), "--json")
    assert (code, json.loads(out)["digest"]) == (0, digest)
    run(capsys, "certificate", "--renew", "--home", str(tmp_path), "--json")
    with process(tmp_path, "--tls") as (_, said):
        (renewed,) = hello(said["url"], verify=False).certificates
        assert renewed != digest


def test_a_network_is_never_served_without_tls(tmp_path: Path) -> None:
    with process(tmp_path, "--host", "0.0.0.0") as (_, said):
        assert said["url"].startswith("https://")
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{said['port']}/live", timeout=10)


def test_one_home_one_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with process(tmp_path):
        code, out, errors = run(capsys, "serve", "--home", str(tmp_path), "--port", "0", "--json")
    assert (code, json.loads(out)["problem"]) == (1, "server-runs-already")
    assert "sudah berjalan" in errors


def test_the_store_is_not_readable_without_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "found", "--home", str(tmp_path))
    assert not (tmp_path / "log.db").read_bytes().startswith(b"SQLite format 3")
    (tmp_path / "store.key").write_text("11" * 32, encoding="ascii")
    code, out, _ = run(capsys, "status", "--home", str(tmp_path), "--json")
    assert (code, json.loads(out)["problem"]) == (1, "server-store")


@pytest.mark.parametrize(
    ("line", "code", "problem"),
    [
        (("serve", "--cert", "x.pem"), 2, "server-cert-and-key"),
        (("serve", "--behind-proxy", "10.0.0.1"), 2, "server-proxy-url"),
        (("status", "--database", "mysql://x"), 2, "server-database"),
        (("status", "--database", "postgresql://127.0.0.1:9/none?connect_timeout=2"), 1, "server-store"),
        (("enrol", "--name", "x"), 1, "server-url-unknown"),
        (("desks",), 1, "server-no-library"),
        (("serve", "--cert", "no.pem", "--key", "no.key", "--port", "0"), 1, "certificate-unusable"),
    ],
)
def test_what_is_not_right_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: tuple[str, ...], code: int, problem: str
) -> None:
    found, out, errors = run(capsys, *line, "--home", str(tmp_path), "--json")
    assert (found, json.loads(out)["problem"]) == (code, problem)
    assert errors.count("\n") == 2


def test_a_password_of_the_database_is_never_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = "postgresql://meja:rahasia@127.0.0.1:9/meja?connect_timeout=2"
    _, out, errors = run(capsys, "status", "--home", str(tmp_path), "--json", "--database", address)
    assert "rahasia" not in out + errors


def test_a_port_that_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, _ = run(capsys, "serve", "--home", str(tmp_path), "--port", str(port), "--json")
    assert (code, json.loads(out)["problem"]) == (1, "server-port")


def test_a_desk_is_named_so_that_only_one_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "found", "--home", str(tmp_path))
    code, out, _ = run(capsys, "revoke", "Meja 9", "--home", str(tmp_path), "--json")
    assert (code, json.loads(out)["problem"]) == (1, "server-which-desk")
    code, out, _ = run(capsys, "found", "--home", str(tmp_path), "--json")
    assert (code, json.loads(out)["problem"]) == (1, "server-has-library")


def test_a_code_is_kept_as_its_digest_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "enrol", "--home", str(tmp_path), "--url", "https://x:1", "--json")
    secret = read_code(json.loads(out)["code"]).secret
    home = Home(tmp_path)
    store = open_sqlite(home.store, home.key())
    try:
        with store.database.read() as sql:
            assert secret not in str(sql.all("SELECT secret FROM code"))
    finally:
        store.close()


# Words.


def commands() -> dict[str, Parser]:
    whole = build_parser()
    found: dict[str, Parser] = next(a.choices for a in whole._actions if isinstance(a, argparse._SubParsersAction))  # type: ignore[assignment]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_argument_is_explained_and_nothing_else(language: str) -> None:
    words = load_json(f"words/{BOOK}_{language}.json")
    known = {"command.server", "usage", "commands", "arguments", "options"}
    for name, parser in commands().items():
        known |= {f"command.server {name}"}
        for action in parser._actions:
            own, shared = f"server {name}.{action.dest}", f"*.{action.dest}"
            assert own in words or shared in words, own
            known |= {own, shared}
    assert not words.keys() - known
    assert commands().keys() == COMMANDS.keys()


def test_both_languages_say_the_same() -> None:
    one, other = (load_json(f"words/server_{language}.json") for language in LANGUAGES)
    assert one.keys() == other.keys()
    for key, text in one.items():
        places = [{part.partition("}")[0] for part in said.split("{")[1:]} for said in (text, other[key])]
        assert places[0] == places[1], key


def test_the_way_from_the_front_door(root: Path, tmp_path: Path) -> None:
    environment = dict(os.environ, PYTHONPATH=str(root), MEJA_CALLED="python3 meja.py")
    line = [sys.executable, "-m", "server", "enrol", "--home", str(tmp_path)]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, encoding="utf-8", cwd=root)
    assert done.returncode == 1
    assert "`python3 meja.py server serve`" in done.stderr

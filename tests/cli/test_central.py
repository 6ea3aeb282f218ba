"""`meja join`, `meja sync`, `meja leave`: what they print, and with which code they end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from tests.sync.central import Central
from tests.sync.served import meja, serving

Run = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a home of the test's own: code, the printed object, errors."""
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))

    def call(command: str, *arguments: str, home: str = "a") -> tuple[int, dict[str, Any], str]:
        code = main([command, "--home", str(tmp_path / home), *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, json.loads(said.out) if said.out else {}, said.err

    return call


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    made = Central(tmp_path / "central")
    yield made
    made.close()


@pytest.fixture
def url(central: Central) -> Iterator[str]:
    with serving(meja(central)) as address:
        yield address


def test_a_desk_joins_exchanges_and_leaves(run: Run, central: Central, url: str) -> None:
    assert run("init", "--name", "INSTIDLA")[0] == 0
    code, said, _err = run("join", url, central.code(), "--name", "Meja 1")
    assert (code, said["ok"], said["name"], said["sync"]["unsent"]) == (0, True, "Meja 1", 0)
    code, said, _err = run("join", url, central.code(), "--name", "Meja 2", home="b")
    assert (code, len(said["recovery_key"])) == (0, 39)
    assert run("set", "library.name", home="b")[1] == {"library.name": "INSTIDLA"}
    assert run("set", "slip.footer", "Terima kasih", home="b")[0] == 0
    code, said, _err = run("sync", "--json", home="b")
    assert (code, said["ok"], said["online"], said["cursor"]) == (0, True, True, central.head)
    assert run("sync")[0] == 0
    assert run("set", "slip.footer")[1] == {"slip.footer": "Terima kasih"}
    for home in ("a", "b"):
        assert run("check", "--json", home=home)[1]["faults"] == []
    hashes = [run("export", "state-hash", home=home)[1] for home in ("a", "b")]
    assert hashes[0]["state_hash"] == hashes[1]["state_hash"]
    code, said, _err = run("leave", home="b")
    assert (code, said) == (0, {"ok": True, "left": url})
    code, _said, err = run("sync", home="b")
    assert code == 1
    assert "berdiri sendiri" in err


def test_what_keeps_a_desk_from_the_server_is_said_in_both_languages(run: Run, central: Central) -> None:
    with serving(meja(central)) as url:
        run("init")
        run("join", url, central.code())
    code, said, err = run("sync", "--json")
    assert (code, said["fault"], said["online"]) == (1, "no-link", False)
    code, _said, err = run("sync")
    assert code == 1
    assert "tidak terjangkau" in err
    assert "cannot be reached" in err

"""The composition root: a home opened, its followers running, a session with its person."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app import wiring
from app.ports import KnownError
from db.home import Home
from tests.builders import CARD, OTHER_CARD, Library, founded


@pytest.fixture
def root_of_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account of the test's own; where its home will be."""
    monkeypatch.setenv(wiring.CONFIG_VARIABLE, str(tmp_path / "config"))
    return tmp_path / "home"


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


def test_homes_are_apart(root_of_home: Path) -> None:
    assert wiring.default_home() != wiring.demo_home()
    assert wiring.config_folder() == root_of_home.parent / "config"


@pytest.mark.parametrize("name", ["campus", "campus-slims"])
def test_the_shipped_rules_are_good(name: str) -> None:
    from app.domain.policy_check import check_policy

    policy = wiring.default_policy(name)
    assert not [finding for finding in check_policy(policy) if finding.level == "error"]


def test_a_library_is_founded_and_opened(root_of_home: Path) -> None:
    store, recovery = wiring.found_library(root_of_home, wiring.default_policy(), {"library.name": "X"})
    store.close()
    assert len(recovery) == 39
    with wiring.opened(root_of_home) as store:
        assert Home(root_of_home).exists()
        assert len(wiring.scan_rules(store).rules) > 3
        with pytest.raises(KnownError), wiring.opened(root_of_home):
            pass
        with wiring.opened(root_of_home, read_only=True) as beside:
            assert beside.read_only


def test_the_library_s_own_scan_rules_are_taken(tmp_path: Path) -> None:
    lib = founded(tmp_path)
    own = {"version": 1, "rules": [{"kind": "item"}], "card_urls": [], "uid_format": None}
    lib.set("scan.rules", own)
    assert len(wiring.scan_rules(lib.store).rules) == 1
    lib.close()


def test_the_second_copy_goes_where_it_is_told(tmp_path: Path) -> None:
    lib = founded(tmp_path)
    assert wiring.second_folder(lib.store) == lib.root / "second"
    lib.set("copy.folder", str(tmp_path / "stick"))
    assert wiring.second_folder(lib.store) == tmp_path / "stick" / lib.store.identity.desk[:8]
    lib.close()


def test_slips_and_second_copy_follow_a_running_desk(tmp_path: Path) -> None:
    lib: Library = founded(tmp_path, settings={"slip.print": "always"})
    lib.member(CARD)
    lib.member(OTHER_CARD)
    lib.item("B001")
    session = lib.session()
    with wiring.followers(lib.store) as running:
        session.scan(CARD)
        session.scan("B001")
        session.finish()
        until(lambda: len(list(lib.home.slips.glob("*.pdf"))) == 1)
        until(lambda: running.copy.lag is None)
    from db.second_copy import second_copy_state

    state = second_copy_state(lib.store, lib.home.second)
    assert state is not None
    assert (state.behind, state.fault) == (0, "")
    lib.close()


def test_a_named_person_serves_with_the_right_pin(tmp_path: Path) -> None:
    lib = founded(tmp_path)
    lib.staff("Hasan Basri", pin="2222")
    assert wiring.session(lib.store, "hasan basri", "2222").staff.name == "Hasan Basri"
    for name, pin, code in (
        ("Nobody", "", "staff-unknown"),
        ("Hasan Basri", "", "pin-needed"),
        ("Hasan", "1", "pin-wrong"),
    ):
        with pytest.raises(KnownError) as error:
            wiring.session(lib.store, name, pin)
        assert error.value.code == code
    lib.close()


def test_a_right_pin_after_too_many_wrong_ones_is_not_called_wrong(tmp_path: Path) -> None:
    lib = founded(tmp_path)
    lib.staff("Hasan Basri", pin="2222")
    for pin, code in (("1", "pin-wrong"), ("2", "pin-wrong"), ("3", "pin-waits")):
        with pytest.raises(KnownError, match=code):
            wiring.session(lib.store, "Hasan", pin)
    lib.reopen()
    with pytest.raises(KnownError, match="pin-waits") as error:
        wiring.session(lib.store, "Hasan", "2222")
    assert 0 < int(str(error.value.params["seconds"])) <= 30
    lib.close()


def test_the_window_s_look_is_kept(tmp_path: Path) -> None:
    from msgspec.structs import replace

    lib = founded(tmp_path)
    before = wiring.ui_settings(lib.store)
    wanted = replace(before, language="en", theme="dark", scale=1.25, sounds=False)
    wiring.keep_ui_settings(lib.store, wanted)
    lib.reopen()
    assert wiring.ui_settings(lib.store) == wanted
    assert json.dumps(wanted.language) == '"en"'
    lib.close()

"""Joining, leaving and exchanging over real HTTP: what a home takes over, brings along and keeps."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from app import joining, wiring
from app.domain.records import Item, Member, Title
from app.ports import KnownError
from db.joining import is_filling, join_as_is, joined_to
from db.store import DeskStore
from tests.builders import rows_of
from tests.sync.central import Central
from tests.sync.served import meja, serving


@pytest.fixture(autouse=True)
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    made = Central(tmp_path / "central")
    yield made
    made.close()


@pytest.fixture
def url(central: Central) -> Iterator[str]:
    with serving(meja(central)) as address:
        yield address


def anybody(_store: DeskStore) -> None:
    """Whoever asks may."""


def found(root: Path, *, bare: bool = False) -> None:
    """A library at this place, with a copy and a reader unless it is to be bare."""
    store, _recovery = wiring.found_library(root, wiring.default_policy(), {"library.name": "INSTIDLA"})
    wiring.first_head(store)
    if not bare:
        with store.act() as act:
            act.put_title(Title("1" * 32, "Sejarah"))
            act.put_item(Item("2" * 32, "1" * 32, "B001"))
            act.put_member(Member("3" * 32, "21.01", "Ahmad", "mahasiswa"))
    store.close()


def test_a_library_goes_along_and_a_fresh_home_takes_it_over(tmp_path: Path, central: Central, url: str) -> None:
    found(tmp_path / "a")
    first = joining.join(tmp_path / "a", url, central.code(), "Meja 1", anybody)
    assert (first.status.fault, first.status.unsent, first.recovery) == ("", 0, "")
    second = joining.join(tmp_path / "b", url, central.code().lower(), "Meja 2", anybody)
    assert (second.status.fault, len(second.recovery)) == ("", 39)
    with wiring.opened(tmp_path / "b") as store, store.read() as facts:
        assert [hit.item.barcode for hit in facts.item_by_code("b001")] == ["B001"]
        assert facts.setting("library.name") == "INSTIDLA"
        assert facts.setting("desk.name") == "Meja 2"
        assert [staff.name for staff in facts.staff_list()] == ["Kepala Perpustakaan"]
    with wiring.opened(tmp_path / "a") as one:
        assert joining.once(one).fault == ""
        assert rows_of(one, "SELECT count(DISTINCT desk) FROM author") == [(2,)]


def test_a_bare_home_begins_anew_under_its_own_key(tmp_path: Path, central: Central, url: str) -> None:
    found(tmp_path / "a")
    joining.join(tmp_path / "a", url, central.code(), "Meja 1", anybody)
    found(tmp_path / "b", bare=True)
    with wiring.opened(tmp_path / "b") as store:
        desk = store.identity.desk
    joined = joining.join(tmp_path / "b", url, central.code(), "", anybody)
    assert joined.desk == desk
    assert list((tmp_path / "b" / "backups").glob("before-joining-*/meja.db"))
    with wiring.opened(tmp_path / "b") as store:
        assert store.identity.library == central.library


def test_a_library_with_content_is_not_mixed_into_another(tmp_path: Path, central: Central, url: str) -> None:
    for name in ("a", "b"):
        found(tmp_path / name)
    joining.join(tmp_path / "a", url, central.code(), "Meja 1", anybody)
    before = (tmp_path / "b" / "meja.db").stat().st_size
    with pytest.raises(KnownError) as error:
        joining.join(tmp_path / "b", url, central.code(), "Meja 2", anybody)
    assert error.value.code == "join-home-not-empty"
    assert (tmp_path / "b" / "meja.db").stat().st_size == before


def test_a_home_that_has_not_all_yet_serves_nobody_and_goes_on(
    tmp_path: Path, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(tmp_path / "a")
    whole = meja(central)
    with serving(whole) as url:
        joining.join(tmp_path / "a", url, central.code(), "Meja 1", anybody)

    def only_joins(handler: object, body: bytes) -> None:
        if handler.path in ("/v1/hello", "/v1/join"):  # type: ignore[attr-defined]
            whole(handler, body)  # type: ignore[arg-type]
        else:
            handler.connection.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]

    with serving(only_joins) as url:  # type: ignore[arg-type]
        joined = joining.join(tmp_path / "b", url, central.code(), "Meja 2", anybody)
    assert joined.status.fault
    with pytest.raises(KnownError) as error, wiring.opened(tmp_path / "b"):
        pass
    assert error.value.code == "join-unfinished"
    with serving(whole) as url, wiring.opened(tmp_path / "b", filling=True) as store:
        server = joined_to(store.connection)
        assert server is not None
        join_as_is(store, replace(server, url=url))
        assert joining.once(store).fault == ""
        assert not is_filling(store.connection)


def test_leaving_keeps_everything_and_asks_about_what_was_not_sent(tmp_path: Path, central: Central, url: str) -> None:
    found(tmp_path / "a")
    joining.join(tmp_path / "a", url, central.code(), "Meja 1", anybody)
    with wiring.opened(tmp_path / "a") as store:
        with store.act() as act:
            act.record("clock.behind", {"by": 1})
        with pytest.raises(KnownError) as error:
            joining.leave(store, forced=False)
        assert (error.value.code, error.value.params) == ("leave-unsent", {"n": 1})
        assert joining.leave(store, forced=True).url == url
        with pytest.raises(KnownError, match="not-joined"):
            joining.once(store)
        with store.read() as facts:
            assert len(facts.item_by_code("B001")) == 1


@pytest.mark.parametrize(
    ("address", "code", "problem"),
    [
        ("https://pusat", "ABCD", "join-code-misread"),
        ("http://10.0.0.1:8000", "", "join-not-secret"),
        ("pusat.example", "", "join-address"),
        ("https://user@pusat", "", "join-address"),
        ("http://127.0.0.1:1", "", "central-no-link"),
    ],
)
def test_what_was_typed_wrongly_is_said(
    tmp_path: Path, central: Central, address: str, code: str, problem: str
) -> None:  # fmt: skip
    with pytest.raises(KnownError) as error:
        joining.join(tmp_path / "b", address, code or central.code(), "", anybody)
    assert error.value.code == problem
    assert not (tmp_path / "b").exists()


def test_a_code_of_another_server_is_not_sent_to_this_one(tmp_path: Path, central: Central, url: str) -> None:
    with pytest.raises(KnownError) as error:
        joining.join(tmp_path / "b", url, Central(tmp_path / "other").code(), "", anybody)
    assert error.value.code == "central-other-server"
    assert not central.desks

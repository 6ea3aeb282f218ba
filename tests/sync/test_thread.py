"""The sync beside a running desk: an act shows at the other soon, a lost link comes back, the end does not wait."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import pytest
from msgspec.structs import replace

from app.domain.replica import Server
from db.joining import join_as_is, joined_to
from db.replica import Replica
from server.web.app import Front
from server.web.listen import Listener
from sync.thread import SyncThread
from tests.builders import CARD
from tests.sync.central import Central
from tests.sync.desks import Station
from tests.sync.served import meja, serving

SOON = 15.0


def until(true: Callable[[], bool]) -> float:
    """Seconds until something is true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < SOON
        time.sleep(0.01)
    return time.monotonic() - began


def started(station: Station, url: str) -> SyncThread:
    """A desk's sync on its thread."""
    library = station.library
    server = joined_to(library.store.connection)
    assert isinstance(server, Server)
    join_as_is(library.store, replace(server, url=url))
    home, key = library.home, library.store.key
    thread = SyncThread(replace(server, url=url), lambda: Replica(home, key), copied=library.store.copied.set)
    library.store.after_commit.append(thread.nudge)
    thread.start()
    return thread


@pytest.fixture
def url(central: Central) -> Iterator[str]:
    with serving(meja(central)) as address:
        yield address


def has(station: Station, codes: list[str]) -> Callable[[], bool]:
    return lambda: station.library.has(CARD) == codes


def test_an_act_shows_at_the_other_desk_within_a_second(one: Station, two: Station, url: str) -> None:
    threads = [started(one, url), started(two, url)]
    try:
        until(lambda: all(thread.status.online for thread in threads))
        one.library.clock.go(minutes=1)
        one.library.lend(CARD, "B001")
        until(lambda: threads[0].status.unsent == 0)
        threads[1].nudge()
        until(has(two, ["B001", "C001"]))
    finally:
        for thread in threads:
            thread.stop()
    assert not any(thread.status.fault for thread in threads)


class Link:
    """A line to the central log that can be cut."""

    def __init__(self, central: Central) -> None:
        self.down = False
        self._answer = meja(central)

    def __call__(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if self.down:
            handler.connection.close()
            handler.close_connection = True
        else:
            self._answer(handler, body)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again at once."""
    monkeypatch.setattr("sync.runner.FIRST", 0.05)
    monkeypatch.setattr("sync.runner.MOST", 0.05)


@pytest.mark.usefixtures("hurried")
def test_acts_wait_for_the_link_and_go_when_it_is_back(one: Station, central: Central) -> None:
    link = Link(central)
    link.down = True
    with serving(link) as url:
        thread = started(one, url)
        try:
            until(lambda: bool(thread.status.fault))
            one.library.lend(CARD, "B001")
            until(lambda: thread.status.unsent == 1)
            assert not thread.status.online
            link.down = False
            until(lambda: thread.status.online and thread.status.unsent == 0)
        finally:
            thread.stop()


@pytest.mark.usefixtures("hurried")
def test_a_link_that_breaks_is_said_without_an_act(one: Station, central: Central) -> None:
    link = Link(central)
    with serving(link) as url:
        thread = started(one, url)
        try:
            until(lambda: thread.status.online)
            link.down = True
            until(lambda: not thread.status.online)
            assert thread.status.fault
        finally:
            thread.stop()


def test_the_real_front_tells_the_news(one: Station, two: Station, central: Central) -> None:
    """Over the server's own HTTP: the waiting desk is told, and does not ask again and again."""
    front = Front(central.store, lambda: central.now)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listener = Listener(front, listening)
        serving_thread = threading.Thread(target=listener.run, daemon=True)
        serving_thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        threads = [started(one, url), started(two, url)]
        try:
            until(lambda: all(thread.status.online for thread in threads))
            one.library.clock.go(minutes=1)
            one.library.lend(CARD, "B001")
            assert until(has(two, ["B001", "C001"])) < 3.0
        finally:
            for thread in threads:
                thread.stop()
            listener.stop()
            serving_thread.join(SOON)

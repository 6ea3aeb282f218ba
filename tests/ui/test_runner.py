"""Long jobs beside the window."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pytestqt.qtbot import QtBot

from ui.runner import Job, JobStopped

Tell = Callable[[int, int], None]


def test_news_and_result_arrive_on_the_windows_thread(qtbot: QtBot) -> None:
    here = threading.get_ident()
    seen: list[tuple[int, int, int]] = []

    def work(tell: Tell) -> str:
        tell(1, 4)
        return "done"

    job = Job(work)
    job.told.connect(lambda done, total: seen.append((done, total, threading.get_ident())))
    with qtbot.waitSignal(job.ended) as ended:
        job.start()
    job.wait()
    assert ended.args == ["done"]
    assert seen == [(1, 4, here)]


def test_a_stopped_job_ends_at_its_next_report(qtbot: QtBot) -> None:
    def work(tell: Tell) -> None:
        while True:
            tell(0, 1)

    job = Job(work)
    with qtbot.waitSignal(job.failed) as failed:
        job.start()
        job.stop()
    job.wait()
    assert isinstance(failed.args[0], JobStopped)


def test_a_fault_is_brought_back(qtbot: QtBot) -> None:
    def work(tell: Tell) -> None:
        raise ValueError("bad")

    job = Job(work)
    with qtbot.waitSignal(job.failed) as failed:
        job.start()
    job.wait()
    assert isinstance(failed.args[0], ValueError)

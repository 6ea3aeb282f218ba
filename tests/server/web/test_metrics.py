"""Counts as Prometheus reads them."""

from __future__ import annotations

from server.web.metrics import Metrics


def test_the_text() -> None:
    metrics = Metrics()
    metrics.add("meja_requests_total", route="push", status="200")
    metrics.add("meja_requests_total", route="push", status="200")
    metrics.add("meja_request_seconds_total", 0.25, route="push")
    assert metrics.text([("meja_waiting", "", 3)]).splitlines() == [
        "# HELP meja_request_seconds_total Seconds spent answering.",
        "# TYPE meja_request_seconds_total counter",
        'meja_request_seconds_total{route="push"} 0.25',
        "# HELP meja_requests_total Answered requests.",
        "# TYPE meja_requests_total counter",
        'meja_requests_total{route="push",status="200"} 2',
        "# HELP meja_waiting Desks that wait for news.",
        "# TYPE meja_waiting gauge",
        "meja_waiting 3",
    ]

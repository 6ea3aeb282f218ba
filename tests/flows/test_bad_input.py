"""placeholder"""

from __future__ import annotations

from tests.flows.desk_process import Place


def test_a(place: Place) -> None:
    with place.desk() as desk:
        print(desk.scans("21.01.0001", "B0001", "=finish"))
        assert desk.end() == 0
    print(desk.errors, place.check().to_json(), len(place.events()))

"""Copies nobody catalogued yet."""

from __future__ import annotations

from app.services.catalogue import Catalogue
from tests.builders import Library


def test_a_copy_is_taken_up_under_its_code(library: Library) -> None:
    hit = Catalogue(library.store).add_provisional(library.desk, " X-77\n", "  Buku   tanpa data ")
    assert hit is not None
    assert (hit.item.barcode, hit.title.title, hit.item.provisional) == ("X-77", "Buku tanpa data", True)
    with library.store.read() as facts:
        assert [found.item.id for found in facts.item_by_code("x-77")] == [hit.item.id]
        assert len(facts.find_titles("tanpa data", 5).rows) == 1


def test_without_a_code_or_with_a_taken_one_it_gets_a_number(library: Library) -> None:
    library.item("P-000002")
    catalogue = Catalogue(library.store)
    made = [catalogue.add_provisional(library.desk, code, "Buku") for code in ("", "B001", "\u200b")]
    assert [hit.item.barcode for hit in made if hit] == ["P-000001", "P-000003", "P-000004"]


def test_without_a_title_there_is_nothing_to_take_up(library: Library) -> None:
    before = library.kinds()
    assert Catalogue(library.store).add_provisional(library.desk, "X-1", " \n ") is None
    assert library.kinds() == before

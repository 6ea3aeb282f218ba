"""Lists that leave the library say what the desk says."""

from __future__ import annotations

from app.domain.records import ItemStatus
from db.exporting import StoreExport
from tests.builders import CARD, Library


def test_a_copy_that_was_lost_at_the_desk_is_lost_in_the_list(library: Library) -> None:
    library.lend(CARD, "B001")
    library.circulation.lose(library.desk, library.items["B001"].id)
    listed = {item.barcode: item.status for item, _title, _due in StoreExport(library.store).items()}
    assert listed == {"B001": ItemStatus.LOST, "B002": ItemStatus.AVAILABLE, "C001": ItemStatus.AVAILABLE}

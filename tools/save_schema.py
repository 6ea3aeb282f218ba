"""Save a small store of the present schema under tests/db/saved, to be opened by every later program.

Run once when a schema is released: python -m tools.save_schema. Everything in it is made up; its recovery key stands
beside it, since it is there to be opened.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from db.connection import SCHEMA_VERSION
from tests.builders import CARD, OTHER_CARD, founded

TARGET = Path(__file__).resolve().parent.parent / "tests" / "db" / "saved" / f"schema_{SCHEMA_VERSION}"


def save(target: Path) -> None:
    """Make the store: loans open and ended, a fine paid in part, a hold, a late entry, an undone act."""
    with tempfile.TemporaryDirectory() as folder:
        lib = founded(Path(folder), settings={"library.name": "Perpustakaan Contoh"})
        ahmad = lib.member(CARD, "Ahmad Fauzi", card_nos=("RFID-1",))
        dewi = lib.member(OTHER_CARD, "Dewi Lestari")
        for barcode, title in (("B001", "Sejarah Lampung"), ("B002", "Sejarah Lampung"), ("C001", "Fikih Muamalah")):
            lib.item(barcode, title, price=80_000, inventory_no=f"{barcode}/INST/2024")
        lib.title("تفسير الجلالين", authors=("جلال الدين السيوطي",))
        lib.lend(CARD, "C001")
        lib.lend(OTHER_CARD, "B002", stated_at=lib.clock.wall - 86_400_000)
        lib.clock.go(days=30)
        lib.bring("C001")
        lib.money.pay(lib.desk, ahmad.id, 2500)
        lib.lend(OTHER_CARD, "C001")
        lib.circulation.undo(lib.desk)
        lib.lend(CARD, "B001")
        lib.holds.place(lib.desk, dewi.id, lib.items["B001"].title_id)
        lib.staff("Siti Rahma", pin="1234")
        lib.store.connection.execute("PRAGMA journal_mode = delete")
        lib.store.connection.execute("VACUUM")
        lib.close()
        target.mkdir(parents=True, exist_ok=True)
        for name in ("meja.db", "meja.keys"):
            shutil.copyfile(lib.root / name, target / name)
        (target / "recovery-key.txt").write_text(lib.recovery + "\n", encoding="ascii")


if __name__ == "__main__":
    if TARGET.exists() and "--again" not in sys.argv:
        sys.exit(f"{TARGET.name} is saved already; a released schema does not change (--again before its release)")
    save(TARGET)

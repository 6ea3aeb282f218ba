"""Moving in from SLiMS in a story: a small dump that changes from one day to the next, and an empty home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.cli.bring_in import Progress, bring_in
from app.domain.policy import Policy
from app.services.import_sources import Reading
from app.services.imports import ImportRequest
from db.clock import PcClock
from db.home import Home
from db.secret_store import FileSecrets
from db.store import Surroundings, found
from resources.loader import load_json
from tests.flows.desk_process import Place
from tests.importers.slims_dump_text import record, write_dump


@dataclass(slots=True)
class SlimsLibrary:
    """What SLiMS has on one day: four copies of three titles, three readers, and what happened."""

    loans: list[dict[str, object]] = field(default_factory=list)
    fines: list[tuple[int, str, str, int, int, str]] = field(default_factory=list)
    reserves: list[tuple[int, str, int, str, str]] = field(default_factory=list)
    members: dict[str, dict[str, object]] = field(default_factory=dict)
    fine_each_day: int = 500
    grace: int = 0
    titles: int = 3

    def loan(
        self, number: int, code: str, member: str, lent: str, due: str, back: str | None = None, **more: Any
    ) -> None:
        """Add a loan, or say anew how it stands."""
        self.loans = [loan for loan in self.loans if loan["loan_id"] != number]
        said: dict[str, object] = {
            "loan_id": number, "item_code": code, "member_id": member, "loan_date": lent, "due_date": due,
            "renewed": 0, "loan_rules_id": 0, "is_lent": 1, "is_return": int(back is not None), "return_date": back,
        }  # fmt: skip
        self.loans.append({**said, **more})

    def write(self, path: Path) -> Path:
        """The dump of this day."""
        members: dict[str, dict[str, object]] = {"M001": {}, "M002": {}, "M003": {}, **self.members}
        loans = sorted(self.loans, key=lambda loan: int(str(loan["loan_id"])))
        return write_dump(
            path,
            [
                ("biblio", [
                    record("biblio", biblio_id=n, title=f"Judul {n}", gmd_id=1, opac_hide=0, frequency_id=0)
                    for n in range(1, self.titles + 1)
                ]),
                ("fines", [
                    record("fines", fines_id=n, fines_date=on, member_id=who, debet=debet, credit=credit,
                           description=said)
                    for n, on, who, debet, credit, said in self.fines
                ]),
                ("item", [
                    record("item", item_id=n, biblio_id=(1, 1, 2, 3)[n - 1], item_code=f"B{n:05d}", coll_type_id=1,
                           item_status_id="0", source=1, price=75000, price_currency="Rupiah")
                    for n in range(1, 5)
                ]),
                ("loan", [record("loan", **loan) for loan in loans]),
                ("member", [
                    record("member", **{
                        "member_id": number, "member_name": f"Pembaca {number}", "member_type_id": 1, "gender": 1,
                        "register_date": "2024-01-01", "expire_date": "2099-12-31", "is_pending": 0, **said,
                    })
                    for number, said in members.items()
                ]),
                ("mst_coll_type", [(1, "Buku Teks", None, None)]),
                ("mst_gmd", [(1, "TE", "Text", None, "2024-01-01", "2024-01-01")]),
                ("mst_member_type", [
                    (1, "Mahasiswa", 3, 7, 1, 2, 365, 1, self.fine_each_day, self.grace, "2024-01-01", "2024-01-01"),
                ]),
                ("reserve", [
                    record("reserve", reserve_id=n, member_id=who, biblio_id=title, item_code=code, reserve_date=at)
                    for n, who, title, code, at in self.reserves
                ]),
                ("setting", [(1, "library_name", 's:20:"Perpustakaan Melati ";')]),
            ],
        )  # fmt: skip


def empty_home(folder: Path, shipped: str = "campus") -> Place:
    """An empty library with the shipped rules, in an account of its own."""
    config = folder / "account" / "config"
    config.mkdir(parents=True)
    around = Surroundings(PcClock(), FileSecrets(config), config)
    policy = Policy.from_json(load_json(f"policy/{shipped}.json"))
    store, _ = found(Home(folder / "library"), policy.time_zone, policy, around)
    store.close()
    return Place(folder / "library", config)


def take(place: Place, files: Sequence[Path], **wish: Any) -> dict[str, Any]:
    """Import into a home of this process's; the object of `--json`."""
    reading = wish.pop("reading", None) or Reading(wish.pop("barcode", ""), wish.pop("source", ""))
    request = ImportRequest(list(files), reading=reading, **wish)
    return bring_in(place.home, "", request, Progress(False))

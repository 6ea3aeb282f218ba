"""Two weeks beside SLiMS: what changes there comes over, what happened here stands, and the difference is told."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.domain.clock import zone
from app.services.circulation import Circulation, Desk
from tests.builders import head
from tests.flows.desk_process import Place
from tests.flows.moving_in import SlimsLibrary, empty_home, take
from tests.importers import slims_csv_file as slims_csv

# The library's day, not the machine's.
TODAY = datetime.now(zone("Asia/Jakarta")).date()


def day(back: int) -> str:
    """The day so many days ago."""
    return (TODAY - timedelta(days=back)).isoformat()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty library of this account's."""
    place = empty_home(tmp_path)
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(place.config))
    return place


def noted(answer: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The report's reasons with their facts (the last of each)."""
    with (Path(answer["report"]) / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["reason"]: dict(fact.partition(": ")[::2] for fact in row["facts"].split("; "))
            for row in csv.DictReader(file)
        }


def scan(place: Place, *lines: str) -> list[dict[str, Any]]:
    """Feed lines to `meja scan` and read its answers."""
    done = place.run("scan", given="".join(line + "\n" for line in lines).encode())
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def loans(place: Place) -> dict[str, tuple[str, int, str | None]]:
    """Open and past loans by barcode and reader: due, renewals, day of return."""
    with place.store() as store:
        rows = store.connection.execute(
            "SELECT i.barcode || ' ' || m.member_no, l.due_on, l.renewals, l.closed_on FROM loan l"
            " JOIN item i ON i.id = l.item JOIN party p ON p.token = l.party JOIN member m ON m.id = p.member"
        ).fetchall()
    return {str(row[0]): (str(row[1]), int(row[2]), row[3]) for row in rows}


def test_an_open_loan_comes_back_at_the_desk_with_the_fine_slims_would_book(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary()
    slims.loan(1, "B00001", "M001", day(20), day(6))
    slims.loan(2, "b00002", "M002", day(3), day(-4))
    answer = take(home, [slims.write(tmp_path / "a.sql")])
    assert answer["accepted"]["open-loan"] == 2
    late, punctual = scan(home, "B00001", "B00002")
    # SLiMS: 500 a day, six days late, no grace.
    assert (late["outcome"], late["member"], late["fine"]) == ("returned", "M001", 3000)
    assert (punctual["outcome"], punctual["member"], punctual["fine"]) == ("returned", "M002", 0)
    assert home.check().ok


def test_an_imported_loan_can_be_renewed_under_slims_rules(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary()
    slims.loan(1, "B00001", "M001", day(3), day(-4))
    take(home, [slims.write(tmp_path / "a.sql")])
    answers = scan(home, "M001", "=renew", "B00001", "=finish")
    assert any(one["outcome"] == "renewed" and one["due_at"] == day(-7) for one in answers), answers


def test_what_slims_returned_renewed_and_lent_since_comes_over(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary()
    slims.loan(1, "B00001", "M001", day(9), day(2))
    slims.loan(2, "B00002", "M002", day(9), day(2))
    slims.loan(3, "B00003", "M003", day(9), day(2))
    take(home, [slims.write(tmp_path / "a.sql")])
    slims.loan(1, "B00001", "M001", day(9), day(2), back=day(1))
    slims.loan(2, "B00002", "M002", day(9), day(-6), renewed=1)
    slims.loan(4, "B00001", "M003", day(1), day(-6))
    slims.fines.append((1, day(1), "M001", 500, 0, "Overdue fines for item B00001"))
    answer = take(home, [slims.write(tmp_path / "b.sql")])
    assert answer["updated"] == {"open-loan": 1, "past-loan": 1}
    assert answer["accepted"] == {"open-loan": 1, "fine": 1}
    assert loans(home) == {
        "B00001 M001": (day(2), 0, day(1)),
        "B00002 M002": (day(-6), 1, None),
        "B00003 M003": (day(2), 0, None),
        "B00001 M003": (day(-6), 0, None),
    }
    # The fine comes from the ledger once, not from the return as well.
    assert answer["reconcile"]["fines-owed"] == {"source": 500, "meja": 500}
    assert all(line["source"] == line["meja"] for line in answer["reconcile"].values())
    assert home.check().ok
    again = take(home, [tmp_path / "b.sql"])
    assert (again["accepted"], again["updated"]) == ({}, {})


def test_what_happened_here_stands(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary()
    slims.loan(1, "B00001", "M001", day(9), day(2))
    slims.loan(2, "B00002", "M002", day(5), day(-2))
    take(home, [slims.write(tmp_path / "a.sql")])
    answers = scan(home, "B00001", "M002", "=renew", "B00002", "=finish", "M003", "B00003", "=finish")
    assert [one["outcome"] for one in answers if one["outcome"] in ("returned", "renewed", "lent")] == [
        "returned",
        "renewed",
        "lent",
    ]
    before = loans(home)
    slims.loan(2, "B00002", "M002", day(5), day(-3))
    slims.loan(3, "B00003", "M001", day(1), day(-6))
    answer = take(home, [slims.write(tmp_path / "b.sql")])
    told = noted(answer)
    assert told["returned-here"]["barcode"] == "B00001"
    assert told["renewed-here"]["barcode"] == "B00002"
    assert told["lent-here"]["barcode"] == "B00003"
    assert answer["refused"] == {"loan": 1}
    assert loans(home) == before
    assert home.check().ok


def test_a_later_date_given_here_is_not_taken_back(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary()
    slims.loan(1, "B00001", "M001", day(9), day(2))
    take(home, [slims.write(tmp_path / "a.sql")])
    with home.desk_store() as store:
        with store.read() as facts:
            item = facts.item_by_code("B00001")[0].item.id
        kept = Circulation(store).fix_due(Desk(head()), item, date.fromisoformat(day(-30)), "izin").due_on
    assert kept is not None
    slims.loan(1, "B00001", "M001", day(9), day(1))
    answer = take(home, [slims.write(tmp_path / "b.sql")])
    assert noted(answer)["renewed-here"]["barcode"] == "B00001"
    assert loans(home) == {"B00001 M001": (kept.isoformat(), 0, None)}
    assert home.check().ok


def test_fines_paid_there_are_paid_here_and_never_twice(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(
        fines=[(1, day(9), "M001", 2000, 500, "Overdue fines for item B00001"), (2, day(8), "M002", 1000, 0, "Kartu")]
    )
    answer = take(home, [slims.write(tmp_path / "a.sql")])
    assert answer["reconcile"]["fines-owed"] == {"source": 2500, "meja": 2500}
    assert scan(home, "M002", "=pay 1000")[1]["outcome"] == "paid"
    slims.fines = [
        (1, day(9), "M001", 2000, 2000, "Overdue fines for item B00001"),
        (2, day(8), "M002", 1000, 1000, "Kartu"),
    ]
    answer = take(home, [slims.write(tmp_path / "b.sql")])
    assert noted(answer)["paid-in-both"]["member_no"] == "M002"
    assert answer["reconcile"]["fines-owed"] == {"source": 0, "meja": 0}
    with home.store() as store:
        assert store.connection.execute("SELECT sum(owed), sum(credit) FROM account").fetchone() == (0, 0)
        rows = store.connection.execute("SELECT receipt FROM payment ORDER BY receipt").fetchall()
    # Only this desk's own payment has a receipt number, and it is the first.
    assert [row[0] for row in rows] == [0, 0, 1]
    assert home.check().ok


def test_a_ledger_with_payments_of_their_own_adds_up(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(
        fines=[
            (1, day(9), "M001", 2000, 0, "Overdue fines for item B00001"),
            (2, day(8), "M001", 1000, 0, "Overdue fines for item B00002"),
            (3, day(7), "M001", 0, 2500, "Bayar"),
            (4, day(7), "M002", 0, 700, "Titip"),
        ]
    )
    answer = take(home, [slims.write(tmp_path / "a.sql")])
    assert answer["reconcile"]["fines-owed"] == {"source": 500, "meja": 500}
    with home.store() as store:
        credit = store.connection.execute("SELECT max(credit) FROM account").fetchone()
    assert credit == (700,)
    assert home.check().ok


def test_money_taken_at_slims_today_is_not_in_this_box(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(fines=[(1, day(0), "M001", 2000, 2000, "x"), (2, day(0), "M002", 1000, 0, "x")])
    take(home, [slims.write(tmp_path / "a.sql")])
    assert scan(home, "M002", "=pay 1000")[1]["outcome"] == "paid"
    with home.store() as store, store.read() as facts:
        assert facts.today(0, 1 << 60)[2] == 1000


def test_a_hold_waits_here_too(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(reserves=[(1, "M002", 2, "B00003", f"{day(2)} 10:00:00")])
    slims.loan(1, "B00003", "M001", day(3), day(-4))
    answer = take(home, [slims.write(tmp_path / "a.sql")])
    assert answer["accepted"]["hold"] == 1
    (back,) = scan(home, "B00003")
    assert back["outcome"] == "returned"
    assert back.get("put_aside")


def test_only_what_changed_is_written_and_what_staff_changed_here_stays(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary()
    take(home, [slims.write(tmp_path / "a.sql")])
    with home.desk_store() as store, store.act() as act:
        for number in ("M001", "M002"):
            act.put_member(replace(act.member_by_card(number)[0].member, phone="0811"))
        act.record("record.edited", {"record": "member", "id": act.member_by_card("M001")[0].member.id})
    slims.members = {"M002": {"inst_name": "Fakultas Dakwah"}, "M003": {"member_name": "Nama Baru"}}
    answer = take(home, [slims.write(tmp_path / "b.sql")])
    assert answer["updated"] == {"member": 2}
    assert answer["unchanged"]["member"] == 1
    told = noted(answer)["edited-here-too"]
    assert told["member_no"] == "M002"
    with home.store() as store, store.read() as facts:
        first, second, third = (facts.member_by_card(number)[0].member for number in ("M001", "M002", "M003"))
        assert first.phone == "0811"
        assert second.institution == "Fakultas Dakwah"
        assert third.name == "Nama Baru"
        assert [found.member_no for found in facts.find_members("nama baru", 5).rows] == ["M003"]


def test_what_slims_no_longer_has_is_kept_and_told(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(titles=4)
    take(home, [slims.write(tmp_path / "a.sql")])
    slims.titles = 3
    answer = take(home, [slims.write(tmp_path / "b.sql")])
    assert answer["missing"] == {"title": 1}
    assert noted(answer)["missing-in-source"] == {"title": "Judul 4"}
    with home.store() as store:
        assert store.connection.execute("SELECT count(*) FROM title").fetchone() == (4,)


def test_new_rules_of_slims_become_a_new_version(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary()
    assert take(home, [slims.write(tmp_path / "a.sql")])["rules"] == "published"
    assert take(home, [tmp_path / "a.sql"])["rules"] == "same"
    slims.fine_each_day = 1000
    answer = take(home, [slims.write(tmp_path / "b.sql")])
    assert answer["rules"] == "published"
    with home.store() as store, store.read() as facts:
        rules = facts.policy_on(TODAY + timedelta(days=1))
        assert (rules.profile, rules.version) == ("slims", answer["policy"])
        assert rules.rules[0].fine_per_day == 1000


def test_rules_that_staff_made_are_kept_unless_they_are_to_be_replaced(home: Place, tmp_path: Path) -> None:
    with home.desk_store() as store, store.act() as act:
        own = act.policy_on(TODAY)
        act.publish_policy(replace(own, version="ours-1", thresholds=replace(own.thresholds, debt_limit=7)))
    slims = SlimsLibrary()
    slims.loan(1, "B00001", "M001", day(9), day(2))
    answer = take(home, [slims.write(tmp_path / "a.sql")])
    assert (answer["rules"], answer["policy"]) == ("kept", "")
    assert "own-rules-kept" in noted(answer)
    assert take(home, [tmp_path / "a.sql"], rules="replace")["rules"] == "published"


def test_a_dry_run_says_the_same_and_leaves_the_library_as_it_was(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(fines=[(1, day(9), "M001", 2000, 500, "x")])
    slims.loan(1, "B00001", "M001", day(9), day(2))
    dump = slims.write(tmp_path / "a.sql")
    before = home.check()
    dry = take(home, [dump], dry_run=True)
    after = home.check()
    assert (after.ok, after.events, after.state_hash) == (True, before.events, before.state_hash)
    with home.store() as store:
        for table in ("title", "item", "member", "party", "change", "visit", "import_run"):
            count = store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            assert count == 0 or table == "change", table
    real = take(home, [dump])
    for name in ("accepted", "refused", "reconcile", "notes"):
        assert dry[name] == real[name], name
    assert not list(home.home.glob("importing.db*"))


def test_a_list_that_does_not_speak_of_a_thing_does_not_change_it(home: Place, tmp_path: Path) -> None:
    slims = SlimsLibrary(members={"M001": {"is_pending": 1, "member_phone": "0811", "member_email": "a@b.c"}})
    dump = slims.write(tmp_path / "a.sql")
    take(home, [dump])
    export = slims_csv.write(
        tmp_path / "member.csv",
        [
            slims_csv.member("M001", "Pembaca M001", member_type_name="Mahasiswa", member_phone="0812"),
            slims_csv.member("M002", "Pembaca M002", member_type_name="Mahasiswa"),
        ],
    )
    bare = slims_csv.write(tmp_path / "biblio.csv", [slims_csv.biblio("Judul 1", "<B00001><B00002>")])
    phones = tmp_path / "telepon.csv"
    phones.write_text("NIM,Nama,No HP\nM001,Pembaca M001,0899\nM002,Pembaca M002,0877\nM003,Pembaca M003,0866\n")

    def first() -> tuple[Any, ...]:
        with home.store() as store, store.read() as facts:
            reader = facts.member_by_card("M001")[0].member
            price = facts.item_by_code("B00001")[0].item.price
            return reader.blocked, reader.phone, reader.email, price

    assert first() == (True, "0811", "a@b.c", 75000)
    take(home, [export])
    # The file has the columns of telephone and address of mail, and none for who is blocked.
    assert first() == (True, "0812", "", 75000)
    again = take(home, [export])
    assert (again["updated"], first()) == ({}, (True, "0812", "", 75000))
    take(home, [bare])
    take(home, [phones])
    assert first() == (True, "0899", "", 75000)
    take(home, [dump])
    assert first() == (True, "0811", "a@b.c", 75000)
    slims.members = {}
    take(home, [slims.write(tmp_path / "b.sql")])
    assert first()[0] is False

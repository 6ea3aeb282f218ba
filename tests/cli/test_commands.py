"""Every command but the window's: what it prints, and the code it ends with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.__main__ import main
from app.cli.commands import COMMANDS
from app.domain.setting import SETTINGS
from app.ports import KnownError
from app.wiring import opened
from db.home import Home
from db.keys import open_with_recovery, read_wraps
from resources.loader import load_json

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a home of the test's own: (code, output, errors)."""
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "config"))

    def call(command: str, *arguments: str, home: str = "home") -> tuple[int, str, str]:
        try:
            code = main([command, "--home", str(tmp_path / home), *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return call


@pytest.fixture
def recovery(run: Run) -> str:
    """A founded library; its recovery key."""
    code, out, err = run("init", "--name", "Perpustakaan INSTIDLA")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["ok"] is True
    return str(answer["recovery_key"])


# --- init ---------------------------------------------------------------------------------------------------------


def test_init_founds_once(run: Run, recovery: str) -> None:
    assert len(recovery) == 39
    code, out, err = run("init")
    assert (code, out) == (1, "")
    assert "meja:" in err
    assert json.loads(run("set", "library.name")[1]) == {"library.name": "Perpustakaan INSTIDLA"}


@pytest.mark.parametrize("zone", ["Asia/Makassar", "Asia/Jayapura"])
def test_init_in_another_zone(run: Run, zone: str) -> None:
    assert run("init", "--zone", zone)[0] == 0
    assert json.loads(run("policy")[1])["time_zone"] == zone


def test_init_with_rules_of_slims(run: Run) -> None:
    assert run("init", "--policy", "campus-slims")[0] == 0
    assert json.loads(run("policy")[1])["profile"] == "slims"


def test_a_zone_that_is_none_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run("init", "--zone", "Europe/Paris")
    assert code == 2
    assert "Asia/Jakarta" in err
    assert not Home(tmp_path / "home").exists()


def test_rules_from_a_file_are_checked_first(run: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    assert run("init", "--policy-file", str(rules))[0] == 1
    for content in ("{", "[]", '{"version": 5}', json.dumps({**load_json("policy/campus.json"), "rules": []})):
        rules.write_text(content, encoding="utf-8")
        code, _, err = run("init", "--policy-file", str(rules))
        assert (code, Home(tmp_path / "home").exists()) == (1, False)
        assert "meja:" in err
    rules.write_text(json.dumps(load_json("policy/campus.json")), encoding="utf-8")
    assert run("init", "--policy-file", str(rules))[0] == 0


# --- files that a person names ---


@pytest.mark.parametrize(
    "command",
    [
        ("export", "items", "--out"), ("export", "state-hash", "--out"), ("export", "--as", "slims", "--out"),
        ("print", "commands", "--out"), ("print", "labels", "B1", "--blank", "--out"),
        ("recovery-key", "--out"), ("backup",),
    ],
)  # fmt: skip
def test_no_command_writes_over_the_library_s_own(
    run: Run, recovery: str, tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, stick = tmp_path / "home", tmp_path / "stick"
    assert run("set", "copy.folder", str(stick))[0] == 0
    made = Path(json.loads(run("backup", str(tmp_path / "cadangan"))[1])["backup"])
    with opened(home) as store:
        second = stick / store.identity.desk[:8]
    (tmp_path / "tautan").symlink_to(home / "meja.db")
    monkeypatch.chdir(home)
    kept = {path: path.read_bytes() for path in (home / "meja.keys", made / "meja.keys")}
    for target in (
        home / "meja.db", home / "meja.keys", home / "new", Path("meja.db"), tmp_path / "tautan", second / "meja.db",
        made / "meja.keys", tmp_path / "config" / "secrets.json",
    ):  # fmt: skip
        code, _, err = run(*command, str(target))
        assert (code, str(target) in err) == (1, True), target
    assert {path: path.read_bytes() for path in kept} == kept
    assert paper_opens(recovery, home)
    assert run("export", "state-hash")[0] == 0


# --- what a library is asked --------------------------------------------------------------------------------------


def test_check_in_words_and_in_json(run: Run, recovery: str, tmp_path: Path) -> None:
    code, out, _ = run("check")
    assert (code, out.startswith("OK")) == (0, True)
    assert "copy.folder" in out, "nobody has chosen another disk yet"
    code, out, _ = run("check", "--json")
    report = json.loads(out)
    assert (code, report["ok"], report["faults"]) == (0, True, [])
    store = tmp_path / "home" / "meja.db"
    store.write_bytes(store.read_bytes()[:100_000] + b"x" * 50_000)
    code, out, _ = run("check", "--json")
    assert code == 1
    assert json.loads(out)["ok"] is False


def test_settings_are_shown_changed_and_refused(run: Run, recovery: str) -> None:
    code, out, _ = run("set")
    assert code == 0
    assert list(json.loads(out)) == [setting.key for setting in SETTINGS]
    for key, text, value in (
        ("look.scale", "125", 125), ("sound.on", "false", False), ("desk.name", "Meja 2", "Meja 2"),
        ("look.language", "en", "en"), ("scan.rules", "null", None),
        ("slip.reader_pages", " https://perpus.example.ac.id", "https://perpus.example.ac.id"),
    ):  # fmt: skip
        code, out, _ = run("set", key, text)
        assert (code, json.loads(out)) == (0, {key: value})
    for key, text in (
        ("look.scale", "big"), ("look.scale", "9999"), ("sound.on", "maybe"), ("look.language", "fr"),
        ("look.language", "ar"), ("no.such", "1"),
        ("scan.rules", "{"), ("slip.reader_pages", "http://perpus.example.ac.id"),
    ):  # fmt: skip
        code, _, err = run("set", key, text)
        assert code == 1
        assert key in err
    assert json.loads(run("set", "look.scale")[1]) == {"look.scale": 125}


@pytest.mark.parametrize(
    ("key", "text", "fits"),
    [
        ("look.theme", "pink", "light, dark, system"),
        ("look.scale", "9999", "75 sampai 300"),
        ("look.scale", "besar", "75 to 300"),
        ("sound.on", "maybe", "true (ya)"),
        ("library.name", "x" * 501, "500"),
        ("look.them", "dark", "look.theme"),
        ("scan.rules", "{,}", "letter 2"),
        ("scan.rules", '{"version": 1, "rules": [{"kind": "itme"}]}', '"item"'),
        ("scan.rules", '{"version": 1, "rules": [{"kind": "item", "pattern": "("}]}', "rules #1"),
    ],
)
def test_what_a_setting_would_take_is_said(run: Run, recovery: str, key: str, text: str, fits: str) -> None:
    code, out, err = run("set", key, text)
    assert (code, out) == (1, "")
    assert fits in err


def test_people_are_listed_and_added_without_showing_pins(
    run: Run, recovery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEJA_PIN", "4711")
    code, out, _ = run("staff", "--add", "Siti Rahma", "--rights", "librarian")
    assert code == 0
    people = [json.loads(line) for line in out.splitlines()]
    siti = next(person for person in people if person["name"] == "Siti Rahma")
    assert siti["pin"] is True
    assert "override" in siti["rights"]
    assert "4711" not in out
    assert "argon2" not in out
    monkeypatch.setenv("MEJA_PIN", "1")
    assert run("staff", "--add", "Sri")[0] == 1
    assert run("staff", "--pin", "Siti Rahma")[0] == 1, "too short"
    monkeypatch.setenv("MEJA_PIN", "4711")
    code, _, err = run("staff", "--add", "Sri")
    assert (code, "Siti" in err) == (1, False), "somebody has this PIN; it is not said who"
    assert run("staff", "--pin", "Nobody")[0] == 1
    monkeypatch.setenv("MEJA_PIN", "4712")
    assert run("staff", "--pin", "Siti Rahma")[0] == 0
    monkeypatch.setenv("MEJA_PIN", "4711")
    assert run("staff", "--add", "Sri")[0] == 0
    assert run("staff", "--add", " ")[0] == 2


@pytest.fixture
def guarded(run: Run, recovery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head with a PIN and a clerk without one; the first head, who had none, is gone."""
    monkeypatch.setenv("MEJA_NEW_PIN", "8642")
    assert run("staff", "--add", "Hasan Basri", "--rights", "head")[0] == 0
    monkeypatch.delenv("MEJA_NEW_PIN")
    assert run("staff", "--remove", "Kepala")[0] == 0
    monkeypatch.setenv("MEJA_PIN", "8642")
    assert run("staff", "--staff", "Hasan Basri", "--add", "Ani")[0] == 0


def people(run: Run) -> dict[str, dict[str, Any]]:
    """Everybody on record by name."""
    return {line["name"]: line for line in map(json.loads, run("staff")[1].splitlines())}


CHANGES = (
    ("staff", "--add", "Sri"), ("staff", "--pin", "Ani"), ("staff", "--rename", "Ani", "Ani Suryani"),
    ("staff", "--remove", "Ani"), ("set", "slip.footer", "x"),
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_people_and_settings_are_changed_by_right_only(
    run: Run, guarded: None, change: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run("staff")[1], run("set")[1]
    assert run(*change)[0] == 1, "a clerk without a PIN sits there"
    assert run(*change, "--staff", "Ani")[0] == 1
    monkeypatch.setenv("MEJA_PIN", "1111")
    code, _, err = run(*change, "--staff", "Hasan Basri")
    assert (code, "PIN" in err) == (1, True)
    assert (run("staff")[1], run("set")[1]) == before
    monkeypatch.setenv("MEJA_PIN", "8642")
    monkeypatch.setenv("MEJA_NEW_PIN", "9753")
    assert run(*change, "--staff", "Hasan Basri")[0] == 0
    assert (run("staff")[1], run("set")[1]) != before


@pytest.mark.parametrize("name", ["Hasan Basri", " hasan  BASRI "])
def test_a_name_that_somebody_has_is_refused(run: Run, guarded: None, name: str) -> None:
    code, _, err = run("staff", "--staff", "Hasan Basri", "--add", name)
    assert (code, "Hasan" in err or "hasan" in err) == (1, True)
    assert run("staff", "--staff", "Hasan Basri", "--rename", "Ani", name)[0] == 1
    assert run("staff", "--staff", "Hasan Basri", "--rename", "Hasan Basri", "Hasan basri")[0] == 0, "one's own"
    assert run("set", "slip.footer", "x", "--staff", "Hasan Basri")[0] == 0, "he can still sign"


def test_whoever_leaves_stays_on_record_and_signs_nothing(run: Run, guarded: None) -> None:
    head = ("--staff", "Hasan Basri")
    assert run("staff", *head, "--remove", "Ani")[0] == 0
    assert people(run)["Ani"]["active"] is False
    assert run("staff", *head, "--remove", "Ani")[0] == 1, "nobody of that name works here"
    assert run("staff", *head, "--add", "Ani")[0] == 0, "the name is free again"
    code, _, err = run("staff", *head, "--remove", "Hasan Basri")
    assert (code, "Hasan Basri" in err) == (1, True)
    assert people(run)["Hasan Basri"]["active"] is True


def test_a_new_home_can_begin_whoever_was_added_first(run: Run, recovery: str) -> None:
    assert run("staff", "--add", "Ani")[0] == 0
    assert run("staff", "--add", "Budi")[0] == 0, "three people without a PIN: nobody in particular"
    assert run("set", "slip.footer", "x")[0] == 0


def test_what_is_wrong_with_a_line_is_said_while_a_desk_is_open(run: Run, recovery: str, tmp_path: Path) -> None:
    with wiring.opened(tmp_path / "home"):
        assert "drak" not in run("set", "look.theme", "dark")[2]
        assert "light, dark, system" in run("set", "look.theme", "drak")[2]
        assert "nope.csv" in run("import", str(tmp_path / "nope.csv"))[2]


def test_a_sentence_that_names_a_command_names_the_home(run: Run, tmp_path: Path) -> None:
    assert f"meja init --home {tmp_path / 'home'}`" in run("check")[2]


def test_a_person_without_a_pin_is_told(run: Run, recovery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEJA_NEW_PIN", raising=False)
    monkeypatch.delenv("MEJA_PIN", raising=False)
    code, _out, err = run("staff", "--add", "Rina")
    assert code == 0
    assert "Rina belum punya PIN" in err
    monkeypatch.setenv("MEJA_NEW_PIN", "4711")
    assert "PIN" not in run("staff", "--add", "Dewi")[2]


@pytest.mark.parametrize("kind", ["file", "network", "usb"])
def test_a_printer_without_an_address_is_asked_for_it(run: Run, recovery: str, kind: str) -> None:
    code, _out, err = run("set", "printer.kind", kind)
    assert (code, "meja set printer.target ALAMAT" in err) == (0, True)
    assert "printer.target" in run("set", "printer.kind")[2]
    assert run("set", "printer.target", "/dev/usb/lp0")[0] == 0
    assert run("set", "printer.kind", kind)[2] == ""


def test_rules_are_published_and_shown(run: Run, recovery: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    document: dict[str, Any] = {**load_json("policy/campus.json"), "version": "campus-2"}
    rules.write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = run("policy", "--publish", str(rules))
    assert (code, json.loads(out)["version"]) == (0, "campus-2")
    document["thresholds"] = {**document["thresholds"], "debt_limit": 1}
    rules.write_text(json.dumps(document), encoding="utf-8")
    assert run("policy", "--publish", str(rules))[0] == 1
    assert run("policy", "--publish", str(tmp_path / "none.json"))[0] == 1


def test_rules_are_for_types_however_they_are_spelt_and_strange_ones_are_told(
    run: Run, recovery: str, tmp_path: Path
) -> None:
    lists = tmp_path / "a.csv"
    lists.write_text(
        "NIM,Nama,Jenis Anggota\n1,Siti,Siswa Kelas Khusus\n2,Ani,Tamu Agung\n3,Budi,mahasiswa\n", encoding="utf-8"
    )
    assert run("import", str(lists))[0] == 0
    shipped = load_json("policy/campus.json")
    student = next(rule for rule in shipped["rules"] if rule.get("member_type") == "mahasiswa")
    spelt = [{**student, "id": f"r{n}", "member_type": name} for n, name in enumerate(
        (" MAHASISWA ", "Siswa Kelas Khusus", "Rektor"))]  # fmt: skip
    document = {**shipped, "version": "campus-2", "rules": spelt}
    (tmp_path / "rules.json").write_text(json.dumps(document), encoding="utf-8")
    code, out, err = run("policy", "--publish", str(tmp_path / "rules.json"))
    assert code == 0
    assert [rule["member_type"] for rule in json.loads(out)["rules"]] == [
        " MAHASISWA ", "siswa-kelas-khusus", "Rektor"]  # fmt: skip
    assert "tamu-agung belum punya aturan" in err
    assert "Rektor, yang tidak ada" in err
    assert err.count("belum punya aturan") == 1
    assert "MAHASISWA" not in err


def test_what_is_wrong_with_rules_is_said_in_sentences(run: Run, recovery: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    document: dict[str, Any] = {**load_json("policy/campus.json"), "version": "campus-2"}
    hours = {str(day): [["08:00", "16:00"]] for day in range(6)}
    document["calendar"] = {**document["calendar"], "hours": {**hours, "4": [["13:30", "11:30"]]}}
    rules.write_text(json.dumps(document), encoding="utf-8")
    code, _, err = run("policy", "--publish", str(rules))
    assert code == 1
    assert "hari 4 (0 = Senin)" in err
    assert "weekday 4 (0 = Monday)" in err
    document["calendar"]["hours"]["4"] = [["08:00", "11:30"], ["13:30", "16:00"]]
    rules.write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = run("policy", "--publish", str(rules))
    assert (code, json.loads(out)["calendar"]["hours"]) == (0, document["calendar"]["hours"])


def test_a_misspelt_rule_is_named_and_changes_nothing(run: Run, recovery: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    document: dict[str, Any] = {**load_json("policy/campus.json"), "version": "campus-2"}
    document["rules"][1]["limitt"] = 4
    rules.write_text(json.dumps(document), encoding="utf-8")
    code, out, err = run("policy", "--publish", str(rules))
    assert (code, out) == (1, "")
    assert '"limitt"' in err
    assert "Tidak ada yang diubah" in err
    assert json.loads(run("policy")[1])["version"] != "campus-2"


def test_the_clock_is_accepted_only_when_it_is_said(run: Run, recovery: str) -> None:
    assert run("clock")[0] == 2
    assert run("clock", "--accept")[0] == 0


# --- what comes from outside and is not what it should be ---

DEEP = "[" * 100_000


def test_a_document_without_bottom_is_refused_in_words(run: Run, recovery: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(DEEP, encoding="ascii")
    for command in (("policy", "--publish", str(rules)), ("set", "scan.rules", DEEP)):
        code, _, err = run(*command)
        assert (code, err.startswith("meja: ")) == (1, True)
    assert run("init", "--policy-file", str(rules), home="other")[0] == 1


def test_a_spoilt_key_file_is_named_and_the_others_are_renewed(run: Run, recovery: str, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    copies = [Path(json.loads(run("backup", str(stick))[1])["backup"]) for _ in range(3)]
    fresh = run("recovery-key")[1].strip()
    nested = {"v": 1, "keyring": {}, "recovery": {"box": json.loads("[" * 800 + "]" * 800)}}
    (stick / "aaa").mkdir()
    (stick / "aaa" / "meja.keys").write_text(DEEP, encoding="ascii")
    (copies[0] / "meja.keys").write_text(json.dumps(nested), encoding="ascii")
    (copies[1] / "meja.keys").write_text(DEEP, encoding="ascii")
    code, out, err = run("backup", "--renew-keys", str(stick))
    told = json.loads(out)
    assert (code, told["left"], "aaa" in err) == (1, ["aaa"], True)
    assert set(told["renewed"]) == {copy.name for copy in copies}, "a copy that the key opens gets good keys again"
    assert all(paper_opens(fresh, copy) for copy in copies)


def test_a_spoilt_key_file_at_home_and_at_a_restore_is_said(run: Run, recovery: str, tmp_path: Path) -> None:
    made = Path(json.loads(run("backup", str(tmp_path / "stick"))[1])["backup"])
    for keys in (made / "meja.keys", tmp_path / "home" / "meja.keys"):
        keys.write_text(DEEP, encoding="ascii")
    for command in (("restore", str(made)), ("check",)):
        code, _, err = run(*command, home="new" if command[0] == "restore" else "home")
        assert (code, "meja.keys" in err) == (1, True)


def test_what_the_account_keeps_beside_may_be_spoilt(run: Run, recovery: str, tmp_path: Path) -> None:
    for path in (tmp_path / "config").rglob("*.json"):
        path.write_text(DEEP, encoding="ascii")
    code, _, err = run("set", "slip.footer", "x")
    assert (code in (0, 1), err.startswith("meja: ") or not err) == (True, True)


@pytest.mark.parametrize(
    "command",
    [
        ("set", "library.name", "\udcff"),
        ("staff", "--add", "\udcff"),
        ("print", "labels", "\udcff"),
        ("backup", "\udcff"),
    ],
)
def test_bytes_that_are_no_text_are_refused(run: Run, recovery: str, command: tuple[str, ...]) -> None:
    code, _, err = run(*command)
    assert (code, "UTF-8" in err) == (2, True)


def test_a_pin_of_bytes_is_refused(run: Run, recovery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEJA_PIN", "12\udcff4")
    assert run("staff", "--add", "Ani")[0] == 2


def test_names_that_no_disk_takes(run: Run, recovery: str, tmp_path: Path) -> None:
    long = str(tmp_path / ("x" * 300))
    assert run("set", "copy.folder", long)[0] == 0
    code, out, _ = run("check", "--json")
    assert (code, json.loads(out)["faults"][0]["what"]) == (1, "second-copy")
    assert run("recovery-key")[0] == 0
    assert run("set", "copy.folder", "")[0] == 0
    for command in (
        ("backup", long), ("backup", "--renew-keys", long), ("restore", long), ("import", long),
        ("export", "items", "--out", long),
        ("policy", "--publish", long), ("recovery-key", "--out", long), ("import", "x.sql", "--pictures", long),
        ("restore", "x", "--recovery-key-file", long),
    ):  # fmt: skip
        code, _, err = run(*command)
        assert (code, err.startswith("meja: ")) == (1, True), command
    assert run("check", home="x" * 300)[0] == 1
    assert run("init", home="x" * 300)[0] == 1
    code, _, err = run("export", "items", "--out", "~nobody-of-this-name/x")
    assert (code, "~nobody" in err) == (1, True)


def test_the_second_copy_s_folder_is_a_full_path(run: Run, recovery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("salinan", "./salinan", "../salinan", "~nobody-of-this-name/x"):
        code, _, err = run("set", "copy.folder", text)
        assert (code, "copy.folder" in err) == (1, True)
    code, out, _ = run("set", "copy.folder", "~/salinan")
    assert (code, json.loads(out)) == (0, {"copy.folder": str(Path.home() / "salinan")})
    assert run("set", "copy.folder", "")[0] == 0


def put_clock(monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    """The PC's clock says New Year of a year; beyond 2262 Python itself cannot say it."""
    at = (year - 1970) * 31_556_952 * 10**9

    def time_ns() -> int:
        if at >= 2**63:
            raise OverflowError("timestamp too large")
        return at

    monkeypatch.setattr("db.clock.time.time_ns", time_ns)


@pytest.mark.parametrize("year", [2300, 9000, 200_000])
def test_a_clock_that_no_calendar_reaches_lets_look_but_not_act(
    run: Run, recovery: str, monkeypatch: pytest.MonkeyPatch, year: int
) -> None:
    put_clock(monkeypatch, year)
    for command in (("set", "slip.footer", "x"), ("scan",), ("staff", "--add", "Ani"), ("clock", "--accept"),
                    ("holidays", "2027", "--add")):  # fmt: skip
        code, _, err = run(*command)
        assert (code, "Betulkan tanggal" in err, "Set date and time" in err) == (1, True, True), command
    for command in (("check",), ("backup",), ("holidays", "2027"), ("staff",), ("set",), ("export", "items"),
                    ("policy",)):  # fmt: skip
        assert run(*command)[0] == 0, command
    assert json.loads(run("set", "slip.footer")[1]) == {"slip.footer": ""}


@pytest.mark.parametrize("year", [1960, 1970, 1999])
def test_a_pc_without_a_battery_goes_on_but_begins_nothing(
    run: Run, recovery: str, monkeypatch: pytest.MonkeyPatch, year: int, tmp_path: Path
) -> None:
    put_clock(monkeypatch, year)
    assert run("set", "slip.footer", "x")[0] == 0, "time follows the last act"
    for command, home in ((("init",), "new"), (("demo", "--no-window"), "new"), (("clock", "--accept"), "home")):
        code, _, err = run(*command, home=home)
        assert (code, "Betulkan tanggal" in err) == (1, True), command
    assert not Home(tmp_path / "new").exists()
    assert run("check")[0] == 0


# --- keys, backups, restoring -------------------------------------------------------------------------------------


def test_a_new_recovery_key_goes_to_a_file_of_its_own(run: Run, recovery: str, tmp_path: Path) -> None:
    paper = tmp_path / "kunci.txt"
    assert run("recovery-key", "--out", str(paper))[0] == 0
    fresh = paper.read_text(encoding="ascii").strip()
    assert fresh != recovery
    if os.name == "posix":
        assert paper.stat().st_mode & 0o077 == 0
    code, _, err = run("recovery-key", "--out", str(paper))
    assert code == 1, "an earlier key is not overwritten"
    assert paper.read_text(encoding="ascii").strip() == fresh
    code, _, err = run("recovery-key", "--out", str(tmp_path / "none" / "kunci.txt"))
    assert (code, "meja:" in err) == (1, True)
    assert opens(run, fresh), "a key that could not be written did not replace the printed one"
    code, out, _ = run("recovery-key")
    assert code == 0
    assert opens(run, out.strip())
    assert not opens(run, fresh)


def paper_opens(key: str, backup: Path) -> bool:
    """Whether a recovery key opens a backup's keys."""
    try:
        open_with_recovery(key, read_wraps(backup / "meja.keys"))
    except KnownError:
        return False
    return True


def test_older_backups_learn_the_new_key_when_that_is_wanted(run: Run, recovery: str, tmp_path: Path) -> None:
    inside = Path(json.loads(run("backup")[1])["backup"])
    stick = Path(json.loads(run("backup", str(tmp_path / "stick"))[1])["backup"])
    code, out, err = run("recovery-key")
    fresh = out.strip()
    assert "--renew-keys" in err
    assert paper_opens(recovery, inside), "nothing is changed unasked"
    code, out, err = run("backup", "--renew-keys")
    assert (code, json.loads(out)) == (0, {"ok": True, "renewed": [inside.name], "left": []})
    assert not paper_opens(recovery, inside)
    assert paper_opens(fresh, inside)
    assert paper_opens(recovery, stick), "a copy elsewhere is not known"
    assert run("backup", "--renew-keys", str(tmp_path / "stick"))[0] == 0
    assert not paper_opens(recovery, stick)
    paper = tmp_path / "kunci.txt"
    paper.write_text(fresh, encoding="ascii")
    assert run("restore", str(stick), "--recovery-key-file", str(paper), home="new")[0] == 0
    assert json.loads(run("backup", "--renew-keys")[1]) == {"ok": True, "renewed": [], "left": []}
    assert run("backup", "--renew-keys", str(tmp_path / "none"))[0] == 1


def test_a_new_key_for_the_older_backups_in_one_step(run: Run, recovery: str) -> None:
    inside = Path(json.loads(run("backup")[1])["backup"])
    code, out, err = run("recovery-key", "--renew-backups")
    assert code == 0
    assert not paper_opens(recovery, inside)
    assert paper_opens(out.strip(), inside)
    assert "--renew-keys" not in err


def test_another_library_s_backup_is_left_alone(run: Run, recovery: str, tmp_path: Path) -> None:
    assert run("init", "--name", "Lain", home="other")[0] == 0
    other = Path(json.loads(run("backup", str(tmp_path / "stick"), home="other")[1])["backup"])
    kept = (other / "meja.keys").read_bytes()
    code, out, err = run("backup", "--renew-keys", str(tmp_path / "stick"))
    assert (code, json.loads(out)["left"]) == (1, [other.name])
    assert other.name in err
    assert (other / "meja.keys").read_bytes() == kept


def opens(run: Run, key: str) -> bool:
    """Whether the recovery key opens the library."""
    os.environ["MEJA_RECOVERY_KEY"] = key
    try:
        return run("check", "--recovery-key")[0] == 0
    finally:
        del os.environ["MEJA_RECOVERY_KEY"]


def test_a_recovery_key_that_is_not_given_is_asked_for(run: Run, recovery: str) -> None:
    code, _, err = run("check", "--recovery-key")
    assert code == 1
    assert "MEJA_RECOVERY_KEY" in err


def test_backup_and_restore(run: Run, recovery: str, tmp_path: Path) -> None:
    code, out, _ = run("backup", str(tmp_path / "cadangan"))
    made = json.loads(out)["backup"]
    assert code == 0
    code, out, _ = run("restore", made, home="new")
    assert code == 0
    report = json.loads(out)
    assert (report["ok"], report["events"] > 2) == (True, True)
    assert run("check", home="new")[0] == 0
    assert run("restore", made, home="new")[0] == 1, "not over a library"
    code, out, _ = run("backup")
    assert Path(json.loads(out)["backup"]).parent == tmp_path / "home" / "backups"


def test_a_stick_that_is_not_plugged_in_becomes_no_folder(run: Run, recovery: str, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    code, out, err = run("backup", str(stick / "cadangan"))
    assert (code, out) == (1, "")
    assert str(stick) in err
    assert not stick.exists()
    stick.mkdir()
    assert run("backup", str(stick / "cadangan"))[0] == 0


def test_the_newest_of_several_backups_is_restored_and_named(run: Run, recovery: str, tmp_path: Path) -> None:
    stick = tmp_path / "cadangan"
    assert run("backup", str(stick))[0] == 0
    assert run("set", "desk.name", "Meja 7")[0] == 0
    newest = json.loads(run("backup", str(stick))[1])["backup"]
    code, _, err = run("restore", str(stick), home="new")
    assert code == 0
    assert newest in err
    assert json.loads(run("set", "desk.name", home="new")[1]) == {"desk.name": "Meja 7"}


def test_a_folder_without_backups_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kosong").mkdir()
    code, _, err = run("restore", str(tmp_path / "kosong"))
    assert code == 1
    assert "tidak ada cadangan" in err


def test_restore_with_the_printed_key_from_a_file(
    run: Run, recovery: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads(run("backup", str(tmp_path / "cadangan"))[1])["backup"]
    import keyring

    from tests.conftest import MemoryKeyring

    keyring.set_keyring(MemoryKeyring())
    monkeypatch.setenv("MEJA_CONFIG_DIR", str(tmp_path / "another-account"))
    code, _, err = run("restore", made, home="new")
    assert code == 1
    assert err.index("--recovery-key-file") < err.index("MEJA_RECOVERY_KEY")
    paper = tmp_path / "kunci.txt"
    assert run("restore", made, "--recovery-key-file", str(paper), home="new")[0] == 1
    paper.write_text("WRONG", encoding="ascii")
    assert run("restore", made, "--recovery-key-file", str(paper), home="new")[0] == 1
    paper.write_text(recovery + "\n", encoding="ascii")
    assert run("restore", made, "--recovery-key-file", str(paper), home="new")[0] == 0
    assert run("check", home="new")[0] == 0


def test_restore_from_nowhere_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run("restore", str(tmp_path / "none"))
    assert code == 1
    assert str(tmp_path / "none") in err


# --- all of them --------------------------------------------------------------------------------------------------

LEAST = {
    "holidays": ("2027",), "join": ("http://127.0.0.1:1", "AAAA"),
    "restore": ("x",), "import": ("x.sql",), "clock": ("--accept",), "export": ("items",), "print": ("labels", "B1"),
}  # fmt: skip


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"init", "demo", "desk"}))
def test_without_a_library_every_command_says_so(run: Run, command: str, tmp_path: Path) -> None:
    code, _, err = run(command, *LEAST.get(command, ()))
    assert code == 1
    assert err.startswith("meja: ")
    assert not Home(tmp_path / "home").exists()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself_and_refuses_what_it_does_not_know(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert (code, "--home" in out) == (0, True)
    assert run(command, *LEAST.get(command, ()), "--no-such-option")[0] == 2

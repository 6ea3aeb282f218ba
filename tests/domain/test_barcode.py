"""Scans told apart by the library's rules: what a code may be, and what is never guessed."""

from __future__ import annotations

import json
import time
from datetime import datetime
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.barcode import (
    RAW_LIMIT,
    Command,
    Scan,
    ScanKind,
    ScanRule,
    ScanRules,
    UidFormat,
    card_text,
    check_card_url,
    check_rule,
    from_json,
    normalise_uid,
    parse,
    printed_command,
    to_json,
)
from app.domain.check_digit import luhn_digit
from app.domain.scan_command import COMMANDS
from app.domain.scan_pattern import PATTERN_LIMIT
from app.domain.strict_json import BadFormat
from app.domain.text import CODE_LIMIT

DEFAULT = from_json(json.loads(resources.files("resources").joinpath("scan_rules/default.json").read_text("utf-8")))
ITEM, CARD, ISBN, BADGE = ScanKind.ITEM, ScanKind.MEMBER_CARD, ScanKind.ISBN, ScanKind.STAFF_BADGE

hostile = (
    st.text()
    | st.text(st.sampled_from("@=%]:/.-ABCabc019 \t\n\r\x00\x1d\u200f٣é{}&"))
    | st.builds(
        str.__add__,
        st.sampled_from(["@", "@2026-11-20T09:30 ", "=", "%", "]C0", "]A1", "]F0", "meja:m:", "A"]),
        st.text(),
    )
)


def meanings(scan: Scan) -> list[tuple[ScanKind, str]]:
    return [tuple(candidate) for candidate in scan.candidates]


# ---- shapes ----


def test_a_code_of_unknown_shape_may_be_an_item_or_a_member() -> None:
    for rules in (DEFAULT, ScanRules()):
        scan = parse("B00001", rules)
        assert meanings(scan) == [(ITEM, "B00001"), (CARD, "B00001")]
        assert scan.ambiguous
        assert scan.notes == ()


@pytest.mark.parametrize("nim", ["21.01.0042", "2101010042", "210101234567890", "00123456"])
def test_student_numbers_are_cards_first_and_items_second(nim: str) -> None:
    scan = parse(nim, DEFAULT)
    assert scan.kind is CARD
    assert scan.code == nim
    assert {(CARD, nim), (ITEM, nim)} <= set(meanings(scan))
    assert scan.notes == ()


@pytest.mark.parametrize(
    "raw",
    [
        "9780735712577", "]E09780735712577", "978-0-7357-1257-7", "978 0 7357 1257 7", "978073571257751995",
        "978073571257705", "0-7357-1257-3",
    ],
)  # fmt: skip
def test_the_code_on_the_back_of_a_book_is_an_isbn(raw: str) -> None:
    scan = parse(raw, DEFAULT)
    assert (scan.kind, scan.code) == (ISBN, "9780735712577")


def test_an_isbn_may_still_be_an_item_code() -> None:
    assert (ITEM, "9780735712577") in meanings(parse("9780735712577", DEFAULT))


def test_ten_digits_are_a_student_before_they_are_an_old_isbn() -> None:
    assert meanings(parse("0735712573", DEFAULT)) == [
        (CARD, "0735712573"),
        (ITEM, "0735712573"),
        (ISBN, "9780735712577"),
    ]
    assert parse("080442957x", DEFAULT).kind is ISBN


def test_a_wrong_check_digit_is_said_and_the_code_is_no_isbn() -> None:
    scan = parse("9780735712578", DEFAULT)
    assert scan.notes == ("check-digit-failed",)
    assert ISBN not in [kind for kind, _ in meanings(scan)]
    assert parse("4006381333931", DEFAULT).kind is not ISBN


def test_library_codabar_numbers_tell_patron_and_item() -> None:
    assert parse("30234000517861", DEFAULT).kind is ITEM
    assert parse("2" + "3023400051786"[1:] + luhn_digit("2023400051786"), DEFAULT).kind is CARD
    assert parse("30234000517862", DEFAULT).notes == ("check-digit-failed",)


@pytest.mark.parametrize(
    "raw", ["A30234000517861B", "a30234000517861b", "A3 0234 00051 7861B", "3 0234 00051 7861", "]F0C30234000517861D"]
)
def test_codabar_letters_and_blanks_are_taken_off(raw: str) -> None:
    scan = parse(raw, DEFAULT)
    assert (scan.kind, scan.code) == (ITEM, "30234000517861")
    assert scan.notes == ("codabar",)


def test_letters_that_may_belong_to_the_code_stay_first() -> None:
    scan = parse("A1234B", DEFAULT)
    assert meanings(scan)[:2] == [(ITEM, "A1234B"), (CARD, "A1234B")]
    assert (ITEM, "1234") in meanings(scan)
    assert meanings(parse("]F0A1234B", DEFAULT)) == [(ITEM, "1234"), (CARD, "1234")]


@pytest.mark.parametrize(
    ("raw", "symbology"),
    [
        ("]A0B00001", "code39"),
        ("]C0B00001", "code128"),
        ("]C1B00001", "code128"),
        ("]Q1B00001", "qr"),
        ("]F0B00001", "codabar"),
    ],
)
def test_the_scanners_own_prefix_is_taken_off_and_told(raw: str, symbology: str) -> None:
    scan = parse(raw, DEFAULT)
    assert (scan.code, scan.symbology) == ("B00001", symbology)


def test_a_transmitted_code_39_check_character_is_dropped() -> None:
    scan = parse("]A1B0000012E", DEFAULT)
    assert scan.code == "B0000012"
    assert scan.notes == ("check-digit-dropped",)
    assert parse("]A0B0000012E", DEFAULT).code == "B0000012E"


# ---- commands and stated times ----


@pytest.mark.parametrize(
    ("raw", "command"),
    [
        ("=finish", Command("finish")),
        ("=FINISH", Command("finish")),
        ("=override dosen wali  setuju ", Command("override", "dosen wali  setuju")),
        ("=pay 5000", Command("pay", "5000")),
        ("=condition halaman 3 sobek", Command("condition", "halaman 3 sobek")),
        ("]C0%UNDO", Command("undo")),
    ],
)
def test_commands_are_read(raw: str, command: Command) -> None:
    scan = parse(raw, DEFAULT)
    assert scan.kind is ScanKind.COMMAND
    assert scan.command == command


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_printed_code(name: str) -> None:
    command = parse(printed_command(name), ScanRules()).command
    assert command is not None
    assert command.name == name


def test_a_command_that_is_none_is_never_looked_up_as_a_book() -> None:
    for raw in ("=", "=finnish", "=B00001", "= "):
        scan = parse(raw, DEFAULT)
        assert (scan.kind, scan.candidates, scan.command) == (ScanKind.UNKNOWN, (), None)
        assert scan.notes == ("unknown-command",)
    assert parse("%B00001", DEFAULT).candidates


def test_a_command_without_what_it_needs_says_so() -> None:
    assert parse("=override", DEFAULT).notes == ("no-argument",)
    assert parse("=finish", DEFAULT).notes == ()


def test_an_amount_in_arabic_digits_is_read() -> None:
    command = parse("=pay ٥٠٠٠", DEFAULT).command
    assert command is not None
    assert command.argument == "5000"


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("@2026-11-20T09:30 B00001", datetime.fromisoformat("2026-11-20T09:30")),
        ("@1919-12-01t23:59:58   B00001", datetime.fromisoformat("1919-12-01T23:59:58")),
    ],
)
def test_a_stated_earlier_time_is_read(raw: str, at: datetime) -> None:
    scan = parse(raw, DEFAULT)
    assert (scan.at, scan.code, scan.notes) == (at, "B00001", ())


def test_a_command_may_carry_an_earlier_time() -> None:
    scan = parse("@2026-11-20T09:30 =return", DEFAULT)
    assert scan.command == Command("return")
    assert scan.at == datetime.fromisoformat("2026-11-20T09:30")


@pytest.mark.parametrize(
    "raw",
    [
        "@2026-02-30T09:30 B1", "@2026-11-20 B1", "@2026-11-20T24:00 B1", "@2026-11-20T09:30Z B1", "@kemarin B1",
        "@ B1", "@",
        "@0000-01-01T00:00 B1", "@2026-11-20T09:30+07:00 B1", "@2026-11-20T09:30 @2026-11-20T09:30 B1",
    ],
)  # fmt: skip
def test_a_bad_time_never_becomes_now(raw: str) -> None:
    scan = parse(raw, DEFAULT)
    assert (scan.kind, scan.at, scan.candidates) == (ScanKind.UNKNOWN, None, ())
    assert scan.notes == ("bad-date",)


def test_a_time_without_a_code_says_so() -> None:
    assert parse("@2026-11-20T09:30 ", DEFAULT).notes == ("no-code",)


# ---- cards that hold texts ----


@pytest.mark.parametrize(("kind", "code"), [(CARD, "21.01.0042"), (ITEM, "005/B-1"), (BADGE, "S01")])
def test_our_own_qr_texts_are_certain(kind: ScanKind, code: str) -> None:
    for raw in (card_text(kind, code), "]Q1" + card_text(kind, code), card_text(kind, code).upper()):
        assert meanings(parse(raw, DEFAULT)) == [(kind, code)]


def test_a_card_address_gives_its_last_part_only() -> None:
    rules = ScanRules(card_urls=("https://kampus.example/ktm/{code}", "https://old.example/m/{code}.html"))
    assert meanings(parse("https://kampus.example/ktm/21.01.0042", rules)) == [(CARD, "21.01.0042")]
    assert meanings(parse("HTTPS://Kampus.Example/ktm/2101", rules)) == [(CARD, "2101")]
    assert meanings(parse("https://old.example/m/2101.html", rules)) == [(CARD, "2101")]


@pytest.mark.parametrize(
    "raw",
    [
        "https://kampus.example/ktm/", "https://kampus.example/ktm/a/b", "https://kampus.example/ktm/2101?x=1",
        "https://evil.example/ktm/2101", "https://kampus.example.evil.example/ktm/2101",
        "http://kampus.example/ktm/2101",
        "javascript://x", "meja:x:1", "meja:m:", "meja:m:" + "9" * 65, "BEGIN:VCARD " + "x" * 80,
    ],
)  # fmt: skip
def test_other_texts_are_not_ours_and_not_looked_up(raw: str) -> None:
    scan = parse(raw, ScanRules(card_urls=("https://kampus.example/ktm/{code}",)))
    assert (scan.kind, scan.candidates) == (ScanKind.UNKNOWN, ())
    assert scan.notes == ("foreign-text",)


@pytest.mark.parametrize(
    "template",
    [
        "https://a.example/{code}/x",
        "https://a.example/",
        "{code}",
        "file:///{code}",
        "https://{code}.example/",
        "x" * 300,
    ],
)
def test_a_careless_card_address_is_refused(template: str) -> None:
    assert check_card_url(template) == ("bad-card-url",)


def test_a_radio_card_is_one_card_on_every_reader() -> None:
    uid = "1B875F41"
    number = int(uid, 16)
    back = int.from_bytes(bytes.fromhex(uid), "little")
    assert (
        normalise_uid("0461851553", UidFormat.DECIMAL)
        == normalise_uid("461851553", UidFormat.DECIMAL)
        == f"{461851553:08X}"
    )
    assert normalise_uid(f"{number:010d}", UidFormat.DECIMAL) == uid
    assert normalise_uid(f"{back:010d}", UidFormat.DECIMAL_REVERSED) == uid
    assert normalise_uid("1b:87:5f:41", UidFormat.HEX) == uid
    assert normalise_uid("415F871B", UidFormat.HEX_REVERSED) == uid
    assert normalise_uid("04A2B3C4D5E680", UidFormat.HEX) == "04A2B3C4D5E680"
    for reader in UidFormat:
        assert normalise_uid("B00001", reader) == normalise_uid("", reader) == normalise_uid("²" * 8, reader) == ""


def test_a_radio_card_is_one_more_meaning_where_a_reader_is_set() -> None:
    rules = ScanRules(uid_format=UidFormat.DECIMAL)
    assert meanings(parse("0461851553", rules))[-1] == (CARD, f"{461851553:08X}")
    assert len(meanings(parse("0461851553", ScanRules()))) == 2


# ---- rules ----


def test_rules_are_asked_in_order_and_all_that_fit_are_listed() -> None:
    rules = ScanRules(
        (
            ScanRule(BADGE, r"S\d{2}"),
            ScanRule(CARD, r"M\d{4}", strip_prefix="T-", transform="upper"),
            ScanRule(ITEM, r"[BS]\d+"),
        )
    )
    assert meanings(parse("S01", rules)) == [(BADGE, "S01"), (ITEM, "S01")]
    assert meanings(parse("t-m0001", rules)) == meanings(parse("T-M0001", rules)) == [(CARD, "M0001")]
    assert meanings(parse("M0001", rules)) == [(ITEM, "M0001"), (CARD, "M0001")]


def test_lengths_suffixes_checks_and_transforms() -> None:
    rule = ScanRule(ITEM, strip_suffix="$", min_length=3, max_length=9, check_digit="mod43", transform="drop-check")
    rules = ScanRules((rule,))
    assert parse("B0000012E$", rules).code == "B0000012"
    assert parse("B0000012F$", rules).notes == ("check-digit-failed",)
    assert parse("B00000123E$", rules).code == "B00000123E$"
    digits = ScanRules((ScanRule(CARD, r"\d\d\.\d\d\.\d{4}", transform="digits"),))
    assert parse("01.02.0003", digits).code == "01020003"


def test_a_library_may_have_command_codes_of_its_own() -> None:
    rules = ScanRules((ScanRule(ScanKind.COMMAND, strip_prefix="CMD-"),))
    assert parse("cmd-finish", rules).command == Command("finish")
    assert parse("CMD-nothing", rules).candidates


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b", r"(a|a)*b", r"(a|aa)+", r"(.*)*", r"(\d+)*x", r".*.*.*.*x", r"(a?){40}a{40}", r"((a|b)|(a|c))*d",
        "(a|a)" * 24, r"\d+\d+\d+\d+", r"(a*|b*)*", r"(x{0,64}){64}",
    ],
)  # fmt: skip
def test_a_pattern_that_could_hang_the_desk_is_refused(pattern: str) -> None:
    found = check_rule(ScanRule(ITEM, pattern))
    assert set(found) & {"pattern-too-slow", "pattern-too-long", "pattern-too-wide"}
    with pytest.raises(BadFormat):
        from_json({"version": 1, "rules": [{"kind": "item", "pattern": pattern}]})


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        (r"(a)\1", "pattern-not-supported"), (r"(?=a)b", "pattern-not-supported"), (r"(?P<x>a)",
        "pattern-not-supported"),
        (r"(?i)a", "pattern-not-supported"), (r"a^b", "pattern-not-supported"), (r"\bA", "pattern-not-supported"),
        (r"[[a]", "pattern-not-supported"), (r"[a--b]", "pattern-not-supported"), (r"a++", "pattern-not-supported"),
        (r"\x41", "pattern-not-supported"), (r"\p{L}", "pattern-not-supported"), ("a\nb", "pattern-not-supported"),
        ("(" * 50, "pattern-not-supported"), ("[a", "pattern-broken"), ("(a", "pattern-broken"), ("a)",
        "pattern-broken"),
        ("*a", "pattern-broken"), ("a{2,1}", "pattern-broken"), ("a{", "pattern-broken"), ("[z-a]", "pattern-broken"),
        ("a\\", "pattern-broken"), ("[]a]", "pattern-broken"), ("a{99}", "pattern-too-wide"), ("(a{9}){9}",
        "pattern-too-wide"),
        ("a" * (PATTERN_LIMIT + 1), "pattern-too-long"),
    ],
)  # fmt: skip
def test_a_pattern_outside_the_safe_part_is_refused(pattern: str, code: str) -> None:
    assert code in check_rule(ScanRule(ITEM, pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d{8,15}",
        r"^B\d+$",
        r"[A-Z]{1,3}-?\d+",
        r"\d+/\d+",
        r"(?:P|Ref\.)\d{5}",
        r"[^\s]+",
        r".{3,}?",
        r"(\d{2}\.){2}\d{4}",
        r"ع\d+",
    ],
)
def test_patterns_libraries_need_are_taken(pattern: str) -> None:
    assert check_rule(ScanRule(ITEM, pattern)) == ()


@settings(deadline=None)
@given(
    st.text(st.sampled_from("ab0d.*+?{}()[]|\\^$-,1269:"), max_size=40) | st.text(max_size=20),
    st.text("ab0.", max_size=64),
)
def test_no_pattern_breaks_or_hangs_a_scan(pattern: str, code: str) -> None:
    rules = ScanRules((ScanRule(ITEM, pattern),))
    began = time.process_time()
    parse(code, rules)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "pattern", [r"\w+\w+\w+!", r"(?:\w|\d)(?:\w|\d)(?:\w|\d)(?:\w|\d)\w+\w+!", r"\w*(?:a|a)\w*\w{0,20}!"]
)
def test_the_slowest_pattern_let_through_stays_bearable(pattern: str) -> None:
    assert check_rule(ScanRule(ITEM, pattern)) == ()
    rules = ScanRules((ScanRule(ITEM, pattern),))
    began = time.process_time()
    parse("a" * CODE_LIMIT, rules)
    assert time.process_time() - began < 0.5


def test_a_dangerous_rule_that_slipped_in_is_left_out() -> None:
    rules = ScanRules((ScanRule(BADGE, r"(a+)+b"), ScanRule(BADGE), ScanRule(ITEM, r"a+")))
    assert meanings(parse("a" * 60, rules)) == [(ITEM, "a" * 60)]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (ScanRule(ScanKind.UNKNOWN, "a"), "bad-kind"),
        (ScanRule(ITEM, min_length=5, max_length=4), "bad-length"),
        (ScanRule(ITEM, "a{3}", min_length=5), "bad-length"),
        (ScanRule(ITEM, max_length=CODE_LIMIT + 1), "bad-length"),
        (ScanRule(ITEM, strip_prefix="x" * 21), "bad-affix"),
        (ScanRule(ITEM, strip_prefix="\u202e"), "bad-affix"),
        (ScanRule(ITEM, check_digit="md5"), "unknown-check"),
        (ScanRule(ITEM, transform="eval"), "unknown-transform"),
        (ScanRule(BADGE), "needs-shape"),
        (ScanRule(ScanKind.COMMAND), "needs-shape"),
    ],
)
def test_a_rule_that_cannot_mean_anything_is_refused(rule: ScanRule, code: str) -> None:
    assert code in check_rule(rule)


def test_rules_survive_their_file() -> None:
    rules = ScanRules(
        (ScanRule(BADGE, r"S\d+", "P", "Q", 2, 9, "luhn", "upper"), ScanRule(ITEM)),
        ("https://a.example/{code}",),
        UidFormat.HEX,
    )
    assert from_json(json.loads(json.dumps(to_json(rules)))) == rules
    assert from_json(to_json(DEFAULT)) == DEFAULT
    assert len(DEFAULT.readers) == len(DEFAULT.rules)


@pytest.mark.parametrize(
    "data",
    [
        None, [], {}, "x", {"version": 2}, {"version": True}, {"version": 1, "more": 1}, {"version": 1, "rules": {}},
        {"version": 1, "rules": [{"kind": "book"}]}, {"version": 1, "rules": [{"kind": "item", "patern": "x"}]},
        {"version": 1, "rules": [{"kind": "item"}] * 51}, {"version": 1, "rules": [{"kind": "item", "pattern": 7}]},
        {"version": 1, "card_urls": ["javascript:{code}"]}, {"version": 1, "uid_format": "raw"},
        {"version": 1, "rules": [{"kind": "unknown", "pattern": "x"}]},
    ],
)  # fmt: skip
def test_a_file_of_rules_from_anywhere_is_refused_with_a_place(data: object) -> None:
    with pytest.raises(BadFormat):
        from_json(data)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some, max_size=3),
        max_leaves=6,
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    for data in (value, {"version": 1, "rules": value}, {"version": 1, "rules": [{"kind": "item", "pattern": value}]}):
        try:
            from_json(data)
        except BadFormat:
            continue


# ---- bad days ----


@pytest.mark.parametrize("raw", ["M0001\nB00001", "M0001\r\nB00001\r\n", "M0001\tB00001", "]C0M0001]C0B00001"])
def test_two_scans_in_one_line_are_told_apart_and_not_melted(raw: str) -> None:
    scan = parse(raw, DEFAULT)
    assert scan.parts == ("M0001", "B00001")
    assert scan.candidates == ()
    assert "glued" in scan.notes


def test_two_codes_of_fixed_shape_run_together_are_noticed() -> None:
    rules = ScanRules((ScanRule(CARD, r"M\d{4}"), ScanRule(ITEM, r"B\d{5}")))
    scan = parse("M0001B00001", rules)
    assert scan.parts == ("M0001", "B00001")
    assert scan.notes == ("glued",)
    assert meanings(scan) == [(ITEM, "M0001B00001"), (CARD, "M0001B00001")]
    assert parse("M0001B0000", rules).parts == ()
    whole = ScanRules((*rules.rules, ScanRule(ITEM, r"M\d{4}B\d{5}")))
    assert (parse("M0001B00001", whole).notes, parse("M0001B00001", whole).parts) == ((), ())
    assert parse("978073571257730234000517861", DEFAULT).parts == ("9780735712577", "30234000517861")


def test_a_run_together_code_is_not_cut_where_two_cuts_are_possible() -> None:
    rules = ScanRules((ScanRule(CARD, r"\d{4}"), ScanRule(ITEM, r"\d{5}")))
    assert parse("123456789", rules).parts == ()
    assert parse("12345678", rules).parts == ("1234", "5678")


def test_ten_thousand_characters_are_cut_and_not_looked_up() -> None:
    for raw in ("x" * 10_000, "9" * 10_000, "\u200f" * 5000 + "é" * 5000, "=pay " + "9" * 10_000):
        scan = parse(raw, DEFAULT)
        assert (scan.notes, scan.candidates) == (("too-long",), ())
        assert len(scan.raw) <= RAW_LIMIT
    assert parse("x" * (CODE_LIMIT + 1), DEFAULT).notes == ("too-long",)
    assert parse("x" * CODE_LIMIT, DEFAULT).candidates


def test_little_or_nothing_is_said() -> None:
    assert parse("", DEFAULT).notes == ("empty",)
    assert parse("\r\n", DEFAULT).notes == ("empty",)
    assert parse("\u200b\x00", DEFAULT).notes == ("cleaned", "empty")
    assert parse("B0", DEFAULT).notes == ("short",)


def test_hidden_characters_and_arabic_digits_are_mended_with_a_note() -> None:
    scan = parse("\ufeff٢١.٠١.٠٠٤٢\u200f", DEFAULT)
    assert (scan.kind, scan.code, scan.notes) == (CARD, "21.01.0042", ("cleaned",))


@given(hostile)
def test_anything_is_understood_without_an_error(raw: str) -> None:
    for rules in (DEFAULT, ScanRules((), ("https://a.example/{code}",), UidFormat.DECIMAL)):
        scan = parse(raw, rules)
        assert len(scan.code) <= CODE_LIMIT
        assert len(scan.raw) <= RAW_LIMIT
        for candidate in scan.candidates:
            assert candidate.code
            assert len(candidate.code) <= CODE_LIMIT
            assert candidate.code.isprintable() or not candidate.code.isascii()
        if scan.candidates and scan.command is None:
            assert (scan.kind, scan.code) == scan.candidates[0]


@given(st.text(st.sampled_from("ABCXYZ0123456789.-/"), min_size=1, max_size=20))
def test_every_plain_code_is_looked_up_as_it_stands(code: str) -> None:
    scan = parse(f"  {code}\r\n", DEFAULT)
    assert {(ITEM, code), (CARD, code)} <= set(meanings(scan)) or "codabar" in scan.notes


@pytest.mark.parametrize("raw", ["B00001", "2101010042", "9780735712577", "]C0B00001"])
def test_understanding_a_scan_costs_next_to_nothing(raw: str) -> None:
    # Bound with room for a loaded machine; typical figures stand in docs/scanning.md.
    rounds = 500
    best = 1.0
    for _ in range(5):
        began = time.process_time()
        for _ in range(rounds):
            parse(raw, DEFAULT)
        best = min(best, (time.process_time() - began) / rounds)
    assert best < 200e-6

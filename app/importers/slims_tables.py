"""SLiMS's tables: their columns, what their codes mean, and the small ones kept at hand while the large ones stream.

Knows SLiMS 8 and 9 (columns of 9.7; 8 has the same for what is read here), not how a dump is written.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache

from msgspec import Struct, field

from app.domain.text import code_key
from app.importers.typed_values import date_from

COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        "biblio": "biblio_id gmd_id title sor edition isbn_issn publisher_id publish_year collation series_title"
        " call_number language_id source publish_place_id classification notes image file_att opac_hide promoted labels"
        " frequency_id spec_detail_info content_type_id media_type_id carrier_type_id input_date last_update uid",
        "biblio_author": "biblio_id author_id level",
        "biblio_topic": "biblio_id topic_id level",
        "fines": "fines_id fines_date member_id debet credit description",
        "holiday": "holiday_id holiday_dayname holiday_date description",
        "item": "item_id biblio_id call_number coll_type_id item_code inventory_code received_date supplier_id order_no"
        " location_id order_date item_status_id site source invoice price price_currency invoice_date input_date"
        " last_update uid",
        "loan": "loan_id item_code member_id loan_date due_date renewed loan_rules_id actual is_lent is_return"
        " return_date input_date last_update uid",
        "loan_history": "loan_id item_code biblio_id title call_number classification gmd_name language_name"
        " location_name collection_type_name member_id member_name member_type_name loan_date due_date renewed is_lent"
        " is_return return_date input_date last_update",
        "member": "member_id member_name gender birth_date member_type_id member_address member_mail_address"
        " member_email postal_code inst_name is_new member_image pin member_phone member_fax member_since_date"
        " register_date expire_date member_notes is_pending mpasswd last_login last_login_ip input_date last_update",
        "mst_author": "author_id author_name author_year authority_type auth_list input_date last_update",
        "mst_coll_type": "coll_type_id coll_type_name input_date last_update",
        "mst_gmd": "gmd_id gmd_code gmd_name icon_image input_date last_update",
        "mst_item_status": "item_status_id item_status_name rules no_loan skip_stock_take input_date last_update",
        "mst_language": "language_id language_name input_date last_update",
        "mst_loan_rules": "loan_rules_id member_type_id coll_type_id gmd_id loan_limit loan_periode reborrow_limit"
        " fine_each_day grace_periode input_date last_update",
        "mst_location": "location_id location_name input_date last_update",
        "mst_member_type": "member_type_id member_type_name loan_limit loan_periode enable_reserve reserve_limit"
        " member_periode reborrow_limit fine_each_day grace_periode input_date last_update",
        "mst_place": "place_id place_name input_date last_update",
        "mst_publisher": "publisher_id publisher_name input_date last_update",
        "mst_topic": "topic_id topic topic_type auth_list classification input_date last_update",
        "mst_visitor_room": "id name unique_code created_at updated_at",
        "reserve": "reserve_id member_id biblio_id item_code reserve_date",
        "setting": "setting_id setting_name setting_value",
        "system_log": "log_id log_type id log_location sub_module action log_msg log_date",
        "visitor_count": "visitor_id member_id member_name institution room_code checkin_date",
    }.items()
}
"""Columns in SLiMS's own order, for rows that stand without CREATE TABLE and without a column list."""

MAIN_TABLES: Mapping[str, frozenset[str]] = {
    "biblio": frozenset({"biblio_id", "title"}),
    "item": frozenset({"item_code"}),
    "member": frozenset({"member_id"}),
    "loan": frozenset({"item_code", "member_id"}),
}
"""A dump with none of these is no SLiMS dump; with them columns by which they are SLiMS's and no other program's."""

NOT_TAKEN = frozenset(
    "biblio_attachment biblio_custom biblio_relation comment files files_read item_custom kardex member_custom serial"
    " stock_take stock_take_item".split()
)
"""Tables with the library's own work in them that this desk has no place for; their presence is told."""

SETTINGS = frozenset(
    "library_name library_subname ignore_holidays_fine_calc loan_limit_override allow_loan_date_change"
    " enable_visitor_limitation time_visitor_limitation".split()
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SHORT_TEXT = 10_000
LONG_TEXT = 200_000
EXCERPT = 80

_STOCK_STATUSES = {"R": "repair", "NL": "not-for-loan", "MIS": "missing"}
_STATUS_WORDS = (
    ("lost", ("hilang", "lost")),
    ("missing", ("missing", "tidak ditemukan")),
    ("repair", ("repair", "perbaikan", "diperbaiki", "jilid")),
    ("damaged", ("rusak", "damage")),
    ("withdrawn", ("weeding", "weeded", "withdrawn", "afkir", "dihapus", "disposed")),
    ("reference", ("referensi", "reference", "baca di tempat", "tandon")),
    ("not-for-loan", ("no loan", "not for loan", "tidak dipinjam", "tidak boleh")),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_BREAKS = re.compile(r"(?:\r\n?|\n|\t|\x0b|\x0c|\x85|\u2028|\u2029)+ *")
_GONE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TWO_CODES = re.compile(r"([A-Za-z]{1,10})[-./]?([0-9]{3,})\1[-./]?([0-9]{3,})", re.IGNORECASE)
_PARTING = re.compile(r"[\s;,|+]+")
_SHAPE = str.maketrans("0123456789", "9" * 10)


def short_text(value: str | None, notes: set[str]) -> str:
    """A field of one line: line breaks become blanks, control characters go, both noted."""
    if not value:
        return ""
    if len(value) <= SHORT_TEXT and value.isprintable():
        return value
    if _CONTROL.search(value):
        if _BREAKS.search(value.strip()):
            notes.add("line-break")
        value = _BREAKS.sub(" ", value.strip())
        if _GONE.search(value):
            notes.add("control-characters")
            value = _GONE.sub("", value)
    return _cut(value, SHORT_TEXT, notes)


def long_text(value: str | None, notes: set[str]) -> str:
    """A field of many lines: line ends become one kind, other control characters go and are noted."""
    if not value:
        return ""
    if not value.isprintable() and _CONTROL.search(value):
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        if _GONE.search(value):
            notes.add("control-characters")
            value = _GONE.sub("", value)
    return _cut(value, LONG_TEXT, notes)


def _cut(value: str, limit: int, notes: set[str]) -> str:
    if len(value) <= limit:
        return value
    notes.add("text-cut")
    return value[:limit]


@lru_cache(maxsize=20_000)
def day_from(value: str | None) -> tuple[date | None, str]:
    """A date of SLiMS and a note or "": zero dates and NULL are unknown, nonsense is "date-unreadable"."""
    if not value:
        return None, ""
    if len(value) in (10, 19):
        with suppress(ValueError):
            return date.fromisoformat(value[:10]), ""
    return date_from(value)


def moment_of(value: str | None) -> datetime | None:
    """A moment of SLiMS ("2026-11-24 00:24:54", local time), or None."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None) if value else None
    except ValueError:
        return None


def number_from(value: str | None) -> int | None:
    """A whole number of at most 12 digits, or None."""
    if value is None:
        return None
    if value.isdigit() and value.isascii() and len(value) <= 12:
        return int(value)
    text = value.strip()
    if re.fullmatch(r"[-+]?[0-9]{1,12}(?:\.0{1,6})?", text):
        return int(text.partition(".")[0])
    return None


def run_together(code: str) -> bool:
    """Whether a code is two or more codes in one field: parted by a blank or mark, or letters and digits twice.

    Both must look alike ("B00001 B00002", "B00001B00002"): a code may well have a blank of its own.
    """
    if len(code) < 8:
        return False
    parts = () if code.isalnum() else _PARTING.split(code.translate(_SHAPE).upper())
    if len(parts) > 1 and len(parts[0]) >= 5 and "9" in parts[0] and len(set(parts)) == 1:
        return True
    # Without a letter behind the first, nothing can begin again.
    twice = None if code[0].isdigit() or code[1:].isdigit() else _TWO_CODES.fullmatch(code)
    return twice is not None and len(twice[2]) == len(twice[3])


def item_status(status_id: str | None, statuses: Mapping[str, tuple[str, bool]]) -> tuple[str, str]:
    """What an item's status means and a note or "". `statuses`: id to its name and whether it forbids loans.

    "", "0" and NULL mean available (SLiMS writes all three). Ids compare without case. An id that the table
    does not know is available for SLiMS too, and noted.
    """
    if status_id in (None, "", "0"):
        return "available", ""
    key = (status_id or "").strip().upper()
    if key in ("", "0"):
        return "available", ""
    if key not in statuses:
        return ("available", "status-unknown") if key not in _STOCK_STATUSES else (_STOCK_STATUSES[key], "")
    name, no_loan = statuses[key]
    meant = status_of_name(name) or _STOCK_STATUSES.get(key, "")
    if no_loan:
        return meant or "not-for-loan", ""
    return (meant, "") if meant in ("lost", "missing", "withdrawn") else ("available", "")


def status_of_name(name: str) -> str:
    """The status a status name speaks of, or ""."""
    folded = name.casefold()
    return next((status for status, words in _STATUS_WORDS if any(word in folded for word in words)), "")


class Links:
    """Which authors or topics belong to which title, in order: title, level and target packed into one number."""

    _LIMIT = 1 << 28

    def __init__(self) -> None:
        self._packed: array[int] = array("q")
        self._sorted = True

    def add(self, title: int, level: int, target: int) -> bool:
        """Keep one link; False for numbers beyond any belief."""
        if not (0 <= title < self._LIMIT and 0 <= target < self._LIMIT):
            return False
        self._packed.append(title << 32 | min(max(level, 0), 15) << 28 | target)
        self._sorted = False
        return True

    def of(self, title: int) -> list[int]:
        """The targets of a title by level."""
        if not self._sorted:
            self._packed = array("q", sorted(self._packed))
            self._sorted = True
        found: list[int] = []
        at = bisect_left(self._packed, title << 32)
        while at < len(self._packed) and self._packed[at] >> 32 == title:
            found.append(self._packed[at] & (self._LIMIT - 1))
            at += 1
        return found


class Numbers:
    """A set of whole numbers, one bit each: a library's ids are dense."""

    _LIMIT = 1 << 28

    def __init__(self) -> None:
        self._bits = bytearray()
        self._far: set[int] = set()

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        place = number >> 3
        if 0 <= place < len(self._bits):
            return self._bits[place] & 1 << (number & 7) != 0
        return number in self._far

    def add(self, number: int) -> bool:
        """Keep a number; False when it was there already."""
        bits, place, bit = self._bits, number >> 3, 1 << (number & 7)
        if 0 <= place < len(bits):
            if bits[place] & bit:
                return False
            bits[place] |= bit
            return True
        if number in self:
            return False
        if not 0 <= number < self._LIMIT:
            self._far.add(number)
            return True
        bits.extend(bytes(place + 1 - len(bits)))
        bits[place] |= bit
        return True


class Codes:
    """Codes seen so far without regard to case, each with a number, in little memory."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._written: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, code: str, number: int) -> int | None:
        """Keep a code; the number of the one that has it already, or None when it is new."""
        key = code_key(code)
        before = self._numbers.get(key)
        if before is None:
            self._numbers[key] = number
            if key.upper() != code:
                self._written[key] = code
        return before

    def find(self, text: str | None) -> str:
        """The code as it was first written, whatever case and invisible characters `text` has; "" when unknown."""
        key = code_key(text or "")
        if key not in self._numbers:
            return ""
        return self._written.get(key) or key.upper()

    def doubles(self) -> Iterable[tuple[str, str, str]]:
        """Codes that are two other codes written without a gap: the code and both others."""
        for key in self._numbers:
            half = len(key) // 2
            if half >= 4 and len(key) % 2 == 0 and key[:half] in self._numbers and key[half:] in self._numbers:
                yield self.find(key), self.find(key[:half]), self.find(key[half:])


class Masters(Struct):
    """The small tables, by SLiMS's own ids."""

    authors: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    publishers: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    materials: dict[str, str] = field(default_factory=dict)
    collections: dict[str, str] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, tuple[str, bool]] = field(default_factory=dict)
    title_authors: Links = field(default_factory=Links)
    title_topics: Links = field(default_factory=Links)


Keeper = Callable[[Masters, list[str | None]], None]


def _named(which: Callable[[Masters], dict[str, str]]) -> Keeper:
    def keep(masters: Masters, values: list[str | None]) -> None:
        if values[0]:
            which(masters)[values[0].strip()] = short_text(values[1], set()).strip()

    return keep


def _numbered(which: Callable[[Masters], dict[int, str]]) -> Keeper:
    def keep(masters: Masters, values: list[str | None]) -> None:
        number = number_from(values[0])
        if number is not None:
            which(masters)[number] = short_text(values[1], set()).strip()

    return keep


def _linked(which: Callable[[Masters], Links]) -> Keeper:
    def keep(masters: Masters, values: list[str | None]) -> None:
        title, target = number_from(values[0]), number_from(values[1])
        if title is not None and target is not None:
            which(masters).add(title, number_from(values[2]) or 0, target)

    return keep


def _keep_status(masters: Masters, values: list[str | None]) -> None:
    if values[0]:
        masters.statuses[values[0].strip().upper()] = (short_text(values[1], set()), values[2] == "1")


KEEPERS: tuple[tuple[str, tuple[str, ...], Keeper], ...] = (
    ("biblio_author", ("biblio_id", "author_id", "level"), _linked(lambda masters: masters.title_authors)),
    ("biblio_topic", ("biblio_id", "topic_id", "level"), _linked(lambda masters: masters.title_topics)),
    ("mst_author", ("author_id", "author_name"), _numbered(lambda masters: masters.authors)),
    ("mst_coll_type", ("coll_type_id", "coll_type_name"), _named(lambda masters: masters.collections)),
    ("mst_gmd", ("gmd_id", "gmd_name"), _named(lambda masters: masters.materials)),
    ("mst_item_status", ("item_status_id", "item_status_name", "no_loan"), _keep_status),
    ("mst_language", ("language_id", "language_name"), _named(lambda masters: masters.languages)),
    ("mst_location", ("location_id", "location_name"), _named(lambda masters: masters.locations)),
    ("mst_place", ("place_id", "place_name"), _named(lambda masters: masters.places)),
    ("mst_publisher", ("publisher_id", "publisher_name"), _named(lambda masters: masters.publishers)),
    ("mst_topic", ("topic_id", "topic"), _numbered(lambda masters: masters.topics)),
    ("mst_visitor_room", ("unique_code", "name"), _named(lambda masters: masters.rooms)),
)
"""The small tables: name, columns wanted, and what to do with a row."""

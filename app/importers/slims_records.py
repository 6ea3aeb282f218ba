"""What a SLiMS library consists of, record by record: titles, copies, readers, their types, rules and closed days.

Takes the values of one table row, in the order of the table's `columns`, and makes one neutral row of them, taken or
refused. Knows SLiMS's meanings, not where the values came from.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from app.domain.text import clean_code, code_key
from app.importers.rows import (
    ClosedDayRow,
    ItemRow,
    LoanRuleRow,
    MemberRow,
    MemberTypeRow,
    Place,
    Refused,
    Row,
    TitleRow,
)
from app.importers.slims_tables import (
    EXCERPT,
    WEEKDAYS,
    Codes,
    Links,
    Masters,
    Numbers,
    day_from,
    item_status,
    long_text,
    number_from,
    run_together,
    short_text,
)
from app.importers.typed_values import code_from

Values = Sequence[str | None]


class Table(Struct, frozen=True):
    """A table to read: name, kind of its rows, columns wanted, and which value names a row in a note."""

    name: str
    kind: str
    columns: tuple[str, ...]
    label: tuple[int, str] = (0, "id")


MEMBER_TYPE = Table(
    "mst_member_type",
    "member-type",
    tuple(
        "member_type_id member_type_name loan_limit loan_periode reborrow_limit fine_each_day grace_periode"
        " member_periode enable_reserve reserve_limit".split()
    ),
    (1, "name"),
)
RULE = Table(
    "mst_loan_rules",
    "rule",
    tuple(
        "loan_rules_id member_type_id coll_type_id gmd_id loan_limit loan_periode reborrow_limit fine_each_day"
        " grace_periode".split()
    ),
)
CLOSED_DAY = Table("holiday", "closed-day", ("holiday_id", "holiday_dayname", "holiday_date", "description"))
TITLE = Table(
    "biblio",
    "title",
    tuple(
        "biblio_id title sor edition isbn_issn publisher_id publish_place_id publish_year collation series_title"
        " call_number classification language_id gmd_id notes image opac_hide".split()
    ),
    (1, "title"),
)
ITEM = Table(
    "item",
    "item",
    tuple(
        "item_id item_code biblio_id call_number inventory_code coll_type_id location_id site item_status_id price"
        " price_currency source received_date".split()
    ),
    (1, "barcode"),
)
MEMBER = Table(
    "member",
    "member",
    tuple(
        "member_id member_name member_type_id inst_name gender birth_date member_address postal_code"
        " member_mail_address member_email member_phone member_since_date register_date expire_date is_pending"
        " member_notes member_image".split()
    ),
    (0, "member_no"),
)

SOURCES = {"1": "bought", "2": "gift"}
"""How SLiMS says where a copy came from."""

_RUPIAH = frozenset({"", "rupiah", "idr", "rp", "rp."})


class Library(Struct):
    """What later tables need of earlier ones."""

    source: str
    masters: Masters = field(default_factory=Masters)
    titles: Numbers = field(default_factory=Numbers)
    item_ids: Numbers = field(default_factory=Numbers)
    items: Codes = field(default_factory=Codes)
    members: Codes = field(default_factory=Codes)
    member_types: set[str] = field(default_factory=set)

    def key(self, kind: str, row_id: str) -> str:
        """The key of a record in this source."""
        return f"{self.source}:{kind}:{row_id}"


class Records:
    """Makes rows of records and remembers their keys in the library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._masters = library.masters

    def member_type(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A member type with its terms."""
        type_id, name, limit, days, renewals, fine, grace, membership, holds, hold_limit = values
        key = (type_id or "").strip()
        name = short_text(name, notes).strip()
        if not key or key in self._library.member_types:
            return Refused("member-type", "id-repeated" if key else "id-missing", place, {"name": name[:EXCERPT]})
        self._library.member_types.add(key)
        return MemberTypeRow(
            source_key=self._library.key("member_type", key),
            place=place,
            name=name or key,
            loan_limit=_count(limit, notes),
            loan_days=_count(days, notes),
            renewals=_count(renewals, notes),
            fine_per_day=_count(fine, notes),
            grace_days=_count(grace, notes),
            membership_days=_count(membership, notes),
            holds_allowed=None if holds is None else holds.strip() == "1",
            hold_limit=_count(hold_limit, notes),
        )

    def rule(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A loan rule; collection and material by name, "" for any. 0 and NULL both mean any in SLiMS."""
        rule_id, type_id, collection, material, limit, days, renewals, fine, grace = values
        key, type_key = (rule_id or "").strip(), (type_id or "").strip()
        if type_key not in self._library.member_types:
            return Refused("rule", "member-type-unknown", place, {"id": key, "member_type": type_key})
        names: list[str] = []
        for kind, value, known in (
            ("collection", collection, self._masters.collections),
            ("material", material, self._masters.materials),
        ):
            value = (value or "").strip()
            if value not in ("", "0") and value not in known:
                return Refused("rule", f"{kind}-unknown", place, {"id": key, kind: value})
            names.append(known.get(value, ""))
        return LoanRuleRow(
            source_key=self._library.key("rule", key),
            place=place,
            member_type_key=self._library.key("member_type", type_key),
            collection=names[0],
            material=names[1],
            loan_limit=_count(limit, notes),
            loan_days=_count(days, notes),
            renewals=_count(renewals, notes),
            fine_per_day=_count(fine, notes),
            grace_days=_count(grace, notes),
        )

    def closed_day(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A closed day: weekly where SLiMS has no date, else that date (its day name is not looked at)."""
        day_id, day_name, written, description = values
        key = self._library.key("holiday", (day_id or "").strip())
        text = short_text(description, notes).strip()
        on, note = day_from(written)
        if on is not None:
            return ClosedDayRow(key, place, on=on, description=text)
        name = (day_name or "").strip().lower()[:3]
        if written or note:
            return Refused("closed-day", "date-unreadable", place, {"date": (written or "")[:EXCERPT]})
        if name not in WEEKDAYS:
            return Refused("closed-day", "weekday-unknown", place, {"weekday": (day_name or "")[:EXCERPT]})
        return ClosedDayRow(key, place, weekday=WEEKDAYS.index(name), description=text)

    def title(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A title with its authors, subjects, publisher, place and language by name."""
        masters = self._masters
        number = number_from(values[0])
        title = short_text(values[1], notes).strip()
        if number is None:
            return Refused("title", "id-missing", place, excerpt=title[:EXCERPT])
        if number in self._library.titles:
            return Refused("title", "id-repeated", place, {"id": str(number)}, excerpt=title[:EXCERPT])
        if not title:
            return Refused("title", "title-missing", place, {"id": str(number)})
        self._library.titles.add(number)
        return TitleRow(
            source_key=self._library.key("biblio", str(number)),
            place=place,
            title=title,
            authors=_named(masters.title_authors, number, masters.authors, "author-unknown", notes),
            responsibility=short_text(values[2], notes),
            edition=short_text(values[3], notes),
            isbn=clean_code(values[4] or ""),
            publisher=_name(values[5], masters.publishers, "publisher-unknown", notes),
            publish_place=_name(values[6], masters.places, "place-unknown", notes),
            year=short_text(values[7], notes).strip(),
            collation=short_text(values[8], notes),
            series=short_text(values[9], notes),
            call_number=short_text(values[10], notes),
            classification=short_text(values[11], notes),
            language=masters.languages.get((values[12] or "").strip(), (values[12] or "").strip()),
            material=_name(values[13], masters.materials, "material-unknown", notes),
            subjects=_named(masters.title_topics, number, masters.topics, "topic-unknown", notes),
            notes=long_text(values[14], notes),
            cover=short_text(values[15], notes).strip(),
            hidden=values[16] == "1",
            unsaid=(),
        )

    def item(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A copy. A code that another copy has already, in whatever case, is refused: the first keeps it."""
        item_id, raw_code, title_id = values[:3]
        barcode, code_note = code_from(raw_code or "")
        if not barcode:
            return Refused("item", code_note or "barcode-missing", place, {"id": (item_id or "")[:EXCERPT]})
        if run_together(barcode):
            return Refused("item", "codes-run-together", place, {"barcode": barcode})
        number = number_from(title_id)
        if number is None or number not in self._library.titles:
            return Refused("item", "title-missing", place, {"barcode": barcode, "title_id": (title_id or "")[:EXCERPT]})
        own_number = number_from(item_id)
        if own_number is not None and own_number in self._library.item_ids:
            return Refused("item", "id-repeated", place, {"barcode": barcode, "id": str(own_number)})
        first = self._library.items.add(barcode, number)
        if first is not None:
            reason = "barcode-repeated" if first == number else "barcode-on-two-titles"
            first_key = self._library.key("biblio", str(first))
            return Refused("item", reason, place, {"barcode": barcode, "first_title_key": first_key})
        if own_number is not None:
            self._library.item_ids.add(own_number)
        if barcode != (raw_code or "").strip(" "):
            notes.add("code-cleaned")
        status, status_note = item_status(values[8], self._masters.statuses)
        received, date_note = day_from(values[12])
        if code_note or status_note or date_note:
            notes.update(note for note in (code_note, status_note, date_note) if note)
        return ItemRow(
            source_key=self._library.key("item", _item_id(own_number, barcode)),
            place=place,
            barcode=barcode,
            title_key=self._library.key("biblio", str(number)),
            call_number=short_text(values[3], notes),
            inventory_no=short_text(values[4], notes).strip(),
            collection=_name(values[5], self._masters.collections, "collection-unknown", notes),
            location=_name(values[6], self._masters.locations, "location-unknown", notes),
            shelf=short_text(values[7], notes).strip(),
            status=status,
            price=price_of(values[9], values[10], notes),
            source=SOURCES.get((values[11] or "").strip(), ""),
            received_on=received,
        )

    def member(self, values: Values, place: Place, notes: set[str]) -> Row:
        """A reader. Pending in SLiMS means that staff have not let them borrow (yet): blocked here."""
        raw_no, raw_name, type_id = values[:3]
        member_no, code_note = code_from(raw_no or "")
        name = short_text(raw_name, notes).strip()
        if not member_no:
            return Refused("member", code_note or "member-number-missing", place, excerpt=name[:EXCERPT])
        if self._library.members.add(member_no, place.line) is not None:
            return Refused("member", "member-number-repeated", place, {"member_no": member_no})
        if member_no != (raw_no or "").strip(" "):
            notes.add("code-cleaned")
        if self._library.items.find(member_no):
            notes.add("number-is-also-a-barcode")
        if not name:
            notes.add("number-as-name")
        type_key = (type_id or "").strip()
        if type_key not in self._library.member_types:
            notes.add("member-type-unknown")
            type_key = ""
        born, born_note = day_from(values[5])
        registered, registered_note = day_from(values[12] or values[11])
        expires, expires_note = day_from(values[13])
        notes.update(note for note in (code_note, born_note, registered_note, expires_note) if note)
        if expires is None:
            notes.add("expiry-unknown")
        return MemberRow(
            source_key=self._library.key("member", member_no),
            place=place,
            member_no=member_no,
            name=name or member_no,
            member_type=self._library.key("member_type", type_key) if type_key else "",
            institution=short_text(values[3], notes).strip(),
            gender={"1": "m", "0": "f"}.get((values[4] or "").strip(), ""),
            born_on=born,
            address=address_of(values[6], values[7], values[8], notes),
            email=short_text(values[9], notes).strip(),
            phone=short_text(values[10], notes).strip(),
            registered_on=registered,
            expires_on=expires,
            blocked=values[14] not in (None, "", "0"),
            notes=long_text(values[15], notes),
            photo=short_text(values[16], notes).strip(),
        )


def _item_id(number: int | None, barcode: str) -> str:
    """SLiMS's number of a copy; where it has none, as in its CSV files, the code, marked so that it is no number."""
    return str(number) if number is not None else f"code:{code_key(barcode)}"


def address_of(street: str | None, postal_code: str | None, mail: str | None, notes: set[str]) -> str:
    """The address with its postal code; the separate postal address of SLiMS only where there is no other."""
    address = long_text(street, notes).strip() or long_text(mail, notes).strip()
    code = short_text(postal_code, notes).strip()
    return f"{address}\n{code}".strip() if code and code not in address else address


def price_of(price: str | None, currency: str | None, notes: set[str]) -> int | None:
    """A copy's price in whole rupiah; 0 is what SLiMS writes when nobody entered one."""
    if price is None or not price.strip():
        return None
    amount = number_from(price)
    if amount is None or amount < 0:
        notes.add("price-unreadable")
        return None
    if amount and currency != "Rupiah" and (currency or "").strip().lower() not in _RUPIAH:
        notes.add("price-other-currency")
        return None
    return amount or None


def _name(value: str | None, known: dict[str, str], note: str, notes: set[str]) -> str:
    found = known.get(value or "")
    if found is not None:
        return found
    key = (value or "").strip()
    if key in ("", "0"):
        return known.get(key, "")
    found = known.get(key)
    if found is None:
        notes.add(note)
        return ""
    return found


def _named(links: Links, title: int, names: dict[int, str], note: str, notes: set[str]) -> tuple[str, ...]:
    found = [names.get(target) for target in links.of(title)]
    if not found:
        return ()
    if None in found:
        notes.add(note)
    return tuple(dict.fromkeys(name for name in found if name))


def _count(value: str | None, notes: set[str]) -> int | None:
    if value is None or not value.strip():
        return None
    number = number_from(value)
    if number is None or number < 0:
        notes.add("number-unreadable")
        return None
    return number

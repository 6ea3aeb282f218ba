"""An Evergreen library from its PostgreSQL dump: titles, copies, readers, loans, holds, closed days.

Reads the tables as pg_dump writes them, in one file or one per table (a folder). Knows Evergreen's schema
(Evergreen documentation, "Database schema") and its stock copy statuses. Money is left out: Evergreen keeps
amounts without a currency, and this desk counts in rupiah.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from app.domain.text import code_key
from app.importers import pg_copy
from app.importers.marc import EXCERPT, Seen, claim_barcode
from app.importers.marc_title import TITLE_TAGS, refusal, title_row
from app.importers.marcxml import Fragment, parse_fragment
from app.importers.pg_copy import CopyRow, Section
from app.importers.problems import ImportProblem
from app.importers.rows import (
    ClosedDayRow,
    HoldRow,
    ItemRow,
    LoanRow,
    MemberRow,
    MemberTypeRow,
    Noted,
    Place,
    Progress,
    Refused,
    Row,
    TitleRow,
)
from app.importers.typed_values import code_from, date_from, moment_from

LONGEST_CLOSING = 400
"""Days; a longer closing is a mistake or the end of the library."""

_STATUSES = {
    "2": "repair",  # bindery
    "3": "lost",
    "4": "missing",
    "5": "not-for-loan",  # in process
    "9": "not-for-loan",  # on order
    "10": "not-for-loan",  # inter-library loan
    "11": "not-for-loan",  # cataloguing
    "12": "reference",  # reserves
    "13": "withdrawn",  # discard
    "14": "damaged",
    "16": "lost",  # long overdue
    "17": "lost",  # lost and paid
}
_SMALL_TABLES = (
    "actor.card",
    "actor.hours_of_operation",
    "actor.org_unit",
    "asset.call_number",
    "asset.copy_location",
    "permission.grp_tree",
)
_TABLES = frozenset(
    {
        *_SMALL_TABLES,
        "action.circulation",
        "action.hold_request",
        "actor.org_unit_closed",
        "actor.usr",
        "asset.copy",
        "biblio.record_entry",
    }
)


class EvergreenOptions(Struct, frozen=True):
    """How to read an Evergreen dump.

    `source` begins every key. `branch`: short name of the one org unit whose closed days are taken; "" takes
    the closed days of all.
    """

    source: str = "evergreen"
    branch: str = ""


class _Library(Struct):
    """What later tables need of earlier ones, by Evergreen's own ids."""

    options: EvergreenOptions
    units: dict[str, str] = field(default_factory=dict)
    unit_codes: dict[str, str] = field(default_factory=dict)
    locations: dict[str, tuple[str, bool]] = field(default_factory=dict)
    call_numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    cards: dict[str, list[tuple[str, str, bool]]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    barcodes: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    member_keys: set[str] = field(default_factory=set)
    groups_used: set[str] = field(default_factory=set)
    seen: Seen = field(default_factory=Seen)
    priced: int = 0
    closed_units: set[str] = field(default_factory=set)

    def key(self, kind: str, row_id: str) -> str:
        return f"{self.options.source}:{kind}:{row_id}"


_Reader = Callable[[Mapping[str, str], Place, _Library], Iterator[Row]]


def read(path: Path, options: EvergreenOptions | None = None, progress: Progress | None = None) -> Iterator[Row]:
    """Yield the rows of a dump file or a folder of dump files (*.sql), in an order where nothing refers
    ahead.

    Raises ImportProblem: "file-missing", "file-unreadable", "not-evergreen".
    """
    found = pg_copy.sections(_files(path), _TABLES)
    if not any(section.table in ("asset.copy", "biblio.record_entry", "actor.usr") for section in found):
        raise ImportProblem("not-evergreen", {"file": path.name})
    library = _Library(options or EvergreenOptions())
    for section in found:
        if section.table in _SMALL_TABLES:
            _remember(section, library)
    total = sum(section.size for section in found if section.table not in _SMALL_TABLES)
    done = 0
    for table, kind, reader in _ORDER:
        for section in found:
            if section.table == table:
                yield from _rows_of(section, kind, reader, library, _told(progress, done, total))
                done += section.size
        if table == "actor.usr":
            yield from _member_types(library, path)
    yield from _weekly_closings(found, library)
    yield from _closing_words(path, library)


def _files(path: Path) -> list[Path]:
    try:
        return sorted(path.glob("*.sql")) if path.is_dir() else [path]
    except (OSError, ValueError) as error:
        raise ImportProblem("file-unreadable", {"file": path.name}) from error


def _told(progress: Progress | None, before: int, total: int) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress(before + done, total)


def _rows_of(
    section: Section, kind: str, reader: _Reader, library: _Library, told: Callable[[int], None] | None
) -> Iterator[Row]:
    for number, row in pg_copy.rows(section, told):
        place = Place(section.path.name, number)
        if row is None:
            yield Refused(kind, "columns-missing", place, {"table": section.table})
            continue
        texts = {name: value for name, value in row.items() if value is not None}
        if texts.get("deleted") in ("1", "t") and kind != "title":
            yield Refused(kind, "deleted-in-source", place, {"id": texts.get("id", "")})
            continue
        yield from reader(texts, place, library)


def _remember(section: Section, library: _Library) -> None:
    for _, row in pg_copy.rows(section):
        if row is not None:
            _remember_row(section.table, row, library)


def _remember_row(table: str, row: CopyRow, library: _Library) -> None:
    row_id = row.get("id") or ""
    name = row.get("name") or ""
    match table:
        case "actor.org_unit":
            library.units[row_id] = name
            library.unit_codes[row.get("shortname") or ""] = row_id
        case "asset.copy_location":
            library.locations[row_id] = (name, row.get("circulate") in ("1", "t"))
        case "asset.call_number":
            label = row.get("label") or ""
            library.call_numbers[row_id] = (row.get("record") or "", "" if label == "##URI##" else label)
        case "actor.card":
            active = row.get("active") in ("1", "t")
            library.cards.setdefault(row.get("usr") or "", []).append((row_id, row.get("barcode") or "", active))
        case "permission.grp_tree":
            library.groups[row_id] = name


def _title(row: Mapping[str, str], place: Place, library: _Library) -> Iterator[Row]:
    row_id = row.get("id", "")
    if row_id.startswith("-"):  # Evergreen's own record for copies that are not catalogued
        return
    record = parse_fragment(
        Fragment(row.get("marc", "").encode("utf-8", "replace"), place.line), place.line, TITLE_TAGS
    )
    reason = refusal(record)
    if reason:
        yield Refused("title", reason, place, {"id": row_id}, row.get("fingerprint", "")[:EXCERPT])
        return
    notes = set(record.faults)
    title = title_row(record, library.key("title", row_id), place, notes)
    if row.get("deleted") in ("1", "t"):  # copies that are still out may belong to it
        notes.add("deleted-in-source")
        title = replace(title, hidden=True)
    elif row.get("active") in ("0", "f"):
        title = replace(title, hidden=True)
    library.titles.add(row_id)
    yield title
    for note in sorted(notes):
        yield Noted("title", note, place, {"title": title.title[:EXCERPT]})


def _item(row: Mapping[str, str], place: Place, library: _Library) -> Iterator[Row]:
    row_id = row.get("id", "")
    barcode, note = code_from(row.get("barcode", ""))
    if not barcode:
        yield Refused("item", note or "barcode-missing", place, {"id": row_id})
        return
    title_id, label = library.call_numbers.get(row.get("call_number", ""), ("", ""))
    if title_id not in library.titles:
        title = _title_of_uncatalogued(row, place, library)
        if title is None:
            yield Refused("item", "title-missing", place, {"barcode": barcode})
            return
        yield title
        title_id = title.source_key.rpartition(":")[2]
    refused = claim_barcode(barcode, library.key("title", title_id), place, library.seen)
    if refused is not None:
        yield refused
        return
    library.barcodes[row_id] = barcode
    library.priced += row.get("price", "0").strip("0.") != ""
    shelf, lent_from_here = library.locations.get(row.get("location", ""), ("", True))
    yield ItemRow(
        source_key=library.key("item", row_id),
        place=place,
        barcode=barcode,
        title_key=library.key("title", title_id),
        call_number=label,
        collection=row.get("circ_modifier", ""),
        location=library.units.get(row.get("circ_lib", ""), ""),
        shelf=shelf,
        status=_status(row, lent_from_here),
        received_on=date_from(row.get("active_date", ""))[0],
    )
    if note:
        yield Noted("item", note, place, {"barcode": barcode})


def _title_of_uncatalogued(row: Mapping[str, str], place: Place, library: _Library) -> TitleRow | None:
    text = row.get("dummy_title", "").strip()
    if not text:
        return None
    row_id = f"copy-{row.get('row_id', '')}"
    author = row.get("dummy_author", "").strip()
    return TitleRow(library.key("title", row_id), place, text, authors=(author,) if author else ())


def _status(row: Mapping[str, str], lent_from_here: bool) -> str:
    status = _STATUSES.get(row.get("status", ""), "available")
    if status != "available":
        return status
    lent = row.get("circulate", "1") in ("1", "t") and lent_from_here
    if lent:
        return "available"
    return "reference" if row.get("ref") in ("1", "t") or not lent_from_here else "not-for-loan"


def _member(row: Mapping[str, str], place: Place, library: _Library) -> Iterator[Row]:
    row_id = row.get("id", "")
    cards = library.cards.get(row_id, [])
    main = row.get("card", "")
    cards = sorted(cards, key=lambda card: (card[0] != main, not card[2]))
    codes = [code for card_id, text, active in cards if (active or card_id == main) and (code := code_from(text)[0])]
    if not codes:
        yield Refused("member", "member-number-missing", place, {"id": row_id})
        return
    number = codes[0]
    if code_key(number) in library.member_keys:
        yield Refused("member", "member-number-repeated", place, {"member_no": number})
        return
    library.member_keys.add(code_key(number))
    library.members[row_id] = number
    group = row.get("profile", "")
    library.groups_used.add(group)
    names = [row.get(part, "").strip() for part in ("first_given_name", "second_given_name", "family_name", "suffix")]
    born, born_note = date_from(row.get("dob", ""))
    expires, expires_note = date_from(row.get("expire_date", ""))
    yield MemberRow(
        source_key=library.key("member", row_id),
        place=place,
        member_no=number,
        name=" ".join(name for name in names if name) or number,
        member_type=library.key("member-type", group),
        institution=library.units.get(row.get("home_ou", ""), ""),
        born_on=born,
        email=row.get("email", "").strip(),
        phone=next((row[p].strip() for p in ("day_phone", "evening_phone", "other_phone") if row.get(p)), ""),
        registered_on=date_from(row.get("create_date", ""))[0],
        expires_on=expires,
        blocked=row.get("barred") in ("1", "t") or row.get("active") in ("0", "f"),
        notes=row.get("alert_message", "").strip(),
        card_nos=tuple(codes[1:]),
    )
    for note in (born_note, expires_note):
        if note:
            yield Noted("member", note, place, {"member_no": number})


def _member_types(library: _Library, path: Path) -> Iterator[Row]:
    """One member type per permission group in use; its number is its name where the dump lacks the group's
    table.
    """
    for group in sorted(library.groups_used):
        yield MemberTypeRow(library.key("member-type", group), Place(path.name), library.groups.get(group) or group)


def _loan(row: Mapping[str, str], place: Place, library: _Library) -> Iterator[Row]:
    barcode = library.barcodes.get(row.get("target_copy", ""))
    number = library.members.get(row.get("usr", ""))
    if barcode is None or number is None:
        reason = "item-unknown" if barcode is None else "member-unknown"
        yield Refused("loan", reason, place, {"copy": row.get("target_copy", ""), "member": row.get("usr", "")})
        return
    lent, due = date_from(row.get("xact_start", ""))[0], date_from(row.get("due_date", ""))[0]
    returned = date_from(row.get("checkin_time", ""))[0]
    if lent is None:
        yield Refused("loan", "date-unreadable", place, {"barcode": barcode, "member_no": number})
        return
    if returned is not None and returned < lent:
        yield Refused("loan", "returned-before-lent", place, {"barcode": barcode, "member_no": number})
        return
    yield LoanRow(
        source_key=library.key("loan", row.get("id", "")),
        place=place,
        barcode=barcode,
        member_no=number,
        lent_on=lent,
        due_on=due,
        returned_on=returned,
        open=returned is None,
    )


def _hold(row: Mapping[str, str], place: Place, library: _Library) -> Iterator[Row]:
    if row.get("fulfillment_time") or row.get("cancel_time"):
        return  # a hold that is over binds nobody
    number = library.members.get(row.get("usr", ""))
    if number is None:
        yield Refused("hold", "member-unknown", place, {"member": row.get("usr", "")})
        return
    kind, target = row.get("hold_type", ""), row.get("target", "")
    title_id = {"T": target, "V": library.call_numbers.get(target, ("", ""))[0]}.get(kind, "")
    barcode = library.barcodes.get(target, "") if kind in ("C", "F", "R") else ""
    if title_id not in library.titles and not barcode:
        reason = "hold-kind-unknown" if kind not in ("T", "V", "C", "F", "R") else "hold-target-unknown"
        yield Refused("hold", reason, place, {"member_no": number, "kind": kind, "target": target})
        return
    yield HoldRow(
        source_key=library.key("hold", row.get("id", "")),
        place=place,
        member_no=number,
        title_key=library.key("title", title_id) if title_id else "",
        barcode=barcode,
        placed_at=moment_from(row.get("request_time", "")),
    )


def _closed(row: Mapping[str, str], place: Place, library: _Library) -> Iterator[Row]:
    unit = row.get("org_unit", "")
    if library.options.branch and library.unit_codes.get(library.options.branch) != unit:
        return
    row_id, reason = row.get("id", ""), row.get("reason", "").strip()
    first, last = date_from(row.get("close_start", ""))[0], date_from(row.get("close_end", ""))[0]
    if first is None or last is None or not first <= last or (last - first).days > LONGEST_CLOSING:
        yield Refused("closed-day", "date-unreadable", place, {"id": row_id}, reason[:EXCERPT])
        return
    if row.get("full_day", "1") in ("0", "f") and first == last:
        yield Refused("closed-day", "closed-part-of-day", place, {"id": row_id}, reason[:EXCERPT])
        return
    library.closed_units.add(unit)
    for day in _days(first, last):
        key = library.key("closed", row_id if first == last else f"{row_id}:{day.isoformat()}")
        yield ClosedDayRow(key, place, on=day, description=reason)


def _days(first: date, last: date) -> Iterator[date]:
    for count in range((last - first).days + 1):
        yield first + timedelta(days=count)


def _weekly_closings(found: list[Section], library: _Library) -> Iterator[Row]:
    """The weekdays on which the chosen branch (or every branch) opens and closes at midnight, that is: not at
    all.
    """
    shut: list[set[int]] = []
    place = Place("")
    for section in found:
        if section.table != "actor.hours_of_operation":
            continue
        place = Place(section.path.name, section.line)
        for _, row in pg_copy.rows(section):
            branch = library.options.branch
            if row is None or (branch and library.unit_codes.get(branch) != row.get("id")):
                continue
            shut.append({day for day in range(7) if row.get(f"dow_{day}_open") == row.get(f"dow_{day}_close")})
    for day in sorted(set.intersection(*shut)) if shut else ():
        yield ClosedDayRow(library.key("closed-weekday", str(day)), place, weekday=day)


def _closing_words(path: Path, library: _Library) -> Iterator[Row]:
    place = Place(path.name)
    if library.priced:
        yield Noted("item", "prices-left-out", place, {"count": str(library.priced)})
    if len(library.closed_units) > 1:
        yield Noted("closed-day", "closed-days-of-several-branches", place, {"count": str(len(library.closed_units))})


_ORDER: tuple[tuple[str, str, _Reader], ...] = (
    ("biblio.record_entry", "title", _title),
    ("asset.copy", "item", _item),
    ("actor.usr", "member", _member),
    ("action.circulation", "loan", _loan),
    ("action.hold_request", "hold", _hold),
    ("actor.org_unit_closed", "closed-day", _closed),
)

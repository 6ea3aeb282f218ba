"""Records as they travel: a kind's fields read from its row, and written back with search words and further codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import apsw
import msgspec

from app.domain.policy import Policy
from app.domain.record_form import FIELDS, POLICY, policy_is_whole
from app.domain.records import Item, Member, MemberType, Staff, Title
from app.domain.setting import BY_KEY, check_setting
from app.domain.strict_json import BadFormat
from db.policies import keep_policy
from db.records import Records
from db.rows import ITEM, MEMBER, TITLE, item_from, member_from, title_from
from db.settings import write_setting
from db.sql import Reading
from db.vouched import drop_salts, keep_salts, travelling_salts

OrderKey = tuple[int, str, str, int]


def travels(kind: str, record_id: str) -> bool:
    """Whether this record is the library's, not only this desk's."""
    if kind == "setting":
        return record_id in BY_KEY and not BY_KEY[record_id].own
    return kind in FIELDS


def read_fields(connection: Reading, kind: str, record_id: str) -> dict[str, Any] | None:
    """A record's fields, or None when it is not here (any more)."""
    reader = _READERS.get(kind)
    found = reader(connection, record_id) if reader else None
    return None if found is None else {**found, **travelling_salts(connection, kind, record_id)}


def _plain(record: object, kind: str) -> dict[str, Any]:
    # Lists as JSON has them: a tuple would differ from the same list that came with the log.
    values = {name: list(one) if isinstance(one, tuple) else one for name, one in msgspec.to_builtins(record).items()}
    return {name: values[name] for name in FIELDS[kind] if name in values}


def _title(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute(f"SELECT {TITLE} FROM title t WHERE t.id = ? AND t.gone = 0", (record_id,)).fetchone()
    return _plain(title_from(row), "title") if row else None


def _item(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute(f"SELECT {ITEM} FROM item i WHERE i.id = ? AND i.gone = 0", (record_id,)).fetchone()
    return _plain(item_from(row), "item") if row else None


def _member(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute(f"SELECT {MEMBER} FROM member m WHERE m.id = ? AND m.gone = 0", (record_id,)).fetchone()
    return _plain(member_from(row), "member") if row else None


def _member_type(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute(
        "SELECT name, membership_days, source_key FROM member_type WHERE code = ?", (record_id,)
    ).fetchone()
    return dict(zip(FIELDS["member_type"], row, strict=True)) if row else None


def _staff(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute(
        "SELECT name, short_name, rights, pin_hash, badge_key, active FROM staff WHERE id = ?", (record_id,)
    ).fetchone()
    if row is None:
        return None
    values = dict(zip(FIELDS["staff"], row, strict=False))
    return {**values, "rights": sorted(json.loads(row[2])), "active": bool(row[5])}


def _party(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute("SELECT member, made_at, imported FROM party WHERE token = ?", (record_id,)).fetchone()
    return dict(zip(FIELDS["party"], row, strict=False)) if row else None


def _note(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute("SELECT body FROM note WHERE id = ?", (record_id,)).fetchone()
    return {"body": row[0]} if row else None


def _setting(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute("SELECT value FROM setting WHERE key = ?", (record_id,)).fetchone()
    return {"value": json.loads(row[0])} if row else None


def _visit(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute("SELECT at, member, name, institution, room FROM visit WHERE id = ?", (record_id,)).fetchone()
    return dict(zip(FIELDS["visit"], row, strict=True)) if row else None


def _policy(db: Reading, record_id: str) -> dict[str, Any] | None:
    row = db.execute("SELECT version, body FROM policy WHERE hash = ?", (record_id,)).fetchone()
    return {"version": row[0], "document": json.loads(row[1])} if row else None


_READERS = {
    "title": _title,
    "item": _item,
    "member": _member,
    "member_type": _member_type,
    "staff": _staff,
    "party": _party,
    "note": _note,
    "setting": _setting,
    "visit": _visit,
    POLICY: _policy,
}


class Unusable(Exception):
    """Fields that make no record of this kind here: from a newer program, or a broken one."""


def write_fields(
    connection: apsw.Connection, kind: str, record_id: str, fields: Mapping[str, Any], at: int, stamp: OrderKey
) -> None:
    """Make the record say this. Raises Unusable, before anything was written, when it cannot."""
    try:
        _write(connection, kind, record_id, fields, at, stamp)
        keep_salts(connection, kind, record_id, fields)
    except (msgspec.ValidationError, BadFormat, KeyError, TypeError, ValueError) as error:
        raise Unusable(str(error)) from error


def _write(
    connection: apsw.Connection, kind: str, record_id: str, fields: Mapping[str, Any], at: int, stamp: OrderKey
) -> None:
    records = Records(connection)
    known = {name: fields[name] for name in FIELDS[kind] if name in fields}
    match kind:
        case "title":
            records.put_title(msgspec.convert({"id": record_id, **known}, Title), at)
        case "item":
            records.put_item(msgspec.convert({"id": record_id, **known}, Item), at)
        case "member":
            records.put_member(msgspec.convert({"id": record_id, **known}, Member), at)
        case "staff":
            records.put_staff(msgspec.convert({"id": record_id, **known}, Staff), at)
        case "member_type":
            source = str(known.pop("source_key", ""))
            records.put_member_type(msgspec.convert({"code": record_id, **known}, MemberType), at, source)
        case "note":
            records.put_note(record_id, _text(known["body"]), at)
        case "setting":
            if check_setting(record_id, known["value"]):
                raise Unusable("setting")
            write_setting(connection, record_id, known["value"])
            records.changed("setting", record_id, at)
        case "party":
            values = (_text(known["member"]), int(known["made_at"]), _text(known.get("imported", "")))
            _put(connection, "party", record_id, values)
            records.changed("party", record_id, at)
        case "visit":
            member = known.get("member")
            words = (_text(known.get(name, "")) for name in ("name", "institution", "room"))
            _put(connection, "visit", record_id, (int(known["at"]), None if member is None else _text(member), *words))
            records.changed("visit", record_id, at)
        case "policy":
            if not policy_is_whole(record_id, known):
                raise Unusable("policy")
            keep_policy(connection, Policy.from_json(known["document"]), stamp)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _put(connection: apsw.Connection, table: str, record_id: str, values: tuple[Any, ...]) -> None:
    marks = ", ".join("?" * (1 + len(values)))
    connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", (record_id, *values))


_ROWS = {"title": "title", "item": "item", "member": "member"}
_GONE = {
    "member_type": ("member_type", "code"),
    "staff": ("staff", "id"),
    "party": ("party", "token"),
    "note": ("note", "id"),
    "setting": ("setting", "key"),
    "visit": ("visit", "id"),
}


def erase_fields(connection: apsw.Connection, kind: str, record_id: str, at: int) -> None:
    """Take a record away; of those that the journal may still name, an empty shell stays."""
    if kind in _ROWS:
        if read_fields(connection, kind, record_id) is None:
            return
        records = Records(connection)
        if kind == "title":
            records.put_title(Title(record_id, ""), at)
        elif kind == "item":
            records.put_item(Item(record_id, "", ""), at)
        else:
            records.put_member(Member(record_id, "", "", ""), at)
        connection.execute(f"UPDATE {kind} SET gone = 1 WHERE id = ?", (record_id,))
    elif kind in _GONE:
        table, key = _GONE[kind]
        connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (record_id,))
        drop_salts(connection, kind, record_id)
        Records(connection).changed(kind, record_id, at)

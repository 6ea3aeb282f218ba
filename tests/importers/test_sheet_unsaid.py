"""Fields that a sheet has no column for."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.records import Item, Member, Title
from app.importers.sheet_mapping import SheetMapping
from app.importers.sheet_unsaid import ITEM_FIELDS, MEMBER_FIELDS, TITLE_FIELDS, unsaid
from app.importers.sheet_words import ITEMS, MEMBERS, meanings


def test_what_has_a_column_is_said_and_the_rest_is_not() -> None:
    mapping = SheetMapping(MEMBERS, 1, {0: "member_no", 1: "name", 2: "home_phone", 3: "member_status"})
    left = unsaid(mapping, MEMBER_FIELDS)
    assert {"phone", "blocked"}.isdisjoint(left)
    assert {"address", "email", "expires_on", "card_nos"} <= set(left)


@pytest.mark.parametrize(
    ("record", "fields", "kind"),
    [(Title, TITLE_FIELDS, ITEMS), (Item, ITEM_FIELDS, ITEMS), (Member, MEMBER_FIELDS, MEMBERS)],
)
def test_fields_and_meanings_are_real_ones(record: type, fields: dict[str, str], kind: str) -> None:
    assert fields.keys() <= {one.name for one in msgspec.structs.fields(record)}
    assert {word for words in fields.values() for word in words.split()} <= set(meanings(kind))

"""Records on their way: every field of a record has its place, and a rule version is what its name says."""

from __future__ import annotations

import pytest
from msgspec import Struct

from app.domain.record_form import FIELDS, POLICY, policy_id, policy_is_whole
from app.domain.records import Item, Member, MemberType, Staff, Title


@pytest.mark.parametrize(
    ("kind", "record", "name"),
    [("title", Title, "id"), ("item", Item, "id"), ("member", Member, "id"), ("staff", Staff, "id"),
     ("member_type", MemberType, "code")],
)  # fmt: skip
def test_no_field_of_a_record_stays_at_home(kind: str, record: type[Struct], name: str) -> None:
    assert set(record.__struct_fields__) - {name} <= set(FIELDS[kind])


def test_a_rule_version_is_named_by_what_it_says() -> None:
    document = {"version": "2026-1", "rules": []}
    fields = {"version": "2026-1", "document": document}
    assert policy_is_whole(policy_id(document), fields)
    assert not policy_is_whole(policy_id(document), {**fields, "version": "2026-2"})
    assert not policy_is_whole(policy_id(document), {**fields, "document": {**document, "rules": [1]}})
    assert not policy_is_whole(policy_id(document), {"version": "2026-1"})
    assert len(FIELDS[POLICY]) == 2

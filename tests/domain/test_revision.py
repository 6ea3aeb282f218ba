"""Revisions: any replica ends with the same record, in whatever order the edits arrive."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.revision import Revision, edit, erase, merge

ID = "m1"
STAMPS = st.tuples(st.integers(0, 4), st.sampled_from("ab"), st.just("i"), st.integers(1, 2))


def member(**fields: object) -> Revision:
    return Revision("member", ID, {"name": "Siti", "phone": "", **fields}, (1, "a", "i", 1))


def test_edits_of_different_fields_both_stand() -> None:
    mine = edit(member(), {"phone": "0812"}, (5, "a", "i", 2))
    theirs = edit(member(), {"name": "Siti Aminah"}, (4, "b", "i", 9))
    assert merge(mine, theirs).fields == {"name": "Siti Aminah", "phone": "0812"}


def test_of_two_edits_of_one_field_the_later_one_stands() -> None:
    mine = edit(member(), {"phone": "0812"}, (5, "a", "i", 2))
    theirs = edit(member(), {"phone": "0899"}, (6, "b", "i", 2))
    assert merge(mine, theirs).fields["phone"] == "0899"
    assert merge(theirs, mine) == merge(mine, theirs)


def test_erasure_beats_every_edit() -> None:
    gone = erase(member(), (2, "a", "i", 2))
    edited = edit(member(), {"name": "Budi"}, (9, "b", "i", 9))
    assert merge(gone, edited) == merge(edited, gone)
    assert merge(gone, edited).gone
    assert not merge(gone, edited).fields


@st.composite
def revisions(draw: st.DrawFn) -> Revision:
    if draw(st.integers(0, 7)) == 0:
        return Revision("member", ID, {}, draw(STAMPS), {}, True)
    fields = draw(st.dictionaries(st.sampled_from(["name", "phone", "email"]), st.integers(0, 2), max_size=3))
    edited = draw(st.dictionaries(st.sampled_from(sorted(fields)), STAMPS)) if fields else {}
    stamp = draw(STAMPS)
    return Revision("member", ID, fields, stamp, {name: found for name, found in edited.items() if found != stamp})


@given(st.lists(revisions(), min_size=1, max_size=4))
def test_any_order_of_merging_gives_the_same_record(found: list[Revision]) -> None:
    results = {reduce(merge, order).hash() for order in permutations(found)}
    assert len(results) == 1


@given(revisions(), revisions())
def test_merging_again_changes_nothing(mine: Revision, theirs: Revision) -> None:
    once = merge(mine, theirs)
    assert merge(once, theirs) == once
    assert merge(once, mine) == once

"""Where copies stand in a record: the mappings of known systems, and a place that a person names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.records import ItemStatus
from app.importers.marc_fields import KOHA, PRESETS, WORDS_OF_STATUS, MarcMapping, mapping_for

STATUSES = {status.value for status in ItemStatus}


@pytest.mark.parametrize(
    ("text", "label", "call_number"),
    [
        ("koha", "952$p", "o"),
        (" Unicorn ", "949$i", "a"),
        ("949$a", "949$a", ""),
        ("852$p", "852$p", "jhi"),
        ("852$h", "852$h", "ji"),
        ("999$i", "999$i", "a"),
        ("876$p", "876$p", ""),
        ("990$a", "990$a", "b"),
        ("955$b", "955$b", ""),
    ],
)
def test_a_mapping_is_named_by_system_or_place(text: str, label: str, call_number: str) -> None:
    mapping = mapping_for(text)
    assert mapping is not None
    assert (mapping.label, mapping.call_number) == (label, call_number)


@pytest.mark.parametrize("text", ["", "koha2", "95$p", "952p", "952$", "952$pq", "9-2$p", "$p"])
def test_what_is_no_mapping_is_none(text: str) -> None:
    assert mapping_for(text) is None


@pytest.mark.parametrize("name", PRESETS)
def test_a_system_is_found_by_its_name_and_by_its_place(name: str) -> None:
    preset = PRESETS[name]
    assert mapping_for(name.upper()) == mapping_for(preset.label) == preset


def test_another_barcode_in_a_known_field_keeps_the_other_meanings() -> None:
    mapping = mapping_for("952$i")
    assert mapping is not None
    assert (mapping.location, mapping.shelf, mapping.flags) == (KOHA.location, KOHA.shelf, KOHA.flags)
    assert mapping.inventory_no == "i"  # a library that scans its inventory numbers has them in both places


def test_an_unknown_field_has_nothing_but_the_barcode() -> None:
    assert mapping_for("955$b") == MarcMapping("955$b", "955", "b")


@given(st.sampled_from(sorted(PRESETS)), st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"))
def test_a_barcode_never_means_something_else_too(name: str, code: str) -> None:
    preset = PRESETS[name]
    mapping = mapping_for(f"{preset.tag}${code}")
    assert mapping is not None
    others = mapping.id + mapping.call_number + mapping.collection + mapping.location + mapping.shelf + mapping.price
    others += mapping.received + mapping.source + mapping.status + "".join(flag for flag, _ in mapping.flags)
    assert mapping.barcode == code
    assert code not in others


def test_every_status_a_mapping_speaks_of_is_one_the_desk_knows() -> None:
    assert set(WORDS_OF_STATUS.values()) <= STATUSES
    assert {status for preset in PRESETS.values() for _, status in preset.flags} <= STATUSES
    assert all(word == word.lower().strip() for word in WORDS_OF_STATUS), "words are compared in small letters"

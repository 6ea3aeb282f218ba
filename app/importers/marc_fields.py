"""Where a MARC record keeps its copies: the field mapping, and the mappings of systems that are known.

Pure values. The bibliographic fields are the same everywhere (MARC 21 Bibliographic, Library of Congress; INDOMARC
follows it); copies are each system's own, so the mapping is chosen by a person, helped by `mapping.suggest_mapping`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

NOTHING: Mapping[str, str] = MappingProxyType({})


class MarcMapping(Struct, frozen=True):
    """The field that stands for one copy, and the meaning of its subfields ("" = none).

    `flags` are subfields that count when they hold anything but "0", with the item status they mean, strongest first;
    `statuses` gives the status for exact values of the subfield `status` (compared in small letters). Where the barcode
    subfield repeats inside one field, each value is a copy of its own. `call_number` may name several subfields, joined
    by a blank.
    """

    name: str
    tag: str
    barcode: str
    id: str = ""
    call_number: str = ""
    inventory_no: str = ""
    collection: str = ""
    location: str = ""
    shelf: str = ""
    price: str = ""
    received: str = ""
    source: str = ""
    status: str = ""
    statuses: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    flags: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The mapping as people write it, "949$i"."""
        return f"{self.tag}${self.barcode}"


WORDS_OF_STATUS: Mapping[str, str] = MappingProxyType(
    {
        "": "available",
        "0": "available",
        "tersedia": "available",
        "dapat dipinjam": "available",
        "dipinjam": "available",
        "available": "available",
        "checked out": "available",
        "on loan": "available",
        "baik": "available",
        "baca di tempat": "reference",
        "referensi": "reference",
        "reference": "reference",
        "tandon": "reference",
        "tidak dapat dipinjam": "not-for-loan",
        "tidak dipinjamkan": "not-for-loan",
        "no loan": "not-for-loan",
        "not for loan": "not-for-loan",
        "diproses": "not-for-loan",
        "sedang diproses": "not-for-loan",
        "in processing": "not-for-loan",
        "in process": "not-for-loan",
        "on order": "not-for-loan",
        "dipesan": "not-for-loan",
        "perbaikan": "repair",
        "diperbaiki": "repair",
        "sedang diperbaiki": "repair",
        "repair": "repair",
        "rusak": "damaged",
        "damaged": "damaged",
        "hilang": "lost",
        "lost": "lost",
        "tidak ditemukan": "missing",
        "missing": "missing",
        "dihapus": "withdrawn",
        "dikeluarkan": "withdrawn",
        "disiangi": "withdrawn",
        "weeding": "withdrawn",
        "withdrawn": "withdrawn",
    }
)
"""What catalogues write about a copy, in small letters, and the item status it means. "Dipinjam" says nothing about
the copy itself: whether it is out is told by its loan."""

KOHA_FLAGS = (("0", "withdrawn"), ("1", "lost"), ("4", "damaged"), ("7", "not-for-loan"), ("5", "reference"))
"""Koha's 952 subfields withdrawn, lost, damaged, not for loan, restricted (Koha manual, item/holdings record 952)."""

UNICORN = MarcMapping("unicorn", "949", "i", call_number="a", collection="t", location="m", shelf="l", price="p")
EVERGREEN = MarcMapping(
    "evergreen", "852", "p", call_number="jhi", location="b", shelf="c", price="y", collection="g", status="z",
    statuses=WORDS_OF_STATUS,
)  # fmt: skip
KOHA = MarcMapping(
    "koha", "952", "p", id="9", call_number="o", inventory_no="i", collection="y", location="a", shelf="c", price="g",
    received="d", source="e", flags=KOHA_FLAGS,
)  # fmt: skip
FIELD_999 = MarcMapping("999", "999", "i", call_number="a", collection="t", location="m", shelf="l", price="p")
FIELD_876 = MarcMapping(
    "876", "876", "p", id="a", price="c", received="d", source="e", status="j", shelf="l", statuses=WORDS_OF_STATUS
)
INDOMARC = MarcMapping("indomarc", "990", "a", call_number="b", inventory_no="a", location="c")

PRESETS: Mapping[str, MarcMapping] = MappingProxyType(
    {preset.name: preset for preset in (UNICORN, EVERGREEN, KOHA, FIELD_999, FIELD_876, INDOMARC)}
)
"""The mappings of known systems: 949$i, 852$p, 952$p, 999$i, 876$p, 990$a."""


def mapping_for(label: str) -> MarcMapping | None:
    """The mapping for a preset's name ("koha") or a place ("949$i"); None when the text is neither.

    A place that no preset has takes the barcode from there and nothing else.
    """
    label = label.strip()
    if label.lower() in PRESETS:
        return PRESETS[label.lower()]
    tag, mark, code = label.partition("$")
    if len(tag) != 3 or not tag.isalnum() or not mark or len(code) != 1:
        return None
    for preset in PRESETS.values():
        if (preset.tag, preset.barcode) == (tag, code):
            return preset
    same_tag = next((preset for preset in PRESETS.values() if preset.tag == tag), None)
    if same_tag is not None:
        return _without(replace(same_tag, name=label, barcode=code), code)
    return MarcMapping(label, tag, code)


def _without(mapping: MarcMapping, code: str) -> MarcMapping:
    """Drop other meanings of the subfield that is now the barcode, but for the inventory number it may well be."""
    clash = {
        part: getattr(mapping, part).replace(code, "")
        for part in ("id", "call_number", "collection", "location", "shelf", "price", "received", "source", "status")
    }
    return replace(mapping, **clash, flags=tuple(flag for flag in mapping.flags if flag[0] != code))

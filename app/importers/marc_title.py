"""A MARC record's bibliographic fields as a `TitleRow`, or the reason why it is no title.

Field meanings: MARC 21 Format for Bibliographic Data (Library of Congress), which INDOMARC follows; MARC 21's
own punctuation (ISBD) is taken off the ends, everything inside stays as written. Knows nothing of files or
copies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.importers.marc_records import MarcField, MarcRecord
from app.importers.rows import Place, TitleRow
from app.importers.typed_values import isbn_from, year_from

TITLE_TAGS = frozenset(
    "001 008 020 041 050 080 082 084 090 099 100 110 111 150 151 200 245 246 250 260 264 300 440 490 500 502 520 600"
    " 610 611 630 650 651 653 655 700 710 711 830 852 880".split()
)
"""The tags this module looks at; a reader may skip all others."""

LONGEST_TITLE = 2_000
LONGEST_TEXT = 10_000
_OTHER_TITLES = 6
_NAMES = 30
_SUBJECTS = 40

_FATAL = ("record-too-long", "xml-broken", "xml-entity-undeclared", "record-cut-off", "record-unreadable")
_ENDS = " \t/:;=,"
_END_MARKS = re.compile(r"[\s:;,/=]+\.?$")
_BLANKS = re.compile(r"\s{2,}")
_MATERIALS = {
    "a": "book",
    "c": "score",
    "d": "score",
    "e": "map",
    "f": "map",
    "g": "video",
    "i": "sound",
    "j": "sound",
    "k": "picture",
    "m": "computer-file",
    "o": "kit",
    "p": "mixed",
    "r": "object",
    "t": "manuscript",
}


def refusal(record: MarcRecord) -> str:
    """The reason code why a record is no title of this library, or "" when it is one."""
    if not record.fields:
        for fault in _FATAL:
            if fault in record.faults:
                return fault
    if record.leader[6:7] == "z":
        return "authority-record"
    if record.leader[5:6] == "d":
        return "record-deleted"
    title = title_of(record)
    if title:
        return "letters-unreadable" if 3 * title.count("\ufffd") > len(title) else ""
    if record.leader[6:7] in ("u", "v", "x", "y"):
        return "holdings-record"
    return "unimarc-record" if any(field.first("a") for field in record.all("200")) else "no-title"


def title_of(record: MarcRecord) -> str:
    """The title proper of the first 245 that has one: subfields a, b, n and p."""
    return next(_titles(record.all("245")), "")


def title_row(record: MarcRecord, source_key: str, place: Place, notes: set[str]) -> TitleRow:
    """Build the row; what a person should know of goes into `notes` as codes. The record must not be refused."""
    titles = list(dict.fromkeys(_titles(record.all("245"))))
    imprint = [*record.all("260"), *(field for field in record.all("264") if field.indicators[1:2] in ("1", " ", ""))]
    fixed = record.value("008")
    return TitleRow(
        source_key=source_key,
        place=place,
        title=_cut(titles[0], LONGEST_TITLE, notes),
        authors=_authors(record),
        other_title=_cut(_other_titles(record, titles), LONGEST_TITLE, notes),
        responsibility=_cut(_trimmed(_first(record.all("245"), "c")), LONGEST_TEXT, notes),
        edition=_trimmed(_joined(record.all("250")[:1], "ab")),
        isbn=_isbn(record, notes),
        publisher=_trimmed(_first(imprint, "b")),
        publish_place=_trimmed(_first(imprint, "a")),
        year=year_from(_first(imprint, "c")) or year_from(fixed[7:11]),
        collation=_joined(record.all("300")[:1], "abce"),
        series=_trimmed(_joined([*record.all("490"), *record.all("440"), *record.all("830")][:1], "anpv")),
        call_number=_call_number(record),
        classification=_classification(record),
        language=_language(record, fixed),
        material="serial" if record.leader[7:8] in ("s", "b") else _MATERIALS.get(record.leader[6:7], ""),
        subjects=_subjects(record),
        notes=_cut("\n".join(_each(record, ("520", "502", "500"), "a")), LONGEST_TEXT, notes),
    )


def parts_of(record: MarcRecord) -> str:
    """What comes loose with each copy (300 $e: "1 CD-ROM"), or ""."""
    return _trimmed(_first(record.all("300"), "e"))


def _titles(fields: Iterable[MarcField]) -> Iterator[str]:
    for field in fields:
        title = _unstopped(_trimmed(_joined([field], "abnp")))
        if title:
            yield title


def _other_titles(record: MarcRecord, titles: list[str]) -> str:
    """Further 245 fields, the title in its own script (880 linked to 245 by $6), and varying titles (246)."""
    linked = [field for field in record.all("880") if field.first("6").startswith("245")]
    others = dict.fromkeys([*titles[1:], *_titles(linked), *_titles(record.all("246"))])
    others.pop(titles[0], None)
    return " = ".join(list(others)[:_OTHER_TITLES])


def _authors(record: MarcRecord) -> tuple[str, ...]:
    tags = ("100", "110", "111", "700", "710", "711")
    fields = [field for tag in tags for field in record.all(tag)]
    fields += [field for field in record.all("880") if field.first("6")[:3] in tags]
    names = (_name(field) for field in fields)
    return tuple(list(dict.fromkeys(name for name in names if name))[:_NAMES])


def _name(field: MarcField) -> str:
    codes = "abc" if field.tag in ("100", "700") else "ab"
    return _unstopped(_trimmed(_joined([field], codes)))


def _isbn(record: MarcRecord, notes: set[str]) -> str:
    """The first right ISBN; else the first that looks like one. Notes tell of the others only when none was
    right.
    """
    kept = ""
    found: set[str] = set()
    for text in _each(record, ("020",), "a"):
        isbn, note = isbn_from(text)
        if isbn and not note:
            return isbn
        kept = kept or isbn
        if note:
            found.add(note)
    notes.update(found)
    return kept


def _call_number(record: MarcRecord) -> str:
    for tag, codes in (("099", "a"), ("090", "ab")):
        number = _joined(record.all(tag)[:1], codes)
        if number:
            return number
    # 084 is another classification by the standard, but INLISLite keeps the call number there, with its
    # parts.
    local = _first([field for field in record.all("084") if not field.first("2")], "a")
    if " " in local:
        return local
    shelved = _joined(record.all("852")[:1], "khijm")
    return shelved or _joined(record.all("050")[:1], "ab") or _first(record.all("082"), "a")


def _classification(record: MarcRecord) -> str:
    for tag in ("082", "080", "050", "084"):
        number = _first(record.all(tag), "a")
        if number:
            return number
    return ""


def _language(record: MarcRecord, fixed: str) -> str:
    for code in (fixed[35:38], _first(record.all("041"), "a")[:3]):
        if len(code) == 3 and code.isascii() and code.isalpha():
            return code.lower()
    return ""


def _subjects(record: MarcRecord) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for tag in ("600", "610", "611", "630", "650", "651", "653", "655"):
        for field in record.all(tag):
            head = " ".join(field.every("abcdtnp" if tag in ("600", "610", "611", "630") else "ab"))
            words = [_unstopped(_trimmed(part)) for part in (head, *field.every("xyzv"))]
            subject = " -- ".join(word for word in words if word)
            if subject:
                found[subject] = None
    return tuple(list(found)[:_SUBJECTS])


def _each(record: MarcRecord, tags: tuple[str, ...], codes: str) -> list[str]:
    return [value.strip() for tag in tags for field in record.all(tag) for value in field.every(codes) if value.strip()]


def _first(fields: Iterable[MarcField], code: str) -> str:
    return next((value.strip() for field in fields if (value := field.first(code)).strip()), "")


def _joined(fields: Iterable[MarcField], codes: str) -> str:
    text = " ".join(value.strip() for field in fields for value in field.every(codes))
    return _BLANKS.sub(" ", text).strip()


def _trimmed(text: str) -> str:
    return _END_MARKS.sub("", text).rstrip(_ENDS).lstrip()


def _unstopped(text: str) -> str:
    """Take off the full stop that closes a field, not that of an initial or an abbreviation, nor an ellipsis."""
    if not text.endswith(".") or text.endswith(".."):
        return text
    word = text.rpartition(" ")[2][:-1]
    return text[:-1] if len(word) > 2 and "." not in word else text


def _cut(text: str, limit: int, notes: set[str]) -> str:
    if len(text) <= limit:
        return text
    notes.add("text-cut")
    return text[:limit]

"""What people type into the fields of a catalogue, read as values: ISBNs, prices, dates, years, codes.

Knows nothing of files or rows. Nothing is invented: what cannot be read with certainty comes back empty
together with a note code that says why, and the caller tells where it stood.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from app.domain.check_digit import isbn10_ok, isbn13, isbn_compact
from app.domain.text import CODE_LIMIT, clean_code

LONGEST_PRICE = 12
"""Digits of the highest believable price (hundreds of milliards of rupiah)."""

_ISBN_START = re.compile(r"[0-9][0-9Xx ‐-―-]*")
_FLOAT = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+|[0-9]{9,13}[.,]0")
_NUMBER = re.compile(r"[0-9][0-9.,]*")
_CURRENCY = re.compile(r"[$€£¥]|\b(?:usd|us|eur|gbp|sgd|myr|rm|sar|jpy|aud)\b", re.IGNORECASE)
_BEHIND = re.compile(r"\s*[A-Za-z]+")
_TIMES = {
    **dict.fromkeys(("rb", "rbu", "ribu", "k"), 1_000),
    **dict.fromkeys(("jt", "jta", "juta"), 1_000_000),
}
_RUPIAH = re.compile(r"\b(?:rp|idr|rupiah)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(?:1[0-9]{3}|20[0-9]{2})(?![0-9])")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_MONTH_NAMED = re.compile(r"([0-9]{1,2})[- /.]*([A-Za-z]{3,9})\.?[- /,.]*([0-9]{4})(?![0-9])")
_COMPACT = re.compile(r"[12][0-9]{7}")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb februari february pebruari peb",
            "mar maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agt agus agustus ags aug august",
            "sep sept september",
            "okt oktober oct october",
            "nov november nop nopember",
            "des desember dec december",
        ),
        start=1,
    )
    for name in names.split()
}


def isbn_from(text: str) -> tuple[str, str]:
    """The ISBN in a typed text, without hyphens and without what follows it ("(pbk.)"), and a note or "".

    Notes: "isbn-damaged" (a spreadsheet's rounded number, or no ISBN at all: nothing is kept),
    "isbn-check-digit" (right length, wrong digit: kept, since books are printed with such numbers),
    "leading-zeros-restored".
    """
    text = clean_code(text[: 4 * CODE_LIMIT])
    if not text:
        return "", ""
    if _FLOAT.fullmatch(text):
        return "", "isbn-damaged"
    found = _ISBN_START.search(text)
    code = isbn_compact(re.sub("[‐-―]", "-", found[0])) if found else ""
    if len(code) > 13 and not isbn13(code):  # two numbers, or a number and something else, with a blank between them
        code = isbn_compact(found[0].split()[0]) if found else ""
    if isbn10_ok(code):
        return code, ""
    if isbn13(code):
        return isbn13(code), ""
    if 7 <= len(code) < 10 and isbn10_ok(code.zfill(10)):
        return code.zfill(10), "leading-zeros-restored"
    if len(code) in (10, 13) and "X" not in code[:-1]:
        return code, "isbn-check-digit"
    return "", "isbn-damaged"


def price_from(value: str | int | float) -> tuple[int | None, str]:
    """A price in whole rupiah and a note or "": "Rp. 45.000", "45.000,00", "45,000" and 45000.0 are all
    45000.

    "150rb", "150 ribu" and "150k" are 150000, "1,5 jt" and "1,5 juta" are 1500000.
    Zero means that nobody wrote a price, so it is None. A dot or comma before three digits parts thousands;
    before one or two it parts sen. None with "price-other-currency" when another currency is named,
    "price-not-whole" when there are sen, "price-unreadable" for anything else.
    """
    if isinstance(value, int | float):
        if value < 0 or value >= 10**LONGEST_PRICE or value != value:
            return None, "price-unreadable"
        return (int(value) or None, "") if value == int(value) else (None, "price-not-whole")
    text = clean_code(value)
    if not text or text in ("-", "--"):
        return None, ""
    if _CURRENCY.search(_RUPIAH.sub("", text)):
        return None, "price-other-currency"
    found = list(_NUMBER.finditer(text))
    if len(found) != 1 or re.search(r"-\s*[0-9]", text):
        return None, "price-unreadable"
    number, behind = found[0][0].rstrip(".,"), text[found[0].end() :]
    word = _BEHIND.match(behind)
    times = _TIMES.get(word[0].strip().lower(), 0) if word else 0
    if times:
        return _times(number, times)
    if word and not word[0][0].isspace() and not _RUPIAH.match(word[0]):
        return None, "price-unreadable"  # "150abc" is anybody's guess
    return _grouped(number)


def _times(number: str, times: int) -> tuple[int | None, str]:
    """ "150rb" and "1,5 juta"; a number that is parted into thousands already is none that one says so."""
    parts = re.fullmatch(r"([0-9]{1,4})(?:[.,]([0-9]{1,2}))?", number)
    if parts is None:
        return None, "price-unreadable"
    whole, part = int(parts[1]), (parts[2] or "").ljust(3, "0")
    return (whole * times + int(part) * times // 1000) or None, ""


def _grouped(number: str) -> tuple[int | None, str]:
    head, tail = re.fullmatch(r"(.*?)(?:[.,]([0-9]{1,2}))?", number).groups("")  # type: ignore[union-attr]
    groups = re.split(r"[.,]", head)
    if any(len(group) != 3 for group in groups[1:]) or len("".join(groups)) > LONGEST_PRICE or not groups[0]:
        return None, "price-unreadable"
    return (int("".join(groups)) or None, "") if not tail.strip("0") else (None, "price-not-whole")


def phone_from(text: str) -> tuple[str, str]:
    """A telephone number as it stands, and a note or "". A spreadsheet drops the first 0 of "0812…": a mobile number
    of Indonesia that begins with 8 gets it back ("phone-zero-restored")."""
    text = text.strip()
    lost = bool(_MOBILE.fullmatch(re.sub(r"[ .\-]", "", text)))
    return (f"0{text}", "phone-zero-restored") if lost else (text, "")


_MOBILE = re.compile(r"8[1-9][0-9]{7,10}")


def date_from(text: str, month_first: bool = False) -> tuple[date | None, str]:
    """A full date and a note or "". Day before month unless `month_first`; a year of two digits is never
    guessed.

    Empty, "-" and zero dates ("0000-00-00") are unknown without a note; anything else unreadable is
    "date-unreadable".
    """
    text = clean_code(text)
    if not text.strip("0-/.: "):
        return None, ""
    found = _YEAR_FIRST.match(text)
    if found:
        return _date(found[1], found[3], found[4])
    found = _YEAR_LAST.match(text)
    if found:
        return _date(found[4], found[1], found[3]) if month_first else _date(found[4], found[3], found[1])
    found = _MONTH_NAMED.match(text)
    if found and found[2].lower() in _MONTHS:
        return _date(found[3], str(_MONTHS[found[2].lower()]), found[1])
    if _COMPACT.fullmatch(text):
        return _date(text[:4], text[4:6], text[6:])
    return None, "date-unreadable"


def _date(year: str, month: str, day: str) -> tuple[date | None, str]:
    if int(year) == 0 or int(month) == 0 or int(day) == 0:
        return None, ""
    try:
        return date(int(year), int(month), int(day)), ""
    except ValueError:
        return None, "date-unreadable"


def moment_from(text: str) -> datetime | None:
    """An ISO moment as databases print it ("2020-10-27 10:26:51-04"), or None."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def year_from(text: str) -> str:
    """The first year of four digits in a text ("c1989." gives "1989"), or ""."""
    found = _YEAR.search(text)
    return found[0] if found else ""


def code_from(text: str) -> tuple[str, str]:
    """A barcode or member number, cleaned, and a note or "".

    Notes: "code-too-long" (nothing is kept), "code-damaged" (a spreadsheet's rounded number: nothing is
    kept), "code-has-blank" (perhaps two codes run together; kept as it stands).
    """
    if text.isalnum() and text.isascii() and len(text) <= CODE_LIMIT:
        return text, ""
    code = clean_code(text)
    if len(text.strip()) > CODE_LIMIT and len(code) == CODE_LIMIT:
        return "", "code-too-long"
    if re.fullmatch(r"[0-9][.,][0-9]+[eE]\+?[0-9]+", code):
        return "", "code-damaged"
    return code, "code-has-blank" if " " in code else ""

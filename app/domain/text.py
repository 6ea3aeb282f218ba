"""Text as the desk meets it: codes made clean, words folded for search, names shortened, directions fenced.

Everything here is a total function over any string a scanner, a file or a person can bring. It knows nothing of
barcodes' meaning, of stores or of screens. Display text is never replaced by its folded form: folding is for
finding and sorting only.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

CODE_LIMIT = 64
"""Longest code, in characters. SLiMS keeps 20 for items and members; longer than this is no library code."""

QUERY_LIMIT = 200
"""Characters of a search query that are looked at."""

WORD_LIMIT = 40
"""Characters kept of one search word."""

WORD_COUNT = 8
"""Search words kept of one query."""

_ASCII_DIGITS = {base + value: str(value) for base in (0x0660, 0x06F0) for value in range(10)}
_BLANK_CONTROLS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
_GONE = frozenset({"Cc", "Cf", "Cs"})
_BIDI_FENCES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class _Table(dict[int, str]):
    """A translate table that works out a character at its first use (kept only for the common planes)."""

    def __missing__(self, code: int) -> str:
        out = self.work_out(chr(code))
        if code < 0x3000:
            self[code] = out
        return out

    def work_out(self, char: str) -> str:
        raise NotImplementedError


class _CodeTable(_Table):
    def work_out(self, char: str) -> str:
        if char in _BLANK_CONTROLS:
            return " "
        category = unicodedata.category(char)
        if category in _GONE:
            return ""
        return " " if category[0] == "Z" else char


_CODE_TABLE = _CodeTable(_ASCII_DIGITS)


def clean_code(raw: str, limit: int = CODE_LIMIT) -> str:
    """The code inside `raw`, at most `limit` characters; "" when nothing is left.

    Byte order marks, zero-width and direction characters, control characters and surrounding blanks go; a line
    break or tab inside becomes a blank, so that two codes never melt into one. Arabic-Indic and Extended Arabic
    digits become ASCII digits, the rest is put in NFC. Leading zeros and case stay: they are part of the code.
    """
    if raw.isascii():
        if raw.isalnum() and len(raw) <= limit:
            return raw
        if raw.isprintable():
            return raw.strip()[:limit].rstrip()
    tidy = unicodedata.normalize("NFC", raw.translate(_CODE_TABLE)).strip()
    return tidy[:limit].rstrip()


def typed_text(raw: str) -> str:
    """`raw` without control and format characters, digits in ASCII, every other character as it was typed.

    Unlike clean_code it neither composes characters nor cuts: what keys were pressed can still be read from it.
    """
    return raw.translate(_CODE_TABLE).strip()


def only_text(raw: str) -> str:
    """`raw` without what is no text and nothing could keep: halves of surrogate pairs, and NUL. Pairs are joined."""
    if raw.isascii() and "\0" not in raw:
        return raw
    return raw.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def code_key(code: str) -> str:
    """The key under which codes are compared: clean and without case. Equal keys mean the same code.

    A key may be longer than its code ("ß" becomes "ss"), so it is made from a code, never from another key.
    """
    if code.isascii() and code.isprintable() and len(code) <= CODE_LIMIT:
        return code.strip().lower()
    clean = clean_code(code)
    if clean.isascii():
        return clean.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", clean).casefold())


_ARABIC = {
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
    "ک": "ك", "ڪ": "ك", "ء": "", "ـ": "",
}  # fmt: skip
_LATIN = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƙ": "k",
}  # fmt: skip
_APOSTROPHES = "'’‘‛ʿʾʼʻʽʹʺˈʕʔ`´′＇"
_FOLDED = {**_ARABIC, **_LATIN, **dict.fromkeys(_APOSTROPHES, ""), **{chr(k): v for k, v in _ASCII_DIGITS.items()}}


class _FoldTable(_Table):
    def work_out(self, char: str) -> str:
        if char in _FOLDED:
            return _FOLDED[char]
        category = unicodedata.category(char)
        if category == "Mn":
            # Marks of Latin, Greek, Hebrew and Arabic go; vowel signs of Indic scripts and Thai are letters there.
            kind = unicodedata.combining(char)
            return "" if kind == 1 or 10 <= kind <= 36 or kind >= 200 or _is_selector(char) else char
        if category == "Cf" or category == "Me":
            return ""
        return char if category[0] in "LNM" else " "


def _is_selector(char: str) -> bool:
    return char == "\u034f" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


_FOLD_TABLE = _FoldTable()


def fold(text: str) -> str:
    """`text` as it is indexed and searched: small letters, no marks, single blanks; fold(fold(x)) == fold(x).

    Latin loses its diacritics, the macrons and dots of Arabic transliteration included, and its apostrophes
    (Qurʾān, Qur'an and Quran are one word). Arabic loses vowel marks, tatweel and hamza, and the forms of alif,
    ya, kaf and ta marbuta become one. Everything that is no letter, digit or mark becomes a blank.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        return unicodedata.normalize("NFC", " ".join(text.translate(_FOLD_TABLE).split()))
    return b" ".join(text.encode().translate(_ASCII_FOLDED, _ASCII_GONE).split()).decode()


# What _FOLD_TABLE says of the ASCII characters: an import folds every word of a library.
_ASCII_FOLDED = bytes(ord(_FOLD_TABLE[ord(chr(code).lower())] or " ") for code in range(128)) + bytes(128)
_ASCII_GONE = bytes(code for code in range(128) if not _FOLD_TABLE[code])


def search_words(query: str) -> tuple[str, ...]:
    """The folded words of a query, each once, in order; at most WORD_COUNT words of WORD_LIMIT characters.

    A word holds letters, digits and marks only, never a quotation mark or an operator, so `"word"*` is always a
    valid FTS5 term.
    """
    words = (word[:WORD_LIMIT] for word in fold(query[:QUERY_LIMIT]).split())
    return tuple(islice(dict.fromkeys(words), WORD_COUNT))


def isolate(text: str) -> str:
    """`text` fenced as a first-strong isolate, so that it cannot turn the direction of the sentence around it."""
    return f"\u2068{text.translate(_BIDI_FENCES)}\u2069" if text else ""


def ltr(text: str) -> str:
    """`text` fenced as a left-to-right isolate: codes, numbers and dates inside a right-to-left sentence."""
    return f"\u2066{text.translate(_BIDI_FENCES)}\u2069" if text else ""


class _LineTable(_Table):
    def work_out(self, char: str) -> str:
        if char in _BLANK_CONTROLS or unicodedata.category(char)[0] == "Z":
            return " "
        return "" if unicodedata.category(char) in ("Cc", "Cs") else char


_LINE_TABLE = _LineTable(dict.fromkeys(_BIDI_FENCES, ""))


def one_line(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters, an ellipsis showing that something was cut.

    Direction fences go (a cut could leave one open); a letter is never cut from its marks.
    """
    line = " ".join(text.translate(_LINE_TABLE).split())
    if len(line) <= limit:
        return line
    if limit < 1:
        return ""
    end = limit - 1
    while end > 0 and (unicodedata.combining(line[end]) or line[end] in "\u200d\ufe0f" or line[end - 1] == "\u200d"):
        end -= 1
    return line[:end].rstrip() + "…"


NAME_LIMIT = 120
_TITLES = frozenset(
    "dr drs dra prof ir h hj kh r rr rd ust ustadz ustadzah bpk bapak ibu sdr sdri mr mrs ms muh moh mohd md abd"
    " د دكتور الدكتور أ الأستاذ الشيخ".split()
)
_JOINED = frozenset("abd abdul abdu abu ibnu عبد أبو ابو ابن أم".split())
_ARTICLES = ("al-", "el-", "ar-", "as-", "asy-", "an-", "az-", "at-", "ad-", "ath-")
_DEGREE = re.compile(
    r"(?i:SE|SH|ST|SS|SIP|SPd|SPdI|SAg|SKom|SSi|SSos|SKM|SHI|MA|MM|MT|MH|MSi|MPd|MAg|MKom|MSc|MBA|PhD|Lc|AMd)"
    r"|[A-Za-z]{1,6}\.(?:[A-Za-z]{1,6}\.?){0,4}"
)


def shorten_name(name: str) -> str:
    """A name short enough not to tell a stranger who it is: "Dewi Lestari" gives "Dewi L.".

    The calling name stays, later names become initials. Leading titles and abbreviations stay as they are
    ("Dr. Budi S.", "M. Rizky P."), academic degrees behind a comma go, "Family, Given" is put the usual way
    round. Names that only together mean something stay together ("عبد الرحمن م.", "Abdul Rahman W."). A single name
    stays whole: it has nothing to leave out.
    """
    words = _name_words(one_line(unicodedata.normalize("NFC", name), NAME_LIMIT))
    lead = 0
    while lead < len(words) - 1 and _is_title(words[lead]):
        lead += 1
    end = lead + 1
    while end < len(words) and words[end - 1].casefold() in _JOINED:
        end += 1
    initials = [short for word in words[end : end + 4] if (short := _initial(word))]
    return " ".join([*words[:end], *initials])


def _name_words(line: str) -> list[str]:
    parts = [part.split() for part in line.split(",")]
    named = [part for part in parts if part and not all(_DEGREE.fullmatch(word) for word in part)]
    if not named:
        return [word for part in parts for word in part]
    if parts[0] is not named[0]:
        return line.replace(",", " ").split()
    return [word for part in (*named[1:], named[0]) for word in part]


def _is_title(word: str) -> bool:
    return word.endswith(".") or len(word) == 1 or word.casefold() in _TITLES


def _initial(word: str) -> str:
    if word.startswith("ال") and len(word) > 3:
        word = word[2:]
    elif word.lower().startswith(_ARTICLES):
        word = word.partition("-")[2]
    letter = next((char for char in word if char.isalpha()), "")
    return f"{letter.upper()}." if letter else ""

"""Which member type of the library's rules a word in somebody's list means, and which type is the ordinary one.

Lists write "Dosen Tetap", "Mhs", "Mahasiswi" where the rules say `dosen` and `mahasiswa`. Only what is certain is
matched: every word must be known, and one type alone may be meant. Knows rules and words, no records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from app.domain.loan_rule import plain, resolve
from app.domain.policy import Policy
from app.domain.text import fold

STUDENT: Final = "mahasiswa"
PUPIL: Final = "siswa"
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        STUDENT: "mahasiswa|mahasiswi|mhs|mhsw|mhswi|mhswa|mahasiswa i|mahasiswa mahasiswi|student|students"
        "|undergraduate|sarjana|s1|s 1|strata 1|d3|d 3|d4|d 4|diploma",
        "pascasarjana": "pascasarjana|pasca sarjana|pasca|magister|doktoral|s2|s 2|s3|s 3|postgraduate",
        "dosen": "dosen|lecturer|lecturers",
        "tendik": "tendik|tenaga kependidikan|karyawan|karyawati|pegawai|staf|staff|employee|tata usaha|tu",
        "luar": "luar|anggota luar|umum|masyarakat umum|masyarakat|tamu|pengunjung luar|visitor|guest|non civitas"
        "|non sivitas",
        PUPIL: "siswa|siswi|pelajar|santri|santriwati|santriwan|murid|peserta didik|pupil",
        "guru": "guru|ustadz|ustad|ustaz|ustadzah|asatidz|teacher",
    }
)
_KINDS: Final = {phrase: kind for kind, phrases in _WORDS.items() for phrase in phrases.split("|")}
# Words that say more of a person without making another kind of borrower of them.
_BESIDE: Final = frozenset(
    "aktif tetap kontrak honorer pns asn non p3k pppk reguler regular tidak luar biasa lb dlb nidn nidk yayasan prodi"
    " program jenjang kampus universitas institut uin iain stai strata baru lama l p i ii iii iv".split()
)


def kind_of(name: str) -> str:
    """The kind of borrower a type's name means ("dosen" for "Dosen Tetap"), or "" when that is not certain."""
    words = fold(name).split()
    whole = " ".join(words)
    if whole in _KINDS:
        return _KINDS[whole]
    for end in range(len(words), 0, -1):
        kind = _KINDS.get(" ".join(words[:end]), "")
        if kind:
            rest = words[end:]
            degree = _KINDS.get(" ".join(rest), "")
            # "Mahasiswa S2" is what its degree says; anything else must only be said beside.
            if kind == STUDENT and degree in (STUDENT, "pascasarjana"):
                return degree
            return kind if all(word in _BESIDE for word in rest) else ""
    return ""


def types_of_rules(policy: Policy) -> tuple[str, ...]:
    """The member types that some rule names, in the order of the rules, without the special profiles' own."""
    return tuple(dict.fromkeys(r.member_type for r in policy.rules if r.member_type and r.profile_name is None))


def known_type(name: str, policy: Policy) -> str:
    """The type of the rules that a name certainly means, or ""."""
    codes = types_of_rules(policy)
    plain = fold(name)
    same = [code for code in codes if plain and fold(code) == plain]
    kind = kind_of(name)
    meant = same or [code for code in codes if kind and kind_of(code) == kind]
    return meant[0] if len(meant) == 1 else ""


def ordinary_type(policy: Policy) -> str:
    """The type of those who are nothing special: students, else pupils, else the first that may borrow; "" if none."""
    codes = [code for code in types_of_rules(policy) if resolve(policy, code, "", "") is not None]
    for kind in (STUDENT, PUPIL):
        found = next((code for code in codes if kind_of(code) == kind), "")
        if found:
            return found
    return codes[0] if codes else ""


class Coverage:
    """Which combinations of member type, collection and material the rules lend at all."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._collections = {plain(rule.collection): rule.collection for rule in policy.rules if rule.collection}
        self._materials = {plain(rule.material): rule.material for rule in policy.rules if rule.material}
        self._types = {plain(code): code for code in types_of_rules(policy)}
        self._known: dict[tuple[str, str, str], bool] = {}

    def may_borrow(self, member_type: str) -> bool:
        """Whether some rule lets this type borrow something."""
        return any(self._lends(member_type, c, m) for c, m in self._places())

    def may_be_lent(self, collection: str, material: str) -> bool:
        """Whether some rule lets anybody borrow copies of this collection and material."""
        return any(self._lends(code, collection, material) for code in (*self._types.values(), ""))

    def _places(self) -> Iterator[tuple[str, str]]:
        for collection in sorted({"", *self._collections.values()}):
            for material in sorted({"", *self._materials.values()}):
                yield collection, material

    def _lends(self, member_type: str, collection: str, material: str) -> bool:
        # Names that no rule speaks of are all alike, however many a list has.
        key = (
            self._types.get(plain(member_type)) or _other(member_type),
            self._collections.get(plain(collection)) or _other(collection),
            self._materials.get(plain(material)) or _other(material),
        )
        if key not in self._known:
            self._known[key] = resolve(self._policy, *key) is not None
        return self._known[key]


def _other(name: str) -> str:
    return "\x00" if name else ""

"""Sample views: the four pictures of the desk, and a long question or two. Invented people and books."""

from __future__ import annotations

from datetime import date, datetime

from msgspec.structs import replace

from app.domain.verdict import Level
from app.services.view import (
    Answer,
    Banner,
    Chip,
    Choice,
    Columns,
    DeskView,
    Field,
    FieldKind,
    KeyHint,
    Link,
    MemberCard,
    Mode,
    Note,
    Phrase,
    Question,
    ReasonLine,
    Row,
    Sound,
    StateLine,
    Today,
    Tone,
)

NOW = datetime(2026, 11, 24, 10, 42)  # noqa: DTZ001 - the library's local time
DUE = date(2026, 12, 8)


def state(link: Link = Link.OFFLINE) -> StateLine:
    at = NOW.replace
    if link is Link.OFFLINE:
        return StateLine(
            "Perpustakaan INSTIDLA", "Meja 1", "Siti R.", "librarian", NOW, link,
            since=at(hour=10, minute=14), unsent=37, others_at=at(hour=10, minute=13),
        )  # fmt: skip
    return StateLine(
        "Perpustakaan INSTIDLA", "Meja 1", "Siti R.", "librarian", NOW, link, sent_at=at(hour=10, minute=41)
    )


KEYS = (
    KeyHint("F1", "help", "help", shown=False),
    KeyHint("F2", "lend", "lend"),
    KeyHint("F3", "return", "return"),
    KeyHint("F5", "renew", "renew"),
    KeyHint("F6", "find-member", "find-member"),
    KeyHint("F7", "find-title", "find-title"),
    KeyHint("F8", "reprint", "reprint"),
    KeyHint("F9", "pay", "pay"),
    KeyHint("F12", "last", "last"),
    KeyHint("Ctrl+Z", "undo", "undo"),
    KeyHint("Enter", "finish", "finish"),
)


def member(owed: int = 4000) -> MemberCard:
    return MemberCard(
        "Ahmad Fauzi", "21.01.0042", "Mahasiswa", "Teknik Informatika", date(2027, 8, 31),
        loans=4, limit=5, owed=owed, holds_ready=1,
        notes=(
            Note(Tone.TOLD, "hold-ready", {"shelf": "A-3", "title": "Metodologi Studi Islam"}),
            Note(Tone.NEEDS, "due-tomorrow", {"title": "Statistika Terapan", "barcode": "B0031-1"}),
        ),
        foot=Phrase("last-20"),
    )  # fmt: skip


LENT = Chip(Tone.DONE, "lent")


def lend() -> DeskView:
    return DeskView(
        state(),
        banner=Banner(
            Tone.DONE, "lent", {"title": "تفسير الجلالين"},
            (Phrase("lent", {"name": "Ahmad Fauzi", "barcode": "B0042-2", "n": 4, "limit": 5}),),
            Phrase("due"), Phrase("due-on", {"due_on": DUE}),
        ),
        rows=(
            Row("3", "تفسير الجلالين", "B0042-2", LENT, 3, "جلال الدين المحلي", DUE),
            Row("2", "Manajemen Perpustakaan Modern", "B0105-1", LENT, 2, "Rahayuningsih", DUE),
            Row("1", "Jaringan Komputer", "B0077-3", LENT, 1, "Andrew S. Tanenbaum", NOW.date(), due_at=NOW),
        ),
        running=(
            Row("r", "Statistika Terapan", "B0031-1", Chip(Tone.NEEDS, "due-tomorrow"), None, "Sudjana",
                date(2026, 11, 25)),
        ),
        member=member(), keys=KEYS, cases=3, sound=Sound.DONE, serial=4,
    )  # fmt: skip


def refusal() -> DeskView:
    return DeskView(
        state(),
        banner=Banner(
            Tone.NO, "not-lent", {"title": "Akuntansi Syariah"},
            (Phrase("barcode-reasons", {"barcode": "B0193-1", "n": 2}),),
            reasons=(
                ReasonLine(Level.CONFIRM, "debt-over-limit", {"owed": 27500, "limit": 25000}, "fines"),
                ReasonLine(Level.CONFIRM, "held-for-another", {"waiting": 1}, "queue"),
            ),
        ),
        rows=(Row("1", "Jaringan Komputer", "B0077-3", LENT, 1, "Andrew S. Tanenbaum", DUE),),
        member=member(27500),
        question=Question(
            "q1", "confirm", "confirm", held="B0193-1",
            fields=(Field("reason", "reason"), Field("pin", "supervisor-pin", FieldKind.PIN)),
            answers=(
                Answer("F9", "pay", "pay-first", primary=True),
                Answer("F11", "approve", "approve-lend", needs=("reason", "pin")),
                Answer("Esc", "cancel", "cancel"),
            ),
        ),
        keys=(
            KeyHint("F9", "pay", "pay-first"),
            KeyHint("F11", "approve", "approve"),
            KeyHint("Esc", "cancel", "cancel"),
        ),
        cases=3, sound=Sound.NO, serial=5,
    )  # fmt: skip


def returns() -> DeskView:
    back = Chip(Tone.DONE, "returned")
    return DeskView(
        state(Link.ONLINE), mode=Mode.RETURN, sticky=True, columns=Columns.FROM,
        banner=Banner(
            Tone.NEEDS, "returned-late", {"n": 4, "title": "Pengantar Ilmu Komunikasi"},
            (Phrase("late", {
                "name": "Dewi Lestari", "barcode": "B0210-2", "due_on": date(2026, 11, 18),
                "returned_on": date(2026, 11, 24), "skipped": 2,
            }),),
            Phrase("fine"), Phrase("amount", {"amount": 2000}), icon="return",
        ),
        rows=(
            Row("5", "Pengantar Ilmu Komunikasi", "B0210-2",
                Chip(Tone.NEEDS, "returned-late", {"n": 4, "amount": 2000}), 5,
                from_name="Dewi L.", from_no="21.02.0107"),
            Row("4", "Fiqih Muamalah", "B0018-1", Chip(Tone.ASIDE, "put-aside"), 4,
                from_name="Rizky P.", from_no="20.01.0033"),
            Row("3", "Basis Data", "B0066-4", back, 3, from_name="Hendra S.", from_no="21.01.0090"),
            Row("2", "Psikologi Pendidikan", "B0152-1", Chip(Tone.TOLD, "not-on-loan-shelf", {"shelf": "370.15"}), 2),
            Row("1", "Akhlak Tasawuf", "B0099-2", back, 1, from_name="Maya K.", from_no="22.03.0011"),
        ),
        today=Today(
            42, 31, 18500, "morning",
            (
                Note(Tone.NEEDS, "owes-or-condition", {"name": "Dewi", "amount": 2000}),
                Note(Tone.ASIDE, "aside", {"title": "Fiqih Muamalah", "shelf": "A-3", "hold": "R-0417"}),
            ),
            Phrase("last-20"),
        ),
        keys=KEYS, cases=3, sound=Sound.NEEDS, serial=9,
    )  # fmt: skip


def find() -> DeskView:
    base = lend()
    return DeskView(
        base.state,
        rows=base.rows,
        member=base.member,
        question=Question(
            "find", "find", "find-title",
            fields=(Field("text", "search-title", FieldKind.SEARCH),),
            choices=(
                Choice("a", "Fiqih Muamalah", "Abdul Rahman Ghazaly", "297.42 GHA",
                       Phrase("copies", {"free": 2, "n": 3}), Chip(Tone.DONE, "in")),
                Choice("b", "فقه السنة", "سيد سابق", "297.4 SAB", Phrase("copies", {"free": 0, "n": 1}),
                       Chip(Tone.NEEDS, "on-loan", {"due_on": DUE})),
            ),
            empty=Phrase("type-more"),
            answers=(Answer("Enter", "open", "pick", primary=True), Answer("Esc", "cancel", "close")),
        ),
        keys=(KeyHint("Esc", "cancel", "close"),), serial=6,
    )  # fmt: skip


def pay() -> DeskView:
    base = lend()
    return DeskView(
        base.state,
        rows=base.rows,
        running=base.running,
        member=base.member,
        question=Question(
            "pay", "pay", "pay", {"name": "Ahmad Fauzi"},
            fields=(Field("amount", "amount", FieldKind.MONEY, True, "27500"), Field("payer", "payer", value="")),
            answers=(Answer("Enter", "pay", "pay", primary=True), Answer("Esc", "cancel", "cancel")),
        ),
        keys=(KeyHint("Esc", "cancel", "cancel"),), serial=7,
    )  # fmt: skip


def empty() -> DeskView:
    return DeskView(state(Link.ALONE), today=Today(foot=Phrase("last-20")), keys=KEYS[:7])


def many_reasons() -> DeskView:
    """Everything speaks against a loan at once, and the title is long."""
    base = refusal()
    assert base.banner is not None
    reasons = (
        ReasonLine(Level.CONFIRM, "debt-over-limit", {"owed": 27500, "limit": 25000}, "fines"),
        ReasonLine(Level.CONFIRM, "held-for-another", {"waiting": 1}, "queue"),
        ReasonLine(Level.CONFIRM, "member-expired", {"on": date(2026, 1, 31)}, "limit"),
        ReasonLine(Level.CONFIRM, "has-overdue", {"count": 2, "days": 41}, "overdue"),
        ReasonLine(Level.CONFIRM, "limit-reached", {"limit": 3, "used": 3}, "limit"),
    )
    title = {"title": "Sejarah Peradaban Islam di Lampung dan Sekitarnya"}
    banner = replace(base.banner, params=title, reasons=reasons)
    assert base.question is not None
    every = Answer("Shift+F11", "approve-all", "approve-all", needs=("reason", "pin"))
    question = replace(base.question, answers=(*base.question.answers[:2], every, base.question.answers[2]))
    return replace(base, banner=banner, question=question, serial=11)


def renewed_some() -> DeskView:
    """What could not be renewed, copy by copy; no question."""
    base = lend()
    reasons = tuple(
        ReasonLine(Level.IMPOSSIBLE, code, params, title=title, barcode=barcode)
        for code, params, title, barcode in (
            ("held-by-another", {"waiting": 2}, "Metodologi Studi Islam", "B0110-1"),
            ("renewal-limit", {"renewals": 2, "limit": 2}, "الجامع لأحكام القرآن والمبين", "B0031-1"),
            ("renewed-today", {}, "Jaringan Komputer", "B0077-3"),
        )
    )
    banner = Banner(Tone.NEEDS, "renewed-some", {"n": 1, "refused": 3}, reasons=reasons, icon="renew")
    return replace(base, banner=banner, serial=12)


def long_names() -> DeskView:
    """Real names and titles at their longest, half of them Arabic."""
    base = lend()
    title = "الجامع لأحكام القرآن والمبين لما تضمنه من السنة وآي الفرقان"
    card = replace(
        member(), name="Raden Ayu Siti Nurhaliza Kusumawardhani binti Abdurrahman",
        institution="Pendidikan Guru Madrasah Ibtidaiyah",
        notes=(
            Note(Tone.TOLD, "hold-ready", {"shelf": "A-3", "title": title}),
            Note(Tone.NEEDS, "due-tomorrow", {"title": title, "barcode": "B0031-1"}),
        ),
    )  # fmt: skip
    said = {"name": card.name, "barcode": "B0042-2", "n": 4, "limit": 5}
    banner = Banner(
        Tone.DONE, "lent", {"title": title}, (Phrase("lent", said),), Phrase("due"), Phrase("due-on", {"due_on": DUE})
    )
    rows = (Row("1", title, "B0042-2", LENT, 1, "أبو عبد الله محمد بن أحمد القرطبي", DUE),)
    return replace(base, banner=banner, rows=rows, member=card, serial=13)


def last() -> DeskView:
    """The list of the last transactions, over a banner."""
    base = lend()
    choices = tuple(
        Choice(
            f"tx:{number}", "Manajemen Perpustakaan Modern", "Ahmad F.", f"B0{number:03}-1",
            Phrase("at-day", {"at": NOW}), Chip(Tone.DONE, "return"),
        )
        for number in range(20)
    )  # fmt: skip
    question = Question(
        "last", "list", "last", choices=choices,
        answers=(Answer("F8", "reprint", "reprint"), Answer("Esc", "close", "close")),
    )  # fmt: skip
    return replace(base, question=question, keys=(KeyHint("F8", "reprint", "reprint"),), serial=14)


FOUR = {"lend": lend, "refusal": refusal, "returns": returns}
ALL = {
    **FOUR, "find": find, "pay": pay, "empty": empty, "many-reasons": many_reasons, "renewed-some": renewed_some,
    "long-names": long_names, "last": last,
}  # fmt: skip


def hostile() -> DeskView:
    """Names and titles as bad data brings them."""
    long = "Sebuah judul yang sangat panjang dan tidak berhenti " * 12
    evil = "<img src=x>\u202egnp.exe\x00\n"
    base = lend()
    return replace(
        base,
        banner=Banner(
            Tone.DONE, "lent", {"title": long + evil},
            (Phrase("lent", {"name": long, "barcode": "B" * 300, "n": 4, "limit": 5}),),
            Phrase("due"), Phrase("due-on", {"due_on": DUE}),
        ),
        rows=(Row("1", long, "B" * 300, LENT, 1, long, DUE),),
        member=replace(
            member(), name=long, member_no="9" * 90, institution=long, photo=b"no picture",
            notes=(Note(Tone.TOLD, "hold-ready", {"shelf": evil, "title": evil}),),
        ),
    )  # fmt: skip

"""F6, F7 and codes that several things answer to: readers, titles and copies to choose from."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain import right
from app.domain.records import ItemStatus, Member
from app.domain.verdict import Param
from app.ports import Hits, ItemHit, Reader, Store, TitleHit
from app.services import show
from app.services.outcome import Kind, Outcome
from app.services.questions.asked import CANCEL, PICK, Asked, fresh
from app.services.session import AUTO, RENEW, RETURN, Session
from app.services.view import Answer, Chip, Choice, Field, FieldKind, Phrase, Question, Tone

HITS = 12
LEAST_LETTERS = 2


class FindQuestions:
    """Finding and choosing over one session."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def which(self, outcome: Outcome) -> Asked:
        """Several things answer to one code: which one is meant?"""
        with self._store.read() as facts:
            choices = tuple(
                [self._copy_choice(hit) for hit in sorted(outcome.hits, key=self._meant_later)]
                + [self._member_choice(facts, member) for member in outcome.members]
            )
        title: dict[str, Param] = {"title": outcome.title.title if outcome.title else outcome.scan}
        code = "pick-member" if outcome.members and not outcome.hits else "pick-copy"
        return Asked(Question(fresh(), "pick", code, title, answers=(PICK, CANCEL), choices=choices), "which", outcome)

    def find(self, code: str, field: str) -> Asked:
        """The search for a reader or a title."""
        new = code == "find-member" and right.CATALOGUE in self._session.staff.rights
        question = Question(
            fresh(),
            "find",
            code,
            fields=(Field("words", field, FieldKind.SEARCH),),
            answers=(PICK, *((Answer("F6", "register", "register"),) if new else ()), CANCEL),
            empty=Phrase("type-more"),
        )
        return Asked(question, code)

    def searched(self, asked: Asked, text: str) -> Asked:
        """The hits for what stands in the search field now."""
        found: Hits[TitleHit] | Hits[Member] = Hits()
        with self._store.read() as facts:
            if asked.kind == "find-member":
                found = members = facts.find_members(text, HITS)
                choices = tuple(self._member_choice(facts, member) for member in members.rows)
            elif asked.kind == "find-title":
                found = titles = facts.find_titles(text, HITS)
                choices = tuple(_title_choice(hit) for hit in titles.rows)
            else:
                return asked
        none = "none-member" if asked.kind == "find-member" else "none"
        # One letter is looked for nowhere yet, so it cannot be said to be missing.
        empty = Phrase(none if len(text.strip()) >= LEAST_LETTERS else "type-more")
        cut: dict[str, Param] = {"shown": len(found.rows), "n": found.total}
        more = None
        if found.total > len(found.rows):
            more = Phrase("more-hits-uncounted" if found.uncounted else "more-hits", cut)
        return replace(asked, question=replace(asked.question, choices=choices, empty=empty, more=more))

    def take(self, asked: Asked, item_id: str) -> Outcome | None:
        """A copy picked from a list. Found by words, it is in nobody's hand: with no reader open it is only shown."""
        session = self._session
        with self._store.read() as facts:
            hit = facts.item_by_id(item_id)
        if hit is None:
            return None
        if asked.searched and not session.member_id and session.mode == AUTO:
            return session.show_item(hit)
        # A time that was stated with a scan is the time of what its own question is answered with, and of nothing else.
        return session.take_item(hit) if asked.searched else session.take_meant(hit)

    def copies(self, title_id: str) -> Asked:
        """The copies of a title that was found."""
        with self._store.read() as facts:
            hits = tuple(facts.items_of_title(title_id))
            title = facts.title(title_id)
        return replace(self.which(Outcome(Kind.AMBIGUOUS, title=title, hits=hits)), searched=True)

    def _member_choice(self, facts: Reader, member: Member) -> Choice:
        line: dict[str, Param] = {
            "type": facts.member_type_name(member.member_type),
            "institution": member.institution,
        }
        chip = Chip(Tone.NO, "blocked") if member.blocked else None
        say = Phrase("member", line) if member.institution else str(line["type"])
        return Choice(f"member:{member.id}", member.name, say, mono=member.member_no, chip=chip)

    def _copy_choice(self, hit: ItemHit) -> Choice:
        loan = hit.facts.loan
        if loan is not None:
            chip = Chip(Tone.NEEDS, "on-loan", {"due_on": loan.due_on})
        elif any(hold.aside and hold.item_id == hit.item.id for hold in hit.facts.holds):
            chip = Chip(Tone.ASIDE, "aside")
        elif hit.facts.status in _STATUS_CHIPS:
            chip = Chip(Tone.NO, _STATUS_CHIPS[hit.facts.status])
        else:
            chip = Chip(Tone.DONE, "in")
        place = show.shelf(hit.item)
        side = Phrase("shelf", {"shelf": place}) if place else ""
        return Choice(f"item:{hit.item.id}", hit.title.title, mono=hit.item.barcode, side=side, chip=chip)

    def _meant_later(self, hit: ItemHit) -> tuple[int, str]:
        """How late a copy stands among several: first what can be meant now, last what is lost or never lent."""
        on_loan = hit.facts.loan is not None
        if self._session.mode in (RETURN, RENEW):
            return (0 if on_loan else 1, hit.item.barcode)
        gone = hit.facts.status in _STATUS_CHIPS
        return (2 if gone else 1 if on_loan else 0, hit.item.barcode)


def _title_choice(hit: TitleHit) -> Choice:
    return Choice(
        f"title:{hit.title.id}",
        hit.title.title,
        hit.title.authors[0] if hit.title.authors else "",
        mono=hit.title.call_number,
        side=Phrase("copies", {"free": hit.free, "n": hit.copies}),
    )


_STATUS_CHIPS = {
    ItemStatus.REFERENCE: "reference",
    ItemStatus.LOST: "lost",
    ItemStatus.MISSING: "lost",
    ItemStatus.WITHDRAWN: "withdrawn",
    ItemStatus.REPAIR: "repair",
    ItemStatus.DAMAGED: "repair",
    ItemStatus.NOT_FOR_LOAN: "reference",
}

"""Reading: copies, readers, loans, queues, accounts as domain values, each by an index, whatever the library's size."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import apsw

from app.domain.calendar import plus_days
from app.domain.case import Case
from app.domain.clock import local_date, local_datetime
from app.domain.event import Event, OrderKey
from app.domain.fact import HoldFacts, ItemFacts, LoanFacts, MemberFacts
from app.domain.fold.account import AccountState, fold_account
from app.domain.ids import derived_id
from app.domain.loan_rule import Terms
from app.domain.policy import Policy
from app.domain.records import ItemStatus, Member, MemberType, Staff, Title
from app.domain.text import code_key
from app.ports import (
    ActLine,
    ChargeLine,
    CopyLoan,
    Earlier,
    FinishedTx,
    Hits,
    ItemHit,
    Lateness,
    LoanLine,
    MemberHit,
    TitleHit,
)
from db import earlier, journal, search
from db.aggregates import charged_loans
from db.cases import Cases
from db.policies import Policies
from db.rows import ITEM, MEMBER, TITLE, day, item_from, member_from, title_from
from db.seen import Seen
from db.settings import read_setting
from db.sql import Reading
from db.tally import FARTHEST, TAKEN_BACK, Tally

_LOAN = (
    "l.id, l.item, l.title, l.party, l.lent_on, l.due_on, l.due_at, l.renewals, l.unseen, l.renewed_on, l.terms,"
    " l.price, i.collection, t.material"
)
_CHARGE = "c.id, c.party, c.reason, c.at, c.amount, c.amount - c.paid - c.waived, i.barcode, t.title"
_CHARGED_COPIES = "LEFT JOIN item i ON i.id = c.item LEFT JOIN title t ON t.id = i.title"
_ITEMS_AND_TITLES = "LEFT JOIN item i ON i.id = l.item LEFT JOIN title t ON t.id = l.title"
_FREE = (
    "SELECT count(*) FROM item i WHERE i.title = ? AND i.gone = 0 AND i.id <> ? AND i.status = 'available'"
    " AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.item = i.id AND l.closed_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.queue = i.title AND h.state = 'aside' AND h.copy = i.id)"
)

# Sorts after every desk and incarnation, whose names are hexadecimal.
_LAST = "~"

NUMBERED_BY = "tx.mark."
"""Before the id of a transaction that another incarnation numbered than recorded it: that one's mark is kept."""


class Facts:
    """One consistent view for reading; lives as long as the transaction it was made in."""

    def __init__(
        self,
        connection: apsw.Connection,
        library: str,
        policies: Policies,
        zone: str,
        tally: Tally | None = None,
        seen: Seen | None = None,
    ) -> None:
        self._db: Reading = connection
        self._tally = tally or Tally()
        self._seen = seen or Seen(connection)
        self._library = library
        self._policies = policies
        self._zone = zone

    # --- copies -------------------------------------------------------------------------------------------------

    def item_by_code(self, code: str) -> Sequence[ItemHit]:
        """Copies that carry this barcode (compared without case); more than one is a matter for a person."""
        return self._items("i.barcode_key = ?", code_key(code))

    def items_of_half(self, code: str, limit: int) -> Sequence[ItemHit]:
        """Copies whose barcode is this code, a hyphen and more ("B0002" of "B0002-1"), by barcode."""
        key = code_key(code)
        # "." is the sign after "-": everything that begins with the code and a hyphen lies between the two.
        rows = self._db.execute(
            "SELECT id FROM item WHERE barcode_key > ? AND barcode_key < ? AND gone = 0 ORDER BY barcode_key LIMIT ?",
            (f"{key}-", f"{key}.", limit),
        ).fetchall()
        return [hit for (item_id,) in rows if (hit := self.item_by_id(item_id)) is not None]

    def item_by_inventory(self, number: str) -> Sequence[ItemHit]:
        """Copies with this inventory number (nomor induk)."""
        return self._items("i.inventory_key = ?", code_key(number))

    def item_by_id(self, item_id: str) -> ItemHit | None:
        """The copy of this id."""
        seen = self._seen.get(ItemHit, item_id)
        if seen is not None:
            return seen
        hits = self._items("i.id = ?", item_id)
        return hits[0] if hits else None

    def items_of_title(self, title_id: str) -> Sequence[ItemHit]:
        """All copies of a title, by barcode."""
        return sorted(self._items("i.title = ?", title_id), key=lambda hit: hit.item.barcode)

    def _items(self, where: str, value: str) -> list[ItemHit]:
        rows = self._db.execute(
            f"SELECT {ITEM}, {TITLE}, s.state FROM item i JOIN title t ON t.id = i.title"
            f" LEFT JOIN item_state s ON s.item = i.id WHERE {where} AND i.gone = 0 LIMIT 500",
            (value,),
        ).fetchall()
        return [self._item_hit(row) for row in rows]

    def _item_hit(self, row: Sequence[Any]) -> ItemHit:
        item, title = item_from(row[:15]), title_from(row[15:36])
        state = json.loads(row[36]) if row[36] else None
        status = item.status
        if state and state["lost"] and status is ItemStatus.AVAILABLE:
            status = ItemStatus.LOST
        facts = ItemFacts(
            item_id=item.id,
            title_id=title.id,
            barcode=item.barcode,
            collection=item.collection,
            material=title.material,
            status=status,
            price=item.price,
            parts=item.parts,
            provisional=item.provisional,
            loan=self._open_loan(item.id) if state and state["loan"] else None,
            holds=self.queue(title.id),
        )
        if facts.holds:
            free = self._db.execute(_FREE, (title.id, item.id)).fetchone()[0]
            facts = _with_free(facts, free)
        return self._seen.keep(item.id, ItemHit(item, title, facts))

    def _open_loan(self, item: str) -> LoanFacts | None:
        row = self._db.execute(
            f"SELECT {_LOAN}, p.member FROM loan l {_ITEMS_AND_TITLES} LEFT JOIN party p ON p.token = l.party"
            " WHERE l.item = ? AND l.closed_at IS NULL",
            (item,),
        ).fetchone()
        return self._loan_facts(row) if row else None

    def _loan_facts(self, row: Sequence[Any]) -> LoanFacts:
        terms = json.loads(row[10]) if row[10] else None
        return LoanFacts(
            loan_id=row[0],
            item_id=row[1],
            title_id=row[2],
            party=row[3],
            member_id=row[14],
            lent_on=date.fromisoformat(row[4]),
            due_on=date.fromisoformat(row[5]),
            due_at=local_datetime(row[6], self._zone) if row[6] is not None else None,
            renewals=row[7],
            unseen_renewals=row[8],
            renewed_on=day(row[9]),
            rule_id=str(terms.get("rule_id", "")) if terms else "",
            terms=terms or None,
            price=row[11],
            collection=row[12] or "",
            material=row[13] or "",
        )

    # --- readers ------------------------------------------------------------------------------------------------

    def member_by_card(self, code: str) -> Sequence[MemberHit]:
        """Readers with this member number or further card code."""
        key = code_key(code)
        rows = self._db.execute(f"SELECT {MEMBER} FROM member m WHERE m.no_key = ? AND m.gone = 0", (key,)).fetchall()
        if not rows:
            rows = self._db.execute(
                f"SELECT {MEMBER} FROM member_card c JOIN member m ON m.id = c.member"
                " WHERE c.card_key = ? AND m.gone = 0",
                (key,),
            ).fetchall()
        return [self._member_hit(member_from(row)) for row in rows]

    def member_by_id(self, member_id: str) -> MemberHit | None:
        """The reader of this id."""
        seen = self._seen.get(MemberHit, member_id)
        if seen is not None:
            return seen
        row = self._db.execute(f"SELECT {MEMBER} FROM member m WHERE m.id = ?", (member_id,)).fetchone()
        return self._member_hit(member_from(row)) if row else None

    def member_of_party(self, party: str) -> Member | None:
        """The reader behind a party token, unless the link was forgotten."""
        row = self._db.execute(
            f"SELECT {MEMBER} FROM party p JOIN member m ON m.id = p.member WHERE p.token = ?", (party,)
        ).fetchone()
        return member_from(row) if row else None

    def owed(self, member_id: str) -> int:
        """What a reader owes now, in rupiah, less the credit of all the reader's tokens."""
        row = self._db.execute(
            "SELECT coalesce(sum(a.owed), 0) - coalesce(sum(max(a.credit, 0)), 0)"
            " FROM party p JOIN account a ON a.party = p.token WHERE p.member = ?",
            (member_id,),
        ).fetchone()
        return max(int(row[0]), 0)

    def purses(self, member_id: str) -> Sequence[tuple[str, int]]:
        """The credit of each of a reader's tokens that has some, oldest first: (token, rupiah)."""
        rows = self._db.execute(
            "SELECT p.token, a.credit FROM party p JOIN account a ON a.party = p.token"
            " WHERE p.member = ? AND a.credit > 0 ORDER BY p.made_at, p.token",
            (member_id,),
        )
        return [(str(row[0]), int(row[1])) for row in rows]

    def _member_hit(self, member: Member) -> MemberHit:
        accounts = self._db.execute(
            "SELECT p.token, a.owed, a.credit, a.suspended_until FROM party p LEFT JOIN account a ON a.party = p.token"
            " WHERE p.member = ? ORDER BY p.made_at DESC, p.token",
            (member.id,),
        ).fetchall()
        # One reader, one balance: a token's credit counts against what another token owes.
        owed, held = sum(row[1] or 0 for row in accounts), sum(max(row[2] or 0, 0) for row in accounts)
        suspended = max((row[3] for row in accounts if row[3]), default=None)
        facts = MemberFacts(
            member_id=member.id,
            member_type=member.member_type,
            registered_on=member.registered_on,
            expires_on=member.expires_on,
            blocked=member.blocked,
            card_lost=member.card_lost,
            suspended_until=day(suspended),
            owed=max(owed - held, 0),
            loans=self._open_loans(member.id),
        )
        parties = tuple(row[0] for row in accounts)
        return self._seen.keep(member.id, MemberHit(member, facts, parties, max(held - owed, 0)))

    def _open_loans(self, member_id: str) -> tuple[LoanFacts, ...]:
        rows = self._db.execute(
            f"SELECT {_LOAN}, p.member FROM party p CROSS JOIN loan l ON l.party = p.token {_ITEMS_AND_TITLES}"
            " WHERE p.member = ? AND l.closed_at IS NULL ORDER BY l.opened_at",
            (member_id,),
        )
        return tuple(self._loan_facts(row) for row in rows)

    def party_is_idle(self, party: str, today: str) -> bool:
        """True when nothing is open under a token: then the next act may begin a new one."""
        busy = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM loan WHERE party = :p AND closed_at IS NULL)"
            " OR EXISTS (SELECT 1 FROM account WHERE party = :p AND (owed > 0 OR credit <> 0"
            " OR coalesce(suspended_until, '') >= :d))"
            " OR EXISTS (SELECT 1 FROM hold WHERE party = :p AND state IN ('waiting', 'aside'))",
            {"p": party, "d": today},
        ).fetchone()[0]
        return not busy

    # --- lists --------------------------------------------------------------------------------------------------

    def loans_of_member(self, member_id: str, *, closed: bool, limit: int) -> Sequence[LoanLine]:
        """A reader's open loans (oldest due first) or past ones (newest first)."""
        where, order = ("l.closed_at IS NOT NULL", "l.closed_at DESC") if closed else (
            "l.closed_at IS NULL",
            "l.due_on, l.opened_at",
        )  # fmt: skip
        rows = self._db.execute(
            "SELECT l.id, l.item, i.barcode, t.title, t.authors, l.lent_on, l.due_on, l.renewals, l.closed_on, l.how,"
            f" l.due_at FROM party p CROSS JOIN loan l ON l.party = p.token {_ITEMS_AND_TITLES}"
            f" WHERE p.member = ? AND {where} ORDER BY {order} LIMIT ?",
            (member_id, limit),
        )
        return [
            LoanLine(
                loan_id=row[0],
                item_id=row[1],
                barcode=row[2] or "",
                title=row[3] or "",
                author=_first_author(row[4]),
                lent_on=date.fromisoformat(row[5]),
                due_on=date.fromisoformat(row[6]),
                renewals=row[7],
                closed_on=day(row[8]),
                how=row[9],
                due_at=local_datetime(row[10], self._zone) if row[10] is not None else None,
            )
            for row in rows
        ]

    def charges_of_member(self, member_id: str) -> Sequence[ChargeLine]:
        """What a reader still has to pay, oldest first."""
        rows = self._db.execute(
            f"SELECT {_CHARGE} FROM party p CROSS JOIN charge c ON c.party = p.token {_CHARGED_COPIES}"
            " WHERE p.member = ? AND c.amount > c.paid + c.waived ORDER BY c.at, c.id",
            (member_id,),
        )
        return [self._charge_line(row) for row in rows]

    def charges(self, ids: Sequence[str]) -> Sequence[ChargeLine]:
        """These charges, settled or not, in the order asked for; one that no longer is (undone) is left out."""
        found: list[ChargeLine] = []
        for charge_id in ids:
            rows = self._db.execute(f"SELECT {_CHARGE} FROM charge c {_CHARGED_COPIES} WHERE c.id = ?", (charge_id,))
            found.extend(self._charge_line(row) for row in rows)
        return found

    def _charge_line(self, row: Sequence[Any]) -> ChargeLine:
        on = local_date(row[3], self._zone)
        return ChargeLine(row[0], row[1], row[2], on, row[4], row[5], row[6] or "", row[7] or "")

    def lateness(self, charge_id: str) -> Lateness | None:
        """The lateness that a charge is for; None for one of another kind."""
        row = self._db.execute(
            "SELECT l.id, l.charges FROM charge c JOIN loan l ON l.id = c.loan WHERE c.id = ?", (charge_id,)
        ).fetchone()
        found = next((one for one in json.loads(row[1] or "[]") if one["id"] == charge_id), None) if row else None
        if found is None:
            return None
        on = date.fromisoformat(found["on"])
        return Lateness(str(row[0]), plus_days(on, -int(found["days_late"])), on)

    def account(self, party: str) -> AccountState:
        """A party's whole account."""
        loans = charged_loans(self._db, [party]).get(party, ())
        return fold_account(party, loans, journal.of_party(self._db, self._library, party))

    def suspended_until(self, party: str) -> str | None:
        """Until when a party may borrow nothing, as it is kept: an ISO date, None when it may."""
        row = self._db.execute("SELECT suspended_until FROM account WHERE party = ?", (party,)).fetchone()
        return row[0] if row else None

    def queue(self, title_id: str) -> tuple[HoldFacts, ...]:
        """Live holds of a title, first come first."""
        rows = self._db.execute(
            "SELECT h.id, h.queue, h.only_item, p.member, h.state, h.copy FROM hold h"
            " LEFT JOIN party p ON p.token = h.party WHERE h.queue = ?"
            " AND h.state IN ('waiting', 'aside') ORDER BY h.place",
            (title_id,),
        )
        return tuple(
            HoldFacts(
                hold_id=row[0],
                title_id=row[1],
                item_id=row[5] or row[2],
                member_id=row[3],
                position=place,
                aside=row[4] == "aside",
            )
            for place, row in enumerate(rows, 1)
        )

    def holds_of_member(self, member_id: str) -> Sequence[tuple[str, str, str, str | None, str | None, int]]:
        """A reader's live holds: (id, title id, state, copy, until, number)."""
        return self._db.execute(
            "SELECT h.id, h.queue, h.state, h.copy, h.until, h.number FROM party p"
            " CROSS JOIN hold h ON h.party = p.token WHERE p.member = ?"
            " AND h.state IN ('waiting', 'aside') ORDER BY h.placed_at",
            (member_id,),
        ).fetchall()

    # --- titles and words ---------------------------------------------------------------------------------------

    def title(self, title_id: str) -> Title | None:
        """The title of this id."""
        row = self._db.execute(f"SELECT {TITLE} FROM title t WHERE t.id = ?", (title_id,)).fetchone()
        return title_from(row) if row else None

    def titles_by_isbn(self, isbn: str) -> Sequence[Title]:
        """Titles with this ISBN (13 digits)."""
        rows = self._db.execute(f"SELECT {TITLE} FROM title t WHERE t.isbn_key = ? AND t.gone = 0 LIMIT 20", (isbn,))
        return [title_from(row) for row in rows]

    def find_titles(self, words: str, limit: int) -> Hits[TitleHit]:
        """Titles by words, call number, barcode or inventory number."""
        found = search.titles(self._db, words, limit)
        hits = []
        for title_id in found.ids:
            title = self.title(title_id)
            if title is None:
                continue
            copies = self._db.execute("SELECT count(*) FROM item WHERE title = ? AND gone = 0", (title_id,)).fetchone()[
                0
            ]
            free = self._db.execute(_FREE, (title_id, "")).fetchone()[0] if copies else 0
            hits.append(TitleHit(title, copies, free))
        return Hits(tuple(hits), found.total, found.total == search.CANDIDATES)

    def find_members(self, words: str, limit: int) -> Hits[Member]:
        """Readers by name or number."""
        found = search.members(self._db, words, limit)
        rows = []
        for member_id in found.ids:
            row = self._db.execute(f"SELECT {MEMBER} FROM member m WHERE m.id = ?", (member_id,)).fetchone()
            if row:
                rows.append(member_from(row))
        return Hits(tuple(rows), found.total, found.total == search.CANDIDATES)

    # --- acts ---------------------------------------------------------------------------------------------------

    def acts(self, *, tx: str = "", limit: int = 20) -> Sequence[ActLine]:
        """The acts of one transaction, or the desk's last ones, newest first."""
        where, values = ("e.tx = ?", (tx, limit)) if tx else ("e.tx IS NOT NULL", (limit,))
        rows = self._db.execute(
            f"SELECT e.id, e.at, e.kind, e.body, e.staff, e.tx, e.late, {TAKEN_BACK}, a.letter FROM event e"
            f" CROSS JOIN author a ON a.a = e.author WHERE {where} ORDER BY e.n DESC LIMIT ?",
            values,
        ).fetchall()
        return [self._act_line(row) for row in rows]

    def _act_line(self, row: Sequence[Any]) -> ActLine:
        body = json.loads(row[3])
        item_id = str(body.get("item", ""))
        party = str(body.get("party", "")) or self._party_of_act(row[0], item_id, str(body.get("loan", "")))
        copy = None
        if item_id:
            copy = self._db.execute(
                "SELECT i.barcode, t.title, t.authors FROM item i JOIN title t ON t.id = i.title WHERE i.id = ?",
                (item_id,),
            ).fetchone()
        member = self.member_of_party(party) if party else None
        return ActLine(
            event_id=row[0],
            at=row[1],
            kind=row[2],
            body=body,
            staff=row[4],
            tx=row[5] or "",
            item_id=item_id,
            barcode=copy[0] if copy else "",
            title=copy[1] if copy else "",
            author=_first_author(copy[2]) if copy else "",
            member_id=member.id if member else "",
            member_no=member.member_no if member else "",
            member_name=member.name if member else "",
            undone=bool(row[7]),
            late=bool(row[6]),
            letter=str(row[8]),
        )

    def _party_of_act(self, event_id: str, item: str, loan: str) -> str:
        """The party of an act that names only a copy or a loan (return, renewal)."""
        if loan:
            row = self._db.execute("SELECT party FROM loan WHERE id = ?", (loan,)).fetchone()
        else:
            row = self._db.execute("SELECT party FROM loan WHERE item = ? AND closing = ?", (item, event_id)).fetchone()
        return str(row[0]) if row else ""

    def cases(self, *, closed: bool = False) -> Sequence[Case]:
        """What the rules settled and a person should look at, newest first; `closed`: also what was settled."""
        return Cases(self._db, self._library).every(closed=closed)

    def event(self, event_id: str) -> Event | None:
        """One event by its id."""
        return journal.one(self._db, self._library, event_id)

    def loan_of_event(self, event_id: str) -> tuple[str, str, int] | None:
        """The loan an event closed: (loan id, party, fine in rupiah)."""
        event = self.event(event_id)
        if event is None or not event.body.get("item"):
            return None
        row = self._db.execute(
            "SELECT id, party, charges, renewals FROM loan WHERE item = ? AND closing = ?",
            (event.body["item"], event_id),
        ).fetchone()
        if row is None:
            return None
        charge = _closing_charge(row[0], row[3], row[2])
        return row[0], row[1], int(charge["amount"]) if charge else 0

    def earlier(self, item_id: str, at: int) -> Earlier | None:
        """A copy at a moment of the past (milliseconds); None when nothing is known of it after that moment."""
        hit = self.item_by_id(item_id)
        if hit is None:
            return None
        events = journal.of_item(self._db, self._library, item_id)
        found = earlier.at(hit, events, self._place_in_order(at), self._policies)
        loan = found.hit.facts.loan if found else None
        if found is None or loan is None:
            return found
        row = self._db.execute("SELECT member FROM party WHERE token = ?", (loan.party,)).fetchone()
        return earlier.of_reader(found, str(row[0]) if row else None)

    def _place_in_order(self, at: int) -> OrderKey:
        """The place of something that happened at this time; after everything else known of that very moment."""
        return (at, _LAST, _LAST, 0)

    def loans_of_copy(self, item_id: str) -> Sequence[CopyLoan]:
        """Every loan of a copy with what it cost, oldest first."""
        rows = self._db.execute(
            "SELECT id, party, due_on, due_at, closed_at, closing, charges FROM loan WHERE item = ?"
            " ORDER BY opened_at, id",
            (item_id,),
        )
        return [
            CopyLoan(
                loan_id=row[0],
                party=row[1],
                due_on=date.fromisoformat(row[2]),
                due_at=local_datetime(row[3], self._zone) if row[3] is not None else None,
                closed_at=row[4],
                closing=row[5],
                fine=sum(int(charge["amount"]) for charge in json.loads(row[6] or "[]")),
                days=sum(int(charge["days_charged"]) for charge in json.loads(row[6] or "[]")),
            )
            for row in rows
        ]

    def aside(self, hold_id: str) -> tuple[int, date] | None:
        """A hold whose copy stands aside: (the number it was given when it was placed, last day on the shelf)."""
        row = self._db.execute("SELECT number, until FROM hold WHERE id = ? AND state = 'aside'", (hold_id,)).fetchone()
        return (int(row[0]), date.fromisoformat(row[1])) if row else None

    def condition_charges(self, item_id: str) -> Sequence[tuple[ChargeLine, int]]:
        """Charges for what was wrong with a copy, as far as they were not forgiven (`left` = what was not), each with
        its time in milliseconds."""
        rows = self._db.execute(
            "SELECT c.id, c.party, c.reason, c.at, c.amount, c.amount - c.waived, i.barcode, t.title FROM charge c"
            f" {_CHARGED_COPIES} WHERE c.item = ? AND c.reason LIKE 'condition.%' AND c.waived < c.amount",
            (item_id,),
        ).fetchall()
        return [(self._charge_line(row), int(row[3])) for row in rows]

    def lost_charges(self, item_id: str) -> Sequence[tuple[str, str, int]]:
        """Charges for the loss of a copy, as far as they were not forgiven already: (charge id, party, amount)."""
        rows = self._db.execute(
            "SELECT c.id, c.party, c.amount - c.waived FROM charge c"
            " WHERE c.item = ? AND c.reason = 'lost' AND c.waived < c.amount",
            (item_id,),
        )
        return [(str(row[0]), str(row[1]), int(row[2])) for row in rows]

    def charge_of_event(self, event_id: str) -> tuple[int, int] | None:
        """What this return or renewal cost: (rupiah, days charged); None when it cost nothing."""
        event = self.event(event_id)
        if event is None:
            return None
        row = self._db.execute(
            "SELECT id, renewals, charges FROM loan WHERE item = ? AND (closing = ? OR id = ?)",
            (event.body.get("item"), event_id, event.body.get("loan")),
        ).fetchone()
        if row is None:
            return None
        charge = _closing_charge(*row)
        if event.kind == "loan.renewed":
            day = local_date(event.at, self._zone).isoformat()
            earlier = [one for one in json.loads(row[2] or "[]") if one != charge]
            charge = next((one for one in earlier if one["on"] == day), None)
        return (int(charge["amount"]), int(charge["days_charged"])) if charge else None

    def terms_of_closed(self, event_id: str) -> Terms | None:
        """The terms of the loan that this event closed, from the event that opened or last renewed it."""
        closed = self.loan_of_event(event_id)
        opened = self.event(closed[0]) if closed else None
        terms = opened.body.get("terms") if opened else None
        return Terms.from_json(terms) if terms else None

    def finished_tx(self, tx: str) -> FinishedTx | None:
        """A finished transaction: the named one, or the one whose acts are the newest."""
        named = "SELECT id, no, member FROM desk_tx WHERE id = ? AND finished_at IS NOT NULL"
        newest = (
            "SELECT t.id, t.no, t.member"
            " FROM (SELECT n, tx FROM event WHERE tx IS NOT NULL ORDER BY n DESC LIMIT ?) recent"
            " CROSS JOIN desk_tx t ON t.id = recent.tx WHERE t.finished_at IS NOT NULL ORDER BY recent.n DESC LIMIT 1"
        )
        row = self._db.execute(named, (tx,)).fetchone() if tx else self._db.execute(newest, (FARTHEST,)).fetchone()
        return FinishedTx(str(row[0]), int(row[1]), self._mark_of(str(row[0])), str(row[2] or "")) if row else None

    def was_printed(self, tx: str) -> bool:
        """Whether slips of a transaction went into the spool before; one too old to tell counts as printed."""
        newest = "SELECT tx, state FROM print_job ORDER BY n DESC LIMIT ?"
        found = self._db.execute(
            f"SELECT count(*), count(*) FILTER (WHERE tx = ? AND state <> 'dropped') FROM ({newest})", (tx, FARTHEST)
        ).fetchone()
        return bool(found[1]) or found[0] >= FARTHEST

    def _mark_of(self, tx: str) -> str:
        """The mark of the incarnation that numbered a transaction: that of its acts, unless another one ended it."""
        said = self._db.execute("SELECT value FROM meta WHERE key = ?", (NUMBERED_BY + tx,)).fetchone()
        acts = "SELECT a.letter FROM event e JOIN author a ON a.a = e.author WHERE e.tx = ? ORDER BY e.n LIMIT 1"
        row = said or self._db.execute(acts, (tx,)).fetchone()
        return str(row[0]) if row else ""

    def tx_is_finished(self, tx: str) -> bool:
        """True when this transaction was ended."""
        row = self._db.execute("SELECT finished_at FROM desk_tx WHERE id = ?", (tx,)).fetchone()
        return bool(row and row[0] is not None)

    def later_touching(self, event: Event) -> Sequence[Event]:
        """Events that were recorded after this one on the same copy or queue, in effective order, undone ones apart.

        By the order in which they came to be known: what was said of each stood on everything known before it, also
        where one of them states an earlier time.
        """
        later: dict[str, Event] = {}
        body = event.body
        known = self._arrived_after(event)
        groups = (
            journal.of_item(self._db, self._library, body["item"]) if body.get("item") else [],
            journal.of_queue(self._db, self._library, body["queue"]) if body.get("queue") else [],
        )
        for group in groups:
            gone = {str(e.body["event"]) for e in group if e.kind == "act.undone"}
            for other in group:
                if other.id in known and other.kind != "act.undone" and other.id not in gone:
                    later[other.id] = other
        return sorted(later.values(), key=lambda other: other.key)

    def _arrived_after(self, event: Event) -> set[str]:
        rows = self._db.execute(
            "SELECT e.id FROM event e WHERE (e.item = ? OR e.queue = ?) AND e.n > (SELECT n FROM event WHERE id = ?)",
            (event.body.get("item"), event.body.get("queue"), event.id),
        )
        return {str(row[0]) for row in rows}

    def today(self, start: int, end: int) -> tuple[int, int, int]:
        """(returned, lent, rupiah taken) between two instants, from this store's events; what was undone is not in."""
        return self._tally.count(self._db, start, end)

    # --- rules, staff, settings ---------------------------------------------------------------------------------

    def policy_on(self, day: date) -> Policy:
        """The rules in force on a day."""
        return self._policies.on(day)

    def policy(self, version: str) -> Policy:
        """The rules of a version."""
        return self._policies.version(version)

    def policies(self) -> Sequence[Policy]:
        """All rule versions in the order of publishing."""
        return self._policies.every()

    def staff_list(self) -> Sequence[Staff]:
        """All staff, active first."""
        rows = self._db.execute(
            "SELECT id, name, short_name, rights, pin_hash, badge_key, active FROM staff ORDER BY active DESC, name"
        )
        return [
            Staff(row[0], row[1], row[2], frozenset(json.loads(row[3])), row[4], row[5], bool(row[6])) for row in rows
        ]

    def member_type_name(self, code: str) -> str:
        """The name staff gave a member type."""
        row = self._db.execute("SELECT name FROM member_type WHERE code = ?", (code,)).fetchone()
        return str(row[0]) if row else code

    def member_types(self) -> Sequence[MemberType]:
        """The member types the library keeps, by name."""
        rows = self._db.execute("SELECT code, name, membership_days FROM member_type ORDER BY name, code")
        return [MemberType(str(code), str(name), int(days)) for code, name, days in rows]

    def is_bare(self) -> bool:
        """True while the library has neither a reader nor a copy."""
        row = self._db.execute("SELECT EXISTS (SELECT 1 FROM member) OR EXISTS (SELECT 1 FROM item)").fetchone()
        return not row[0]

    def setting(self, key: str) -> Any:
        """A setting's value, or its declared default."""
        return read_setting(self._db, key)

    def picture(self, name: str) -> bytes:
        """The bytes of a photo or cover by its content hash; nothing when it is not here."""
        row = self._db.execute("SELECT bytes FROM picture WHERE hash = ?", (name,)).fetchone()
        return bytes(row[0]) if row else b""

    def note(self, note_id: str) -> str:
        """A note's text, "" when it was erased."""
        row = self._db.execute("SELECT body FROM note WHERE id = ?", (note_id,)).fetchone()
        return str(row[0]) if row else ""


def _first_author(authors: str | None) -> str:
    names = json.loads(authors) if authors else []
    return str(names[0]) if names else ""


def _closing_charge(loan: str, renewals: int, charges: str | None) -> dict[str, Any] | None:
    """What the end of a loan cost; a charge made at a renewal before it is not this one."""
    wanted = derived_id("overdue", loan, str(renewals))
    return next((charge for charge in json.loads(charges or "[]") if charge["id"] == wanted), None)


def _with_free(facts: ItemFacts, free: int) -> ItemFacts:
    return ItemFacts(
        facts.item_id,
        facts.title_id,
        facts.barcode,
        facts.collection,
        facts.material,
        facts.status,
        facts.price,
        facts.parts,
        facts.provisional,
        facts.loan,
        facts.holds,
        free,
    )

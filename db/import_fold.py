"""What the fold makes of a copy that has only imported loans, written straight as canonical text.

A library brings a hundred thousand past loans at once; folding each through values costs minutes on an old PC. This
module knows the one case in which a copy was never touched at this desk, and its texts must equal what
`app.domain.fold.item` makes of the same events: the tests compare both, and `meja check` folds the slow way.
"""

from __future__ import annotations

from hashlib import sha256
from json.encoder import encode_basestring

from msgspec import Struct

from app.ports import StagedLoan

quoted = encode_basestring


class Taken(Struct, frozen=True):
    """One imported loan with everything its event says beside the source's own words."""

    loan: StagedLoan
    item: str
    title: str
    party: str
    due: str
    terms: str
    policy: str
    price: int | None


def loan_body(taken: Taken) -> str:
    """The canonical body of a `loan.imported` event."""
    loan = taken.loan
    price = "" if taken.price is None else f'"price":{taken.price},'
    renewals = f'"renewals":{loan.renewals},' if loan.renewals else ""
    if loan.open:
        return (
            f'{{"due":"{taken.due}","item":"{taken.item}","lent":"{loan.lent}","open":true,"party":"{taken.party}",'
            f'"policy":{quoted(taken.policy)},{price}{renewals}"source":{quoted(loan.key)},"terms":{taken.terms},'
            f'"title":"{taken.title}"}}'
        )
    returned = f'"returned":"{loan.returned}",' if loan.returned else ""
    return (
        f'{{"due":"{taken.due}","item":"{taken.item}","lent":"{loan.lent}","open":false,"party":"{taken.party}",'
        f'{renewals}{returned}"source":{quoted(loan.key)},"title":"{taken.title}"}}'
    )


def loan_values(taken: Taken) -> tuple[object, ...]:
    """The row of the loan table, in the order of `db.aggregates.loan_row`."""
    loan = taken.loan
    closed = not loan.open
    return (
        loan.loan_id,
        taken.item,
        taken.title,
        taken.party,
        loan.at,
        loan.lent,
        taken.due,
        None,
        taken.policy if loan.open else "",
        loan.renewals,
        0,
        None,
        loan.at if closed else None,
        (loan.returned or None) if closed else None,
        "imported" if closed else "",
        loan.loan_id if closed else "",
        None,
        taken.terms if loan.open else None,
        taken.price if loan.open else None,
    )


def _loan_text(taken: Taken) -> str:
    loan = taken.loan
    if loan.open:
        closing, policy, terms, price = (
            ('"closed_at":null,"closed_on":null,"closing":""'),
            taken.policy,
            taken.terms,
            taken.price,
        )
        how = ""
    else:
        on = f'"{loan.returned}"' if loan.returned else "null"
        closing = f'"closed_at":{loan.at},"closed_on":{on},"closing":"{loan.loan_id}"'
        policy, terms, price, how = "", "{}", None, "imported"
    return (
        f'{{"charges":[],{closing},"due_at":null,"due_on":"{taken.due}","how":"{how}","id":"{loan.loan_id}",'
        f'"item":"{taken.item}","lent_on":"{loan.lent}","opened_at":{loan.at},"party":"{taken.party}",'
        f'"policy":{quoted(policy)},"price":{"null" if price is None else price},"renewals":{loan.renewals},'
        f'"renewed_on":null,"terms":{terms},"title":"{taken.title}","unseen":0}}'
    )


class FreshCopy:
    """The state of one copy while its imported loans are added in effective order."""

    def __init__(self, item: str) -> None:
        self.item = item
        self._past = ""
        self._open = "null"
        self._count = 0
        self._key = ""

    def add(self, taken: Taken, key: str) -> None:
        """Add the loan whose event has this place in effective order (canonical text of the order key)."""
        text = _loan_text(taken)
        self._count += 1
        self._key = key
        if taken.loan.open:
            self._open = text
        else:
            self._past = sha256(f'["{self._past}",{quoted(text)}]'.encode()).hexdigest()

    @property
    def is_empty(self) -> bool:
        """True while no loan was added."""
        return self._count == 0

    def state(self) -> tuple[str, bytes]:
        """The canonical state and its part of the state hash."""
        text = (
            f'{{"condition":"","count":{self._count},"item":"{self.item}","key":{self._key},"loan":{self._open},'
            f'"lost":false,"past":"{self._past}"}}'
        )
        return text, sha256(f'["item",{text}]'.encode()).digest()

"""Which terms judge an open loan at its renewal and its return.

meja keeps the terms a loan was made under; SLiMS keeps only the name of the rule and reads its values anew.
"""

from __future__ import annotations

from app.domain.fact import LoanFacts
from app.domain.loan_rule import Terms, resolve, slims_rules, slims_terms
from app.domain.policy import Policy
from app.domain.strict_json import BadFormat


def stored_terms(loan: LoanFacts) -> Terms | None:
    """The terms in the loan's event, or None when it has none that can be read (an imported loan)."""
    if loan.terms is None:
        return None
    try:
        return Terms.from_json(loan.terms)
    except BadFormat:
        return None


def terms_of(policy: Policy, member_type: str, loan: LoanFacts) -> Terms | None:
    """The terms in force for an open loan.

    meja: the stored ones, else (imported loans) those that would be resolved now. slims: today's values of
    the stored rule, or of the member type when none was stored; if the rule is gone, the terms the loan was
    made under, else the member type's own values. SLiMS itself breaks with an error page there when the loan
    is overdue.
    """
    stored = stored_terms(loan)
    if policy.profile != "slims" or (stored is not None and stored.profile_name):
        return stored or resolve(policy, member_type, loan.collection, loan.material)
    own, rows = slims_rules(policy, member_type)
    if not loan.rule_id:
        return slims_terms(policy, None, own).terms or stored
    row = next((rule for rule in rows if rule.id == loan.rule_id), None)
    if row is None and stored is not None:
        return stored
    return slims_terms(policy, row, own).terms or stored


def slims_renewals(policy: Policy, member_type: str, collection: str, terms: Terms) -> int:
    """How often SLiMS 9 offers its Extend button: by the first rule of the collection type, whatever its
    material, and not by the loan's own rule; without such a rule by the member type's value (observed on
    SLiMS 9.7.0).
    """
    own, rows = slims_rules(policy, member_type)
    by_collection = [rule.renewals or 0 for rule in rows if collection and rule.collection == collection]
    if by_collection:
        return max(by_collection)
    return (own.renewals or 0) if own is not None else terms.renewals

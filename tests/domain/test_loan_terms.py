"""Which terms judge an open loan."""

from __future__ import annotations

from msgspec.structs import replace

from app.domain.loan_rule import LoanRule, Terms
from app.domain.loan_terms import slims_renewals, stored_terms, terms_of
from app.domain.policy import Policy
from tests.domain.lending import RULE, TERMS, loan, policy

TYPE = replace(RULE, id="type", type_default=True)
ROW = replace(RULE, id="row", collection="general", material="book", fine_per_day=900, renewals=1)
ROW_CD = replace(ROW, id="cd", material="cd", renewals=4)


def slims(*rules: LoanRule) -> Policy:
    """A policy in the slims profile."""
    return policy(*rules, profile="slims")


def fine(terms: Terms | None) -> int | None:
    """The daily fine of some terms."""
    return None if terms is None else terms.fine_per_day


def test_meja_keeps_the_terms_of_the_loan() -> None:
    dearer = policy(replace(RULE, fine_per_day=5000))
    assert terms_of(dearer, "student", loan()) == TERMS


def test_a_loan_without_readable_terms_goes_by_today_s_rule() -> None:
    for terms in (None, {}, {"profile": "meja"}, {**TERMS.to_json(), "limit": 1.5}):
        assert stored_terms(loan(terms=terms)) is None
        assert fine(terms_of(policy(), "student", loan(terms=terms))) == 500
        assert terms_of(policy(), "guest", loan(terms=terms)) is None


def test_slims_reads_the_named_rule_anew() -> None:
    table = slims(TYPE, ROW)
    assert fine(terms_of(table, "student", loan(rule_id="row"))) == 900
    assert fine(terms_of(table, "student", loan(rule_id=""))) == 500


def test_slims_without_the_rule_goes_by_the_loan_s_terms_and_then_by_the_type() -> None:
    kept = replace(TERMS, fine_per_day=77).to_json()
    assert fine(terms_of(slims(TYPE), "student", loan(rule_id="gone", terms=kept))) == 77
    assert fine(terms_of(slims(TYPE), "student", loan(rule_id="gone", terms=None))) == 500
    assert terms_of(slims(TYPE), "guest", loan(rule_id="", terms=None)) is None
    assert fine(terms_of(slims(TYPE), "guest", loan(rule_id="", terms=kept))) == 77


def test_a_special_loan_keeps_its_terms_in_slims_too() -> None:
    special = replace(TERMS, profile_name="defence", fine_per_day=77)
    assert terms_of(slims(TYPE, ROW), "student", loan(rule_id="row", terms=special.to_json())) == special


def test_the_extend_button_of_slims_looks_at_the_collection_alone() -> None:
    table = slims(TYPE, ROW, ROW_CD)
    assert slims_renewals(table, "student", "general", TERMS) == 4
    assert slims_renewals(table, "student", "atlas", TERMS) == 2
    assert slims_renewals(table, "student", "", TERMS) == 2
    assert slims_renewals(table, "guest", "atlas", replace(TERMS, renewals=3)) == 3

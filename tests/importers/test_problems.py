"""What stops a whole file: a reason and its facts, kept as they were when it was raised."""

from __future__ import annotations

from app.importers.problems import ImportProblem


def test_a_problem_is_told_by_its_reason() -> None:
    problem = ImportProblem("file-missing", {"file": "biblio.csv"})
    assert (problem.reason, problem.params, str(problem)) == ("file-missing", {"file": "biblio.csv"}, "file-missing")
    assert ImportProblem("file-empty").params == {}


def test_the_facts_do_not_change_with_what_they_came_from() -> None:
    facts = {"file": "biblio.csv"}
    problem = ImportProblem("file-missing", facts)
    facts["file"] = "item.csv"
    assert problem.params == {"file": "biblio.csv"}

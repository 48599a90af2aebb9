"""Errors carry a code, a reason and a message, and survive processes and notebooks."""

from __future__ import annotations

import pickle

import pytest

from mvkit import errors

ALL = sorted(errors._tree().values(), key=lambda kind: kind.__name__)
CODES = {
    *("GENERATION_ERROR", "BUDGET_EXCEEDED", "TIMEOUT", "VALIDATION_ERROR", "RATE_LIMITED"),
    *("QUOTA_EXCEEDED", "NOT_FOUND", "UNAUTHORIZED", "CANCELLED"),
}


def test_the_tree_has_every_code_of_the_design() -> None:
    assert {kind.code for kind in ALL} == CODES


@pytest.mark.parametrize("kind", ALL)
def test_an_error_is_told_as_the_fields_of_an_event(kind: type[errors.MvkitError]) -> None:
    told = kind("found x, expected y", reason="CASE").as_dict()
    assert told["code"] == kind.code
    assert told["reason"] == "CASE"
    assert told["error"] == "found x, expected y"
    assert told["retryable"] is kind.retryable


@pytest.mark.parametrize("kind", ALL)
def test_an_error_survives_a_notebook_as_name_and_text(kind: type[errors.MvkitError]) -> None:
    error = kind("the song lasts 0.2 s: too short", reason="TOO_SHORT")
    again = errors.revive(kind.__name__, str(error))
    assert again is not None
    assert type(again) is kind
    assert again.as_dict() == error.as_dict()


@pytest.mark.parametrize("kind", ALL)
def test_an_error_survives_another_process(kind: type[errors.MvkitError]) -> None:
    again = pickle.loads(pickle.dumps(kind("message", reason="CASE")))
    assert type(again) is kind
    assert again.as_dict() == kind("message", reason="CASE").as_dict()


def test_a_foreign_failure_is_not_revived() -> None:
    assert errors.revive("ZeroDivisionError", "division by zero") is None


@pytest.mark.parametrize("kind", ALL)
def test_the_tree_drawn_in_the_docstring_is_complete(kind: type[errors.MvkitError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")

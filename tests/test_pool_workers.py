from __future__ import annotations

import pickle

import pytest

from kg.errors import InputError, KgError, Place, Problem
from kg.pool_workers import outcome


def refuse(number):
    raise KgError(f"{number} is odd")


def test_an_outcome_is_a_result_or_an_error():
    assert outcome(divmod, (7, 3)) == (True, (2, 1))
    is_result, error = outcome(refuse, (3,))
    assert not is_result
    assert str(error) == "3 is odd"


def test_an_exit_is_an_error_like_others():
    is_result, error = outcome(exit, ("enough",))
    assert not is_result
    assert isinstance(error, SystemExit)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_problems_of_an_input_arrive_as_they_left(count):
    error = InputError(Problem(Place("a.yaml", line), "is odd", "make it even") for line in range(count))
    arrived = pickle.loads(pickle.dumps(error))
    assert arrived.problems == error.problems
    assert str(arrived) == str(error)

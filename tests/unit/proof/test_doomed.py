"""The points at which proofs let a process die are named in words: each is one of the shipped code."""

from inspect import iscoroutinefunction

import pytest

from tests.proof.doomed import POINTS, found


@pytest.mark.parametrize("name", POINTS)
def test_each_point_is_a_function_of_the_bot(name: str) -> None:
    owner, attribute = found(POINTS[name].where)
    assert iscoroutinefunction(getattr(owner, attribute))

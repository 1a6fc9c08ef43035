"""Killed or frozen with requests in flight, under a carrier that errs, the bots lose nothing and double nothing.

A few blows each; `make proof` deals a thousand.
"""

from collections.abc import Iterator
from random import Random

import pytest

from tests.postgres import Postgres, running_postgres
from tests.proof import freezes, kills, naivety
from tests.proof.arena import Terms
from tests.proof.grounds import BOTS, POSTGRESQL, SQLITE, Grounds, open_grounds
from tests.proof.naive import MARK_THEN_SEND, SEND_THEN_MARK
from tests.proof.rules import Wrong
from tests.proof.toll import Toll

SEED = 7
FEW = Terms(members=150, answer_seconds=0.05)
KILLS, FREEZES = 5, 1

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def grounds(server: Postgres) -> Iterator[Grounds]:
    with open_grounds(server) as grounds:
        yield grounds


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
async def test_killed_at_random_nothing_is_lost_and_nothing_doubled(grounds: Grounds, database: str) -> None:
    toll = Toll("kills", database, SEED)
    terms = Terms(members=FEW.members, answer_seconds=FEW.answer_seconds, bots=BOTS[database])
    async with grounds.arena(database, terms) as (arena, _):
        await kills.kill(arena, toll, Random(SEED), kills=KILLS, say=print)
    assert toll.is_clean, toll.complaint()
    assert toll.with_requests == toll.blows == KILLS
    assert toll.texts > FEW.members


async def test_frozen_for_twice_its_lease_a_bot_doubles_nothing_and_leaves_nothing_hanging(
    grounds: Grounds,
) -> None:
    toll = Toll("freezes", POSTGRESQL, SEED)
    terms = Terms(members=FEW.members, answer_seconds=FEW.answer_seconds, bots=2)
    async with grounds.arena(POSTGRESQL, terms) as (arena, _):
        await freezes.freeze(arena, toll, Random(SEED), freezes=FREEZES, say=print)
    assert toll.is_clean, toll.complaint()
    assert toll.with_requests == FREEZES


@pytest.mark.parametrize(("scheme", "wrong"), [(SEND_THEN_MARK, Wrong.DOUBLED), (MARK_THEN_SEND, Wrong.LOST)])
async def test_the_same_kills_catch_each_naive_scheme(grounds: Grounds, scheme: str, wrong: Wrong) -> None:
    toll = Toll(scheme, SQLITE, SEED)
    async with grounds.arena(SQLITE, FEW) as (arena, _):
        await naivety.kill(arena, toll, Random(SEED), kills=3, say=print)
    assert toll.number_of(wrong), toll.complaint()

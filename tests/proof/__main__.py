"""`python -m tests.proof`: the proofs that take longer than the suite may. Prints a table; ends with 1 on any violation."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import replace
from random import Random

from tests.proof import freezes, kills, naivety, points, receipts, siege
from tests.proof.arena import Terms
from tests.proof.doomed import IN_THE_RECONCILER, POINTS
from tests.proof.grounds import BOTH, BOTS, POSTGRESQL, SQLITE, Grounds, open_grounds
from tests.proof.naive import MARK_THEN_SEND, SCHEMES
from tests.proof.rules import Wrong
from tests.proof.toll import Toll, table

Options = argparse.Namespace
Tolls = AsyncIterator[Toll]
TERMS = Terms()
SLOWEST_RECEIPTS_PER_SECOND = 1_000
SLOW_CARRIER_SECONDS = 0.2
QUICK_LOOK_SECONDS = 2.1
FEW = 100


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


async def prove_kills(grounds: Grounds, options: Options) -> Tolls:
    """Random SIGKILLs with requests in flight."""
    for database in options.databases:
        for seed in _seeds(options):
            toll = Toll("kills", database, seed)
            async with grounds.arena(database, replace(TERMS, bots=BOTS[database])) as (arena, _):
                each = -(-options.kills // options.seeds)
                await kills.kill(arena, toll, Random(seed), kills=each, say=say)
            yield toll


async def prove_freezes(grounds: Grounds, options: Options) -> Tolls:
    """SIGSTOP for twice the lease, then SIGCONT, with two bots."""
    toll = Toll("freezes", POSTGRESQL, options.seed)
    async with grounds.arena(POSTGRESQL, replace(TERMS, bots=2)) as (arena, _):
        await freezes.freeze(arena, toll, Random(options.seed), freezes=options.freezes, say=say)
    yield toll


async def prove_points(grounds: Grounds, options: Options) -> Tolls:
    """A death at each named point, again and again."""
    for database in options.databases:
        for name in options.points:
            toll = Toll(name, database, options.seed)
            looks = IN_THE_RECONCILER if name in IN_THE_RECONCILER else ()
            terms = replace(TERMS, bots=BOTS[database], members=FEW, answer_seconds=SLOW_CARRIER_SECONDS)
            terms = replace(terms, grace_seconds=QUICK_LOOK_SECONDS) if looks else terms
            async with grounds.arena(database, terms) as (arena, _):
                await points.die(arena, toll, Random(options.seed), times=options.times, say=say)
            yield toll


async def prove_receipts(grounds: Grounds, options: Options) -> Tolls:
    """A flood of receipts in any order."""
    for database in options.databases:
        toll = Toll("receipts", database, options.seed)
        # Asked after are those of which nothing more comes, not those whose turn in the flood is late.
        patience = TERMS.receipt_seconds + options.receipts / SLOWEST_RECEIPTS_PER_SECOND
        terms = replace(TERMS, members=10, receipt_seconds=patience)
        async with grounds.arena(database, terms) as (arena, folder):
            await receipts.pour(arena, toll, receipts=options.receipts, folder=folder, say=say)
        yield toll


async def prove_doors(_: Grounds, options: Options) -> Tolls:
    """Forged and replayed webhooks, and drafts confirmed thrice."""
    for prove, number in (
        (siege.forge, options.forgeries),
        (siege.replay, options.forgeries),
        (siege.confirm, options.drafts),
    ):
        yield await prove(number=number, dice=Random(options.seed), say=say)


async def show_naive(grounds: Grounds, options: Options) -> Tolls:
    """The two naive schemes, which must be caught: the first doubles, the second loses."""
    for scheme in SCHEMES:
        toll = Toll(scheme, SQLITE, options.seed)
        async with grounds.arena(SQLITE, TERMS) as (arena, _):
            await naivety.kill(arena, toll, Random(options.seed), kills=options.naive_kills, say=say)
        caught = Wrong.LOST if scheme == MARK_THEN_SEND else Wrong.DOUBLED
        toll.is_naive = toll.number_of(caught) > 0
        yield toll


Proof = Callable[[Grounds, Options], Tolls]
PROOFS: Mapping[str, Proof] = {
    "naive": show_naive,
    "kills": prove_kills,
    "freezes": prove_freezes,
    "points": prove_points,
    "receipts": prove_receipts,
    "doors": prove_doors,
}


async def prove(names: Iterable[str], options: Options) -> list[Toll]:
    """The tolls of these proofs, each shown as it comes."""
    tolls: list[Toll] = []
    with open_grounds() as grounds:
        for name in names:
            say(f"{name}: {(PROOFS[name].__doc__ or '').strip()}")
            async for toll in PROOFS[name](grounds, options):
                tolls.append(toll)
                say(f"{table([toll])}\n{toll.complaint()}".rstrip() + "\n")
    return tolls


def main() -> int:
    """Runs what was asked for; 1 when a rule was broken."""
    options = _read(sys.argv[1:])
    tolls = asyncio.run(prove(options.proofs or PROOFS, options))
    say(table(tolls))
    return 0 if all(toll.is_as_it_should_be for toll in tolls) else 1


def _read(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("proofs", nargs="*", choices=[[], *PROOFS], help="all of them when none is named")
    parser.add_argument("--databases", nargs="+", choices=BOTH, default=list(BOTH))
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=10, help="over how many seeds the kills are spread")
    parser.add_argument("--kills", type=int, default=1000, help="on each database")
    parser.add_argument("--freezes", type=int, default=50)
    parser.add_argument("--points", nargs="+", choices=list(POINTS), default=list(POINTS))
    parser.add_argument("--times", type=int, default=50, help="deaths at each point, on each database")
    parser.add_argument("--receipts", type=int, default=1_000_000)
    parser.add_argument("--forgeries", type=int, default=10_000, help="and as many replays")
    parser.add_argument("--drafts", type=int, default=1_000)
    parser.add_argument("--naive-kills", type=int, default=20)
    return parser.parse_args(arguments)


def _seeds(options: Options) -> range:
    return range(options.seed, options.seed + options.seeds)


if __name__ == "__main__":
    sys.exit(main())

"""Deaths at named points: a bot that dies there, and its successor that dies there too, again and again."""

from random import Random
from time import monotonic

from tests.proof.arena import Arena, Worker
from tests.proof.doomed import IN_THE_RECONCILER, said
from tests.proof.kills import at_work, come_to_rest
from tests.proof.network import Weather
from tests.proof.toll import Say, Toll

DRIZZLE = Weather(answers={"error_after": 0.02, "throttled": 0.01}, reports={"lost": 0.02, "doubled": 0.05})
# Only what is in doubt leads to the reconciler.
FOG = Weather(answers={"error_after": 0.1, "error_before": 0.1}, reports={"lost": 0.5})
LATEST_TURN = 4
LONGEST_WAIT_SECONDS = 30.0


async def die(arena: Arena, toll: Toll, dice: Random, *, times: int, say: Say) -> None:
    """Lets bots die at the point that the toll names, so many times, then lets all come to rest."""
    began = monotonic()
    await arena.network.turn(FOG if toll.what in IN_THE_RECONCILER else DRIZZLE, seed=toll.seed)
    async with at_work(arena, dice):
        for turn in range(1, times + 1):
            worker = dice.choice(arena.workers)
            latest = 1 if toll.what in IN_THE_RECONCILER else LATEST_TURN
            await _die_once(arena, toll, worker, turn=dice.randint(1, latest))
            say(f"  death {turn} {toll.what}: bot {worker.number}, process {worker.running.pid}")
    await come_to_rest(arena, toll)
    toll.seconds = monotonic() - began


async def _die_once(arena: Arena, toll: Toll, worker: Worker, *, turn: int) -> None:
    await arena.start(worker, doom={"point": toll.what, "turn": turn})
    try:
        await worker.running.over(seconds=LONGEST_WAIT_SECONDS)
    except TimeoutError:
        await worker.running.kill()
        toll.deaths.append(f"Never came to the point in {LONGEST_WAIT_SECONDS} s.\n{worker.last_words()}")
        return
    if not worker.last_words().endswith(said(toll.what)):
        toll.deaths.append(worker.last_words())
    else:
        toll.blow(0)

"""How much more memory the bot takes for a million recipients than for a thousand."""

from rich.table import Table

from tests.bench.ground import Ground, bot, counting_carrier
from tests.bench.rounds import Gates, Spread

FEW, MANY = 1_000, 1_000_000
MOST_MORE_MIB = 64
MIB = 1024 * 1024


async def memory(ground: Ground, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table; once is enough, since memory does not depend on what else the machine does."""
    many = max(FEW, int(MANY * share))
    peaks = [await _peak(ground, messages) for messages in (FEW, many)]
    more = (peaks[1] - peaks[0]) / MIB
    gates.at_most("memory, MiB more", MOST_MORE_MIB, Spread.of([more]))
    table = Table(title="the bot's peak memory, MiB", min_width=90)
    for column in (f"{FEW:,} recipients", f"{many:,} recipients", "more"):
        table.add_column(column, justify="right")
    table.add_row(*(f"{figure:.1f}" for figure in (peaks[0] / MIB, peaks[1] / MIB, more)))
    return [table]


async def _peak(ground: Ground, messages: int) -> int:
    database = await ground.store.copy(messages)
    await ground.starts.wait()
    async with counting_carrier(0) as stub, bot(ground.settings_for(database, stub)) as process:
        ledger = await stub.until(messages)
        ledger.refuse_unless(messages)
        return process.peak_bytes()

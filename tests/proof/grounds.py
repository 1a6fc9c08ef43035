"""Where the proofs run: fresh databases of both kinds, and bots that start fast."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.postgres import Postgres, running_postgres
from tests.proof.arena import Arena, Terms, open_arena
from tests.proof.spawner import Spawner

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)
BOTS = {SQLITE: 1, POSTGRESQL: 2}


@dataclass
class Grounds:
    """Opens one arena after the other."""

    spawner: Spawner
    _stack: ExitStack
    _server: Postgres | None = None
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def arena(self, database: str, terms: Terms) -> AsyncIterator[tuple[Arena, Path]]:
        """A club on a fresh database of this kind, and the folder with its logs."""
        with tempfile.TemporaryDirectory(prefix="touchline-proof-") as folder:
            url = self._fresh(database, Path(folder))
            async with open_arena(self.spawner, terms, database_url=url, folder=Path(folder)) as arena:
                yield arena, Path(folder)

    def _fresh(self, database: str, folder: Path) -> str:
        if database == SQLITE:
            return f"sqlite+aiosqlite:///{folder / 'touchline.db'}"
        if self._server is None:
            self._server = self._stack.enter_context(running_postgres())
        name = f"proof_{next(self._numbers)}"
        self._server.run(f"CREATE DATABASE {name}")
        return self._server.url(name)


@contextmanager
def open_grounds(server: Postgres | None = None) -> Iterator[Grounds]:
    """The grounds, with this PostgreSQL, or one of their own when one is asked for."""
    with ExitStack() as stack:
        yield Grounds(stack.enter_context(Spawner()), stack, server)

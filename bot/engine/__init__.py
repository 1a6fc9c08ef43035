"""Who works on which chunk, and when: one interface, an implementation for each database.

The rows are the truth; an engine only hands out chunks. Whatever it loses or hands out twice is made good by the leases
on the rows and by the next look at what is due.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Chunk

Work = Callable[[UUID], Awaitable[None]]

AT_ONCE = 3
"""How many chunks a process works on at a time; together they keep the carrier's places filled."""


class Engine(Protocol):
    """Hands chunks to the work."""

    async def enqueue(self, session: AsyncSession, chunks: Sequence[Chunk]) -> None:
        """Sees to it that these chunks, stored in this transaction, are worked off once it is committed."""
        ...

    async def run(self, work: Work) -> None:
        """Hands out what is due until told to stop."""
        ...

    async def stop(self) -> None:
        """Hands out nothing more, and comes back when the work under way is done."""
        ...

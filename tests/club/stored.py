"""What the club's database holds."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select, update

from storage import models
from storage.db import Database
from tests.club.process import PATIENCE_SECONDS, Process

Row = TypeVar("Row", bound=SQLModel)


class Stored(Process):
    """The rows, read and changed as another program would."""

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The club's database, whether the bot runs or not."""
        if self.bot:
            yield self.bot.rt.db
        else:
            db = Database(self.settings.database_url)
            try:
                yield db
            finally:
                await db.close()

    async def rows(self, table: type[Row], **columns: Any) -> list[Row]:
        """The rows with these values."""
        async with self.database() as db, db.read() as session:
            wanted = [col(getattr(table, name)) == value for name, value in columns.items()]
            return list((await session.exec(select(table).where(*wanted))).all())

    async def keep(self, *rows: SQLModel) -> None:
        """Stores rows, as an import or another command would."""
        async with self.database() as db, db.begin() as session:
            session.add_all(rows)

    async def change(self, table: type[SQLModel], values: Mapping[str, Any], **columns: Any) -> None:
        """Changes the rows with these values."""
        async with self.database() as db, db.begin() as session:
            wanted = [col(getattr(table, name)) == value for name, value in columns.items()]
            await session.exec(update(table).where(*wanted).values(**values))

    async def limit(self, **columns: Any) -> None:
        """Sets limits of the club, as an admin would."""
        await self.change(models.Club, columns)

    async def campaign(self, campaign_id: Any) -> models.Campaign:
        """The campaign as it stands."""
        found = [row for row in await self.rows(models.Campaign) if str(row.id) == str(campaign_id)]
        return found[0]

    async def messages(self, campaign: models.Campaign) -> list[models.Message]:
        """The campaign's messages as they stand."""
        return await self.rows(models.Message, campaign_id=campaign.id)

    async def states(self, campaign: models.Campaign) -> dict[str, int]:
        """How many of the campaign's messages stand in each state."""
        tally: dict[str, int] = {}
        for message in await self.messages(campaign):
            tally[message.state.value] = tally.get(message.state.value, 0) + 1
        return tally

    async def reached(
        self, campaign: models.Campaign, states: Mapping[str, int], *, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Comes back when the campaign's messages stand so."""
        seen: dict[str, int] = {}

        async def stands() -> bool:
            seen.clear()
            seen.update(await self.states(campaign))
            return seen == states

        try:
            await self.until(stands, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"{seen} instead of {states}") from None

    async def stands(
        self, campaign: models.Campaign, state: str, *, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Comes back when the campaign is in this state."""

        async def in_state() -> bool:
            return (await self.campaign(campaign.id)).state.value == state

        await self.until(in_state, seconds=seconds)

    async def forget_drafts(self) -> None:
        """No unfinished text is offered again."""
        await self.change(models.Draft, {"updated_at": datetime(2020, 1, 1, tzinfo=UTC)})

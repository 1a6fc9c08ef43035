"""A club with a field of each kind, and what imports into it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from bot.i18n import load_catalogues
from bot.imports.compare import Outcome
from bot.imports.reading import Looked
from bot.imports.run import look, store
from bot.settings import load_settings
from storage.db import Database
from storage.models import Club, Contact, ContactField, Guardianship
from storage.states import FieldKind
from tests import factories

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    """Somebody who imports files into one club."""

    db: Database
    club: Club
    folder: Path

    def file(self, text: str, name: str = "people.csv") -> Path:
        """A file with this text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    async def look(self, file: str | Path, language: str = "en", **how: Any) -> Looked:
        """What an import of the file would do."""
        path = self.file(file) if isinstance(file, str) else file
        words = load_catalogues()[language]
        return await look(self.db, self.club, path, today=NOW.date(), words=words, **how)

    async def store(self, looked: Looked) -> None:
        """Stores it."""
        try:
            settings = load_settings({"SECRET_KEY": "k" * 32})
            await store(self.db, self.club, looked, settings=settings, actor="the test", now=NOW)
        finally:
            looked.spool.close()

    async def bring_in(self, file: str | Path) -> Looked:
        """Looks and stores."""
        looked = await self.look(file)
        await self.store(looked)
        return looked

    async def rows(self, table: type[SQLModel]) -> list[Any]:
        """All rows of a table that are the club's."""
        async with self.db.read() as session:
            return list((await session.exec(select(table).where(table.club_id == self.club.id))).all())  # type: ignore[attr-defined]

    async def people(self) -> dict[str, Contact]:
        """The club's people by their names."""
        async with self.db.read() as session:
            found = await session.exec(select(Contact).where(col(Contact.club_id) == self.club.id))
        return {f"{one.first_name} {one.last_name}".strip(): one for one in found.all()}

    async def families(self) -> set[tuple[str, str]]:
        """Children with each who answers for them, by names."""
        names = {one.id: name for name, one in (await self.people()).items()}
        return {(names[one.child_id], names[one.guardian_id]) for one in await self.rows(Guardianship)}


def counts(looked: Looked) -> tuple[int, int, int, int]:
    """How many are new, changed, unchanged and refused."""
    return tuple(looked.outcomes[one] for one in Outcome)  # type: ignore[return-value]


@pytest.fixture
async def desk(migrated: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk at an empty club."""
    db, club = Database(migrated), factories.club()
    fields = [
        ContactField(club_id=club.id, name="Équipe", kind=FieldKind.TEXT),
        ContactField(club_id=club.id, name="Cotisation", kind=FieldKind.NUMBER),
        ContactField(club_id=club.id, name="Poste", kind=FieldKind.CHOICE, choices=["Gardien", "Ailier"]),
    ]
    await factories.keep(db, club, *fields)
    yield Desk(db, club, tmp_path)
    await db.close()

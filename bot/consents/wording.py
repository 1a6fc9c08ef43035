"""The sentence with which a club asks for consent to advertising: its own, each change a new version, or the bot's."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.wordings
from bot.consents.facts import WORDING_MAX, Worded
from bot.errors import BotError
from bot.i18n import N_, Words, words_for
from bot.rules import text
from bot.runtime import Runtime, Who
from storage.models import Club, ConsentWording

DEFAULT = N_(
    "I agree to get news and offers of {club} by SMS. I can stop them at any time by answering STOP ADS."
)


class WordingTooLong(BotError):
    """This sentence takes more than {most} characters. It must fit into the SMS that asks for consent."""

    field: ClassVar[str | None] = "wording"


async def wording_of(
    session: AsyncSession, club: Club, catalogues: Mapping[str, Words], *, by: datetime | None = None
) -> Worded:
    """The wording that the club has, or had by then; version 0 is the bot's own, in the club's language."""
    return (await wordings_of(session, club, catalogues, limit=1, by=by))[0]


async def wordings_of(
    session: AsyncSession,
    club: Club,
    catalogues: Mapping[str, Words],
    *,
    limit: int,
    by: datetime | None = None,
) -> list[Worded]:
    """The club's latest wordings, the newest first; the bot's own comes last."""
    rows = await storage.wordings.newest(session, club.id, limit=limit, by=by)
    own = Worded(0, words_for(club.language, catalogues)(DEFAULT, club=club.name), None)
    return [*(Worded(row.version, row.body, row.at) for row in rows), own]


async def keep_wording(rt: Runtime, session: AsyncSession, who: Who, typed: str) -> None:
    """Keeps what an admin wrote as the next version; what stands already, and nothing, is no change.

    Raises `WordingTooLong`. Must run while nobody else changes the club's settings.
    """
    body = normal(typed)
    refuse_too_long(body)
    before = await wording_of(session, who.club, rt.catalogues)
    if not body or body == before.body:
        return
    row = ConsentWording(
        club_id=who.club.id,
        version=before.version + 1,
        body=body,
        changed_by=who.slack_user_id,
        at=rt.clock.now(),
    )
    await storage.wordings.add(session, row)


def refuse_too_long(typed: str) -> None:
    """Raises `WordingTooLong`."""
    if len(normal(typed)) > WORDING_MAX:
        raise WordingTooLong(most=WORDING_MAX)


def normal(typed: str) -> str:
    """The sentence in one line."""
    return " ".join(text.normalise(typed).split())

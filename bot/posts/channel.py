"""The club's channel in Slack, or whoever is told where that cannot be written to."""

from uuid import UUID, uuid5

import storage.clubs
from bot.runtime import Runtime
from bot.slack.blocks import Json
from bot.slack.client import SlackRefused
from storage.models import Club

UNREACHABLE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        # https://docs.slack.dev/reference/methods/chat.update : what it says of an archived channel.
        "is_inactive",
        "no_permission",
        "restricted_action",
    }
)


async def post(
    rt: Runtime, club: Club, text: str, blocks: list[Json], *, otherwise: str | None, about: UUID
) -> tuple[str, str]:
    """Posts in the club's channel; where that cannot be, to the person it concerns, saying so in the Home."""
    if club.channel_id:
        try:
            posted = await rt.slack.post(club.channel_id, text, blocks, key=uuid5(about, club.channel_id))
        except SlackRefused as error:
            if error.error not in UNREACHABLE:
                raise
            await _note_trouble(rt, club, error.error)
        else:
            await _note_trouble(rt, club, None)
            return posted
    if otherwise is None:
        raise SlackRefused(error="channel_not_found")
    return await rt.slack.post(otherwise, text, blocks, key=uuid5(about, otherwise))


async def _note_trouble(rt: Runtime, club: Club, trouble: str | None) -> None:
    if club.channel_trouble != trouble:
        async with rt.db.begin() as session:
            await storage.clubs.set_channel_trouble(session, club.id, trouble)

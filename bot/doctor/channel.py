"""Each club's channel: whether it is there, the bot is in it, and strangers may read it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.doctor.findings import AGAIN, Check, Finding, ok, skipped, warning, wrong
from bot.doctor.needs import APPS
from bot.doctor.slack import Reply, call, known_bot
from bot.doctor.stored import Known, Stored, stored
from bot.doctor.visit import Visit

MOST_PAGES = 5
MOST_PER_PAGE = "1000"
# https://docs.slack.dev/reference/methods/conversations.info : either, by what kind of channel it is.
LOOKING = "channels:read and groups:read"
CHOOSE = "Have an admin choose one by /sms-settings, and invite the bot there by /invite @Touchline."
INVITE = "In that channel type /invite @Touchline."
# https://docs.slack.dev/reference/methods/chat.postMessage#errors
TROUBLES = {
    "not_in_channel": INVITE,
    "is_archived": "Take it out of the archive, or choose another one by /sms-settings.",
    "channel_not_found": CHOOSE,
}


async def channel(visit: Visit) -> Sequence[Finding]:
    """How the channels of the clubs of this workspace stand."""
    reply = await known_bot(visit)
    if reply is None:
        return [skipped(Check.SLACK_CHANNEL, "Not looked at before slack-token is green.")]
    known: Stored = await visit.once(stored)
    if not known.is_read:
        return [skipped(Check.SLACK_CHANNEL, "Not looked at before database is green.")]
    here = [club for club in known.clubs if club.team_id == reply.body.get("team_id")]
    if here:
        return [finding for club in here for finding in await _of(visit, club)]
    if known.clubs:
        return [
            warning(
                Check.SLACK_CHANNEL,
                f"The database knows {len(known.clubs)} clubs, and none is the token's workspace, {reply.body.get('team')}.",
                "Is DATABASE_URL the right database, and SLACK_BOT_TOKEN this club's? A new club is made when the bot starts.",
            )
        ]
    return [skipped(Check.SLACK_CHANNEL, "There is no club yet: it is made when the bot first starts.")]


async def _of(visit: Visit, club: Known) -> Sequence[Finding]:
    if club.channel_id is None:
        return [wrong(Check.SLACK_CHANNEL, f"{club.name} has no channel for cards and replies.", CHOOSE)]
    reply = await call(visit, "conversations.info", channel=club.channel_id)
    if reply.is_ok:
        about = reply.body.get("channel") or {}
        return list(_bad(club, about)) or await _good(visit, club, about)
    return [_unseen(club, reply)]


def _unseen(club: Known, reply: Reply) -> Finding:
    if club.channel_trouble:
        return wrong(
            Check.SLACK_CHANNEL,
            f"The bot could not post in {club.name}'s channel ({club.channel_trouble}).",
            TROUBLES.get(club.channel_trouble, CHOOSE),
        )
    if reply.error == "missing_scope":
        return skipped(
            Check.SLACK_CHANNEL,
            f"{club.name}'s channel cannot be looked at, nor its guests: the token lacks {LOOKING}. No post failed so far.",
            f"To have it looked at, add them under {APPS}, OAuth & Permissions, Bot Token Scopes, and reinstall.",
        )
    if reply.error == "channel_not_found":
        return wrong(
            Check.SLACK_CHANNEL,
            f"{club.name}'s channel is gone, or it is private and the bot is not in it (channel_not_found).",
            CHOOSE,
        )
    return wrong(
        Check.SLACK_CHANNEL,
        f"{club.name}'s channel could not be looked at: {reply.odd or reply.error}.",
        AGAIN,
    )


def _bad(club: Known, about: Mapping[str, Any]) -> Iterator[Finding]:
    name = f"{club.name}'s channel #{about.get('name')}"
    if about.get("is_archived"):
        yield wrong(Check.SLACK_CHANNEL, f"{name} is archived.", TROUBLES["is_archived"])
    elif not about.get("is_member"):
        yield wrong(Check.SLACK_CHANNEL, f"The bot is not in {name}.", INVITE)


async def _good(visit: Visit, club: Known, about: Mapping[str, Any]) -> Sequence[Finding]:
    name = f"#{about.get('name')}"
    if any(about.get(key) for key in ("is_ext_shared", "is_org_shared", "is_pending_ext_shared")):
        return [
            warning(
                Check.SLACK_CHANNEL,
                f"{club.name}'s channel {name} is shared with others outside the workspace: they read who is texted.",
                "Choose a channel of the workspace's own by /sms-settings.",
            )
        ]
    guests = await _guests(visit, str(club.channel_id))
    if isinstance(guests, str):
        return [
            warning(
                Check.SLACK_CHANNEL,
                f"The bot is in {name}, but whether guests are could not be seen: {guests}.",
                AGAIN,
            )
        ]
    if guests:
        return [
            warning(
                Check.SLACK_CHANNEL,
                f"{'1 guest reads' if guests == 1 else f'{guests} guests read'} in {club.name}'s channel {name} who is texted.",
                "Take guests out of it, or choose a channel without any by /sms-settings.",
            )
        ]
    return [ok(Check.SLACK_CHANNEL, f"The bot is in {club.name}'s channel {name}, which has no guests.")]


async def _guests(visit: Visit, channel_id: str) -> int | str:
    """How many of the channel's members are guests, or why that cannot be seen."""
    members = await _pages(visit, "conversations.members", "members", channel=channel_id)
    users = await _pages(visit, "users.list", "members")
    if isinstance(members, str) or isinstance(users, str):
        return members if isinstance(members, str) else str(users)
    return sum(bool(user.get("is_restricted")) for user in users if user.get("id") in set(members))


async def _pages(visit: Visit, method: str, key: str, **arguments: str) -> list[Any] | str:
    """What the pages of a list hold, or why they could not be had."""
    found: list[Any] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        reply = await call(visit, method, **arguments, limit=MOST_PER_PAGE, cursor=cursor)
        if not reply.is_ok:
            return reply.odd or reply.error
        found += reply.body.get(key) or []
        cursor = str((reply.body.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return found
    return "there are too many people"

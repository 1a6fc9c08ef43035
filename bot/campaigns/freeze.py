"""A campaign's audience as it is when it leaves: everybody's line, and the message of each number, stored for good.

The rules' own `resolve` says who gets it; here the database finds the same, so that nobody comes through the bot where all
who read a language get the same text. Other texts are written a few hundred at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.groups
import storage.parts
import storage.people
import storage.tallies
from bot.campaigns.audience import (
    JOINERS,
    Chosen,
    ages_of,
    day_of,
    label_of,
    own_fields,
    person_of,
    picked_of,
    second_adult_of,
    wanted,
)
from bot.campaigns.clauses import clause_of
from bot.campaigns.frozen import keep_reasons
from bot.campaigns.hours import NEVER
from bot.campaigns.links import linked
from bot.campaigns.weights import weighed, writer
from bot.delivery.hours import waits
from bot.rules import phones, text
from bot.rules.audience import Person, Recipient, Shared, known_language, merged
from bot.rules.clause import Clause
from bot.rules.consent import LeftOut, Standing, may_text
from bot.rules.families import generations
from bot.rules.hours import HoursRefusal
from bot.runtime import Runtime
from bot.tasks import aside
from bot.tokens import with_own_link
from storage import chunks, freezing
from storage.freezing import Asked, Place, Where
from storage.models import Campaign, Chunk, Club, Group, Message
from storage.states import Kind, MessageState, OptOutScope, Route
from storage.tallies import LEFT_OUT, Key, Shift


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A campaign that leaves, with what its texts are made of."""

    campaign: Campaign
    club: Club
    groups: Sequence[Group]
    clause: Clause
    at: datetime

    @property
    def names(self) -> Sequence[str]:
        """The merge fields of the text."""
        return wanted(self.campaign.body)

    @property
    def is_each_its_own(self) -> bool:
        """Whether the texts differ by more than their language."""
        return bool(self.names) or self.clause.has_link


async def freeze(rt: Runtime, session: AsyncSession, club: Club, campaign: Campaign, now: datetime) -> int:
    """Stores who gets the campaign and what each is sent; how many segments that is. In the transaction that moves it."""
    chosen = Chosen.of_json(campaign.audience)
    groups = await storage.groups.these(session, club.id, chosen.group_ids)
    sender = await storage.clubs.sender(session, club.id, campaign.sender)
    leaving = _Leaving(campaign, club, groups, clause_of(rt, club, sender, campaign.kind, campaign.body), now)
    await freezing.resolve(session, await _asked(rt, session, leaving, chosen))
    if leaving.is_each_its_own:
        await freezing.index_numbers(session)
    if leaving.names:
        await freezing.leave_out(session, await _linked(rt, session, leaving), LeftOut.SHORT_LINK.value)
    counts = Shift()
    for reason, people in (await freezing.keep_lines(session, campaign)).items():
        counts.add(club.id, Key(campaign.id, LEFT_OUT, reason), people)
    await keep_reasons(session, club, campaign, now)
    new = await _chunks(session, leaving)
    write = _write_each if leaving.is_each_its_own else _write_alike
    segments = await write(session, leaving, new, counts)
    await storage.tallies.store(session, counts)
    await rt.engine.enqueue(session, new)
    return segments


async def _asked(rt: Runtime, session: AsyncSession, leaving: _Leaving, chosen: Chosen) -> Asked:
    """What the rules say, whoever it is about."""
    club, campaign, is_marketing = leaving.club, leaving.campaign, leaving.campaign.kind is Kind.MARKETING
    today = day_of(club, leaving.at)
    ages = generations(ages_of(club), today)
    languages = await freezing.languages(session, club.id)
    known = {written: code for written in languages if written and (code := known_language(written))}
    return Asked(
        club_id=club.id,
        picked=picked_of(chosen, await storage.parts.flat(session, club.id, chosen.group_ids), today),
        by_record={
            (scope, agreed): may_text(campaign.kind, Standing(scope, agreed))
            for scope in (None, *OptOutScope)
            for agreed in (False, True)
        },
        digits_of_places=phones.DECIDING,
        by_place=await _by_place(rt, session, leaving),
        reads=known,
        alone_before=ages.answered_for_after,
        young_after=ages.young_after,
        young=None if is_marketing else LeftOut.TOO_YOUNG.value,
        minor_after=ages.minor_after,
        minor=LeftOut.MINOR.value if is_marketing else None,
        accompanied_after=ages.accompanied_after,
        second=None if is_marketing else second_adult_of(club),
    )


async def _by_place(rt: Runtime, session: AsyncSession, leaving: _Leaving) -> Mapping[Place, Where]:
    campaign = leaving.campaign
    if campaign.route is Route.WORLD and campaign.kind is not Kind.MARKETING:
        return {}
    places = await freezing.places(session, leaving.club.id, phones.DECIDING)
    people = await storage.people.how_many(session, leaving.club.id)
    # The first look at public holidays takes some tenths of a second.
    return await aside(people, partial(_told_by_place, rt, leaving, places))


def _told_by_place(rt: Runtime, leaving: _Leaving, places: Iterable[Place]) -> Mapping[Place, Where]:
    campaign, country = leaving.campaign, rt.countries[leaving.club.country]
    found: dict[Place, Where] = {}
    numbers = {place: place[0].ljust(place[1], "0") for place in places}
    until = waits(rt, leaving.club, campaign.kind, numbers.values(), leaving.at)
    for place, number in numbers.items():
        is_abroad = campaign.route is Route.DOMESTIC and not phones.is_domestic(number, country)
        at = until.get(number)
        where = Where(
            abroad=LeftOut.ABROAD.value if is_abroad else None,
            never=NEVER[at].value if isinstance(at, HoursRefusal) else None,
            until=at if isinstance(at, datetime) else None,
        )
        if where != Where():
            found[place] = where
    return found


async def _linked(rt: Runtime, session: AsyncSession, leaving: _Leaving) -> set[str]:
    """The numbers into whose text a refused link would come by what is filled in."""
    found: set[str] = set()
    first = 0
    while some := await _recipients(session, leaving, first):
        found |= linked(leaving.campaign.body, some, rt.shorteners, leaving.club.link_hosts)
        first += chunks.SIZE
    return found


async def _chunks(session: AsyncSession, leaving: _Leaving) -> Sequence[Chunk]:
    campaign = leaving.campaign
    new = [
        chunks.chunk_for(
            campaign.club_id, campaign.id, campaign.kind, waiting=waiting, at=leaving.at, number=number
        )
        for number, waiting in enumerate(await freezing.waiting(session, chunks.SIZE))
    ]
    session.add_all(new)
    await session.flush()
    return new


async def _write_alike(session: AsyncSession, leaving: _Leaving, new: Sequence[Chunk], counts: Shift) -> int:
    campaign, club, total = leaving.campaign, leaving.club, 0
    texts: dict[str, tuple[str, int]] = {}
    write = writer(campaign.body, leaving.clause)
    for is_held, code, people in await freezing.classes(session):
        if code not in texts:
            body = write(Shared("", (), (), {}, code or club.language))
            texts[code] = (body, text.count(body).segments)
        segments = people * texts[code][1]
        counts.add(club.id, Key(campaign.id, _state(is_held).value), people, segments)
        total += segments
    if texts:
        await freezing.write_alike(session, campaign, texts, new, leaving.at)
    return total


async def _write_each(session: AsyncSession, leaving: _Leaving, new: Sequence[Chunk], counts: Shift) -> int:
    campaign, total = leaving.campaign, 0
    write = writer(campaign.body, leaving.clause)
    for chunk in new:
        some = await _recipients(session, leaving, chunk.number * chunks.SIZE)
        until = await freezing.waiting_until(session, chunk.number * chunks.SIZE, chunks.SIZE)
        for alike in weighed(campaign.body, some, leaving.clause):
            segments = alike.count.segments
            rows = [
                _message(leaving, chunk, each, write(each), segments, until.get(each.e164))
                for each in alike.recipients
            ]
            await storage.campaigns.add_rows(session, Message, rows)
            held = sum(each.e164 in until for each in alike.recipients)
            for is_held, people in ((True, held), (False, len(rows) - held)):
                if people:
                    counts.add(
                        campaign.club_id, Key(campaign.id, _state(is_held).value), people, people * segments
                    )
            total += alike.segments
    return total


def _state(is_held: bool) -> MessageState:
    return MessageState.HELD if is_held else MessageState.QUEUED


def _message(
    leaving: _Leaving, chunk: Chunk, recipient: Recipient, written: str, segments: int, until: datetime | None
) -> dict[str, Any]:
    body, token = with_own_link(written, leaving.clause)
    return {
        "id": uuid4(),
        "club_id": leaving.campaign.club_id,
        "campaign_id": leaving.campaign.id,
        "chunk_id": chunk.id,
        "sender": leaving.campaign.sender,
        "e164": recipient.e164,
        "body": body,
        "segments": segments,
        "state": _state(until is not None),
        "attempt": 0,
        "not_before": until or leaving.at,
        "created_at": leaving.at,
        "changed_at": leaving.at,
        "page_token": token,
    }


async def _recipients(session: AsyncSession, leaving: _Leaving, first: int) -> Sequence[Recipient]:
    """Some hundred recipients, from this one on."""
    rows = await freezing.readers(session, own_fields(leaving.names), first, first + chunks.SIZE)
    person = person_of(leaving.club, leaving.names, label_of(leaving.club, leaving.groups))
    return [
        _recipient(leaving.club, e164, code, [person(row[3:]) for row in some])
        for (_, e164, code), some in groupby(rows, key=itemgetter(0, 1, 2))
    ]


def _recipient(club: Club, e164: str, code: str, meant: Iterable[Person]) -> Recipient:
    language = code or club.language
    people = {person.id: person for person in meant}
    joiner = JOINERS.get(club.language, JOINERS["en"])
    values = merged([person.values for person in people.values()], joiner, language)
    return Shared(e164, tuple(people), (), values, language)

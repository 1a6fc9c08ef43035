"""A draft made ready: checked, with the people it reaches now and the text of each, or why it cannot be sent."""

import textwrap
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.contacts
import storage.groups
from bot.campaigns.audience import Chosen, Gathered, gather, known_fields, resolve
from bot.campaigns.check import (
    Checked,
    ChosenGroupGone,
    NoValue,
    PickedPersonGone,
    Refused,
    TooManySegments,
    check,
)
from bot.campaigns.clauses import clause_of
from bot.campaigns.hours import by_the_hours
from bot.campaigns.links import without_short_links
from bot.campaigns.queue import Queue, QueueFull, queue_of
from bot.campaigns.values import Fields, Held
from bot.campaigns.weights import Alike, weighed, weight
from bot.i18n import Words
from bot.rules import template, text
from bot.rules.audience import Audience, Recipient
from bot.rules.clause import Clause
from bot.rules.judge import Seen, signs_of_advertising
from bot.runtime import Runtime, Who
from bot.tasks import aside
from storage.models import Club
from storage.states import Kind

TITLE_LENGTH = 60


class Refusals(Exception):
    """What was typed cannot be sent; each reason knows its field."""

    def __init__(self, reasons: Sequence[Refused]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(map(str, reasons)))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked draft, the people it reaches now, and the text each of them gets."""

    draft_id: UUID
    club: Club
    fields: Fields
    checked: Checked
    chosen: Chosen
    audience: Audience
    texts: tuple[Alike, ...]
    queue: Queue
    clause: Clause
    held: Held | None

    @property
    def signs(self) -> tuple[Seen, ...]:
        """What in an alert reads like advertising."""
        return signs_of_advertising(self.checked.body) if self.fields.kind is Kind.ALERT else ()

    @property
    def segments(self) -> int:
        """What the whole campaign weighs."""
        return weight(self.texts)


@dataclass(frozen=True, slots=True)
class Collected:
    """What the database says of a checked draft: enough to think about it, however long, without holding it up."""

    who: Who
    draft_id: UUID
    fields: Fields
    checked: Checked
    chosen: Chosen
    gathered: Gathered
    queue: Queue


async def prepare(rt: Runtime, session: AsyncSession, who: Who, draft_id: UUID, fields: Fields) -> Prepared:
    """The draft, checked and resolved at this moment. Raises `Refusals`."""
    collected = await collect(rt, session, who, draft_id, fields)
    return await aside(collected.gathered.size, partial(think, rt, collected))


async def check_now(rt: Runtime, session: AsyncSession, who: Who, fields: Fields) -> Checked:
    """What may be sent at this moment, whoever gets it. Raises `Refusals`."""
    checked = check(
        fields,
        club=who.club,
        country=rt.countries[who.club.country],
        club_senders=await storage.clubs.senders(session, who.club.id),
        merge_fields=await known_fields(session, who.club.id, text.normalise(fields.message)),
        shorteners=rt.shorteners,
        pages=rt.settings.pages,
        now=rt.clock.now(),
    )
    if not isinstance(checked, Checked):
        raise Refusals(checked)
    if gone := await _gone(session, who, fields):
        raise Refusals([gone])
    return checked


async def _gone(session: AsyncSession, who: Who, fields: Fields) -> Refused | None:
    """Who was chosen and is no longer there: a text to fewer than were chosen is not what was confirmed."""
    chosen = Chosen.of_fields(fields)
    groups = {row.id for row in await storage.groups.these(session, who.club.id, chosen.group_ids)}
    if group := next((each for each in fields.groups if UUID(each.id) in {*chosen.group_ids} - groups), None):
        return ChosenGroupGone(group=group.label)
    people = {row.id for row in await storage.contacts.these(session, who.club.id, chosen.contact_ids)}
    picked = {*chosen.contact_ids} - people
    person = next((each for each in fields.contacts if UUID(each.id) in picked), None)
    return PickedPersonGone(name=person.label) if person else None


async def collect(rt: Runtime, session: AsyncSession, who: Who, draft_id: UUID, fields: Fields) -> Collected:
    """The draft, checked, and what is on record of its people. Raises `Refusals`."""
    checked = await check_now(rt, session, who, fields)
    chosen = Chosen.of_fields(fields)
    leaves_at = leaves_at_of(rt, who, checked)
    gathered = await gather(
        session, who.club, chosen, kind=fields.kind, body=checked.body, leaves_at=leaves_at
    )
    queue = await queue_of(rt, session, who.club, checked.sender, checked.release_at)
    return Collected(who, draft_id, fields, checked, chosen, gathered, queue)


def think(rt: Runtime, collected: Collected) -> Prepared:
    """Who gets which text. Raises `Refusals`."""
    who, fields, checked, queue = collected.who, collected.fields, collected.checked, collected.queue
    country = rt.countries[who.club.country]
    leaves_at = leaves_at_of(rt, who, checked)
    audience = resolve(
        collected.gathered, kind=fields.kind, route=fields.route, country=country, leaves_at=leaves_at
    )
    audience = without_short_links(checked.body, audience, rt.shorteners, who.club.link_hosts)
    audience, waits = by_the_hours(rt, who.club, fields.kind, audience, leaves_at)
    refuse_holes(checked.body, audience.recipients)
    clause = clause_of(rt, who.club, checked.sender, fields.kind, checked.body)
    texts = weighed(checked.body, audience.recipients, clause)
    refuse_too_long(texts, who.club.max_segments)
    refuse_full(queue, weight(texts), checked.sender.value, who.words)
    held = Held(sum(map(len, waits.values())), min(waits), max(waits)) if waits else None
    return Prepared(
        draft_id=collected.draft_id,
        club=who.club,
        fields=fields,
        checked=checked,
        chosen=collected.chosen,
        audience=audience,
        texts=texts,
        queue=queue,
        clause=clause,
        held=held,
    )


def refuse_holes(body: str, recipients: Collection[Recipient]) -> None:
    """Raises `Refusals` when somebody's text would have a hole where a field has no value."""
    if holes := template.holes(body, [each.values for each in recipients]):
        raise Refusals([NoValue(name=holes[0], people=holes.count(holes[0]))])


def refuse_too_long(texts: Iterable[Alike], limit: int) -> None:
    """Raises `Refusals` when the longest text passes the club's limit."""
    worst = max((alike.count.segments for alike in texts), default=0)
    if worst > limit:
        raise Refusals([TooManySegments(segments=worst, limit=limit)])


def refuse_full(queue: Queue, segments: int, sender: str, words: Words) -> None:
    """Raises `Refusals` when the carrier would not let so many segments of this sender wait."""
    if segments > queue.room:
        room, wanted = words.number(queue.room), words.number(segments)
        raise Refusals([QueueFull(sender=sender, room=room, segments=wanted)])


def title_of(title: str, body: str) -> str:
    """The title, or the text's first words when none was typed."""
    return title.strip() or first_words(body)


def first_words(body: str) -> str:
    """The beginning of a text, cut between words."""
    line = body.split("\n", 1)[0]
    return textwrap.shorten(line, TITLE_LENGTH, placeholder="…")


def leaves_at_of(rt: Runtime, who: Who, checked: Checked) -> datetime:
    """When it leaves: at its time, else after the undo window."""
    return checked.release_at or rt.clock.now() + timedelta(seconds=who.club.undo_seconds)

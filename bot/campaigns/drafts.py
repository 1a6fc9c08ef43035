"""What somebody is composing: kept on our side, so that no refusal and no crash loses a word."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.campaigns
import storage.clubs
import storage.groups
from bot.campaigns import audience
from bot.campaigns.clauses import clause_of, link_characters
from bot.campaigns.names import regions_of, unshown_for
from bot.campaigns.values import Choice, ComposeFacts, Fields, SenderChoice, When
from bot.campaigns.weights import Counted, cheaper, heaviest, pushed, usual, weighed, weight
from bot.errors import BotError
from bot.i18n import Words
from bot.rules import senders, template, text
from bot.rules.audience import Recipient
from bot.rules.clause import Clause
from bot.rules.links import short_links
from bot.rules.sentence import sentence
from bot.rules.spelling import cheap
from bot.runtime import Runtime, Who
from bot.tasks import aside
from storage.conditions import from_json
from storage.models import Club, Draft, Group, Sender
from storage.states import GroupKind, Route

UNFINISHED_FOR = timedelta(hours=12)
"""How long `/sms` offers again what was typed and not sent."""

COUNT_MERGED_UP_TO = 2000
"""Above this many recipients, the live count does not look at each of them while one types."""


class DraftGone(BotError):
    """This draft is no longer there. Please start again with /sms."""


async def begin(rt: Runtime, who: Who, fields: Fields) -> UUID:
    """A new draft that holds these fields, durably."""
    draft_id = uuid4()
    await keep(rt, who, draft_id, fields)
    return draft_id


async def unfinished(rt: Runtime, who: Who) -> tuple[UUID, Fields]:
    """What this person typed in the last hours and did not send, else an empty draft, which is stored once typed in."""
    since = rt.clock.now() - UNFINISHED_FOR
    async with rt.db.read() as session:
        known = await storage.campaigns.newest_draft(session, who.club.id, who.slack_user_id, since)
    if known and known.fields.get("message"):
        return known.id, Fields.from_json(known.fields)
    return uuid4(), Fields()


async def keep(rt: Runtime, who: Who, draft_id: UUID, fields: Fields, *, previewed: bool = False) -> None:
    """Stores what was typed, and that it is what the preview shows."""
    row = _row(rt, who.club.id, who.slack_user_id, draft_id, fields)
    row.previewed = row.fields if previewed else None
    async with rt.db.begin() as session:
        await storage.campaigns.keep_draft(session, row)


async def is_spent(rt: Runtime, who: Who, draft_id: UUID) -> bool:
    """Whether the draft has made its campaign."""
    async with rt.db.read() as session:
        return await storage.campaigns.campaign(session, who.club.id, draft_id) is not None


async def begin_again(rt: Runtime, session: AsyncSession, club_id: UUID, draft_id: UUID) -> None:
    """Offers its author the text of a draft whose campaign was called off once more, as a new draft."""
    draft = await storage.campaigns.draft(session, club_id, draft_id)
    if draft:
        fields = Fields.from_json(draft.previewed or draft.fields)
        # A time that was called off is not taken over: what is offered again leaves when one says so anew.
        again = replace(fields, when=When.NOW, at_date="", at_time="")
        row = _row(rt, club_id, draft.slack_user_id, uuid4(), again)
        await storage.campaigns.keep_draft(session, row)


async def typed(rt: Runtime, who: Who, draft_id: UUID) -> Fields:
    """What was typed last in this person's draft; nothing yet in a new one. Raises `DraftGone` for anybody else's."""
    async with rt.db.read() as session:
        draft = await storage.campaigns.draft(session, who.club.id, draft_id)
    if draft is None:
        return Fields()
    _refuse_other(draft, who)
    return Fields.from_json(draft.fields)


async def previewed(session: AsyncSession, who: Who, draft_id: UUID) -> Fields:
    """What this person's preview showed. Raises `DraftGone`."""
    draft = await storage.campaigns.draft(session, who.club.id, draft_id)
    if draft is None or draft.previewed is None:
        raise DraftGone
    _refuse_other(draft, who)
    return Fields.from_json(draft.previewed)


def mark_of(fields: Fields) -> str:
    """A short text that is another one for any other fields."""
    return sha256(json.dumps(fields.to_json(), sort_keys=True).encode()).hexdigest()[:16]


def _refuse_other(draft: Draft, who: Who) -> None:
    if draft.slack_user_id != who.slack_user_id:
        raise DraftGone


async def facts(rt: Runtime, who: Who, draft_id: UUID) -> ComposeFacts:
    """What the compose modal offers this club."""
    async with rt.db.read() as session:
        groups = await storage.groups.every_group(session, who.club.id)
        own = await storage.groups.groups_of(session, who.club.id, who.slack_user_id)
        club_senders = await storage.clubs.senders(session, who.club.id)
        merge_fields = await audience.merge_fields(session, who.club.id)
    today = rt.clock.now().astimezone(ZoneInfo(who.club.zone)).date()
    return ComposeFacts(
        draft_id=str(draft_id),
        club_name=who.club.name,
        zone=who.club.zone,
        fixed_groups=tuple(
            group_choice(group, who.words) for group in groups if group.kind is GroupKind.FIXED
        ),
        dynamic_groups=tuple(
            group_choice(group, who.words) for group in groups if group.kind is GroupKind.DYNAMIC
        ),
        senders=tuple(
            replace(
                sender_choice(rt, who.club, sender), link_characters=link_characters(rt, who.club, sender)
            )
            for sender in club_senders
        ),
        merge_fields=merge_fields,
        today=today.isoformat(),
        max_segments=who.club.max_segments,
        own_groups=frozenset(map(str, own)),
    )


async def count(rt: Runtime, who: Who, fields: Fields) -> Counted:
    """What the text weighs as it stands: plain, after merge, in all, and in its cheap spelling; and its short links."""
    body = text.normalise(fields.message).strip()
    chosen = audience.Chosen.of_fields(fields)
    sender = await _sender(rt, who, fields)
    clause = clause_of(rt, who.club, sender, fields.kind, body)
    found = await _weighed_for(rt, who, fields, chosen, body, clause, sender)
    return replace(
        found,
        audience_words=audience.in_words(fields, who.words) if found.recipients else "",
        links=short_links(body, rt.shorteners, who.club.link_hosts),
        clause=clause.shown if body else "",
    )


async def _weighed_for(
    rt: Runtime,
    who: Who,
    fields: Fields,
    chosen: audience.Chosen,
    body: str,
    clause: Clause,
    sender: Sender | None,
) -> Counted:
    if chosen.is_empty:
        return _weighed(body, (), clause)
    now = rt.clock.now()
    async with rt.db.snapshot() as session:
        gathered = await audience.gather(
            session, who.club, chosen, kind=fields.kind, body=body, leaves_at=now
        )

    def counted() -> Counted:
        country = rt.countries[who.club.country]
        reached = audience.resolve(
            gathered, kind=fields.kind, route=fields.route, country=country, leaves_at=now
        )
        recipients = reached.recipients
        is_looked_at = fields.route is Route.DOMESTIC or len(recipients) <= COUNT_MERGED_UP_TO
        regions = regions_of(who.club, fields.route, recipients) if is_looked_at else {}
        return replace(_weighed(body, recipients, clause), unshown=unshown_for(rt, sender, regions))

    return await aside(gathered.size, counted)


def _weighed(body: str, recipients: Sequence[Recipient], clause: Clause) -> Counted:
    written = text.count(body)
    plain = text.count(clause.added_to(body)) if body else written
    if not recipients:
        return Counted(plain, cheaper=cheaper(body, (), clause))
    if template.fields_in(body) and len(recipients) > COUNT_MERGED_UP_TO:
        return Counted(plain, recipients=len(recipients), cheaper=cheaper(body, (), clause))
    texts = weighed(body, recipients, clause)
    longest = heaviest(texts)
    return Counted(
        usual(texts),
        longest=longest.count if longest else None,
        recipients=len(recipients),
        total=weight(texts),
        cheaper=cheaper(body, texts, clause),
        pushed=pushed(texts) if template.fields_in(body) else None,
        written=written,
    )


async def _sender(rt: Runtime, who: Who, fields: Fields) -> Sender | None:
    """The one chosen, or the one that the modal shows at first."""
    async with rt.db.read() as session:
        known = await storage.clubs.senders(session, who.club.id)
    return next((sender for sender in known if sender.value == fields.sender), next(iter(known), None))


def group_choice(group: Group, words: Words) -> Choice:
    """A group as the picker shows it."""
    rule = sentence(from_json(group.rule), words) if group.rule else ""
    return Choice(str(group.id), group.name, rule)


def sender_choice(rt: Runtime, club: Club, sender: Sender) -> SenderChoice:
    """A sender as the composer of this club shows it."""
    is_answerable = senders.is_answerable(sender.kind, rt.countries[club.country])
    return SenderChoice(sender.value, sender.kind, is_answerable, has_link=rt.settings.is_reached)


async def spell_cheaply(rt: Runtime, who: Who, draft_id: UUID, fields: Fields, *, accents: bool) -> Fields:
    """The fields with the text in its cheap spelling, kept."""
    cheaply = cheap(fields.message, accents=accents).body
    if cheaply == fields.message:
        return fields
    spelt = replace(
        fields,
        message=cheaply,
        revision=fields.revision + 1,
        replaced=fields.message,
    )
    await keep(rt, who, draft_id, spelt)
    return spelt


def _row(rt: Runtime, club_id: UUID, slack_user_id: str, draft_id: UUID, fields: Fields) -> Draft:
    return Draft(
        id=draft_id,
        club_id=club_id,
        slack_user_id=slack_user_id,
        fields=fields.to_json(),
        updated_at=rt.clock.now(),
    )

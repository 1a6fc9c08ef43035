"""What a preview says of a draft that can be sent: to whom, at what weight, at what time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import storage.campaigns
import storage.clubs
from bot.campaigns import drafts, weights
from bot.campaigns.audience import in_words
from bot.campaigns.ceiling import segments_used
from bot.campaigns.names import regions_of, unshown_for
from bot.campaigns.prepare import Prepared, Refusals, collect, leaves_at_of, think, title_of
from bot.campaigns.readers import readers_named, samples
from bot.campaigns.values import Choice, Excluded, Fields, Preview, Repeat
from bot.campaigns.weights import cheaper, heaviest, pushed
from bot.rules import moments, phones, template, text
from bot.rules.audience import Audience
from bot.rules.countries import credits_per_segment
from bot.rules.hours import is_night
from bot.rules.links import short_links
from bot.rules.text import Count
from bot.runtime import Runtime, Who
from bot.tasks import aside, let_go, no_sweep
from storage.states import Kind

NAMES_SHOWN = 50
REPEAT_WITHIN = timedelta(hours=24)


async def preview(
    rt: Runtime, who: Who, draft_id: UUID, fields: Fields, *, reader: UUID | None = None
) -> Preview:
    """Keeps the draft and says what would leave, as this contact reads it, else the first. Raises `Refusals`."""
    await drafts.keep(rt, who, draft_id, fields, previewed=True)
    with no_sweep():
        return await _previewed(rt, who, draft_id, fields, reader)


async def _previewed(rt: Runtime, who: Who, draft_id: UUID, fields: Fields, reader: UUID | None) -> Preview:
    now = rt.clock.now()
    async with rt.db.snapshot() as session:
        collected = await collect(rt, session, who, draft_id, fields)
        same = await storage.campaigns.last_same(
            session, who.club.id, collected.checked.body, collected.chosen.to_json(), now - REPEAT_WITHIN
        )
        staff = await storage.clubs.member_of_staff(session, who.club.id, who.slack_user_id)
        segments_today = await segments_used(rt, session, who.club, collected.checked.release_at)
    repeat = Repeat(same.created_by, same.created_at) if same and same.id != draft_id else None
    my_phone = phones.mask(staff.e164) if staff and staff.e164 else None

    def described() -> Preview:
        prepared = think(rt, collected)
        shown = _described(
            rt, who, prepared, repeat=repeat, segments_today=segments_today, phone=my_phone, reader=reader
        )
        everybody = list(prepared.audience.concerned.people.values())
        del prepared
        let_go(everybody)
        return shown

    return await aside(collected.gathered.size, described)


async def preview_again(rt: Runtime, who: Who, draft_id: UUID, *, reader: UUID | None = None) -> Preview:
    """The preview of what was previewed last, as it is now. Raises `Refusals` or `DraftGone`."""
    async with rt.db.read() as session:
        fields = await drafts.previewed(session, who, draft_id)
    return await preview(rt, who, draft_id, fields, reader=reader)


async def readers(rt: Runtime, who: Who, draft_id: UUID, typed: str, *, limit: int) -> list[Choice]:
    """The first who get what was previewed last and whom what was typed may mean; nobody once it cannot be sent."""
    try:
        async with rt.db.snapshot() as session:
            fields = await drafts.previewed(session, who, draft_id)
            collected = await collect(rt, session, who, draft_id, fields)
        prepared = await aside(collected.gathered.size, partial(think, rt, collected))
    except (Refusals, drafts.DraftGone):
        return []
    return readers_named(prepared.audience, typed, who.words, limit=limit)


def _night(rt: Runtime, who: Who, prepared: Prepared) -> datetime | None:
    """When an alert would leave, if people may be asleep then."""
    leaves_at = leaves_at_of(rt, who, prepared.checked)
    is_asked = prepared.fields.kind is Kind.ALERT and is_night(leaves_at, who.club.zone)
    return leaves_at if is_asked else None


def excluded(audience: Audience) -> tuple[Excluded, ...]:
    """Who is left out, by reason, the most frequent reason first."""
    names: dict[str, list[str]] = {}
    for line in audience.left_out:
        if line.left_out:
            names.setdefault(line.left_out.value, []).append(audience.name_of(line.contact_id))
    by_size = sorted(names.items(), key=lambda pair: -len(pair[1]))
    return tuple(Excluded(reason, len(people), tuple(people[:NAMES_SHOWN])) for reason, people in by_size)


def _described(
    rt: Runtime,
    who: Who,
    prepared: Prepared,
    *,
    repeat: Repeat | None,
    segments_today: int,
    phone: str | None,
    reader: UUID | None,
) -> Preview:
    fields, checked, audience, texts = prepared.fields, prepared.checked, prepared.audience, prepared.texts
    longest, recipients = heaviest(texts), len(audience.recipients)
    segments = [alike.count.segments for alike in texts] or [0]
    count = longest.count if longest else text.count(checked.body)
    found = samples(checked.body, audience, texts, prepared.clause, reader)
    regions = [(alike.count, regions_of(who.club, fields.route, alike.recipients)) for alike in texts]
    is_personal = bool(template.fields_in(checked.body))
    return Preview(
        draft_id=str(prepared.draft_id),
        title=title_of(fields.title, checked.body),
        kind=fields.kind,
        route=fields.route,
        sender=drafts.sender_choice(rt, who.club, checked.sender),
        audience_words=in_words(fields, who.words),
        people=audience.reached,
        recipients=recipients,
        excluded=excluded(audience),
        segments=prepared.segments,
        least=min(segments),
        usual=weights.most_frequent(texts),
        worst=max(segments),
        credits=_credits(rt, who, regions),
        encoding=count.encoding,
        costly=text.count(checked.body).costly,
        cheaper=cheaper(checked.body, texts, prepared.clause),
        pushed=pushed(texts) if is_personal else None,
        sample=found.shown,
        longest=found.longest,
        shortest=found.shortest,
        is_personal=is_personal,
        reader=str(reader or ""),
        reader_is_gone=found.is_gone,
        release_at=checked.release_at,
        zone=who.club.zone,
        skipped_time=_skipped_time(prepared, who.club.zone),
        undo_seconds=who.club.undo_seconds,
        repeat=repeat,
        type_to_confirm=recipients if recipients > who.club.confirm_above else None,
        segments_today=segments_today,
        segments_a_day=who.club.segments_a_day,
        my_phone=phone,
        mark=drafts.mark_of(prepared.fields),
        clause=prepared.clause.shown,
        held=prepared.held,
        night_at=_night(rt, who, prepared),
        signs=tuple(seen.words for seen in prepared.signs),
        unshown=unshown_for(rt, checked.sender, sum((where for _, where in regions), Counter())),
        shared_hosts=short_links(checked.body, rt.shorteners, who.club.link_hosts).warned,
        waiting=prepared.queue.waiting,
        segments_a_second=prepared.queue.rate,
        takes=prepared.queue.time_for(prepared.segments),
    )


def _skipped_time(prepared: Prepared, zone: str) -> str | None:
    fields, release_at = prepared.fields, prepared.checked.release_at
    if release_at and moments.skipped(fields.at_date, fields.at_time, zone, release_at):
        return fields.at_time
    return None


def _credits(rt: Runtime, who: Who, regions: Iterable[tuple[Count, Mapping[str, int]]]) -> int:
    home = rt.countries[who.club.country]
    return sum(
        count.segments * recipients * credits_per_segment(region, home, rt.countries)
        for count, where in regions
        for region, recipients in where.items()
    )

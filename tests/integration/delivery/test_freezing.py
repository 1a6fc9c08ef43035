"""The database finds the audience that the rules find: the same lines, the same numbers in the same order, the same texts."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.app import build
from bot.campaigns import freeze as freezing
from bot.campaigns.audience import Chosen, gather, resolve
from bot.campaigns.clauses import clause_of
from bot.campaigns.freeze import freeze
from bot.campaigns.hours import by_the_hours
from bot.campaigns.links import without_short_links
from bot.campaigns.weights import writer
from bot.rules import page, text
from bot.rules.audience import Audience
from bot.rules.clause import NONE
from bot.settings import load_settings
from storage import tallies
from storage.conditions import Compared, Condition, Match, Operator, Rule, to_json
from storage.models import (
    AudienceLine,
    Campaign,
    Chunk,
    Club,
    Group,
    Guardianship,
    Membership,
    Message,
    OptOut,
    Sender,
)
from storage.states import AudienceWay, GroupKind, Kind, MessageState, OptOutScope, Purpose, Route, SenderKind
from storage.tallies import LEFT_OUT
from tests import factories as f
from tests.club import SetClock

PEOPLE = 9
SATURDAY_EVENING = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)
FRIDAY_NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
NUMBERS = ("+33612345601", "+33612345602", "+262692123456", "+447911123456", "+12125550123", "+32470123456")
BORN = (
    date(2018, 5, 1),
    date(2011, 11, 20),
    date(2010, 11, 21),
    date(2008, 11, 21),
    date(2008, 11, 22),
    date(1980, 1, 1),
)
BODIES = (
    "Match à 14h.",
    "Bonjour {first_name|vous}, équipe {team|libre}.",
    "{first_name} {last_name} ({group}, {club}) : {due}",
    "Voir {team|ici}/x",
)

person = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["Léa", "Tom", "", " ", "bit.ly"]),
        "last_name": st.sampled_from(["Martin", "Éluard", "Zola"]),
        "e164": st.sampled_from([*NUMBERS, *NUMBERS, None, ""]),
        "refusal": st.none() | st.sampled_from(["", "empty", "letters"]),
        "birth_date": st.none() | st.sampled_from(BORN),
        "language": st.sampled_from(["", "fr", "de-CH", "EN", "Deutsch", "ja"]),
        "fields": st.fixed_dictionaries(
            {},
            optional={
                "team": st.sampled_from(["U13", "bit.ly"]),
                "due": st.sampled_from(["2027-01-02", "12.5"]),
            },
        ),
        "archived_at": st.sampled_from([None] * 6 + [f.NOW]),
    }
)
places = st.integers(0, PEOPLE - 1)
numbers = st.sampled_from(NUMBERS)
given_or_not = st.sampled_from([True, True, True, False])
purposes = st.sampled_from([Purpose.MARKETING, Purpose.MARKETING, *Purpose])


@dataclass(frozen=True, slots=True)
class Case:
    """A club's people, what is on record of their numbers, and a campaign."""

    people: Sequence[Mapping[str, Any]]
    guardians: frozenset[tuple[int, int]]
    opt_outs: Mapping[str, OptOutScope]
    consents: Sequence[tuple[str, bool, int, Purpose]]
    way: AudienceWay
    picked: frozenset[int]
    teams: Sequence[str]
    kind: Kind
    route: Route
    sender: SenderKind
    body: str
    now: datetime
    ages: tuple[int, int]
    second: tuple[int, int] = (0, 0)
    """Below which age, and who is the second adult."""


cases = st.builds(
    Case,
    people=st.lists(person, min_size=5, max_size=PEOPLE),
    guardians=st.frozensets(st.tuples(places, places), min_size=3, max_size=12),
    opt_outs=st.dictionaries(numbers, st.sampled_from(OptOutScope), max_size=3),
    consents=st.lists(st.tuples(numbers, given_or_not, st.integers(0, 2), purposes), min_size=6, max_size=14),
    way=st.sampled_from([AudienceWay.EVERYONE, AudienceWay.EVERYONE, *AudienceWay]),
    picked=st.frozensets(places, min_size=2, max_size=PEOPLE),
    teams=st.lists(st.sampled_from(["U13", "bit.ly"]), max_size=2, unique=True),
    kind=st.sampled_from(Kind),
    route=st.sampled_from(Route),
    sender=st.sampled_from(SenderKind),
    body=st.sampled_from(BODIES),
    now=st.sampled_from([SATURDAY_EVENING, FRIDAY_NOON]),
    ages=st.sampled_from([(15, 18), (0, 25), (18, 18), (0, 0)]),
    second=st.tuples(st.sampled_from([0, 16, 18, 18]), places),
)


def _one(born: date, e164: str | None) -> Mapping[str, Any]:
    known = {"first_name": "Léa", "last_name": "Martin", "refusal": None, "language": "", "fields": {}}
    return known | {"e164": e164, "birth_date": born, "archived_at": None}


CHILD, GROWN = BORN[0], BORN[-1]
GUARDED_BY_A_CHILD = Case(
    people=[
        _one(CHILD, NUMBERS[0]),
        _one(CHILD, None),
        _one(CHILD, NUMBERS[1]),
        _one(GROWN, "+33612345603"),
    ],
    guardians=frozenset({(0, 2), (1, 2), (2, 3)}),
    opt_outs={},
    consents=[(number, True, 0, Purpose.MARKETING) for number in NUMBERS],
    way=AudienceWay.EVERYONE,
    picked=frozenset(),
    teams=[],
    kind=Kind.ALERT,
    route=Route.DOMESTIC,
    sender=SenderKind.NAME,
    body=BODIES[0],
    now=FRIDAY_NOON,
    ages=(15, 18),
)
"""Two whose only guardian is a child itself, and has a guardian."""


WITHOUT_A_GUARDIAN = replace(
    GUARDED_BY_A_CHILD,
    guardians=frozenset({(2, 4)}),
    people=[
        _one(CHILD, NUMBERS[0]),
        _one(BORN[2], NUMBERS[1]),
        _one(CHILD, None),
        _one(GROWN, "+33612345603"),
        _one(GROWN, "+33612345604"),
    ],
    body=BODIES[1],
    second=(18, 3),
)
"""Two minors who are texted alone, and one who is not."""


class _Undone(Exception):
    """Nothing of it stays."""


class Desk:
    """One bot on one database, in which each case is undone."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.rt = self.loop.run_until_complete(self._build(url))

    async def _build(self, url: str) -> Any:
        return build(
            load_settings({"DATABASE_URL": url, "PUBLIC_URL": "https://sms.example.org"}), SetClock(f.NOW)
        )

    def close(self) -> None:
        self.loop.run_until_complete(self._close())
        self.loop.close()

    async def _close(self) -> None:
        await self.rt.slack.close()
        await self.rt.carrier.close()
        await self.rt.db.close()

    def compare(self, case: Case) -> None:
        """Fails unless what is frozen is what the rules say."""
        self.loop.run_until_complete(self._compare(case))

    async def _compare(self, case: Case) -> None:
        with contextlib.suppress(_Undone):
            async with self.rt.db.begin() as session:
                await self._checked(session, case)
                raise _Undone

    async def _checked(self, session: AsyncSession, case: Case) -> None:
        club, campaign, sender = await _keep(session, case)
        expected = await _expected(self.rt, session, club, campaign, sender, case.now)
        segments = await freeze(self.rt, session, club, campaign, case.now)
        assert await _lines(session, campaign) == sorted(expected.lines)
        assert await _messages(session, campaign) == expected.messages
        assert segments == sum(message[2] for message in expected.messages.values())
        assert await _order(session, campaign, club, case.now) == expected.order
        counts = await tallies.of_campaign(session, campaign.id)
        left_out = {key.detail: count[0] for key, count in counts.items() if key.what == LEFT_OUT}
        assert left_out == expected.left_out
        assert tallies.to_leave(counts) == await tallies.counted(session, campaign.id)
        mine = select(Chunk.waiting).where(Chunk.campaign_id == campaign.id)
        chunks = (await session.exec(mine)).all()
        queued = [one for one in expected.messages.values() if one[3] is MessageState.QUEUED]
        assert (len(chunks), sum(chunks)) == (bool(expected.messages), len(queued))


async def _keep(session: AsyncSession, case: Case) -> tuple[Club, Campaign, Sender]:
    young, alone = case.ages
    under, adult = case.second
    second = {"second_adult_under": under, "second_adult_id": UUID(int=adult + 1)}
    club, other = f.club(own_texts_from=young, alone_from=alone, name="AS Club", **second), f.club()
    value = {"name": "ASClub", "number": "+33639980001"}.get(case.sender.value, f.SHORT_CODE)
    sender = f.sender(club, kind=case.sender, value=value)
    ids = [UUID(int=n + 1) for n in range(PEOPLE)]
    people = [f.contact(club, n, id=ids[n], **facts) for n, facts in enumerate(case.people)]
    strangers = [f.contact(other, 50, e164=NUMBERS[0])]
    ties = [
        Guardianship(club_id=club.id, child_id=ids[a], guardian_id=ids[b])
        for a, b in case.guardians
        if max(a, b) < len(people)
    ]
    fixed = Group(club_id=club.id, name="Liste", kind=GroupKind.FIXED)
    dynamic = [_dynamic(club, team) for team in case.teams]
    groups = [fixed, *dynamic] if case.way is AudienceWay.FIXED else dynamic
    picked = [ids[n] for n in sorted(case.picked) if n < len(people)]
    on_list = [Membership(club_id=club.id, group_id=fixed.id, contact_id=id) for id in picked]
    chosen = Chosen(
        case.way,
        tuple(picked) if case.way is AudienceWay.CONTACTS else (),
        tuple(group.id for group in groups) if case.way in (AudienceWay.FIXED, AudienceWay.DYNAMIC) else (),
    )
    campaign = f.campaign(
        club, kind=case.kind, route=case.route, body=case.body, sender=sender.value, audience=chosen.to_json()
    )
    opt_outs = [
        OptOut(club_id=club.id, e164=e164, scope=scope, since_at=f.NOW)
        for e164, scope in case.opt_outs.items()
    ]
    opt_outs.append(OptOut(club_id=other.id, e164=NUMBERS[1], scope=OptOutScope.ALL, since_at=f.NOW))
    consents = [
        f.agreed(club, e164=e164, given=given, at=f.NOW + timedelta(days=day), purpose=purpose)
        for e164, given, day, purpose in case.consents
    ]
    for rows in (
        [club, other],
        [sender, fixed, *dynamic, *people, *strangers],
        [campaign, *ties, *on_list, *opt_outs, *consents],
    ):
        session.add_all(rows)
        await session.flush()
    return club, campaign, sender


def _dynamic(club: Club, team: str) -> Group:
    rule = Rule(Match.ALL, (Condition("fields.team", Compared.TEXT, Operator.IS, team),))
    return Group(club_id=club.id, name=team, kind=GroupKind.DYNAMIC, rule=to_json(rule))


@dataclass(frozen=True, slots=True)
class Expected:
    """What the rules say."""

    lines: Sequence[tuple[Any, ...]]
    messages: Mapping[str, tuple[Any, ...]]
    order: Sequence[tuple[Any, ...]]
    left_out: Mapping[str, int]


async def _expected(
    rt: Any, session: AsyncSession, club: Club, campaign: Campaign, sender: Sender, now: datetime
) -> Expected:
    chosen = Chosen.of_json(campaign.audience)
    gathered = await gather(session, club, chosen, kind=campaign.kind, body=campaign.body, leaves_at=now)
    country = rt.countries[club.country]
    audience = resolve(gathered, kind=campaign.kind, route=campaign.route, country=country, leaves_at=now)
    audience = without_short_links(campaign.body, audience, rt.shorteners, club.link_hosts)
    audience, waits = by_the_hours(rt, club, campaign.kind, audience, now)
    held = {e164: until for until, some in waits.items() for e164 in some}
    clause = clause_of(rt, club, sender, campaign.kind, campaign.body)
    write = writer(campaign.body, clause)
    messages = {}
    for each in audience.recipients:
        body, until = write(each), held.get(each.e164)
        state = MessageState.HELD if until else MessageState.QUEUED
        messages[each.e164] = (
            _without_token(body, clause.has_link),
            clause.has_link,
            text.count(body).segments,
            state,
            until or now,
        )
    order = [(each.e164, each.for_ids, dict(each.values), each.language) for each in audience.recipients]
    return Expected(
        _told(audience),
        messages,
        order,
        Counter(line.left_out.value for line in audience.left_out if line.left_out),
    )


def _told(audience: Audience) -> Sequence[tuple[Any, ...]]:
    return [
        (
            UUID(line.contact_id),
            line.because.value,
            line.e164 or "",
            line.left_out.value if line.left_out else "",
            line.detail,
        )
        for line in audience.lines
    ]


def _without_token(body: str, has_link: bool) -> str:
    return body[: -page.LENGTH] if has_link else body


async def _lines(session: AsyncSession, campaign: Campaign) -> list[tuple[Any, ...]]:
    rows = (await session.exec(select(AudienceLine).where(AudienceLine.campaign_id == campaign.id))).all()
    assert {row.club_id for row in rows} <= {campaign.club_id}
    return sorted(
        (row.contact_id, row.because, row.e164 or "", row.left_out or "", row.detail) for row in rows
    )


async def _messages(session: AsyncSession, campaign: Campaign) -> Mapping[str, tuple[Any, ...]]:
    rows = (await session.exec(select(Message).where(Message.campaign_id == campaign.id))).all()
    tokens = [row.page_token for row in rows if row.page_token]
    assert len(set(tokens)) == len(tokens)
    assert all(
        row.body.endswith(row.page_token) and page.is_token(row.page_token) for row in rows if row.page_token
    )
    assert {row.id.version for row in rows} <= {4}
    assert all(
        (row.club_id, row.sender, row.attempt) == (campaign.club_id, campaign.sender, 0) for row in rows
    )
    return {
        row.e164: (
            _without_token(row.body, row.page_token is not None),
            row.page_token is not None,
            row.segments,
            row.state,
            row.not_before,
        )
        for row in rows
    }


async def _order(
    session: AsyncSession, campaign: Campaign, club: Club, now: datetime
) -> Sequence[tuple[Any, ...]]:
    groups = (
        await session.exec(
            select(Group)
            .where(col(Group.id).in_(Chosen.of_json(campaign.audience).group_ids))
            .order_by(col(Group.name))
        )
    ).all()
    leaving = freezing._Leaving(campaign, club, groups, NONE, now)
    found = await freezing._recipients(session, leaving, 0)
    return [(each.e164, each.for_ids, dict(each.values), each.language) for each in found]


@pytest.fixture
def desk(migrated: str) -> Iterator[Desk]:
    desk = Desk(migrated)
    yield desk
    desk.close()


@pytest.mark.timeout(300)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(cases)
@example(GUARDED_BY_A_CHILD)
@example(replace(GUARDED_BY_A_CHILD, kind=Kind.MARKETING))
@example(WITHOUT_A_GUARDIAN)
@example(replace(WITHOUT_A_GUARDIAN, way=AudienceWay.CONTACTS, picked=frozenset({0, 1, 2})))
@example(replace(WITHOUT_A_GUARDIAN, opt_outs={"+33612345603": OptOutScope.ALL}))
@example(replace(WITHOUT_A_GUARDIAN, opt_outs={"+33612345604": OptOutScope.ALL}, second=(16, 4)))
def test_what_is_frozen_is_what_the_rules_say(desk: Desk, case: Case) -> None:
    desk.compare(case)

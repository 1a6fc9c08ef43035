"""Random families, rules and opt-outs, frozen by the database: one text a number, none to who refused, one line for each."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest

from bot.rules.audience import GUARDIANS_GET_IT, Because
from bot.rules.consent import LeftOut
from bot.rules.families import Ages, generations
from storage.conditions import Compared, Condition, Operator, Rule, to_json
from storage.models import (
    AudienceGuardian,
    AudienceLine,
    Campaign,
    Consent,
    Contact,
    Group,
    Guardianship,
    Membership,
    OptOut,
)
from storage.models import Club as ClubRow
from storage.states import CampaignState, GroupKind, Kind, OptOutScope, Route
from tests import factories
from tests.club import Club

pytestmark = pytest.mark.both

NUMBERS = [*(f"+3367812340{n}" for n in range(9)), "+32470123456", None, None]
TEAMS = ("Random A", "Random B", "")
BORN = (None, date(2030, 5, 6), date(2023, 5, 6), date(1990, 5, 6))
"""Unknown, and in 2040 a child, a teenager and somebody grown up."""


class Families:
    """A random club's people, and what was asked of whom."""

    def __init__(self, club: ClubRow, random: Random) -> None:
        self.people = {each.id: each for each in (self._person(club, random, n) for n in range(40))}
        ids = list(self.people)
        self.pairs = {(child, guardian) for child in ids for guardian in random.choices(ids, k=2)}
        self.pairs = set(random.sample(sorted(self.pairs), 30))
        self.listed = [set(random.sample(ids, 8)) for _ in range(2)]
        self.opted_out = {
            number: random.choice(list(OptOutScope)) for number in random.sample(NUMBERS[:10], 3)
        }
        self.agreed = set(random.sample(NUMBERS[:10], 6))

    def _person(self, club: ClubRow, random: Random, n: int) -> Contact:
        e164 = random.choice(NUMBERS)
        refusal = None if e164 else random.choice(("empty", "landline"))
        known = {"e164": e164, "refusal": refusal, "fields": {"team": random.choice(TEAMS)}}
        return factories.contact(club, n, birth_date=random.choice(BORN), **known)

    def chosen(self, groups: list[UUID | str], listed: list[UUID]) -> set[UUID]:
        """The members of these groups: lists by their ids, rules by the team they ask for."""
        found: set[UUID] = set()
        for group in groups:
            if isinstance(group, UUID):
                found |= self.listed[listed.index(group)]
            else:
                found |= {id for id, one in self.people.items() if one.fields["team"] == group}
        return found


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_frozen_keeps_every_promise_to_every_family(club_by_day: Club, seed: int) -> None:
    club, random = club_by_day, Random(seed)
    (row,) = await club.rows(ClubRow)
    families, groups = await plant(club, row, random)
    ages = generations(Ages(), club.clock.now().date())
    for kind in Kind:
        for route in Route:
            some = random.sample(sorted(groups, key=str), 2)
            campaign = await leave(club, row, [groups[each] for each in some], kind, route)
            chosen = families.chosen(some, [each for each in groups if isinstance(each, UUID)])
            answered = {
                (child, guardian)
                for child, guardian in families.pairs
                if child in chosen and child != guardian and not ages.is_alone(born(families.people[child]))
            }
            await keeps_its_promises(club, campaign, families, chosen, answered)


def born(person: Contact) -> str:
    return person.birth_date.isoformat() if person.birth_date else ""


async def plant(club: Club, row: ClubRow, random: Random) -> tuple[Families, dict[UUID | str, Group]]:
    """Stores random families, and two lists and two rules."""
    families = Families(row, random)
    lists = [Group(club_id=row.id, name=f"list {n}", kind=GroupKind.FIXED) for n in range(2)]
    rules = {
        team: Group(
            club_id=row.id,
            name=f"rule {team}",
            kind=GroupKind.DYNAMIC,
            rule=to_json(Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, team),))),
        )
        for team in TEAMS[:2]
    }
    groups: dict[UUID | str, Group] = {each.id: each for each in lists} | dict(rules)
    await club.keep(*families.people.values(), *groups.values())
    now = club.clock.now()
    await club.keep(
        *(Guardianship(club_id=row.id, child_id=child, guardian_id=one) for child, one in families.pairs),
        *(
            Membership(club_id=row.id, group_id=group.id, contact_id=id)
            for group, members in zip(lists, families.listed, strict=True)
            for id in members
        ),
        *(
            OptOut(club_id=row.id, e164=number, scope=scope, since_at=now)
            for number, scope in families.opted_out.items()
        ),
        *(factories.agreed(row, e164=number, at=now - timedelta(days=1)) for number in families.agreed),
    )
    assert await club.rows(Consent)
    return families, groups


async def leave(club: Club, row: ClubRow, groups: list[Group], kind: Kind, route: Route) -> Campaign:
    """A campaign to these groups that has left."""
    now = club.clock.now()
    chosen = {"way": "fixed", "contacts": [], "groups": [str(group.id) for group in groups]}
    campaign = factories.campaign(
        row,
        id=uuid4(),
        kind=kind,
        route=route,
        body=f"{kind} {route}",
        audience=chosen,
        state=CampaignState.SCHEDULED,
        release_at=now,
        created_at=now,
    )
    await club.keep(campaign)
    club.bot.rt.due.set()
    await club.stands(campaign, CampaignState.DONE)
    return campaign


async def keeps_its_promises(
    club: Club,
    campaign: Campaign,
    families: Families,
    chosen: set[UUID],
    answered: set[tuple[UUID, UUID]],
) -> None:
    lines = await club.rows(AudienceLine, campaign_id=campaign.id)
    pairs = await club.rows(AudienceGuardian, campaign_id=campaign.id)
    messages = await club.messages(campaign)
    posted = Counter(post.to for post in club.carrier.posts if post.body.startswith(campaign.body))
    numbers = {message.e164 for message in messages}
    assert set(posted) == numbers
    assert set(posted.values()) <= {1}, "no number gets a text twice"
    refused = {
        number
        for number, scope in families.opted_out.items()
        if scope is OptOutScope.ALL or campaign.kind is Kind.MARKETING
    }
    assert not numbers & refused, "none that opted out gets one"
    assert campaign.kind is Kind.ALERT or numbers <= families.agreed, "no advertising without consent"
    concerned = chosen | {guardian for _, guardian in answered}
    assert Counter(line.contact_id for line in lines) == Counter(concerned), "one line for each"
    for line in lines:
        assert line.because == (Because.CHOSEN if line.contact_id in chosen else Because.GUARDIAN_OF)
        assert (line.e164 in numbers) or line.left_out, "who gets none is told why"
        assert line.left_out is None or line.left_out in set(LeftOut)
        assert (line.group_number is not None) == (line.contact_id in chosen), "by which group"
    assert {line.e164 for line in lines if line.left_out is None} == numbers
    reached = {line.contact_id for line in lines if line.left_out is None}
    told = {line.contact_id for line in lines if line.detail == GUARDIANS_GET_IT}
    assert told <= {child for child, guardian in answered if guardian in reached}, "a guardian does get it"
    assert {(pair.child_id, pair.guardian_id) for pair in pairs} == answered, "for whom"

"""A club keeps the holidays of its own part of the country, and advertises under unchecked rules on an admin's word."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import clubs
from bot.delivery.hours import waits
from bot.i18n import load_catalogues
from bot.playground import seed
from bot.playground.workspace import View
from bot.rules.hours import HoursRefusal
from bot.runtime import Who
from storage.models import Audit, Campaign, Consent, Contact, Group, Membership, Sender
from storage.models import Club as ClubRow
from storage.states import GroupKind, Kind, Purpose, Role, SenderKind
from tests.club import ADMIN, COACH, SHORT_CODE, Club, SetClock, open_club, text_of
from tests.unit.rules.numbers import NUMBERS

pytestmark = pytest.mark.turns

THURSDAY = datetime(2027, 3, 25, 10, tzinfo=UTC)
"""The day before Good Friday, which is a holiday in Alsace and Moselle alone."""
EVENING = {"when": "later", "at_date": "2027-03-25", "at_time": "21:00"}
GOOD_FRIDAY = datetime(2027, 3, 26, 7, tzinfo=UTC)
SATURDAY = datetime(2027, 3, 27, 7, tzinfo=UTC)
BRAZIL = "+5511961234567"
SALE = {"groups": "Friends", "route": "world", "kind": "marketing", "message": "Loto dimanche"}


@pytest.fixture
async def friends(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """A club on a Thursday, with a friend at home, one in Brazil and one in Germany who agreed to marketing."""
    async with open_club(tmp_path, planted=planted, clock=SetClock(THURSDAY), reaches=("+",)) as club:
        group = Group(club_id=seed.key("club"), name="Friends", kind=GroupKind.FIXED)
        await club.keep(group)
        for name, number in (("Lou", NUMBERS["Paris"]), ("Bia", BRAZIL), ("Kai", NUMBERS["Berlin"])):
            club.carrier.phone(number, name=name)
            person = Contact(
                club_id=group.club_id, first_name=name, last_name="", e164=number, created_at=THURSDAY
            )
            await club.keep(person, agreed(person))
            await club.keep(Membership(club_id=group.club_id, group_id=group.id, contact_id=person.id))
        yield club


def agreed(person: Contact) -> Consent:
    return Consent(
        club_id=person.club_id,
        e164=str(person.e164),
        purpose=Purpose.MARKETING,
        given=True,
        evidence="Form",
        recorded_by=ADMIN,
        at=THURSDAY,
    )


async def set_up(club: Club, **fields: object) -> View:
    settings = await club.open("/sms-settings", user=ADMIN)
    await club.fill(settings, **fields)
    await club.submit(settings)
    return settings


def skip_to(club: Club, at: datetime) -> None:
    club.skip(at - club.clock.now())


async def released(club: Club, campaign: Campaign) -> None:
    """The evening has come: all wait for their day."""
    skip_to(club, datetime(2027, 3, 25, 20, tzinfo=UTC))
    await club.reached(campaign, {"held": campaign.previewed_recipients})


def sent(club: Club) -> set[str]:
    return {post.to for post in club.carrier.posts}


async def test_a_club_in_strasbourg_keeps_good_friday(friends: Club) -> None:
    await set_up(friends, parts=["FR-6AE"])
    preview = await friends.compose(**SALE | {"route": "domestic"}, **EVENING)
    assert "1 person gets it only at legal hours: Saturday, March 27 at 08:00" in text_of(preview)
    await released(friends, await friends.confirm(preview))
    skip_to(friends, SATURDAY - timedelta(minutes=1))
    await friends.quiet(lambda: sent(friends), seconds=1)
    assert not sent(friends)
    skip_to(friends, SATURDAY)
    await friends.until(lambda: sent(friends) == {NUMBERS["Paris"]})


async def test_other_clubs_text_on_good_friday_and_who_lives_elsewhere_has_their_own_days(
    friends: Club,
) -> None:
    preview = await friends.compose(**SALE | {"route": "domestic"}, **EVENING)
    assert "at legal hours: Friday, March 26 at 08:00" in text_of(preview)
    await friends.limit(parts=["DE-BY"])
    preview = await friends.compose(**SALE | {"route": "domestic"}, **EVENING)
    assert "at legal hours: Friday, March 26 at 08:00" in text_of(preview)


async def test_a_part_that_is_named_while_a_text_is_held_counts_as_it_leaves(friends: Club) -> None:
    campaign = await friends.confirm(await friends.compose(**SALE | {"route": "domestic"}, **EVENING))
    await released(friends, campaign)
    await set_up(friends, parts=["FR-57"])
    skip_to(friends, GOOD_FRIDAY)
    await friends.quiet(lambda: sent(friends), seconds=1)
    assert not sent(friends)
    skip_to(friends, SATURDAY)
    await friends.until(lambda: sent(friends) == {NUMBERS["Paris"]})


async def test_the_settings_show_the_part_that_was_named_and_it_can_be_taken_away(friends: Club) -> None:
    await set_up(friends, parts=["FR-57", "FR-6AE"])
    settings = await friends.open("/sms-settings", user=ADMIN)
    assert '"initial_options": [{"text": {"type": "plain_text", "text": "Alsace"' in str(
        settings.blocks
    ).replace("'", '"')
    await set_up(friends, parts=[])
    (row,) = await friends.rows(ClubRow, id=seed.key("club"))
    assert row.parts == []


async def test_a_part_of_another_country_is_refused(friends: Club) -> None:
    assert friends.bot
    with pytest.raises(clubs.NotAPart):
        await clubs.change_settings(friends.bot.rt, await admin(friends), {"parts": ["DE-BY"]}, ())


async def admin(club: Club, role: Role = Role.ADMIN) -> Who:
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    return Who(row, ADMIN, role, load_catalogues()["en"], row.zone)


@pytest.fixture
async def unlisted(friends: Club) -> Club:
    """The same club in a country without a row."""
    await friends.limit(country="ZZ")
    await friends.change(Sender, {"kind": SenderKind.LONG_CODE}, value=SHORT_CODE)
    return friends


async def test_where_nobody_checked_the_rules_advertising_leaves_once_an_admin_has_read_them(
    unlisted: Club,
) -> None:
    view = await unlisted.compose(**SALE)
    assert "Once an admin has read them, they confirm it in /sms-settings." in view.errors["kind"]
    await set_up(unlisted, rules=["read"])
    preview = await unlisted.compose(**SALE, **EVENING)
    assert "3 recipients" in text_of(preview)
    await unlisted.confirm(preview)
    skip_to(unlisted, datetime(2027, 3, 25, 20, tzinfo=UTC))
    await unlisted.until(lambda: sent(unlisted) == {BRAZIL})
    skip_to(unlisted, GOOD_FRIDAY)
    await unlisted.until(lambda: sent(unlisted) == {BRAZIL, NUMBERS["Paris"]})


async def test_who_confirmed_and_when_is_kept_and_shown(unlisted: Club) -> None:
    await set_up(unlisted, rules=["read"])
    (row,) = await unlisted.rows(ClubRow, id=seed.key("club"))
    assert row.rules_confirmed_by == ADMIN
    assert row.rules_confirmed_at
    (line,) = await unlisted.rows(Audit, action="settings")
    assert (line.actor, line.detail["rules_confirmed_by"]) == (ADMIN, ADMIN)
    assert line.detail["rules_confirmed_at"].startswith("2027-03-25")
    settings = await unlisted.open("/sms-settings", user=ADMIN)
    assert f"Confirmed by <@{ADMIN}> on 25 March 2027." in text_of(settings)


async def test_a_confirmation_stands_with_its_first_day_until_it_is_taken_back(unlisted: Club) -> None:
    await set_up(unlisted, rules=["read"])
    (first,) = await unlisted.rows(ClubRow, id=seed.key("club"))
    skip_to(unlisted, THURSDAY + timedelta(days=1))
    await set_up(unlisted, undo_seconds="5")
    (row,) = await unlisted.rows(ClubRow, id=seed.key("club"))
    assert row.rules_confirmed_at == first.rules_confirmed_at
    await set_up(unlisted, rules=[])
    (row,) = await unlisted.rows(ClubRow, id=seed.key("club"))
    assert (row.rules_confirmed_by, row.rules_confirmed_at) == (None, None)
    assert "Nobody has checked" in (await unlisted.compose(**SALE)).errors["kind"]


async def test_the_hours_are_cautious_and_what_was_taken_back_no_longer_leaves(unlisted: Club) -> None:
    async def waits_until(at: datetime) -> object:
        assert unlisted.bot
        who = await admin(unlisted)
        return waits(unlisted.bot.rt, who.club, Kind.MARKETING, [BRAZIL], at).get(BRAZIL)

    by_day = datetime(2027, 3, 25, 15, tzinfo=UTC)
    await set_up(unlisted, rules=["read"])
    assert await waits_until(by_day) is None
    saturday = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert await waits_until(by_day + timedelta(hours=8)) == saturday, "Brazil keeps Good Friday; nine there"
    monday = datetime(2027, 3, 29, 12, tzinfo=UTC)
    assert await waits_until(saturday + timedelta(hours=11)) == monday, "eight in the evening, then Sunday"
    await set_up(unlisted, rules=[])
    assert await waits_until(by_day) is HoursRefusal.UNCHECKED


async def test_a_coach_confirms_nothing(unlisted: Club) -> None:
    assert unlisted.bot
    with pytest.raises(clubs.AdminsOnly):
        await clubs.change_settings(
            unlisted.bot.rt, await admin(unlisted, Role.COACH), {"rules_read": True}, (COACH,)
        )


async def test_where_the_rules_are_known_a_forged_confirmation_opens_nothing_abroad(friends: Club) -> None:
    assert friends.bot
    await clubs.change_settings(friends.bot.rt, await admin(friends), {"rules_read": True}, (COACH,))
    (row,) = await friends.rows(ClubRow, id=seed.key("club"))
    assert row.rules_confirmed_at is None
    await friends.limit(rules_confirmed_at=THURSDAY)
    preview = await friends.compose(**SALE)
    assert "country whose rules for advertising nobody checked (1): Bia" in text_of(preview)

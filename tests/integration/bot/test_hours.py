"""Marketing leaves at legal hours, by each person's clock, once; alerts at any."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground import seed
from bot.playground.workspace import View
from storage import models, tallies
from storage.models import Chunk, Contact, Group, Membership
from tests.abroad import (
    EVENING,
    LEAVES_AT,
    MOMENTS,
    MORNING,
    SATURDAY,
    agreed,
    join_from_abroad,
    legal_by,
    scheduled,
    sent,
    skip_to,
)
from tests.club import ADMIN, Club, SetClock, open_club, text_of
from tests.unit.rules.numbers import NUMBERS

pytestmark = pytest.mark.turns


@pytest.fixture
async def abroad(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """A club with members in six places, who agreed to marketing."""
    async with open_club(tmp_path, planted=planted, clock=SetClock(MORNING), reaches=("+",)) as club:
        await join_from_abroad(club)
        yield club


async def test_marketing_before_a_holiday_leaves_for_each_at_the_first_legal_minute_once(
    abroad: Club,
) -> None:
    await scheduled(abroad)
    for moment in MOMENTS:
        skip_to(abroad, moment - timedelta(minutes=1))
        await abroad.quiet(lambda: sent(abroad))
        assert sent(abroad) == legal_by(moment - timedelta(minutes=1))
        skip_to(abroad, moment)
        await abroad.until(lambda moment=moment: sent(abroad) == legal_by(moment))
    skip_to(abroad, SATURDAY + timedelta(days=9))
    await abroad.quiet(lambda: sent(abroad))
    assert sent(abroad) == sorted(LEAVES_AT)


async def test_the_preview_says_who_waits_and_how_long(abroad: Club) -> None:
    preview = await abroad.compose(
        **EVENING, groups="Abroad", route="world", kind="marketing", message="Loto dimanche"
    )
    assert (
        "4 people get it only at legal hours: Monday, March 29 at 10:00 to Tuesday, March 30 at 08:00"
        in text_of(preview)
    )


async def test_where_nobody_checked_the_rules_only_alerts_leave(abroad: Club) -> None:
    await abroad.limit(country="ZZ")
    view = await abroad.compose(groups="Abroad", kind="marketing", message="Loto dimanche")
    assert "Nobody has checked your country's rules" in view.errors["kind"]


async def test_the_card_says_how_many_are_held_and_until_when(abroad: Club) -> None:
    campaign = await scheduled(abroad)
    skip_to(abroad, SATURDAY)
    await abroad.until(lambda: sent(abroad) == legal_by(SATURDAY))
    await abroad.card(
        campaign, "4 held until Monday, March 29 at 10:00: advertising leaves only at legal hours"
    )


async def test_what_became_legal_while_the_bot_was_down_waits_for_the_next_window(abroad: Club) -> None:
    await scheduled(abroad)
    skip_to(abroad, SATURDAY)
    await abroad.until(lambda: sent(abroad) == legal_by(SATURDAY))
    await abroad.stop()
    skip_to(abroad, datetime(2027, 3, 29, 21, tzinfo=UTC))
    await abroad.start()
    await abroad.quiet(lambda: sent(abroad), seconds=1.5)
    assert sent(abroad) == legal_by(SATURDAY)
    skip_to(abroad, datetime(2027, 3, 30, 8, tzinfo=UTC))
    await abroad.until(lambda: sent(abroad) == sorted(LEAVES_AT))


async def test_a_stop_while_held_keeps_it_for_ever(abroad: Club) -> None:
    campaign = await scheduled(abroad)
    skip_to(abroad, SATURDAY)
    await abroad.until(lambda: sent(abroad) == legal_by(SATURDAY))
    texted = await abroad.carrier.text(from_=NUMBERS["Paris"], to=seed.SHORT_CODE, body="STOP")
    assert texted.status == 200
    skip_to(abroad, datetime(2027, 3, 30, 8, tzinfo=UTC))
    await abroad.until(lambda: len(sent(abroad)) == len(LEAVES_AT) - 1)
    await abroad.quiet(lambda: sent(abroad))
    assert "Paris" not in sent(abroad)
    assert (await abroad.states(campaign))["skipped"] == 1


async def test_a_start_after_it_brings_no_advertising_back(abroad: Club) -> None:
    campaign = await scheduled(abroad)
    skip_to(abroad, SATURDAY)
    await abroad.until(lambda: sent(abroad) == legal_by(SATURDAY))
    for body in ("STOP", "START"):
        texted = await abroad.carrier.text(from_=NUMBERS["Paris"], to=seed.SHORT_CODE, body=body)
        assert texted.status == 200
    skip_to(abroad, datetime(2027, 3, 30, 8, tzinfo=UTC))
    await abroad.reached(campaign, {"delivered": 5, "skipped": 1})
    assert "Paris" not in sent(abroad)


async def test_who_lives_where_nobody_checked_the_rules_is_left_out(abroad: Club) -> None:
    (group,) = await abroad.rows(Group, name="Abroad")
    person = Contact(
        club_id=seed.key("club"), first_name="Bia", last_name="", e164="+5511961234567", created_at=MORNING
    )
    await abroad.keep(person, agreed(person))
    await abroad.keep(Membership(club_id=group.club_id, group_id=group.id, contact_id=person.id))
    preview = await abroad.compose(groups="Abroad", route="world", kind="marketing", message="Loto dimanche")
    assert "country whose rules for advertising nobody checked (1): Bia" in text_of(preview)
    assert "6 recipients" in text_of(preview)


async def test_what_is_held_takes_nobodys_turn(abroad: Club) -> None:
    campaign = await scheduled(abroad)
    skip_to(abroad, SATURDAY)
    await abroad.reached(campaign, {"delivered": 2, "held": 4})
    async with abroad.database() as db, db.read() as session:
        assert await tallies.segments_queued(session, campaign.club_id, campaign.sender) == 0
    assert [chunk.waiting for chunk in await abroad.rows(Chunk, campaign_id=campaign.id)] == [0]


async def test_what_is_held_can_be_stopped(abroad: Club) -> None:
    campaign = await scheduled(abroad)
    skip_to(abroad, SATURDAY)
    card = await abroad.card(campaign, "4 held until")
    await abroad.click(card, "stop")
    skip_to(abroad, datetime(2027, 3, 30, 8, tzinfo=UTC))
    await abroad.reached(campaign, {"delivered": 2, "skipped": 4})
    assert "Stopped" in text_of(await abroad.card(campaign, "Stopped"))


async def set_hours(club: Club, **fields: object) -> View:
    settings = await club.open("/sms-settings", user=ADMIN)
    await club.fill(settings, **fields)
    await club.submit(settings)
    return settings


async def test_an_admin_narrows_the_hours_and_may_widen_them_as_far_as_the_law_goes(abroad: Club) -> None:
    await set_hours(abroad, ad_days=["0", "6", "holidays"], ad_opens="10:15", ad_closes="21:30")
    campaign = await scheduled(abroad)
    skip_to(abroad, SATURDAY)
    await abroad.stands(campaign, "sending")
    easter_sunday = datetime(2027, 3, 28, 8, 15, tzinfo=UTC)
    skip_to(abroad, easter_sunday - timedelta(minutes=1))
    await abroad.quiet(lambda: sent(abroad), seconds=1)
    assert sent(abroad) == ["La Réunion"], "a quarter past ten was hours ago there"
    skip_to(abroad, easter_sunday)
    await abroad.until(lambda: "Paris" in sent(abroad))
    await abroad.quiet(lambda: sent(abroad))
    # Abroad a wish only narrows: neither Sundays nor Saturdays are left there.
    assert {"London", "New York", "Madrid"}.isdisjoint(sent(abroad))


@pytest.mark.parametrize(
    "fields",
    [{"ad_opens": "07:59"}, {"ad_closes": "21:31"}, {"ad_opens": "12:00", "ad_closes": "12:00"}],
    ids=["too early", "too late", "none left"],
)
async def test_hours_beyond_the_law_are_refused_under_their_field(
    abroad: Club, fields: dict[str, str]
) -> None:
    settings = await set_hours(abroad, **fields)
    assert settings.errors["ad_closes"].startswith("Advertising may leave here from 08:00 to 21:30 at most.")


async def test_the_countrys_own_hours_are_left_to_the_country(abroad: Club) -> None:
    await set_hours(abroad, ad_opens="09:00")
    await set_hours(abroad, ad_opens="08:00")
    (club,) = await abroad.rows(models.Club)
    assert club.marketing_hours is None


async def test_an_alert_at_night_is_asked_about_softly(abroad: Club) -> None:
    preview = await abroad.compose(**EVENING, groups="Abroad", route="world", message="Gymnase fermé")
    assert "*At night*: it leaves at 21:30" in text_of(preview)
    preview = await abroad.compose(groups="Abroad", route="world", message="Gymnase fermé")
    assert "At night" not in text_of(preview)


async def test_an_alert_leaves_at_any_hour(abroad: Club) -> None:
    await scheduled(abroad, kind="alert")
    skip_to(abroad, SATURDAY)
    await abroad.until(lambda: sent(abroad) == sorted(LEAVES_AT))

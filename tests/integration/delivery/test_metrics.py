"""What is measured while texts leave, and that asking for it costs nothing and betrays nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from structlog.testing import capture_logs

from bot.delivery.receipts import Taken
from bot.playground.carrier.faults import Fault
from bot.scrape import scrape
from storage.backlog import backlog
from storage.db import Database
from storage.models import Message
from storage.states import CampaignState, MessageState
from tests import factories as f
from tests.databases import SQLITE
from tests.integration.delivery.conftest import World
from tests.scrapes import Samples, samples

SID = "SM" + "1" * 32


async def measured(world: World) -> Samples:
    return samples(await scrape(world.rt))


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, "accepted"),
        (Fault.THROTTLED, "throttled"),
        (Fault.ERROR_AFTER, "lost"),
        (Fault.RESET_AFTER, "lost"),
    ],
)
@pytest.mark.parametrize("databases", [SQLITE], indirect=True)
async def test_each_way_a_request_ends_is_counted(world: World, fault: Fault | None, outcome: str) -> None:
    club = f.club()
    await world.keep(club, f.message(club))
    if fault:
        world.network.fail(fault, times=1)
    delivery = world.delivery()
    await world.begin(delivery)
    await delivery.settle()
    seen = await measured(world)
    ends = {name: count for name, count in seen.items() if name.startswith("touchline_requests_total")}
    assert {name.split()[1] for name, count in ends.items() if count} == {outcome}
    assert seen["touchline_request_seconds_count"] == 1
    assert seen["touchline_messages_accepted_total"] == (outcome == "accepted")
    assert seen["touchline_carrier_429s_total"] == (outcome == "throttled")
    assert seen["touchline_requests_under_way"] == 0
    assert seen["touchline_places"] > 0
    await delivery.stop()


async def test_the_queue_is_measured_by_its_chunks(world: World) -> None:
    club = f.club()
    sending, paused = f.campaign(club), f.campaign(club, state=CampaignState.PAUSED)
    await world.keep(club, sending, paused)
    long_ago = f.NOW - timedelta(minutes=5)
    await world.keep(
        f.chunk(sending, waiting=300, due_at=f.NOW - timedelta(seconds=40), created_at=long_ago),
        f.chunk(sending, waiting=200, due_at=f.NOW + timedelta(seconds=40)),
        f.chunk(
            sending, waiting=0, due_at=f.NOW - timedelta(hours=1), created_at=long_ago - timedelta(hours=1)
        ),
        f.chunk(sending, waiting=0, due_at=None),
        f.chunk(paused, waiting=70, due_at=None, parked=True),
    )
    seen = await measured(world)
    assert seen["touchline_up database"] == 1
    assert seen["touchline_messages_waiting"] == 500
    assert seen["touchline_messages_parked"] == 70
    assert seen["touchline_queue_age_seconds"] == 40
    assert seen["touchline_oldest_waiting_seconds"] == 300
    assert (seen["touchline_campaigns sending"], seen["touchline_campaigns paused"]) == (1, 1)


async def test_an_empty_queue_has_no_age(world: World) -> None:
    seen = await measured(world)
    assert (seen["touchline_queue_age_seconds"], seen["touchline_oldest_waiting_seconds"]) == (0, 0)
    assert seen["touchline_messages_waiting"] == seen["touchline_messages_in_doubt"] == 0


async def test_what_is_in_doubt_is_counted_until_a_day_after_it_was_given_up(world: World) -> None:
    club = f.club()
    unknown = MessageState.UNKNOWN
    await world.keep(
        club,
        f.message(club, 1, state=unknown, not_before=f.NOW + timedelta(minutes=5)),
        f.message(club, 2, state=unknown, not_before=f.NOW - timedelta(hours=23)),
        f.message(club, 3, state=unknown, not_before=f.NOW - timedelta(hours=25)),
        f.message(club, 4, state=MessageState.ACCEPTED),
    )
    assert (await measured(world))["touchline_messages_in_doubt"] == 2


async def test_a_database_that_is_away_fails_no_scrape(world: World) -> None:
    away = Database("sqlite+aiosqlite:////nowhere/at/all.db")
    rt = replace(world.rt, db=away)
    with capture_logs() as lines:
        seen = samples(await scrape(rt))
    assert [line["event"] for line in lines] == ["part_failed"]
    assert seen["touchline_up database"] == 0
    assert seen["touchline_part_in_trouble database"] == 1
    assert "touchline_messages_waiting" not in seen
    assert "touchline_messages_accepted_total" in seen, "what this process counted is still told"
    seen = await measured(world)
    assert seen["touchline_up database"] == 1
    assert "touchline_part_in_trouble database" not in seen
    await away.close()


async def test_the_commits_of_a_campaign_are_counted_by_the_hundred_messages(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(100)))
    world.rt.db.tell_commits(world.rt.metrics.committed)
    commits = world.count_commits()
    await world.send_all()
    seen = await measured(world)
    assert seen["touchline_messages_accepted_total"] == 100
    assert seen["touchline_commits_total"] == commits() > 0


async def test_a_transaction_that_fails_is_no_commit(world: World) -> None:
    world.rt.db.tell_commits(world.rt.metrics.committed)
    club = f.club()
    await world.keep(club)
    with pytest.raises(IntegrityError):
        await world.keep(f.club(slack_team_id=club.slack_team_id))
    assert (await measured(world))["touchline_commits_total"] == 1


async def test_receipts_are_counted_by_status_with_their_lag(world: World) -> None:
    club = f.club()
    await world.keep(club, f.message(club))
    await world.send_all()
    [message] = [await world.message(claimed.id) for claimed in await _all_messages(world)]
    world.clock.advance(timedelta(seconds=3))
    for attempt, status in ((1, "sent"), (0, "sent"), (1, "a word of theirs")):
        assert await world.receipts.take(message.id, attempt, message.sid or SID, status) is Taken.STORED
    seen = await measured(world)
    assert seen["touchline_receipts_total sent"] == 2
    assert seen["touchline_callback_lag_seconds_count sent"] == 1, "an earlier attempt's has none"
    assert seen["touchline_callback_lag_seconds_sum sent"] == 3
    assert seen["touchline_receipts_total new_word"] == 1


async def _all_messages(world: World) -> list[Message]:
    async with world.rt.db.read() as session:
        return list((await session.exec(select(Message))).all())


async def test_no_number_no_name_and_no_text_is_measured(world: World) -> None:
    club = f.club(name="Canaryclub")
    campaign = f.campaign(club, title="Canarytitle", body="Canarybody")
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(5)))
    world.network.fail(Fault.ERROR_AFTER, times=2)
    await world.send_all()
    for message in await _all_messages(world):
        await world.receipts.take(message.id, 1, message.sid or SID, f.number(1), 30003)
    told = (await scrape(world.rt)).decode()
    for secret in ("Canary", str(club.id), str(campaign.id), f.number(1)[1:-4], f.SHORT_CODE):
        assert secret not in told


def explaining(world: World) -> Callable[[], list[str]]:
    """Notes the plan of each statement from now on; calling it gives their steps."""
    plans: list[str] = []
    is_sqlite = world.rt.db.is_sqlite

    def explain(
        connection: sa.Connection, cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if not statement.startswith("SELECT"):
            return
        asked = connection.connection.cursor()
        asked.execute(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", parameters)
        plans.extend(str(row[3] if is_sqlite else row[0]) for row in asked.fetchall())

    sa.event.listen(world.rt.db.engine.sync_engine, "before_cursor_execute", explain)
    return lambda: plans


async def test_a_scrape_reads_no_message_row_by_row(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, f.chunk(campaign), *(f.message(campaign, n) for n in range(50)))
    plans = explaining(world)
    async with world.rt.db.begin() as session:
        if not world.rt.db.is_sqlite:
            # Of so few rows it would take the table; of a million it would not.
            await session.exec(sa.text("SET LOCAL enable_seqscan = off"))
        await backlog(session, f.NOW)
    of_messages = [step for step in plans() if " message" in step or "ix_message" in step]
    # PostgreSQL may say it in two lines: a scan of the heap by what the index says.
    assert any("ix_message_followed" in step for step in of_messages), plans()
    assert not [step for step in of_messages if "ix_message" in step and "followed" not in step], plans()
    assert not [step for step in plans() if "Seq Scan" in step or step.startswith("SCAN message")], plans()
    chunks = [step for step in plans() if "chunk" in step]
    assert any("ix_chunk_due" in step for step in chunks), plans()
    assert any("ix_chunk_parked" in step for step in chunks), plans()

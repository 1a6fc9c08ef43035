"""What the queries about messages answer, and that a claim stays cheap however much waits."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from storage import chunks, conversations, messages, strays, tallies
from storage.models import Chunk
from storage.states import CampaignState, Kind, MessageState
from tests import factories as f
from tests.databases import SQLITE
from tests.integration.delivery.conftest import World

HOUR = timedelta(hours=1)


async def test_a_stop_skips_what_waits_and_leaves_alone_what_may_have_been_sent(world: World) -> None:
    club = f.club()
    campaign, other = f.campaign(club), f.campaign(club)
    chunk = f.chunk(campaign)
    by_state = {
        state: f.message(campaign, n, state=state, chunk_id=chunk.id, lease_until=f.NOW + HOUR)
        for n, state in enumerate(MessageState)
    }
    elsewhere = f.message(other)
    await world.keep(club, campaign, other, chunk, *by_state.values(), elsewhere)
    async with world.rt.db.begin() as session:
        skipped = await messages.skip_rest(session, chunk.id, reason="stopped", at=f.NOW)
    assert skipped == 2
    for state, message in by_state.items():
        waited = state in (MessageState.HELD, MessageState.QUEUED)
        assert (await world.message(message.id)).state is (MessageState.SKIPPED if waited else state)
    assert (await world.message(elsewhere.id)).state is MessageState.QUEUED, "the other campaign's"


async def test_an_alert_overtakes_the_marketing_that_began_before_it(world: World) -> None:
    club = f.club()
    offer = f.campaign(club, kind=Kind.MARKETING, release_at=f.NOW - HOUR)
    alert = f.campaign(club)
    await world.keep(club, offer, alert)
    await world.keep(*(f.agreed(club, n) for n in range(3)))
    await world.keep(*(f.message(offer, n, not_before=f.NOW - HOUR) for n in range(3)), f.message(alert, 4))
    taken = await world.visits()
    assert [one.campaign_id for one in taken] == [alert.id, offer.id, offer.id, offer.id]


async def test_the_newest_campaign_that_texted_a_number_is_found_in_its_own_club_only(world: World) -> None:
    ours, theirs = f.club(), f.club()
    old, new, unsent = (f.campaign(ours) for _ in range(3))
    strange = f.campaign(theirs)
    sent = MessageState.DELIVERED
    await world.keep(ours, theirs, old, new, unsent, strange)
    await world.keep(
        f.message(old, state=sent, created_at=f.NOW - HOUR),
        f.message(new, state=sent),
        f.message(unsent, state=MessageState.SKIPPED, created_at=f.NOW + HOUR),
        f.message(strange, state=sent, created_at=f.NOW + HOUR),
        f.message(ours, state=sent, created_at=f.NOW + HOUR),
    )
    async with world.rt.db.read() as session:
        texted = await conversations.last_text(session, ours.id, f.number(1), until=f.NOW)
        assert texted
        assert texted.campaign_id == new.id
        earlier = await conversations.last_text(session, ours.id, f.number(1), until=f.NOW - HOUR / 2)
        assert earlier
        assert earlier.campaign_id == old.id
        assert await conversations.last_text(session, ours.id, f.number(2), until=f.NOW) is None


async def test_the_days_segments_count_what_was_not_skipped(world: World) -> None:
    ours, theirs = f.club(), f.club()
    campaign = f.campaign(ours)
    await world.keep(ours, theirs, campaign)
    await world.keep(
        f.message(campaign, 1, segments=3, state=MessageState.DELIVERED),
        f.message(campaign, 2, segments=2),
        f.message(ours, 3, segments=1),
        f.message(campaign, 4, segments=10, state=MessageState.SKIPPED),
        f.message(campaign, 5, segments=10, created_at=f.NOW - HOUR),
        f.message(theirs, 6, segments=10),
    )
    async with world.rt.db.read() as session:
        assert await messages.segments_since(session, ours.id, f.NOW) == 6
        assert await messages.segments_since(session, ours.id, f.NOW + HOUR) == 0


async def _chunk(world: World, chunk: Chunk) -> Chunk:
    async with world.rt.db.read() as session:
        return (await session.exec(select(Chunk).where(Chunk.id == chunk.id))).one()


async def test_a_chunk_is_due_when_its_first_message_is_or_when_the_first_claim_ends(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    chunk = f.chunk(campaign)
    await world.keep(club, campaign, chunk)
    await world.keep(
        f.message(campaign, 1, chunk_id=chunk.id, not_before=f.NOW + HOUR),
        f.message(campaign, 2, chunk_id=chunk.id, not_before=f.NOW + 3 * HOUR),
        f.message(
            campaign,
            3,
            chunk_id=chunk.id,
            state=MessageState.SENDING,
            lease_until=f.NOW + 2 * HOUR,
            attempt=1,
        ),
        f.message(campaign, 4, chunk_id=chunk.id, state=MessageState.DELIVERED, not_before=f.NOW - HOUR),
    )
    async with world.rt.db.begin() as session:
        await chunks.refresh(session, [chunk.id], f.NOW)
    assert ((await _chunk(world, chunk)).due_at, (await _chunk(world, chunk)).waiting) == (f.NOW + HOUR, 2)
    async with world.rt.db.begin() as session:
        await chunks.refresh(session, [chunk.id], f.NOW, not_before=f.NOW + 2.5 * HOUR)
    assert (await _chunk(world, chunk)).due_at == f.NOW + 2 * HOUR, "the lease ends before that"


async def test_a_chunk_closes_only_when_nothing_in_it_waits_or_is_being_sent(world: World) -> None:
    for state in MessageState:
        club = f.club()
        campaign = f.campaign(club)
        chunk = f.chunk(campaign)
        message = f.message(campaign, chunk_id=chunk.id, state=state, lease_until=f.NOW + HOUR)
        await world.keep(club, campaign, chunk, message)
        async with world.rt.db.begin() as session:
            await chunks.refresh(session, [chunk.id], f.NOW)
        assert ((await _chunk(world, chunk)).due_at is not None) == (state in chunks.OPEN), state


async def test_a_paused_campaigns_chunks_rest_until_it_goes_on(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club, state=CampaignState.PAUSED)
    await world.keep(club, campaign, f.message(campaign))
    assert await world.visits() == []
    async with world.rt.db.read() as session:
        assert await chunks.next_due(session) is None
    await world.set_campaign(campaign.id, CampaignState.SENDING)
    assert len(await world.visits()) == 1


async def test_messages_share_commits(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(100)))
    commits = world.count_commits()
    await world.send_all()
    assert len(world.network.ledger) == 100
    # A chunk for what had none, five claims of twenty, and some groups of results; one by one it would be two hundred.
    assert commits() <= 20


def _plans(world: World, of: str) -> list[str]:
    """The steps by which SQLite finds what is asked for from now on, in statements that begin so."""
    plans: list[str] = []

    def explain(
        connection: sa.Connection, cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith(of):
            asked = connection.connection.cursor()
            asked.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in asked.fetchall())

    sa.event.listen(world.rt.db.engine.sync_engine, "before_cursor_execute", explain)
    return plans


@pytest.mark.parametrize("databases", [SQLITE], indirect=True)
async def test_a_visit_finds_its_rows_by_an_index(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    chunk = f.chunk(campaign)
    await world.keep(club, campaign, chunk, *(f.message(campaign, n, chunk_id=chunk.id) for n in range(3)))
    plans = _plans(world, "SELECT message.id")
    assert len(await world.visits(limit=2)) == 2
    assert plans
    # The index of chunkless messages holds nothing when all is well, and is read from end to end.
    scans = [step for step in plans if step.startswith("SCAN")]
    assert not [step for step in scans if "ix_message_chunkless" not in step], plans


@pytest.mark.parametrize("databases", [SQLITE], indirect=True)
async def test_what_is_in_doubt_at_some_numbers_is_found_by_an_index(world: World) -> None:
    plans = _plans(world, "SELECT message.e164")
    async with world.rt.db.read() as session:
        await strays.in_doubt(session, [f.number(1), f.number(2)])
    assert plans
    assert not [step for step in plans if step.startswith("SCAN message")], plans


async def test_a_repeated_visit_takes_nothing_twice(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(7)))
    taken = [one for _ in range(4) for one in await world.visits(limit=3)]
    assert len(taken) == len({claimed.id for claimed in taken}) == 7


async def test_a_move_changes_only_what_is_still_where_its_mover_saw_it(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    sid = "SM" + "a" * 32
    rows = [f.message(campaign, n, state=state, attempt=2, sid=sid) for n, state in enumerate(MessageState)]
    old = f.message(campaign, 99, state=MessageState.SENDING, attempt=3)
    await world.keep(club, campaign, *rows, old)
    since = {MessageState.SENDING, MessageState.UNKNOWN}
    changes = [
        messages.Change(row.id, 2, to=MessageState.FAILED, since=since, error_code=30003)
        for row in (*rows, old)
    ]
    async with world.rt.db.begin() as session:
        moved = await messages.move(session, changes, at=f.NOW)
    assert moved == 2
    for row in rows:
        stored = await world.message(row.id)
        expected = (MessageState.FAILED, 30003) if row.state in since else (row.state, None)
        assert (stored.state, stored.error_code) == expected
        assert stored.sid == sid, "an id once known is never lost"
    assert (await world.message(old.id)).state is MessageState.SENDING


async def test_a_move_makes_the_card_due_of_its_campaign_alone(world: World) -> None:
    club = f.club()
    campaign, other = f.campaign(club), f.campaign(club)
    message = f.message(campaign, state=MessageState.SENDING, attempt=1)
    await world.keep(club, campaign, other, message, f.message(other))
    change = messages.Change(message.id, 1, to=MessageState.ACCEPTED, since={MessageState.SENDING})
    async with world.rt.db.begin() as session:
        await messages.move(session, [change], at=f.NOW)
    assert (await world.campaign(campaign.id)).card_due
    assert not (await world.campaign(other.id)).card_due


async def test_a_move_keeps_the_counts(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    rows = [f.message(campaign, n, state=MessageState.SENDING, attempt=1, segments=2) for n in range(5)]
    await world.keep(club, campaign, *rows)
    await f.count(world.rt.db, campaign)
    sending = {MessageState.SENDING}
    moves = [
        messages.Change(rows[0].id, 1, to=MessageState.ACCEPTED, since=sending, segments=3),
        messages.Change(rows[1].id, 1, to=MessageState.FAILED, since=sending, error_code=30003),
        messages.Change(rows[2].id, 1, to=MessageState.FAILED, since=sending, error_code=30006),
        messages.Change(rows[3].id, 9, to=MessageState.FAILED, since=sending, error_code=30006),
    ]
    async with world.rt.db.begin() as session:
        await messages.move(session, moves, at=f.NOW)
        kept = await tallies.of_campaign(session, campaign.id)
        assert kept == await tallies.counted(session, campaign.id)
        assert not (await tallies.correction(session, club.id, campaign.id)).rows()
    failed = MessageState.FAILED.value
    assert {(key.what, key.detail): count for key, count in kept.items()} == {
        ("accepted", ""): (1, 3),
        (failed, "30003"): (1, 2),
        (failed, "30006"): (1, 2),
        ("sending", ""): (2, 4),
    }


async def test_more_messages_than_a_statement_takes_are_moved_all_the_same(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(1200)))
    taken = await world.visits()
    changes = [
        messages.Change(
            one.id, one.attempt, to=MessageState.ACCEPTED, since={MessageState.SENDING}, sid=f"SM{n:032x}"
        )
        for n, one in enumerate(taken)
    ]
    async with world.rt.db.begin() as session:
        moved = await messages.move(session, changes, at=f.NOW)
    assert moved == 1200
    assert set((await world.states()).values()) == {MessageState.ACCEPTED}

"""What the queries about messages answer, and that a claim stays cheap however much waits."""

from datetime import timedelta

import sqlalchemy as sa

from storage import claims, conversations, messages
from storage.states import CampaignState, Kind, MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World

HOUR = timedelta(hours=1)


async def test_a_stop_skips_what_waits_and_leaves_alone_what_may_have_been_sent(world: World) -> None:
    club = f.club()
    campaign, other = f.campaign(club), f.campaign(club)
    by_state = {state: f.message(campaign, n, state=state) for n, state in enumerate(MessageState)}
    elsewhere = f.message(other)
    await world.keep(club, campaign, other, *by_state.values(), elsewhere)
    async with world.rt.db.begin() as session:
        skipped = await messages.skip_rest(session, campaign.id, reason="stopped", at=f.NOW)
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
    await world.keep(*(f.message(offer, n, not_before=f.NOW - HOUR) for n in range(3)), f.message(alert, 4))
    async with world.rt.db.begin() as session:
        taken = await claims.claim(session, now=f.NOW, lease_until=f.NOW + HOUR, limit=2)
    assert [one.campaign_id for one in taken] == [alert.id, offer.id]


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
        texted = await conversations.last_text(session, ours.id, f.number(1))
        assert texted
        assert texted.campaign_id == new.id
        assert await conversations.last_text(session, ours.id, f.number(2)) is None


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


async def test_the_next_message_is_due_when_the_first_of_a_sending_campaign_is(world: World) -> None:
    club = f.club()
    sending, paused = f.campaign(club), f.campaign(club, state=CampaignState.PAUSED)
    await world.keep(club, sending, paused, f.message(paused, not_before=f.NOW - HOUR))
    async with world.rt.db.read() as session:
        assert await claims.next_due(session) is None
    await world.keep(f.message(sending, not_before=f.NOW + HOUR))
    async with world.rt.db.read() as session:
        assert await claims.next_due(session) == f.NOW + HOUR
    await world.keep(f.message(club, not_before=f.NOW))
    async with world.rt.db.read() as session:
        assert await claims.next_due(session) == f.NOW


async def test_messages_share_commits(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(100)))
    commits = world.count_commits()
    await world.send_all()
    assert len(world.network.ledger) == 100
    # A claim and a few groups of results for each twenty; one by one it would be two hundred.
    assert commits() <= 30


async def test_a_claim_finds_its_rows_by_an_index_and_sorts_nothing(world: World) -> None:
    plans: list[str] = []

    def explain(
        connection: sa.Connection, cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith("SELECT message.id"):
            asked = connection.connection.cursor()
            asked.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in asked.fetchall())

    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(3)))
    sa.event.listen(world.rt.db.engine.sync_engine, "before_cursor_execute", explain)
    async with world.rt.db.begin() as session:
        await claims.claim(session, now=f.NOW, lease_until=f.NOW + HOUR, limit=2)
    assert plans
    assert not [step for step in plans if step.startswith(("SCAN", "USE TEMP"))], plans


async def test_a_repeated_claim_takes_nothing_twice(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(7)))
    taken = []
    for _ in range(4):
        async with world.rt.db.begin() as session:
            taken += await claims.claim(session, now=f.NOW, lease_until=f.NOW + HOUR, limit=3)
    assert len(taken) == len({claimed.id for claimed in taken}) == 7


async def test_a_move_changes_only_what_is_still_where_its_mover_saw_it(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    sid = "SM" + "a" * 32
    rows = [f.message(campaign, n, state=state, attempt=2, sid=sid) for n, state in enumerate(MessageState)]
    old = f.message(campaign, 99, state=MessageState.SENDING, attempt=3)
    await world.keep(club, campaign, *rows, old)
    changes = [messages.Change(row.id, 2, error_code=30003) for row in (*rows, old)]
    async with world.rt.db.begin() as session:
        since = {MessageState.SENDING, MessageState.UNKNOWN}
        moved = await messages.move(session, changes, to=MessageState.FAILED, since=since, at=f.NOW)
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
    async with world.rt.db.begin() as session:
        change = messages.Change(message.id, 1)
        await messages.move(
            session, [change], to=MessageState.ACCEPTED, since={MessageState.SENDING}, at=f.NOW
        )
    assert (await world.campaign(campaign.id)).card_due
    assert not (await world.campaign(other.id)).card_due


async def test_more_messages_than_a_statement_takes_are_moved_all_the_same(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign, *(f.message(campaign, n) for n in range(1200)))
    async with world.rt.db.begin() as session:
        taken = await claims.claim(session, now=f.NOW, lease_until=f.NOW + HOUR, limit=2000)
        changes = [
            messages.Change(claimed.id, claimed.attempt, sid=f"SM{n:032x}") for n, claimed in enumerate(taken)
        ]
        moved = await messages.move(
            session, changes, to=MessageState.ACCEPTED, since={MessageState.SENDING}, at=f.NOW
        )
    assert moved == 1200
    assert set((await world.states()).values()) == {MessageState.ACCEPTED}

"""The queue of a sender: what of its campaigns is still to leave."""

from storage import tallies
from storage.states import CampaignState, MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World


async def test_the_queue_of_a_sender_is_what_its_leaving_campaigns_still_have_to_send(world: World) -> None:
    ours, theirs = f.club(), f.club()
    leaving, other = f.campaign(ours), f.campaign(ours, sender="ASVALMONT")
    stuck, over = f.campaign(ours, state=CampaignState.PAUSED), f.campaign(ours, state=CampaignState.DONE)
    strange = f.campaign(theirs)
    campaigns = (leaving, other, stuck, over, strange)
    await world.keep(ours, theirs, *campaigns)
    await world.keep(
        f.message(leaving, 1, segments=3),
        f.message(leaving, 2, segments=2, state=MessageState.SENDING),
        f.message(leaving, 3, segments=10, state=MessageState.ACCEPTED),
        f.message(leaving, 4, segments=10, state=MessageState.SKIPPED),
        f.message(ours, 5, segments=100),
        f.message(other, 6, segments=20, sender="ASVALMONT"),
        f.message(stuck, 7, segments=40),
        f.message(over, 8, segments=40),
        f.message(strange, 9, segments=80),
    )
    await f.count(world.rt.db, *campaigns)
    async with world.rt.db.read() as session:
        assert await tallies.segments_queued(session, ours.id, f.SHORT_CODE) == 5
        assert await tallies.segments_queued(session, ours.id, "ASVALMONT") == 20
        assert await tallies.segments_queued(session, ours.id, "Another") == 0

"""Whatever staff can send from the windows of texts, with the ids of another club, shows and changes nothing of it.

The staff of a club go through every window; each of their requests is kept. Then a second club is stored that has the
same rows with other ids, and every request is made again with those ids in the place of one's own: all at once, then one
by one. In the end the windows are the second club's: what showed and changed nothing before does so now, or the test
could not fail. `test_swapped_ids_of_people.py` is the other half, so that two processes share them.
"""

import pytest

from tests.club import Club
from tests.integration.bot import swaps, walks
from tests.integration.bot.swaps import Attack

pytestmark = [pytest.mark.turns, pytest.mark.timeout(300)]

EMPTY_HANDED = {"action my_phone", "action note_stop", "view person", "view preview"}
"""What opens an empty window, or is refused to the other club too, since what it confirms was shown in another state."""


@pytest.fixture
async def attack(club: Club) -> Attack:
    """A club whose staff went through every window of texts, and its twin."""
    return await swaps.attack_after(club, walks)


async def test_no_request_about_texts_with_another_club_s_ids_shows_or_changes_anything_of_it(
    attack: Attack,
) -> None:
    assert attack.never_asked(of_texts=True) == []
    assert await attack.breaches() == []
    assert set(await attack.unseen()) - EMPTY_HANDED == set()

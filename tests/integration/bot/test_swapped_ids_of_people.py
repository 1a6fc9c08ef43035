"""The same as `test_swapped_ids.py`, from the windows of people."""

import pytest

from tests.club import Club
from tests.integration.bot import swaps, walks_of_people
from tests.integration.bot.swaps import Attack

pytestmark = [pytest.mark.turns, pytest.mark.timeout(300)]

EMPTY_HANDED = {"action fixed_add", "action own_field_add", "action import_open", "action import_again"}
"""What opens an empty window, or begins what the request before it began."""


@pytest.fixture
async def attack(club: Club) -> Attack:
    """A club whose staff went through every window of people, and its twin."""
    return await swaps.attack_after(club, walks_of_people)


async def test_no_request_about_people_with_another_club_s_ids_shows_or_changes_anything_of_it(
    attack: Attack,
) -> None:
    assert attack.never_asked(of_texts=False) == []
    assert await attack.breaches() == []
    assert set(await attack.unseen()) - EMPTY_HANDED == set()

"""Before a name is used: for whom another sender shows, or nothing arrives."""

import pytest

from bot.playground import seed
from storage.models import Contact, Group, Membership, Sender
from storage.states import GroupKind, SenderKind
from tests.club import Club, text_of
from tests.factories import NOW
from tests.unit.rules.numbers import NUMBERS

pytestmark = pytest.mark.turns

PLACES = ("Paris", "New York", "Montréal", "Madrid", "Berlin")
NOT_SHOWN = "*Canada and United States* (2 recipients): the name ASTilleuls does not show there."
TO_REGISTER = "*Spain* (1 recipient): the name ASTilleuls must be registered there."


@pytest.fixture
async def travelled(club: Club) -> Club:
    """A club with members in five places."""
    group = Group(club_id=seed.key("club"), name="Abroad", kind=GroupKind.FIXED)
    people = [
        Contact(club_id=group.club_id, first_name=place, last_name="", e164=NUMBERS[place], created_at=NOW)
        for place in PLACES
    ]
    await club.keep(group, *people)
    await club.keep(
        *(Membership(club_id=group.club_id, group_id=group.id, contact_id=one.id) for one in people)
    )
    return club


async def test_the_preview_says_where_the_name_does_not_show(travelled: Club) -> None:
    preview = await travelled.compose(
        groups="Abroad", route="world", sender=seed.NAME, message="Match reporté"
    )
    assert NOT_SHOWN in text_of(preview)
    assert TO_REGISTER in text_of(preview)
    assert "Germany" not in text_of(preview)


async def test_the_composer_says_so_as_soon_as_the_name_is_chosen(travelled: Club) -> None:
    view = await travelled.open("/sms")
    await travelled.fill(view, groups="Abroad", route="world", message="Match reporté")
    await travelled.quiet(lambda: text_of(view))
    assert "does not show there" not in text_of(view)
    await travelled.fill(view, sender=seed.NAME)
    await travelled.until(lambda: NOT_SHOWN in text_of(view))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sender": seed.NAME}, "at home the name shows"),
        ({"sender": seed.SHORT_CODE, "route": "world"}, "a number is no name"),
    ],
    ids=["at home", "a number"],
)
async def test_where_the_name_shows_nothing_is_said(
    travelled: Club, fields: dict[str, str], reason: str
) -> None:
    preview = await travelled.compose(groups="Abroad", message="Match reporté", **fields)
    assert "the name" not in text_of(preview), reason


async def test_a_number_that_nobody_can_answer_in_the_country_says_so(club: Club) -> None:
    number = Sender(club_id=seed.key("club"), kind=SenderKind.LONG_CODE, value="+33700000001")
    await club.keep(number)
    assert "+33700000001 · cannot be answered in our country" in text_of(await club.open("/sms"))

"""From `/sms` to the phones: composing, previewing, confirming."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.playground import seed
from bot.playground.launcher import open_playground
from bot.playground.seed import COACH
from storage.models import Draft, Membership
from tests.club import Club, SetClock, has_field, open_club, text_of

pytestmark = pytest.mark.turns

U13 = {"jade", "jerome", "loic", "maelys", "carla", "hugo", "gaelle"}


async def numbers(club: Club, campaign: object) -> set[str]:
    return {message.e164 for message in await club.messages(campaign)}  # type: ignore[arg-type]


def numbers_of(keys: set[str]) -> set[str]:
    return {seed.number_of(key) for key in keys}


async def test_a_command_with_group_and_text_reaches_every_phone_of_the_group(club: Club) -> None:
    campaign = await club.send("U13", "Training is off tonight.")
    card = await club.card(campaign, "Sent to 7 recipients", "7 delivered")
    assert await numbers(club, campaign) == numbers_of(U13)
    for key in U13:
        (text,) = club.phone(key).inbox
        assert (text.body, text.sender) == ("Training is off tonight.", "36123")
    assert "Training is off tonight." in text_of(card)
    assert "To U13" in text_of(card)


@pytest.mark.parametrize(
    ("fields", "reached", "because"),
    [
        ({"audience": "fixed", "groups": ["U13"]}, U13, "a list, with guardians"),
        (
            {"audience": "fixed", "groups": ["U11", "U13"]},
            U13 | {"sophie", "karim", "helene", "noel", "francois", "minh"},
            "two groups; the mother of a child in each gets one text",
        ),
        (
            {"audience": "dynamic", "groups": ["Bénévoles"]},
            {"denise", "roger", "awa"},
            "a filter; who has no number is left out",
        ),
        ({"audience": "contacts", "contacts": ["loï"]}, {"loic"}, "one person, found by half a name"),
        ({"audience": "contacts", "contacts": ["Léa", "Hugo"]}, {"sophie", "hugo"}, "a child's guardian"),
    ],
)
async def test_each_way_to_choose_reaches_just_those_it_means(
    club: Club, fields: dict[str, object], reached: set[str], because: str
) -> None:
    preview = await club.compose(**fields, message="See you on Saturday.")
    campaign = await club.confirm(preview)
    await club.stands(campaign, "sending")
    assert await numbers(club, campaign) == numbers_of(reached), because


async def test_everyone_leaves_out_who_cannot_be_texted_and_says_why(club: Club) -> None:
    preview = await club.compose(audience="everyone", message="The club is closed.")
    said = text_of(preview)
    for reason in (
        "no mobile number",
        "number cannot get SMS",
        "asked for no more SMS",
        "number from abroad",
    ):
        assert reason in said
    campaign = await club.confirm(preview)
    await club.stands(campaign, "sending")
    sent_to = await numbers(club, campaign)
    assert len(sent_to) == campaign.previewed_recipients
    assert sent_to == {number for _, number in seed.handsets() if number[:3] in ("+33", "+26")} - numbers_of(
        {"chloe"}
    )


async def test_numbers_from_abroad_get_it_when_the_coach_says_so_and_cost_more(club: Club) -> None:
    preview = await club.compose(
        audience="dynamic", groups="Seniors", message="Match at 3 pm.", route="world", sender=seed.NAME
    )
    assert "8 credits" in text_of(preview)
    campaign = await club.confirm(preview)
    await club.stands(campaign, "sending")
    assert seed.number_of("emma") in await numbers(club, campaign)
    await club.until(lambda: club.phone("emma").inbox)
    assert club.phone("emma").inbox[0].sender == seed.NAME


async def test_a_domestic_text_leaves_out_a_number_from_abroad(club: Club) -> None:
    preview = await club.compose(audience="dynamic", groups="Seniors", message="Match at 3 pm.")
    assert "number from abroad" in text_of(preview)
    assert "Emma Clark" in text_of(preview)
    assert "6 recipients" in text_of(preview)


async def test_siblings_share_one_text_with_both_names_in_the_club_s_language(
    tmp_path: Path, planted: str
) -> None:
    async with open_club(tmp_path, planted=planted, language="fr") as club:
        preview = await club.compose(audience="fixed", groups="U11", message="{first_name} : goûter à 16h")
        assert "Zoë : goûter à 16h" in text_of(preview)
        campaign = await club.confirm(preview)
        await club.until(lambda: club.phone("sophie").inbox)
        assert [text.body for text in club.phone("sophie").inbox] == ["Léa et Tom : goûter à 16h"]
        await club.until(lambda: club.phone("helene").inbox)
        assert club.phone("helene").inbox[0].body == "Zoë : goûter à 16h"
        assert len(await numbers(club, campaign)) == 7


async def test_a_title_is_for_staff_alone(club: Club) -> None:
    preview = await club.compose(audience="fixed", groups="U15", message="No match.", title="Weather 1")
    campaign = await club.confirm(preview)
    card = await club.card(campaign, "Weather 1")
    await club.until(lambda: club.phone("manon").inbox)
    assert club.phone("manon").inbox[0].body == "No match."
    assert "Weather 1" in card.text


async def test_a_text_without_title_is_called_by_its_first_words(club: Club) -> None:
    campaign = await club.send(
        "U15", "No match on Saturday because the pitch is under water, see you next week"
    )
    assert campaign.title.startswith("No match on Saturday")
    assert len(campaign.title) <= 60


async def test_a_text_for_later_waits_for_its_time(tmp_path: Path, planted: str) -> None:
    clock = SetClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    async with open_club(tmp_path, planted=planted, clock=clock) as club:
        preview = await club.compose(
            when="later", at_date="2026-11-22", at_time="18:30", groups="U15", message="Bring a torch."
        )
        assert "Leaves Sunday, November 22 at 18:30 (Europe/Paris)" in text_of(preview)
        campaign = await club.confirm(preview)
        assert campaign.release_at == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
        await club.card(campaign, "Leaves Sunday")
        assert campaign.state == "scheduled"
        assert not club.carrier.posts


async def test_what_was_typed_before_closing_the_window_is_offered_again(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, message="Half a sentence")

    async def kept() -> bool:
        rows = await club.rows(Draft)
        return any(row.fields.get("message") == "Half a sentence" for row in rows)

    await club.until(kept)
    await club.workspace.close_view(view)
    again = await club.open("/sms")
    assert again.form.value("message", "message") == "Half a sentence"


async def test_the_shortcut_opens_the_same_window(club: Club) -> None:
    await club.workspace.run_shortcut(COACH, "send_sms")
    view = await club.modal("compose")
    assert has_field(view, "message")


async def test_the_home_s_button_opens_the_same_window(club: Club) -> None:
    home = await club.home()
    await club.click(home, "open_compose")
    assert has_field(await club.modal("compose"), "message")


async def test_what_was_sent_stands_in_the_list_and_in_the_home(club: Club) -> None:
    campaign = await club.send("U13", "Training is off tonight.")
    await club.stands(campaign, "done")
    await club.command("/sms sent")
    assert "7 of 7 delivered" in text_of(club.whispers()[-1])
    assert "7 of 7 delivered" in text_of(await club.home())


async def test_help_says_how_to_begin(club: Club) -> None:
    await club.command("/sms help")
    assert "/sms" in text_of(club.whispers()[-1])


async def test_somebody_who_joins_between_preview_and_release_gets_it_and_the_card_says_so(
    tmp_path: Path, planted: str
) -> None:
    async with open_club(
        tmp_path, planted=planted, undo_seconds=10, clock=SetClock(datetime.now(UTC))
    ) as club:
        campaign = await club.send("U15", "No match.")
        await club.keep(
            Membership(club_id=seed.key("club"), group_id=seed.key("U15"), contact_id=seed.key("hugo"))
        )
        club.skip(campaign.release_at - club.clock.now())
        await club.until(lambda: club.phone("hugo").inbox)
        await club.card(campaign, "The preview said 4")


async def test_the_playground_is_the_whole_club_in_one_process(tmp_path: Path) -> None:
    async with open_playground(tmp_path) as playground:
        welcome, brought = playground.workspace.channels[seed.CHANNEL].messages(COACH)
        assert (welcome.user, "/sms" in welcome.text) == (seed.ADMIN, True)
        assert (brought.user, "/contacts" in brought.text) == (seed.ADMIN, True)
        ack = await playground.workspace.run_command(COACH, seed.CHANNEL, "/sms aide")
        assert ack.is_ok

"""An alert that reads like advertising leaves only on somebody's word, which is kept."""

from uuid import UUID

import pytest

from bot.campaigns import drafts
from bot.campaigns.launch import ReadsLikeAdvertising, launch
from bot.runtime import Who
from storage import models
from storage.models import Audit, Campaign
from storage.states import Role
from tests.club import COACH, Club, draft_of, has_field, text_of

SALE = "Soldes au club : -20 % sur les maillots"


async def test_it_names_what_it_saw_and_asks(club: Club) -> None:
    preview = await club.compose(groups="U15", message=SALE)
    assert "This reads like advertising" in text_of(preview)
    assert "“Soldes”" in text_of(preview)
    assert has_field(preview, "no_advertising")


async def test_without_the_word_nothing_leaves(club: Club) -> None:
    preview = await club.compose(groups="U15", message=SALE)
    same = await club.submit(preview)
    assert same.callback_id == "preview"
    assert not await club.rows(Campaign)


async def test_the_bot_itself_asks_for_the_word_whatever_slack_lets_pass(club: Club) -> None:
    preview = await club.compose(groups="U15", message=SALE)
    assert club.bot
    rt, (row,) = club.bot.rt, await club.rows(models.Club)
    who = Who(row, COACH, Role.COACH, rt.catalogues["en"], row.zone)
    draft_id = UUID(draft_of(preview))
    async with rt.db.read() as session:
        mark = drafts.mark_of(await drafts.previewed(session, who, draft_id))
    with pytest.raises(ReadsLikeAdvertising):
        await launch(rt, who, draft_id, mark=mark)
    assert not await club.rows(Campaign)


async def test_the_word_is_kept_with_the_name_and_what_it_was_about(club: Club) -> None:
    preview = await club.compose(groups="U15", message=SALE)
    campaign = await club.confirm(preview, no_advertising=["yes"])
    (line,) = [row for row in await club.rows(Audit) if row.action == "launch"]
    assert (line.actor, line.subject) == (COACH, f"campaign {campaign.id}")
    assert "Soldes" in line.detail["no_advertising_although"]
    await club.until(lambda: club.carrier.posts)


async def test_a_plain_alert_is_asked_nothing(club: Club) -> None:
    preview = await club.compose(groups="U15", message="Pas de judo ce soir, gymnase fermé.")
    assert not has_field(preview, "no_advertising")
    campaign = await club.confirm(preview)
    (line,) = [row for row in await club.rows(Audit) if row.subject == f"campaign {campaign.id}"]
    assert "no_advertising_although" not in line.detail


async def test_marketing_is_what_it_says(club: Club) -> None:
    preview = await club.compose(groups="U15", kind="marketing", message=f"{SALE} STOP au 36123")
    assert not has_field(preview, "no_advertising")

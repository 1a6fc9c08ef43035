"""What the bot says to Slack, and what the stand-in says to the bot, held against Slack's own published types."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio

from bot.playground.log import Exchange
from bot.playground.seed import ADMIN, COACH
from bot.playground.workspace import Message
from tests.club import Club, open_club
from tests.outside.slack_types import complaints

ANSWERS = {
    "auth.test": "AuthTest",
    "chat.postMessage": "ChatPostMessage",
    "chat.update": "ChatUpdate",
    "chat.postEphemeral": "ChatPostEphemeral",
    "views.open": "ViewsOpen",
    "views.update": "ViewsUpdate",
    "views.publish": "ViewsPublish",
    "users.info": "UsersInfo",
}
INTERACTIONS = {
    "block_actions": "BlockActions",
    "view_submission": "ViewSubmission",
    "view_closed": "ViewClosed",
    "block_suggestion": "Options",
    "shortcut": "Shortcut",
}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    """Everything that was said on an evening in which every modal, card and command had its turn."""
    async with open_club(tmp_path_factory.mktemp("club")) as club:
        return await _an_evening(club)


async def _an_evening(club: Club) -> list[Exchange]:
    await club.send("U13", "Pas d'entraînement ce soir, {first_name} !")
    await _compose_in_every_way(club)
    await _later(club)
    await _answer(club)
    for typed in ("/sms help", "/sms sent", "/sms scheduled"):
        await club.command(typed)
    await club.open("/sms-settings", user=ADMIN)
    await club.open("/sms-settings")
    await club.home()
    await club.workspace.run_shortcut(COACH, "send_sms")
    await club.modal("compose")
    return list(club.workspace.log)


async def _compose_in_every_way(club: Club) -> None:
    view = await club.open()
    await club.fill(view, audience="contacts", contacts="Loïc")
    await club.fill(view, audience="dynamic", groups="Seniors")
    await club.fill(view, audience="everyone", message="À demain")
    await club.submit(view)
    await club.workspace.close_view(club.workspace.views(COACH)[-1]) if hasattr(
        club.workspace, "close_view"
    ) else None


async def _later(club: Club) -> None:
    preview = await club.compose(
        groups="U11", message="Tournoi samedi", when="later", at_date="2027-06-01", at_time="18:00"
    )
    campaign = await club.confirm(preview)
    card = await club.card(campaign)
    await club.click(card, "reschedule")
    await club.modal("reschedule")
    await club.click(card, "cancel")
    await club.stands(campaign, "cancelled")


async def _answer(club: Club) -> None:
    campaign = await club.send("U15", "Match à 14h")
    await club.stands(campaign, "done")
    await club.text("manon", "ok merci")
    card = await club.card(campaign)
    await club.until(lambda: club.thread(card))
    await club.click(club.thread(card)[0], "answer")
    view = await club.modal("answer")
    await club.fill(view, message="À samedi")
    await club.submit(view)
    await club.until(lambda: len(club.phone("manon").inbox) == 2)
    await club.until(lambda: _has_button(card, "details"))
    await club.click(card, "details")
    await club.modal("details")


def _has_button(post: Message, action_id: str) -> bool:
    return any(
        one.get("action_id") == action_id for block in post.blocks for one in block.get("elements", [])
    )


def _posted_to_slack(story: list[Exchange]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for exchange in story:
        if exchange.peer == "slack" and exchange.direction == "in" and "/api/" in exchange.url:
            method = exchange.url.rpartition("/")[2]
            yield method, json.loads(exchange.request_body), json.loads(exchange.response_body)


def _posted_to_us(story: list[Exchange]) -> Iterator[tuple[str, dict[str, Any]]]:
    for exchange in story:
        if exchange.peer != "slack" or exchange.direction != "out":
            continue
        fields = dict(parse_qsl(exchange.request_body, keep_blank_values=True))
        if "payload" in fields:
            payload = json.loads(fields["payload"])
            yield INTERACTIONS[payload["type"]], payload
        elif "command" in fields:
            yield "Command", fields


async def test_every_view_and_post_of_the_bot_fits_slacks_types(story: list[Exchange]) -> None:
    seen = 0
    for method, request, _ in _posted_to_slack(story):
        if "view" in request:
            kind = "OurHome" if method == "views.publish" else "OurModal"
            assert complaints(kind, request["view"]) == [], method
            seen += 1
        if "blocks" in request:
            assert complaints("OurBlocks", request["blocks"]) == [], method
            seen += 1
    assert seen > 20


async def test_every_modal_in_an_answer_of_the_bot_fits_slacks_types(story: list[Exchange]) -> None:
    views = [
        json.loads(exchange.response_body)
        for exchange in story
        if exchange.direction == "out" and exchange.response_body.startswith("{")
    ]
    pushed = [answer["view"] for answer in views if "view" in answer]
    assert len(pushed) >= 4
    for view in pushed:
        assert complaints("OurModal", view) == []


async def test_what_the_stand_in_posts_to_the_bot_fits_slacks_types(story: list[Exchange]) -> None:
    kinds = set()
    for kind, payload in _posted_to_us(story):
        assert complaints(kind, payload) == []
        kinds.add(kind)
    assert {"BlockActions", "ViewSubmission", "Options", "Shortcut", "Command"} <= kinds


async def test_what_the_stand_in_answers_fits_slacks_types(story: list[Exchange]) -> None:
    methods = set()
    for method, _, answer in _posted_to_slack(story):
        assert complaints(ANSWERS[method], answer) == [], method
        methods.add(method)
    assert set(ANSWERS) - {"chat.postEphemeral"} <= methods

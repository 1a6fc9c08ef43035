"""Files on Slack's side: fetched whatever Slack does with the request, shared where somebody reads."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.playground.launcher import APP, serve
from bot.playground.workspace import AppConfig, Workspace
from bot.slack.client import SlackClient, SlackRefused, SlackSilent
from bot.slack.files import FileTooLong, SignInInstead, SlackFile, fetch, known, share

CONTENT = b"Nom;Portable\n" * 20_000
USER = "U0CAMILLE"


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace("T0TILLEULS", "AS Les Tilleuls", APP) as workspace:
        workspace.add_user(USER, "camille", "Camille Moreau")
        yield workspace


@pytest.fixture
async def slack(workspace: Workspace) -> AsyncIterator[SlackClient]:
    client = SlackClient(APP.bot_token, workspace.api_url)
    yield client
    await client.close()


async def test_a_file_is_known_by_its_id_and_fetched_as_it_is(
    workspace: Workspace, slack: SlackClient, tmp_path: Path
) -> None:
    file = await known(slack, workspace.upload(USER, "Les membres.csv", CONTENT).id)
    assert file.name == "Les membres.csv"
    await fetch(slack, file, tmp_path / "it", most_bytes=len(CONTENT))
    assert (tmp_path / "it").read_bytes() == CONTENT


async def test_no_more_is_fetched_than_may_be(
    workspace: Workspace, slack: SlackClient, tmp_path: Path
) -> None:
    file = await known(slack, workspace.upload(USER, "people.csv", CONTENT).id)
    with pytest.raises(FileTooLong):
        await fetch(slack, file, tmp_path / "it", most_bytes=len(CONTENT) - 1)
    assert (tmp_path / "it").stat().st_size < len(CONTENT)


async def test_half_a_file_is_no_file(workspace: Workspace, slack: SlackClient, tmp_path: Path) -> None:
    file = await known(slack, workspace.upload(USER, "people.csv", CONTENT).id)
    workspace.faults.fail("download")
    with pytest.raises(SlackSilent):
        await fetch(slack, file, tmp_path / "it", most_bytes=len(CONTENT))
    workspace.faults.fail("download", status=503)
    with pytest.raises(SlackRefused):
        await fetch(slack, file, tmp_path / "it", most_bytes=len(CONTENT))


async def test_slack_s_sign_in_page_is_not_taken_for_the_file(
    workspace: Workspace, slack: SlackClient, tmp_path: Path
) -> None:
    file = await known(slack, workspace.upload(USER, "people.csv", CONTENT).id)
    stranger = SlackClient("xoxb-other", workspace.api_url)
    with pytest.raises(SignInInstead):
        await fetch(stranger, file, tmp_path / "it", most_bytes=len(CONTENT))
    await stranger.close()


async def test_without_the_scope_and_without_the_file_slack_s_own_word_is_told() -> None:
    app = AppConfig(signing_secret="s", bot_token="xoxb-1", scopes=frozenset({"chat:write"}))
    async with Workspace("T0OTHER", "Other", app) as workspace:
        slack = SlackClient("xoxb-1", workspace.api_url)
        with pytest.raises(SlackRefused) as refused:
            await known(slack, "F0")
        await slack.close()
    assert refused.value.error == "missing_scope"


async def test_a_deleted_file_is_told(slack: SlackClient) -> None:
    with pytest.raises(SlackRefused) as refused:
        await known(slack, "F0NOBODY")
    assert refused.value.error == "file_not_found"


async def test_the_token_goes_along_within_slack_and_never_beyond(
    workspace: Workspace, slack: SlackClient, tmp_path: Path
) -> None:
    seen: list[str | None] = []

    async def give(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers.get("Authorization"))
        if request.path == "/around":
            raise web.HTTPFound("/around")
        return web.Response(body=CONTENT)

    app = web.Application()
    app.router.add_get("/{any}", give)
    elsewhere = await serve(app, 0)
    url = f"http://127.0.0.1:{elsewhere.addresses[0][1]}"
    await fetch(slack, SlackFile("F1", "x.csv", f"{url}/there"), tmp_path / "it", most_bytes=10**9)
    assert (seen, (tmp_path / "it").read_bytes()) == ([None], CONTENT)
    with pytest.raises(SlackRefused, match="too_many_redirects"):
        await fetch(slack, SlackFile("F1", "x.csv", f"{url}/around"), tmp_path / "it", most_bytes=10**9)
    await elsewhere.cleanup()


async def test_a_file_of_ours_is_shared_where_somebody_reads(
    workspace: Workspace, slack: SlackClient, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(CONTENT)
    direct = workspace.direct(USER)
    await share(slack, tmp_path / "x", channel=direct.id, name="refused.csv", comment="To correct")
    (message,) = direct.messages(USER)
    file = workspace.files.get(message.files[0])
    assert (message.text, file.name, file.content) == ("To correct", "refused.csv", CONTENT)
    workspace.faults.fail("upload", status=500)
    with pytest.raises(SlackRefused, match="upload HTTP 500"):
        await share(slack, tmp_path / "x", channel=direct.id, name="refused.csv")

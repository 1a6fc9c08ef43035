"""A workspace with an app behind it: the real slack-bolt on aiohttp, or one that answers as it is told."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import ManualClock, Workspace
from tests.integration.workspace.house import SECRET, TOKEN, RawApp, config, furnish, serve


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    async with furnish(Workspace("T0CLUB", "FC Example", config(), clock=clock)) as workspace:
        yield workspace


@pytest.fixture
async def raw(workspace: Workspace) -> AsyncIterator[RawApp]:
    app = RawApp(workspace)
    runner, url = await serve(app.handle)
    workspace.connect(url)
    yield app
    if app.hold is not None:
        app.hold.set()
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=workspace.api_url, session=session)


@pytest.fixture
async def bolt(workspace: Workspace, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    runner, url = await serve(handle)
    workspace.connect(url)
    yield app
    await runner.cleanup()

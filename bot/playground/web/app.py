"""The web application of the page: the document, its two files, and one ordered socket for each tab."""

import asyncio
import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from aiohttp import WSMsgType, web

from bot.playground.carrier.server import StandInCarrier
from bot.playground.log import ExchangeLog
from bot.playground.web.acts import perform
from bot.playground.web.document import page
from bot.playground.web.stage import Person, Stage
from bot.playground.web.tab import Op, Tab
from bot.playground.workspace.files import MOST_INPUT_BYTES, NoSuchFileError
from bot.playground.workspace.workspace import Workspace

_logger = logging.getLogger(__name__)
_STAGE = web.AppKey("stage", Stage)
_TABS = web.AppKey("tabs", set[web.WebSocketResponse])
_STATIC = Path(__file__).parent / "static"
# The page runs its own script and asks its own server, nothing else.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_app(
    workspace: Workspace,
    carrier: StandInCarrier,
    log: ExchangeLog,
    people: Iterable[Person],
    *,
    debounce_ms: int = 0,
) -> web.Application:
    """Give back the application: `/` (with `?as=USER`), `/ws`, `/files` and `/static/`."""
    app = web.Application(client_max_size=MOST_INPUT_BYTES + 2**16)
    app[_STAGE] = Stage(workspace, carrier, log, tuple(people), debounce_ms)
    app[_TABS] = set()
    app.router.add_get("/", _page)
    app.router.add_get("/ws", _socket)
    app.router.add_post("/files", _take_file)
    app.router.add_get("/files/{id}", _give_file)
    app.router.add_static("/static/", _STATIC)
    app.on_shutdown.append(_close_tabs)
    return app


async def _page(request: web.Request) -> web.Response:
    stage = request.app[_STAGE]
    document = str(page(stage.workspace.name, stage.debounce_ms))
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return web.Response(text=document, content_type="text/html", headers=headers)


async def _socket(request: web.Request) -> web.WebSocketResponse:
    stage = request.app[_STAGE]
    if not _is_same_origin(request):
        raise web.HTTPForbidden(text="The socket is for this page alone.")
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    request.app[_TABS].add(socket)
    tab = Tab(stage, _viewer(stage, request.query.get("as", "")))
    stop = tab.listen()
    try:
        await _serve(tab, socket)
    finally:
        stop()
        request.app[_TABS].discard(socket)
    return socket


async def _take_file(request: web.Request) -> web.Response:
    """Keeps the file that somebody chose in a modal; its id."""
    workspace = request.app[_STAGE].workspace
    if not _is_same_origin(request):
        raise web.HTTPForbidden(text="Files are taken from this page alone.")
    user_id = _viewer(request.app[_STAGE], request.query.get("as", ""))
    try:
        content = await request.read()
    except web.HTTPRequestEntityTooLarge:
        workspace.show_banner(user_id, "Files may have 10 MB at most.")
        raise
    return web.json_response({"id": workspace.upload(user_id, request.query.get("name", "file"), content).id})


async def _give_file(request: web.Request) -> web.Response:
    try:
        file = request.app[_STAGE].workspace.files.get(request.match_info["id"])
    except NoSuchFileError as error:
        raise web.HTTPNotFound from error
    # Never as a page of ours, whatever somebody put into it.
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=file.content, content_type=file.mimetype, headers=headers)


def _is_same_origin(request: web.Request) -> bool:
    """Whether the page itself asks; another site open in the same browser must not read the workspace."""
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


def _viewer(stage: Stage, wanted: str) -> str:
    people = [user.id for user in stage.workspace.users.values() if not user.is_bot]
    return wanted if wanted in people else people[0]


async def _serve(tab: Tab, socket: web.WebSocketResponse) -> None:
    """Tell the tab of changes and do what it asks, each act begun in the order it came, until the socket closes."""
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(tab.keep_telling(lambda ops: _send(socket, ops)))
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                tasks.create_task(_act(tab, socket, message.data))
        telling.cancel()


async def _act(tab: Tab, socket: web.WebSocketResponse, text: str) -> None:
    try:
        answer = await perform(tab, json.loads(text))
    except Exception:
        _logger.exception("The page could not do this: %.200s", text)
        tab.stage.workspace.show_banner(tab.user_id, "The playground could not do this; its log says why.")
        return
    if answer is not None:
        await _send(socket, [answer])


async def _send(socket: web.WebSocketResponse, ops: list[Op]) -> None:
    if socket.closed:
        return
    # A tab that was just closed is told nothing more; its socket's loop ends by itself.
    with suppress(ConnectionResetError):
        await socket.send_str(json.dumps(ops))


async def _close_tabs(app: web.Application) -> None:
    tabs = app[_TABS]
    for socket in tabs.copy():
        await socket.close()

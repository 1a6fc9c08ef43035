"""Where the bytes of files come and go, beside the Web API's methods."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.playground.log import Exchange
from bot.playground.workspace.files import NoSuchFileError, Upload
from bot.playground.workspace.web_api.arguments import token_of

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

DOWNLOAD, UPLOAD = "download", "upload"
"""What the two are called among the planned faults and the calls."""
_CHUNK_BYTES = 2**16
_SIGN_IN = (
    "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Slack</body></html>"
)


class Bytes:
    """The doors for bytes, of several workspaces on one server."""

    def __init__(self, workspaces: Sequence["Workspace"]) -> None:
        self._workspaces = workspaces

    def add_routes(self, app: web.Application) -> None:
        """Opens the doors."""
        app.router.add_get("/files-pri/{ids}/{name}", self._download)
        app.router.add_get("/files-pri/{ids}/download/{name}", self._download)
        app.router.add_get("/signin", self._sign_in)
        app.router.add_post("/upload/v1/{team}/{secret}", self._upload)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        team, _, file_id = request.match_info["ids"].partition("-")
        workspace = self._of(team)
        if workspace is None or not _may_read(workspace, request):
            # Whoever may not read it is sent to a page for people, with 200 in the end: vercel/eve#1531.
            raise web.HTTPFound(f"/signin?redir={quote(request.path)}")
        workspace.faults.record(DOWNLOAD, {"file": file_id})
        if workspace.faults.delay_s(DOWNLOAD):
            await workspace.clock.sleep(workspace.faults.delay_s(DOWNLOAD))
        fault = workspace.faults.take(DOWNLOAD)
        if fault is not None and fault.status is not None:
            return web.Response(status=fault.status)
        try:
            file = workspace.files.get(file_id)
        except NoSuchFileError:
            return web.Response(status=404)
        content = file.content[: len(file.content) // 2] if fault is not None else file.content
        return await _sent(workspace, request, content, file.mimetype, whole=len(file.content))

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=_SIGN_IN, content_type="text/html")

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        workspace = self._of(request.match_info["team"])
        upload = workspace.files.announced(request.match_info["secret"]) if workspace else None
        if workspace is None or upload is None:
            return web.Response(status=404)
        workspace.faults.record(UPLOAD, {"file": upload.file_id})
        fault = workspace.faults.take(UPLOAD)
        if fault is not None:
            return web.Response(status=fault.status or 500)
        content = await _received(request, upload)
        _log(workspace, request, 200 if content else 400)
        if content is None:
            return web.Response(status=400, text="the length is not what was announced")
        workspace.files.receive(request.match_info["secret"], content)
        return web.Response(text=f"OK - {len(content)}")

    def _of(self, team: str) -> "Workspace | None":
        return next((one for one in self._workspaces if one.team_id == team), None)


def _may_read(workspace: "Workspace", request: web.Request) -> bool:
    scopes = workspace.app.scopes
    is_ours = token_of(request, {}) == workspace.app.bot_token
    return is_ours and (scopes is None or "files:read" in scopes)


async def _sent(
    workspace: "Workspace", request: web.Request, content: bytes, mimetype: str, *, whole: int
) -> web.StreamResponse:
    """The content; where it is less than the whole, the connection breaks behind it."""
    answer = web.StreamResponse(headers={"Content-Type": mimetype, "Content-Length": str(whole)})
    await answer.prepare(request)
    for start in range(0, len(content), _CHUNK_BYTES):
        await answer.write(content[start : start + _CHUNK_BYTES])
    _log(workspace, request, 200)
    if len(content) < whole and request.transport is not None:
        request.transport.abort()
    return answer


async def _received(request: web.Request, upload: Upload) -> bytes | None:
    """What was posted, as it is or as a form's file; None when it is not as long as was announced."""
    content = b""
    async for chunk in _chunks(request):
        content += chunk
        if len(content) > upload.length:
            return None
    return content if len(content) == upload.length else None


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    if request.content_type != "multipart/form-data":
        async for chunk in request.content.iter_chunked(_CHUNK_BYTES):
            yield chunk
        return
    part = await (await request.multipart()).next()
    if isinstance(part, BodyPartReader):
        while chunk := await part.read_chunk(_CHUNK_BYTES):
            yield chunk


def _log(workspace: "Workspace", request: web.Request, status: int) -> None:
    workspace.log.add(
        Exchange(
            at=workspace.clock.now(),
            direction="in",
            peer="slack",
            method=request.method,
            url=request.path,
            status=status,
            request_body="",
            response_body="",
            took_ms=0.0,
        )
    )

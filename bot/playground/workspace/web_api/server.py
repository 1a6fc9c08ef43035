"""The HTTP server: finds the workspace by the token, lets the planned faults happen, answers, and logs."""

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.playground.log import Exchange
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.faults import Fault
from bot.playground.workspace.sockets import PATH
from bot.playground.workspace.web_api.arguments import Arguments, bearer_of, read, token_of
from bot.playground.workspace.web_api.bytes import Bytes
from bot.playground.workspace.web_api.methods import ALL_SCOPES, METHODS
from bot.playground.workspace.web_api.people import auth_test_of_user

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

MAX_BODY_BYTES = 4 * 1024 * 1024


class SlackServer:
    """Slack's side of HTTP on loopback, for one workspace or for many told apart by their tokens."""

    def __init__(self) -> None:
        self._workspaces: list[Workspace] = []
        self._runner: web.AppRunner | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where it listens, without a last slash."""
        return self._url

    def attach(self, workspace: "Workspace") -> None:
        """Answer for this workspace too."""
        self._workspaces.append(workspace)

    def detach(self, workspace: "Workspace") -> None:
        """Answer no longer for this workspace."""
        self._workspaces.remove(workspace)

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any free one."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/api/{method}", self._api)
        for kind in ("commands", "actions"):
            app.router.add_post(f"/{kind}/{{team}}/{{secret}}", self._hook)
        app.router.add_get(PATH, self._link)
        Bytes(self._workspaces).add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound_port = self._runner.addresses[0][:2]
        self._url = f"http://{host}:{bound_port}"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            given = await read(request)
        except SlackError as error:
            return web.json_response(error.answer())
        entry = METHODS.get(method)
        # https://docs.slack.dev/reference/methods/apps.connections.open: as a parameter "will result in an error".
        token = bearer_of(request) if entry and entry.is_app_level else token_of(request, given)
        workspace = self._workspace_of_token(token)
        if workspace is None:
            return self._of_user(token, method)
        return await ApiCall(workspace, request, method, given, token).answer()

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        workspace = next((w for w in self._workspaces if w.sockets.take(ticket)), None)
        if workspace is None:
            return web.json_response(SlackError("invalid_auth").answer(), status=403)
        return await workspace.sockets.serve(request)

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        workspace = next((w for w in self._workspaces if w.team_id == request.match_info["team"]), None)
        if workspace is None:
            return web.json_response(SlackError("invalid_url").answer(), status=404)
        return await _answer_hook(workspace, request)

    def _of_user(self, token: str, method: str) -> web.StreamResponse:
        """The answer to a token that is no bot's: a user's may ask whose it is."""
        workspace = next((w for w in self._workspaces if token and w.app.user_token == token), None)
        if workspace is None:
            return web.json_response(SlackError("invalid_auth" if token else "not_authed").answer())
        if method != "auth.test":
            return web.json_response(SlackError("not_allowed_token_type").answer())
        return web.json_response({"ok": True, **auth_test_of_user(workspace)})

    def _workspace_of_token(self, token: str) -> "Workspace | None":
        return next(
            (w for w in self._workspaces if token and token in (w.app.bot_token, w.app.app_token)), None
        )


class ApiCall:
    """One call of one method in one workspace."""

    def __init__(
        self, workspace: "Workspace", request: web.Request, method: str, given: dict[str, Any], token: str
    ) -> None:
        self._workspace = workspace
        self._request = request
        self._method = method
        self._is_app_level = token == workspace.app.app_token
        self._given = {name: value for name, value in given.items() if name != "token"}
        self._at, self._started_s = workspace.clock.now(), workspace.clock.monotonic()

    async def answer(self) -> web.StreamResponse:
        """The response, after whatever trouble was planned for it."""
        faults, method = self._workspace.faults, self._method
        faults.record(method, self._given)
        if faults.delay_s(method):
            await self._workspace.clock.sleep(faults.delay_s(method))
        if faults.is_down:
            return self._break_off()
        fault = faults.take(method)
        if fault is not None and not fault.is_answer_lost:
            return self._refused(fault)
        wait_s = faults.rates.refuse_for_s(method, str(self._given.get("channel", "")))
        if wait_s is not None:
            return self._rate_limited(wait_s)
        body = self._carried_out()
        return self._break_off() if fault is not None else self._sent(body)

    def _carried_out(self) -> Json:
        entry = METHODS.get(self._method)
        if entry is None:
            return SlackError("unknown_method", req_method=self._method).answer()
        if entry.is_app_level is not self._is_app_level:
            return SlackError("not_allowed_token_type").answer()
        provided = self._scopes
        if entry.scopes and provided is not None and provided.isdisjoint(entry.scopes):
            needed = ",".join(entry.scopes)
            return SlackError("missing_scope", needed=needed, provided=",".join(sorted(provided))).answer()
        try:
            return {"ok": True, **entry.handler(self._workspace, Arguments(self._given))}
        except SlackError as error:
            return error.answer()

    @property
    def _scopes(self) -> frozenset[str] | None:
        app = self._workspace.app
        return app.app_token_scopes if self._is_app_level else app.scopes

    def _refused(self, fault: Fault) -> web.StreamResponse:
        if fault.retry_after is not None:
            return self._rate_limited(fault.retry_after)
        if fault.status is not None:
            self._log(fault.status, "")
            return web.Response(
                status=fault.status, text="<html>upstream error</html>", content_type="text/html"
            )
        return self._sent(SlackError(fault.error).answer())

    def _rate_limited(self, wait_s: int) -> web.StreamResponse:
        # https://docs.slack.dev/apis/web-api/rate-limits
        body = {"ok": False, "error": "ratelimited"}
        return self._sent(body, status=429, headers={"Retry-After": str(wait_s)})

    def _sent(
        self, body: Json, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> web.StreamResponse:
        text = json.dumps(body, ensure_ascii=False)
        self._log(status, text)
        scopes = self._scopes
        told = {"X-OAuth-Scopes": ",".join(sorted(ALL_SCOPES if scopes is None else scopes))}
        return web.Response(
            text=text, status=status, headers={**told, **(headers or {})}, content_type="application/json"
        )

    def _break_off(self) -> web.StreamResponse:
        self._log(None, "")
        if self._request.transport is not None:
            self._request.transport.abort()
        return web.Response()

    def _log(self, status: int | None, response_body: str) -> None:
        took_s = self._workspace.clock.monotonic() - self._started_s
        self._workspace.log.add(
            Exchange(
                at=self._at,
                direction="in",
                peer="slack",
                method=self._request.method,
                url=f"/api/{self._method}",
                status=status,
                request_body=json.dumps(self._given, ensure_ascii=False),
                response_body=response_body,
                took_ms=took_s * 1000,
            )
        )


async def _answer_hook(workspace: "Workspace", request: web.Request) -> web.StreamResponse:
    at, text = workspace.clock.now(), await request.text()
    workspace.faults.record("response_url", {"body": text})
    status, answer = 200, "ok"
    try:
        workspace.hooks.answer(request.match_info["secret"], _hook_body(text))
    except SlackError as error:
        status, answer = 404, json.dumps(error.answer())
    workspace.log.add(
        Exchange(
            at=at,
            direction="in",
            peer="slack",
            method="POST",
            url=request.path,
            status=status,
            request_body=text,
            response_body=answer,
            took_ms=0.0,
        )
    )
    return web.Response(text=answer, status=status)


def _hook_body(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise SlackError("invalid_payload") from error
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body

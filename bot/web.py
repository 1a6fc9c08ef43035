"""The doors: Slack's requests, the carrier's receipts and replies, members' pages, and how the bot is."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.carriers.signature import is_signed
from bot.carriers.webhooks import Malformed, parse_inbound, parse_status, twiml
from bot.checks import RECEIPTS, REPLIES, database_answers
from bot.delivery.receipts import Receipts, Taken
from bot.errors import BotError
from bot.inbox import Inbox
from bot.members.doors import MemberDoors
from bot.replies import NobodysNumber, receive
from bot.runtime import Runtime
from bot.scrape import scrape

log = structlog.get_logger()

SlackDoor = Callable[[web.Request], Awaitable[web.StreamResponse]]
Params = list[tuple[str, str]]
Report = TypeVar("Report")
Done = TypeVar("Done")

LARGEST_REQUEST_BYTES = 1024 * 1024


def web_app(
    rt: Runtime, receipts: Receipts, inbox: Inbox, *, slack: SlackDoor | None, is_public: bool
) -> web.Application:
    """The web application; `slack` answers what Slack posts, where it does; a public one is open to carrier and members too."""
    doors = Doors(rt, receipts, inbox)
    app = web.Application(client_max_size=LARGEST_REQUEST_BYTES)
    if slack is not None:
        app.router.add_post("/slack/events", slack)
    if is_public:
        app.router.add_post("/twilio/status/{message_id}", doors.status)
        app.router.add_post("/twilio/inbound", doors.inbound)
        members = MemberDoors(rt)
        app.router.add_get("/m/{token:.*}", members.show)
        app.router.add_post("/m/{token:.*}", members.act)
    app.router.add_get("/health/live", doors.live)
    app.router.add_get("/health/ready", doors.ready)
    app.router.add_get("/metrics", doors.metrics)
    return app


class Doors:
    """The carrier's webhooks, the health checks and the metrics."""

    def __init__(self, rt: Runtime, receipts: Receipts, inbox: Inbox) -> None:
        self._rt = rt
        self._receipts = receipts
        self._inbox = inbox

    async def status(self, request: web.Request) -> web.Response:
        """A delivery receipt: 204 once it is durable, the same one as often as it comes.

        POST /twilio/status/6f0c...?attempt=1
        MessageSid=SM...&MessageStatus=delivered&To=%2B336...&From=36123&AccountSid=AC...
        """
        params = await self._signed(request)
        report = _parsed(parse_status, params)
        self._refuse_other_account(report.account_sid)
        message_id, attempt = _which(request)
        taken = await self._durably(
            RECEIPTS,
            self._receipts.take(message_id, attempt, report.sid, report.status, report.error_code),
        )
        if taken is Taken.UNKNOWN:
            self._rt.metrics.unknown_receipt_came()
            log.info(
                "receipt_for_unknown_message",
                message=str(message_id),
                attempt=attempt,
                code=report.error_code,
            )
            raise web.HTTPNotFound(text="No such message.")
        return web.Response(status=204)

    async def inbound(self, request: web.Request) -> web.Response:
        """A member's SMS: answered once it is durable, with the confirmation of a STOP inside.

        POST /twilio/inbound
        MessageSid=SM...&From=%2B33612345678&To=36123&Body=Oui&AccountSid=AC...&NumMedia=0
        """
        params = await self._signed(request)
        inbound = _parsed(parse_inbound, params)
        self._refuse_other_account(inbound.account_sid)
        try:
            received = await self._durably(REPLIES, receive(self._rt, inbound))
        except NobodysNumber as error:
            log.warning("reply_to_unknown_number", error=str(error))
            raise web.HTTPNotFound(text="No club has this number.") from error
        except web.HTTPServiceUnavailable:
            # https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides : a 503 is not tried again.
            self._inbox.note_loss()
            raise
        return web.Response(text=twiml(received.answer), content_type="text/xml")

    async def live(self, _request: web.Request) -> web.Response:
        """200 as long as the process answers."""
        return web.json_response({"live": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when all parts can do their work, else 503 and which cannot.

        {"ready": false, "troubles": {"delivery": {"error": "OperationalError", "since": "2026-11-26T05:00:00+00:00"}}}
        """
        await database_answers(self._rt)
        troubles = {
            part: {"error": trouble.error, "since": trouble.since_at.isoformat()}
            for part, trouble in self._rt.health.troubles.items()
        }
        return web.json_response(
            {"ready": not troubles, "troubles": troubles}, status=503 if troubles else 200
        )

    async def metrics(self, _request: web.Request) -> web.Response:
        """What is measured, open to whoever asks: figures and fixed words, nobody's data.

        touchline_messages_waiting 480.0
        touchline_requests_total{outcome="accepted"} 1520.0
        """
        return web.Response(body=await scrape(self._rt), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _durably(self, part: str, work: Awaitable[Done]) -> Done:
        """What the work gives; 503 when it could not be stored: the carrier comes again, or is asked later."""
        try:
            done = await work
        except BotError:
            raise
        except Exception as error:
            self._rt.health.bad(part, error)
            raise web.HTTPServiceUnavailable(text="It could not be stored.") from error
        self._rt.health.good(part)
        return done

    async def _signed(self, request: web.Request) -> Params:
        """The posted fields, blank ones kept; 403 unless the carrier signed them for this very address."""
        # What is no UTF-8 was never signed; it is refused like any forgery.
        body = (await request.read()).decode(errors="replace")
        params = parse_qsl(body, keep_blank_values=True)
        url = self._rt.settings.public_url.rstrip("/") + request.raw_path
        token = self._rt.settings.twilio_auth_token.get_secret_value()
        if not is_signed(token, url, params, request.headers.get("X-Twilio-Signature")):
            raise web.HTTPForbidden(
                text="The signature does not fit. Is PUBLIC_URL the address the carrier was given?"
            )
        return params

    def _refuse_other_account(self, account_sid: str) -> None:
        if account_sid != self._rt.settings.twilio_account_sid:
            raise web.HTTPForbidden(text="Another account's message.")


def _parsed(parse: Callable[[Params], Report], params: Params) -> Report:
    try:
        return parse(params)
    except Malformed as error:
        raise web.HTTPForbidden(text=str(error)) from error


def _which(request: web.Request) -> tuple[UUID, int]:
    try:
        return UUID(request.match_info["message_id"]), int(request.query.get("attempt", "1"))
    except ValueError as error:
        raise web.HTTPForbidden(text="Not an address of ours.") from error

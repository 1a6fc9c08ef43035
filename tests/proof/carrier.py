"""The carrier stand-in as a process of its own, with a second door through which other processes script it and read it.

GET  /now      {"under_way": {"127.0.0.1:4001": 12}, "texts": 340, "doubled": 0}
GET  /ledger   texts, requests, reports and written SMS, as `tests/proof/network.py` reads them
POST /chaos    {"seed": 1, "answers": {"throttled": 0.02}, "delays": {"accepted_late": 1.5}, "reports": {...}}
POST /heal     from now on all goes well
POST /inbound  {"number": "36123", "url": "http://..."}
POST /texts    [{"sid": "SM...", "token": "6f0c...", "to": "+336...", "body": "...", "status": "sent", "error_code": null}]
POST /text     {"from": "+336...", "to": "36123", "body": "STOP"}
"""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from bot.playground.carrier import (
    Account,
    Change,
    Chaos,
    Fault,
    Latency,
    Number,
    Pace,
    Reports,
    Sms,
    StandInCarrier,
    Status,
)
from bot.playground.carrier.state import Direction
from bot.playground.launcher import ACCOUNT_SID, LOOPBACK, REACHED, TOKEN
from bot.playground.log import Exchange, ExchangeLog
from bot.playground.seed import SHORT_CODE
from tests.proof.ledger import token_of

Json = dict[str, Any]
LARGEST_REQUEST_BYTES = 2**30
LOOK_SECONDS = 0.05
STALL_SECONDS = 0.3


@dataclass
class Heard:
    """What the carrier posted to its customer, and what came back: receipts and members' SMS."""

    reports: list[Json] = field(default_factory=list)
    written: dict[str, Json] = field(default_factory=dict)

    def note(self, exchange: Exchange) -> None:
        """Keeps what one exchange says."""
        if exchange.direction == "in":
            return
        fields = {name: values[0] for name, values in parse_qs(exchange.request_body).items()}
        answered = exchange.status is not None and exchange.status // 100 == 2
        if "MessageStatus" in fields:
            self.reports.append(
                {
                    "sid": fields["MessageSid"],
                    "status": fields["MessageStatus"],
                    "error_code": int(fields["ErrorCode"]) if "ErrorCode" in fields else None,
                    "answered": answered,
                }
            )
        else:
            self._note_written(fields, exchange.at + timedelta(milliseconds=exchange.took_ms), answered)

    def _note_written(self, fields: dict[str, str], at: datetime, answered: bool) -> None:
        sid = fields["MessageSid"]
        first = self.written.setdefault(
            sid, {"sid": sid, "e164": fields["From"], "body": fields.get("Body", ""), "answered_at": None}
        )
        if answered and first["answered_at"] is None:
            first["answered_at"] = at.isoformat()


class Watch:
    """Notices when this process stands still: what it was asked meanwhile is taken later than it was sent."""

    def __init__(self) -> None:
        self.stalls: list[Json] = []

    async def keep(self) -> None:
        """Looks again and again, for as long as the process lives."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
            seconds = time.monotonic() - began - LOOK_SECONDS
            if seconds >= STALL_SECONDS:
                self.stalls.append({"until": datetime.now(UTC).isoformat(), "seconds": round(seconds, 2)})


class Door:
    """The second door."""

    def __init__(self, carrier: StandInCarrier, watch: Watch) -> None:
        self._carrier, self._watch = carrier, watch
        self._heard = Heard()
        self._accepted: Counter[str] = Counter()
        self._doubled = 0
        carrier.log.listen(self._heard.note)
        carrier.listen(self._count)
        self._counted: set[str] = set()

    def application(self) -> web.Application:
        """The routes, for a server."""
        app = web.Application(client_max_size=LARGEST_REQUEST_BYTES)
        app.router.add_get("/now", self.now)
        app.router.add_get("/ledger", self.ledger)
        app.router.add_post("/chaos", self.chaos)
        app.router.add_post("/heal", self.heal)
        app.router.add_post("/inbound", self.inbound)
        app.router.add_post("/text", self.text)
        app.router.add_post("/texts", self.texts)
        return app

    def _count(self, change: Change) -> None:
        # Rule 1 is counted as the texts are taken, so that asking for it costs the same however many there are.
        if change.kind != "message" or change.sid is None or change.sid in self._counted:
            return
        self._counted.add(change.sid)
        token = token_of(self._carrier.message(change.sid).status_url)
        if token:
            self._accepted[token] += 1
            self._doubled += self._accepted[token] == 2

    async def now(self, _request: web.Request) -> web.Response:
        """How it stands at this moment."""
        return web.json_response(
            {
                "under_way": Counter(urlsplit(url).netloc for url in self._carrier.under_way),
                "texts": self._accepted.total(),
                "doubled": self._doubled,
            }
        )

    async def ledger(self, _request: web.Request) -> web.Response:
        """Everything."""
        return web.json_response(
            {
                "texts": [
                    {
                        "sid": sms.sid,
                        "token": token_of(sms.status_url),
                        "to": sms.to,
                        "body": sms.body,
                        "at": sms.created_at.isoformat(),
                        "status": sms.status.value,
                        "error_code": sms.error_code,
                    }
                    for sms in self._carrier.messages
                ],
                "requests": [
                    {"token": token_of(post.status_url), "to": post.to, "at": post.at.isoformat()}
                    for post in self._carrier.posts
                ],
                "reports": self._heard.reports,
                "written": list(self._heard.written.values()),
                "stalls": self._watch.stalls,
            }
        )

    async def chaos(self, request: web.Request) -> web.Response:
        """Lets chance decide from now on."""
        asked = await request.json()
        self._carrier.go_wrong_at_random(
            Chaos(
                seed=asked["seed"],
                answers={Fault(name): share for name, share in asked.get("answers", {}).items()},
                reports={Reports(name): share for name, share in asked.get("reports", {}).items()},
                outcomes={(Status(status), code): share for status, code, share in asked.get("outcomes", ())},
                delays={
                    Fault(name): timedelta(seconds=seconds)
                    for name, seconds in asked.get("delays", {}).items()
                },
            )
        )
        return web.json_response({})

    async def heal(self, _request: web.Request) -> web.Response:
        """Forgets every fault."""
        self._carrier.heal()
        return web.json_response({})

    async def inbound(self, request: web.Request) -> web.Response:
        """Says where members' SMS are posted."""
        asked = await request.json()
        self._carrier.set_inbound_url(asked["number"], asked["url"])
        return web.json_response({})

    async def text(self, request: web.Request) -> web.Response:
        """A member writes; how the webhook was answered."""
        asked = await request.json()
        texted = await self._carrier.text(from_=asked["from"], to=asked["to"], body=asked["body"])
        return web.json_response({"sid": texted.sid, "status": texted.status})

    async def texts(self, request: web.Request) -> web.Response:
        """Texts that were sent before this proof began, and where they stand."""
        now = datetime.now(UTC)
        for one in await request.json():
            self._carrier.remember(
                Sms(
                    sid=one["sid"],
                    account_sid=ACCOUNT_SID,
                    direction=Direction.API,
                    to=one["to"],
                    sender=SHORT_CODE,
                    body=one["body"],
                    status=Status(one["status"]),
                    segments=1,
                    created_at=now,
                    updated_at=now,
                    error_code=one["error_code"],
                    status_url=f"/twilio/status/{one['token']}?attempt=1",
                )
            )
        return web.json_response({})


async def serve(*, port: int, door_port: int, latency: Latency) -> None:
    """The carrier and its second door, until the process is killed."""
    account = Account(ACCOUNT_SID, TOKEN, (Number(SHORT_CODE, prefixes=REACHED),))
    log = ExchangeLog(limit=1)
    async with StandInCarrier([account], pace=Pace.REAL, latency=latency, log=log, port=port) as carrier:
        watch = Watch()
        watching = asyncio.create_task(watch.keep())
        runner = web.AppRunner(Door(carrier, watch).application(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, door_port).start()
        await watching


def main(options: str) -> None:
    """Runs it with these options, as JSON."""
    import uvloop

    asked = json.loads(options)
    answer, step = (timedelta(seconds=asked[name]) for name in ("answer_seconds", "step_seconds"))
    uvloop.run(
        serve(port=asked["port"], door_port=asked["door_port"], latency=Latency(answer, step, step, step))
    )

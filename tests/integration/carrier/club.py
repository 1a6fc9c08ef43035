"""One club at the carrier: its account, its numbers, and the door where its webhooks arrive."""

import asyncio
import base64
from dataclasses import dataclass, field

from aiohttp import web
from twilio.request_validator import RequestValidator

from bot.playground.carrier import Account, Number, Service

SID = "AC" + "0f" * 16
TOKEN = "0123456789abcdef0123456789abcdef"
SHORT_CODE = "36123"
LONG_CODE = "+33757000001"
VOICE_ONLY = "+33757000002"
SERVICE = "MG" + "5e" * 16
MEMBER = "+33612345678"
STRANGER = Account("AC" + "aa" * 16, "other", numbers=(Number("36999"),))


@dataclass
class Door:
    """Keeps what was posted; answers with the statuses and bodies it is given, then 204."""

    url: str = ""
    posted: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    pause: float = 0
    """Seconds before each answer."""

    async def receive(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        self.posted.append(fields)
        self.headers.append(dict(request.headers))
        self.urls.append(self.url.removesuffix("/") + request.raw_path)
        await asyncio.sleep(self.pause)
        return self.answers.pop(0) if self.answers else web.Response(status=204)

    def statuses(self) -> list[str]:
        return [fields["MessageStatus"] for fields in self.posted]

    def unsigned(self) -> list[str]:
        """The URLs of requests whose signature Twilio's own validator does not accept."""
        validator = RequestValidator(TOKEN)
        requests = zip(self.urls, self.posted, self.headers, strict=True)
        return [
            url
            for url, fields, headers in requests
            if not validator.validate(url, fields, headers["X-Twilio-Signature"])
        ]


CLUB = Account(
    SID,
    TOKEN,
    numbers=(
        Number(SHORT_CODE, prefixes=("+33", "+262")),
        Number(LONG_CODE, handles_stop=True),
        Number(VOICE_ONLY, sends_sms=False),
    ),
    services=(Service(SERVICE, (LONG_CODE,)),),
    allowed_prefixes=("+33", "+262", "+32", "+1"),
)


def credentials(sid: str, token: str) -> dict[str, str]:
    """The header with which an account proves who it is."""
    return {"Authorization": "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode()}

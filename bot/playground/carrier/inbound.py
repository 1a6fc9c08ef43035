"""From a handset to a number: the signed webhook, the TwiML that answers it, and the network's own STOP."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

from bot.playground.carrier.phones import Phones
from bot.playground.carrier.state import Account, Direction, Network, Number, Sms, Status, new_sid
from bot.playground.carrier.webhooks import Answer, Webhooks

# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out : the default words, alone and in any case.
STOP = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})
CONFIRMATIONS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number."
    " Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
    " Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
# https://www.twilio.com/docs/api/errors : 12300 invalid Content-Type, 12100 document parse failure,
# 21610 to an unsubscribed recipient.
WRONG_TYPE, NOT_XML, UNSUBSCRIBED = 12300, 12100, 21610
XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
# https://countrycode.org : enough for the field FromCountry of the handsets seen here; others are blank.
COUNTRIES = {
    "+33": "FR",
    "+32": "BE",
    "+41": "CH",
    "+44": "GB",
    "+49": "DE",
    "+34": "ES",
    "+39": "IT",
    "+1": "US",
}


class CannotBeAnswered(Exception):
    """Nobody rents the number this text is for: a name, or a number that is not in service."""


@dataclass(frozen=True, slots=True)
class Texted:
    """What came of a handset's text."""

    sid: str
    status: int | None
    """How the webhook was answered; None without webhook or answer."""
    replies: tuple[str, ...]
    """What came back to the handset at once, from the webhook or the network itself."""


class Inbound:
    """Carries texts from handsets to the numbers of customers."""

    def __init__(
        self, network: Network, webhooks: Webhooks, phones: Phones, count_segments: Callable[[str], int]
    ) -> None:
        self._network = network
        self._webhooks = webhooks
        self._phones = phones
        self._count_segments = count_segments

    async def text(self, *, from_: str, to: str, body: str, copies: int = 1) -> Texted:
        """Send the text and wait for what comes of it; `copies` webhooks carry the same SID."""
        account = self._network.owner_of(to)
        number = account.number(to) if account else None
        if account is None or number is None:
            raise CannotBeAnswered(to)
        word = opt_out_word(body)
        sms = self._keep(account, Direction.INBOUND, sender=from_, to=to, body=body, status=Status.RECEIVED)
        self._phones.write(sms)
        own = self._obey(account, number, from_, word)
        status, answers = await self._post(account, number, sms, word, copies)
        return Texted(sms.sid, status, (*own, *answers))

    async def _post(
        self, account: Account, number: Number, sms: Sms, word: str | None, copies: int
    ) -> tuple[int | None, tuple[str, ...]]:
        if number.inbound_url is None:
            return None, ()
        fields = inbound_fields(sms)
        if word is not None and number.advanced_opt_out:
            fields["OptOutType"] = word
        status: int | None = None
        replies: list[str] = []
        for _ in range(copies):
            answer = await self._webhooks.post(account, number.inbound_url, fields)
            status = answer.status
            replies += self._send_back(account, sms, self._read(answer, number.inbound_url))
        return status, tuple(replies)

    def _read(self, answer: Answer, url: str) -> tuple[str, ...]:
        if answer.failure or not answer.body.strip():
            return ()
        if answer.content_type not in XML_TYPES:
            self._network.alert(WRONG_TYPE, url, answer.content_type)
            return ()
        try:
            return read_twiml(answer.body)
        except ElementTree.ParseError as error:
            self._network.alert(NOT_XML, url, str(error))
            return ()

    def _obey(self, account: Account, number: Number, handset: str, word: str | None) -> tuple[str, ...]:
        """What the network itself does with STOP and START, where it is responsible for them."""
        if word is None or not (number.handles_stop or number.advanced_opt_out):
            return ()
        pair = (number.value, handset)
        was_out = pair in self._network.opted_out
        if word == "STOP":
            self._network.opted_out.add(pair)
        if word == "START":
            self._network.opted_out.discard(pair)
        if (word == "STOP" and was_out) or (word == "START" and not was_out):
            return ()
        self._reply(account, number.value, handset, CONFIRMATIONS[word])
        return (CONFIRMATIONS[word],)

    def _send_back(self, account: Account, sms: Sms, bodies: tuple[str, ...]) -> tuple[str, ...]:
        handset = sms.sender or ""
        if bodies and (sms.to, handset) in self._network.opted_out:
            self._network.alert(UNSUBSCRIBED, sms.to, "TwiML to an unsubscribed recipient")
            return ()
        for body in bodies:
            self._reply(account, sms.to, handset, body)
        return bodies

    def _reply(self, account: Account, sender: str, to: str, body: str) -> None:
        sms = self._keep(account, Direction.REPLY, sender=sender, to=to, body=body, status=Status.DELIVERED)
        self._phones.receive(sms)

    def _keep(
        self, account: Account, direction: Direction, *, sender: str, to: str, body: str, status: Status
    ) -> Sms:
        now = self._network.now()
        return self._network.add(
            Sms(
                sid=new_sid("SM"),
                account_sid=account.sid,
                direction=direction,
                to=to,
                sender=sender,
                body=body,
                status=status,
                segments=self._count_segments(body),
                created_at=now,
                updated_at=now,
                sent_at=now,
            )
        )


def opt_out_word(body: str) -> str | None:
    """STOP, START or HELP when the text is one of the network's words and nothing else, else None."""
    word = body.strip().upper()
    return "STOP" if word in STOP else "START" if word in START else "HELP" if word in HELP else None


def read_twiml(xml: str) -> tuple[str, ...]:
    """The texts of the answer's <Message> verbs; raises ParseError."""
    root = ElementTree.fromstring(xml)  # noqa: S314 - the customer's own answer, on this machine
    return tuple(_message_text(message) for message in root.iter("Message"))


def _message_text(message: ElementTree.Element) -> str:
    body = message.find("Body")
    return ((message if body is None else body).text or "").strip()


def inbound_fields(sms: Sms) -> dict[str, str]:
    """What an inbound webhook carries."""
    # https://www.twilio.com/docs/messaging/guides/webhook-request ; places are blank outside North America.
    places = {f"{side}{place}": "" for side in ("From", "To") for place in ("City", "State", "Zip")}
    return places | {
        "MessageSid": sms.sid,
        "SmsSid": sms.sid,
        "SmsMessageSid": sms.sid,
        "SmsStatus": "received",
        "AccountSid": sms.account_sid,
        "ApiVersion": "2010-04-01",
        "From": sms.sender or "",
        "FromCountry": _country(sms.sender or ""),
        "To": sms.to,
        "ToCountry": _country(sms.to),
        "Body": sms.body,
        "NumMedia": "0",
        "NumSegments": str(sms.segments),
    }


def _country(number: str) -> str:
    return next((country for prefix, country in COUNTRIES.items() if number.startswith(prefix)), "")

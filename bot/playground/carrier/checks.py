"""Which requests to send Twilio refuses, and with which number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.carrier.state import Account, Network, Number

# https://www.twilio.com/docs/api/errors : each number with its HTTP status and its sentence.
SENTENCES: dict[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    20005: (403, "Account not active"),
    20404: (404, "The requested resource {path} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number: {to}"),
    21212: (400, "Invalid From Number (caller ID): {sender}"),
    21266: (400, "'To' and 'From' number cannot be the same: {to}"),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    ),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (
        400,
        "The 'From' phone number provided ({sender}) is not a valid message-capable Twilio phone number",
    ),
    21609: (400, "Invalid 'StatusCallback' URL: {status_url}"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (
        400,
        "Message cannot be sent with the current combination of 'To' ({to}) and/or 'From' ({sender}) parameters",
    ),
    21614: (400, "'To' number is not a valid mobile number: {to}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21619: (400, "A text message body or media urls must be specified."),
    21659: (400, "'From' {sender} is not a Twilio phone number or Short Code country mismatch"),
    21660: (400, "Mismatch between the 'From' number {sender} and the account {account}"),
    21701: (404, "The Messaging Service resource does not exist: {sender}"),
    63038: (429, "Account exceeded the 50 daily messages limit"),
}

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
DIGITS = re.compile(r"\+?[0-9]+")
# https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id : up to 11 of these, one letter at least.
NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}")
# The same page: the United States and Canada take no alphanumeric sender.
NO_NAMES = ("+1",)
# https://www.twilio.com/docs/messaging/api/message-resource : StatusCallback has a valid host, no underscore.
STATUS_URL = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]+)?(/.*)?", re.DOTALL)
LONGEST_BODY = 1600


@dataclass(frozen=True, slots=True)
class Request:
    """A request to send, as it was posted; what was not given is None or empty."""

    to: str
    sender: str
    service_sid: str
    body: str | None
    status_url: str

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "Request":
        """The request in a form; the number without the separators that Twilio overlooks."""
        return cls(
            to=re.sub(r"[ ().-]", "", form.get("To", "")),
            sender=form.get("From", ""),
            service_sid=form.get("MessagingServiceSid", ""),
            body=form.get("Body"),
            status_url=form.get("StatusCallback", ""),
        )


def refusal(network: Network, account: Account, request: Request) -> int | None:
    """The number with which this request is refused, or None when it is accepted."""
    return (
        _refused_recipient(account, request)
        or _refused_body(request)
        or _refused_status_url(request)
        or (
            _refused_service(account, request)
            if request.service_sid
            else _refused_sender(network, account, request)
        )
    )


def sending_number(account: Account, request: Request) -> str | None:
    """The number or name that will be seen on the handset; None while a service has not chosen one."""
    service = account.service(request.service_sid)
    if service is None or request.sender:
        return request.sender
    return service.numbers[0] if service.numbers else None


def _refused_recipient(account: Account, request: Request) -> int | None:
    if not request.to:
        return 21604
    if not E164.fullmatch(request.to):
        return 21211
    allowed = account.allowed_prefixes
    if allowed is not None and not request.to.startswith(allowed):
        return 21408
    return None


def _refused_body(request: Request) -> int | None:
    if request.body is None:
        return 21619
    if not request.body:
        return 21602
    return 21617 if len(request.body) > LONGEST_BODY else None


def _refused_status_url(request: Request) -> int | None:
    if not request.status_url:
        return None
    return None if STATUS_URL.fullmatch(request.status_url) else 21609


def _refused_service(account: Account, request: Request) -> int | None:
    service = account.service(request.service_sid)
    return 21701 if service is None or not service.numbers else None


def _refused_sender(network: Network, account: Account, request: Request) -> int | None:
    if not request.sender:
        return 21603
    if not DIGITS.fullmatch(request.sender):
        return _refused_name(request)
    number = account.number(request.sender)
    if number is None:
        return 21660 if network.owner_of(request.sender) else 21659
    return _refused_number(network, number, request)


def _refused_name(request: Request) -> int | None:
    if not NAME.fullmatch(request.sender):
        return 21212
    return 21612 if request.to.startswith(NO_NAMES) else None


def _refused_number(network: Network, number: Number, request: Request) -> int | None:
    if number.value == request.to:
        return 21266
    if not number.sends_sms:
        return 21606
    if number.prefixes is not None and not request.to.startswith(number.prefixes):
        return 21612
    return 21610 if (number.value, request.to) in network.opted_out else None

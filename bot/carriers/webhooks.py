"""What Twilio posts to the bot, read strictly, and the TwiML that answers it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bot.carriers import CarrierError, Inbound

Params = Sequence[tuple[str, str]] | Mapping[str, str]

# Patterns of https://github.com/twilio/twilio-oai spec/json/twilio_api_v2010.json, schema api.v2010.account.message.
MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
# The published states are lower-case words; Twilio adds new ones without notice.
STATUS = re.compile(r"[a-z][a-z_]{2,31}")
NUMBER = re.compile(r"\+?[0-9]{3,15}")
# https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id : at most 11 characters.
NUMBER_OR_NAME = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 +&_.-]{1,11}")
COUNT = re.compile(r"[0-9]{1,6}")
OPT_OUT_TYPE = re.compile(r"STOP|START|HELP")
# How a field begins where names and values are joined without separators, as the signature joins them.
BEGINNINGS = {
    "ErrorCode": re.compile(r"ErrorCode[0-9]"),
    "From": re.compile(r"From\+?[0-9]{3}"),
    "NumSegments": re.compile(r"NumSegments[0-9]"),
    "OptOutType": re.compile(r"OptOutType(?:STOP|START|HELP)"),
    "SmsSid": re.compile(r"SmsSid(?:SM|MM)"),
    "SmsStatus": re.compile(r"SmsStatus[a-z]"),
    "To": re.compile(r"To\+?[0-9]{3}"),
}
# https://www.w3.org/TR/xml/#charsets : what an XML document cannot hold.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# https://www.postgresql.org/docs/current/datatype-character.html : no text holds a NUL; half a surrogate pair, as
# JSON may have it, is no UTF-8.
NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


class Malformed(CarrierError):
    """The carrier's request is not one we understand: {name}."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """How one message fares, as a status callback tells it."""

    sid: str
    status: str
    error_code: int | None
    to: str
    account_sid: str


def parse_status(params: Params) -> StatusReport:
    """The report in a status callback; raises Malformed.

    MessageSid=SM5d9c...&SmsSid=SM5d9c...&MessageStatus=undelivered&SmsStatus=undelivered&ErrorCode=30003
    &To=%2B33612345678&From=36123&AccountSid=AC0f3e...&ApiVersion=2010-04-01
    """
    posted = _once_each(params)
    report = StatusReport(
        sid=_field(posted, "MessageSid", MESSAGE_SID),
        status=_field(posted, "MessageStatus", STATUS),
        error_code=_number(posted, "ErrorCode"),
        to=_field(posted, "To", NUMBER),
        account_sid=_field(posted, "AccountSid", ACCOUNT_SID),
    )
    _refuse_if_contradicted(posted, "SmsSid", report.sid)
    _refuse_if_contradicted(posted, "SmsStatus", report.status)
    return report


def parse_inbound(params: Params) -> Inbound:
    """The SMS in an inbound webhook, its body as a database can keep it; raises Malformed.

    MessageSid=SM1b7a...&SmsSid=SM1b7a...&AccountSid=AC0f3e...&From=%2B33612345678&To=36123&Body=Oui
    &NumMedia=0&NumSegments=1&SmsStatus=received&FromCountry=FR&FromCity=&ApiVersion=2010-04-01
    """
    posted = _once_each(params)
    inbound = Inbound(
        sid=_field(posted, "MessageSid", MESSAGE_SID),
        from_=_field(posted, "From", NUMBER_OR_NAME),
        to=_field(posted, "To", NUMBER),
        body=storable(_present(posted, "Body")),
        account_sid=_field(posted, "AccountSid", ACCOUNT_SID),
        segments=_number(posted, "NumSegments"),
        opt_out_type=_optional(posted, "OptOutType", OPT_OUT_TYPE),
    )
    _refuse_if_contradicted(posted, "SmsSid", inbound.sid)
    return inbound


def storable(body: str) -> str:
    """The text without what no database takes."""
    return NOT_STORABLE.sub("", body)


def twiml(text: str | None) -> str:
    """The XML that answers an inbound webhook: with one SMS back, or with none."""
    message = f"<Message>{escape(NOT_XML.sub('', text))}</Message>" if text else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'


def _once_each(params: Params) -> dict[str, str]:
    """The fields by name; raises Malformed when the same signature would fit other fields."""
    fields = list(params.items() if isinstance(params, Mapping) else params)
    posted = dict(fields)
    if len(posted) != len(fields):
        raise Malformed(name="twice")
    _refuse_if_recut(posted)
    return posted


def _refuse_if_recut(posted: Mapping[str, str]) -> None:
    """Raises Malformed when a field that we know begins where none is: inside a value or over a border."""
    # Without Body, into which a member may write anything: what it swallowed would be missing elsewhere.
    joined = "".join(name + value for name, value in sorted(posted.items()) if name != "Body")
    for name, beginning in BEGINNINGS.items():
        if len(beginning.findall(joined)) > (name in posted):
            raise Malformed(name=name)
    _refuse_if_body_was_cut(posted)


def _refuse_if_body_was_cut(posted: Mapping[str, str]) -> None:
    """Raises Malformed when a piece of the text stands beside it: an SMS has no field that sorts between Body and From."""
    before = "".join(name + value for name, value in posted.items() if name < "Body")
    is_cut = "Body" in before or any("Body" < name < "From" for name in posted)
    if "Body" in posted and is_cut:
        raise Malformed(name="Body")


def _present(posted: Mapping[str, str], name: str) -> str:
    if name not in posted:
        raise Malformed(name=name)
    return posted[name]


def _field(posted: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    value = _present(posted, name)
    if not pattern.fullmatch(value):
        raise Malformed(name=name)
    return value


def _optional(posted: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    return _field(posted, name, pattern) if posted.get(name) else None


def _number(posted: Mapping[str, str], name: str) -> int | None:
    digits = _optional(posted, name, COUNT)
    return None if digits is None else int(digits)


def _refuse_if_contradicted(posted: Mapping[str, str], name: str, expected: str) -> None:
    if posted.get(name, expected) != expected:
        raise Malformed(name=name)

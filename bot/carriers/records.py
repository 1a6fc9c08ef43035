"""Twilio's JSON, read into the carrier protocol's values."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.carriers import Accepted, AnswerLost, Inbound, Listed
from bot.carriers.webhooks import MESSAGE_SID, Malformed, parse_inbound, storable

Record = dict[str, Any]

LARGEST = 2**31 - 1
"""The largest INTEGER of PostgreSQL; Twilio's error numbers have five digits."""
INBOUND_KEYS = {
    "MessageSid": "sid",
    "From": "from",
    "To": "to",
    "Body": "body",
    "AccountSid": "account_sid",
    "NumSegments": "num_segments",
}
"""What a webhook calls the fields of a list."""


def read_accepted(body: Record) -> Accepted:
    """What a create answered; raises AnswerLost when it names no message."""
    sid, status = body.get("sid"), body.get("status")
    if not (isinstance(sid, str) and MESSAGE_SID.fullmatch(sid) and isinstance(status, str)):
        raise AnswerLost(reason="answer without a sid")
    return Accepted(sid=sid, status=status, segments=read_segments(body))


def read_records(page: Record) -> list[Record]:
    """The messages of one page; raises AnswerLost when it holds none to read."""
    records = page.get("messages")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise AnswerLost(reason="page without messages")
    return records


def read_next_page(page: Record) -> str | None:
    """The path of the next page, None behind the last; raises AnswerLost when it leads elsewhere."""
    uri = page.get("next_page_uri")
    if uri is None:
        return None
    if not (isinstance(uri, str) and uri.startswith("/")):
        raise AnswerLost(reason="next page elsewhere")
    return uri


def read_listed(record: Record) -> Listed:
    """One message of a list."""
    return Listed(
        sid=str(record.get("sid")),
        to=str(record.get("to")),
        body=storable(str(record.get("body") or "")),
        status=str(record.get("status")),
        error_code=read_integer(record.get("error_code")),
        created_at=created_at(record),
        segments=read_segments(record),
    )


def is_outgoing(record: Record) -> bool:
    """Whether the account sent the message, by the API (`outbound-api`) or otherwise."""
    return str(record.get("direction")).startswith("outbound")


def read_inbound(record: Record) -> Inbound:
    """One message of a list that a member sent; raises Malformed where its webhook would have been."""
    posted = {name: str(record.get(key) or "") for name, key in INBOUND_KEYS.items()}
    return replace(parse_inbound(posted), came_at=created_at(record))


def read_all_inbound(records: Iterable[Record]) -> Iterator[Inbound]:
    """What members sent among these, without what is malformed: the door would not have it either."""
    for record in records:
        with suppress(Malformed):
            if record.get("direction") == "inbound":
                yield read_inbound(record)


def created_at(record: Record) -> datetime | None:
    """When the message was created, e.g. `Thu, 24 Aug 2023 05:01:45 +0000`; None when it cannot be read."""
    try:
        return parsedate_to_datetime(str(record.get("date_created"))).astimezone(UTC)
    except ValueError:
        return None


def whole_seconds(instant: datetime) -> datetime:
    """The instant in whole seconds, as Twilio tells its own."""
    return instant.replace(microsecond=0)


def read_segments(record: Record) -> int | None:
    """How many segments the carrier counts; None while it does not know: for a Messaging Service it says 0 at first."""
    segments = read_integer(record.get("num_segments"))
    return segments if segments and segments > 0 else None


def read_integer(value: object) -> int | None:
    """The whole number that a field holds, or None; one that no column could hold is none."""
    try:
        number = int(str(value))
    except ValueError:
        return None
    return number if abs(number) <= LARGEST else None

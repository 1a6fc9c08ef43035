"""The closed sets of words that tables, rules and tests share."""

from enum import StrEnum


class CampaignState(StrEnum):
    """Where a campaign stands; the arrows are in `bot/rules/lifecycle.py`."""

    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


class MessageState(StrEnum):
    """Where one SMS stands; `SENDING` means that it may have been sent."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SKIPPED = "skipped"


class Kind(StrEnum):
    """Why a text is sent: an alert is non-commercial, everything else is marketing."""

    ALERT = "alert"
    MARKETING = "marketing"


class Route(StrEnum):
    """Where a text may go: the club's own country only, or everywhere."""

    DOMESTIC = "domestic"
    WORLD = "world"


class AudienceWay(StrEnum):
    """The four ways to say who gets a text."""

    EVERYONE = "everyone"
    CONTACTS = "contacts"
    FIXED = "fixed"
    DYNAMIC = "dynamic"


class FieldKind(StrEnum):
    """What a club's own field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


class GroupKind(StrEnum):
    """How a group knows its members: a list, or a filter evaluated when the text leaves."""

    FIXED = "fixed"
    DYNAMIC = "dynamic"


class ImportState(StrEnum):
    """Where a file of people stands: looked at, being stored, or stored."""

    WAITING = "waiting"
    RUNNING = "running"
    STORED = "stored"


class SenderKind(StrEnum):
    """How the club appears on a phone; only numbers can be answered."""

    NAME = "name"
    SHORT_CODE = "short_code"
    LONG_CODE = "long_code"


class Role(StrEnum):
    """What a member of staff may do."""

    COACH = "coach"
    ADMIN = "admin"


class Purpose(StrEnum):
    """What a person agreed to, or refused."""

    ALERTS = "alerts"
    MARKETING = "marketing"


class ConsentHow(StrEnum):
    """How somebody said what stands in the record of consent."""

    PAPER = "paper"
    FORM = "form"
    SPOKEN = "spoken"
    IMPORT = "import"
    SMS = "sms"
    PAGE = "page"
    STAFF = "staff"
    """As a Slack user wrote it down, who does not say how they know."""
    CARRIER = "carrier"


class OptOutScope(StrEnum):
    """How far an opt-out reaches: everything, or marketing alone."""

    ALL = "all"
    MARKETING = "marketing"

"""The carrier's error numbers: what happened, whose fault it is, whether to try again, which words to show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from bot.rules.words import N_


class OutcomeClass(StrEnum):
    """What kind of end it is; the class decides what the bot does next."""

    RETRY = "retry"
    BACK_PRESSURE = "back_pressure"
    DAILY_CAP = "daily_cap"
    UNKNOWN = "unknown"
    CONFIG = "config"
    COUNTRY = "country"
    RECIPIENT_PERMANENT = "recipient_permanent"
    RECIPIENT_TEMPORARY = "recipient_temporary"
    CONTENT = "content"
    TIMING = "timing"
    OPTED_OUT = "opted_out"


class Fault(StrEnum):
    """Where the cause lies, so that people know who can mend it."""

    CLUB = "club"
    RECIPIENT = "recipient"
    CARRIER = "carrier"
    NETWORK = "network"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One end of a text: `words` tells of a text that is over, `retry` that nothing was sent and asking again may help.

    `pause_words` tells of a campaign that waits for a person or the next day, since all of it would end the same way;
    both are English msgids.
    """

    code: int | None
    key: OutcomeClass
    words: str
    fault: Fault
    retry: bool = False
    pause_words: str = ""

    @property
    def pauses(self) -> bool:
        """Whether the whole campaign waits."""
        return bool(self.pause_words)


_RETRY = Outcome(
    None,
    OutcomeClass.RETRY,
    N_("The carrier was too busy to take the text. Send it again."),
    Fault.NETWORK,
    retry=True,
)
_BACK_PRESSURE = Outcome(
    None,
    OutcomeClass.BACK_PRESSURE,
    N_(
        "The carrier had too many texts waiting and dropped this one. Send it again later, or from another sender."
    ),
    Fault.CARRIER,
    retry=True,
)
_DAILY_CAP = Outcome(
    None,
    OutcomeClass.DAILY_CAP,
    N_(
        "The account had reached its limit of texts for one day. Send it again tomorrow, or have an admin ask the "
        "carrier for a higher limit."
    ),
    Fault.CLUB,
    retry=True,
    # https://www.twilio.com/docs/api/errors/63038 : the window of a day moves on, or the carrier widens it.
    pause_words=N_(
        "The account has reached its limit of texts for one day. Press Resume tomorrow, or once an admin has got a "
        "higher limit from the carrier."
    ),
)
_UNKNOWN = Outcome(
    None,
    OutcomeClass.UNKNOWN,
    N_(
        "An answer was lost on the way: the text may have arrived all the same. Ask the person before you send it again."
    ),
    Fault.NETWORK,
)
_CONFIG = Outcome(
    None,
    OutcomeClass.CONFIG,
    N_("The carrier refuses the account's settings. An admin must check them before anything can be sent."),
    Fault.CLUB,
    pause_words=N_(
        "The carrier refuses the account's settings. Once an admin has put them right, press Resume."
    ),
)
_SENDER = replace(
    _CONFIG,
    words=N_(
        "The carrier does not accept this sender. Use another one, or have an admin put it right at the carrier."
    ),
    pause_words=N_(
        "The carrier does not accept this sender. Stop here and use another one, or press Resume once an admin has "
        "put it right at the carrier."
    ),
)
_SERVICE = replace(
    _CONFIG,
    words=N_(
        "The carrier's messaging service is missing or has no number. An admin must check the settings."
    ),
    pause_words=N_(
        "The carrier's messaging service is missing or has no number. Once an admin has put that right, press Resume."
    ),
)
_REGISTRATION = replace(
    _CONFIG,
    words=N_(
        "The sending number is not registered yet for this country. An admin must register it at the carrier."
    ),
    pause_words=N_(
        "The sending number is not registered yet for this country. Once an admin has registered it at the carrier, "
        "press Resume."
    ),
)
_SUSPENDED = replace(
    _CONFIG,
    words=N_(
        "The account at the carrier is suspended, most often because its money has run out. An admin must see to it "
        "before anything can be sent."
    ),
    # https://www.twilio.com/docs/api/errors/10001 : funds or the carrier's support open it, within ten minutes.
    pause_words=N_(
        "The account at the carrier is suspended, most often because its money has run out. Once an admin has topped "
        "it up or had it opened again, wait ten minutes and press Resume."
    ),
)
# https://www.twilio.com/docs/api/errors/20003 : credentials, or an account that is suspended or closed.
_SHUT_OUT = replace(
    _CONFIG,
    words=N_(
        "The carrier does not let the bot in: its token is wrong, or the account is suspended. An admin must see to "
        "it before anything can be sent."
    ),
    pause_words=N_(
        "The carrier does not let the bot in: its token is wrong, or the account is suspended. Once an admin has put "
        "that right, press Resume."
    ),
)
_COUNTRY = Outcome(
    None,
    OutcomeClass.COUNTRY,
    N_("The account may not text this country. An admin can open it at the carrier."),
    Fault.CLUB,
)
_PERMANENT = Outcome(
    None,
    OutcomeClass.RECIPIENT_PERMANENT,
    N_("This number does not exist. Ask the person for the right one."),
    Fault.RECIPIENT,
)
_TEMPORARY = Outcome(
    None,
    OutcomeClass.RECIPIENT_TEMPORARY,
    N_("The phone could not be reached. Try again later, or call."),
    Fault.RECIPIENT,
)
_CONTENT = Outcome(
    None,
    OutcomeClass.CONTENT,
    N_("The text was refused. Change its words and send it again."),
    Fault.TEXT,
)
_TIMING = Outcome(
    None,
    OutcomeClass.TIMING,
    N_("The text could not leave at that time. Choose another time."),
    Fault.CARRIER,
)
_OPTED_OUT = Outcome(
    None,
    OutcomeClass.OPTED_OUT,
    N_("This person has asked for no more texts. Only they can change that, by sending START."),
    Fault.RECIPIENT,
)

_CONGESTED = N_("The operator's network was overloaded. Send it again later.")
_TOO_OFTEN = N_("This number got too many texts in a short time. Wait a minute and send it again.")
_SENDER_ABROAD = N_("This country asks senders to register. An admin can do so at the carrier.")
_EMPTY = N_("The text is empty. Write something and send it again.")
_TOO_LONG = N_("The text is too long for the carrier. Shorten it and send it again.")
_LANDLINE = N_("This number is a landline. Ask the person for a mobile number.")
_BLOCKED = N_("The phone or its operator blocks texts. Ask the person for another way to reach them.")
_FILTERED = N_(
    "Operators took the text for spam. Leave out short links and advertising words, and send it again."
)
_EXPIRED = N_("The phone stayed unreachable until the text was too old. Send it again if it still matters.")
_QUIET_HOURS = N_("The carrier does not send at this hour. Choose another time.")

# Each code has its page at https://www.twilio.com/docs/api/errors/<code>.
# Their meaning may be split or renamed without notice, so whatever is not here falls back on the HTTP status.
_CODES: Mapping[int, Outcome] = MappingProxyType(
    dict.fromkeys((20429,), _RETRY)
    | dict.fromkeys((21611, 30001, 30022, 63017, 63018), _BACK_PRESSURE)
    | dict.fromkeys((30017,), replace(_BACK_PRESSURE, words=_CONGESTED))
    | dict.fromkeys((14107,), replace(_BACK_PRESSURE, words=_TOO_OFTEN))
    | dict.fromkeys((30023, 30027, 63038), _DAILY_CAP)
    | dict.fromkeys((20500, 30410), _UNKNOWN)
    | dict.fromkeys((20404, 21608, 21609), _CONFIG)
    | dict.fromkeys((20003,), _SHUT_OUT)
    | dict.fromkeys((10001, 20005, 20403, 30002, 90010), _SUSPENDED)
    | dict.fromkeys((21212, 21603, 21606, 21657, 21659, 21660, 21661, 21709), _SENDER)
    | dict.fromkeys((21701, 21702, 21703, 21704, 21705), _SERVICE)
    | dict.fromkeys((30032, 30033, 30034, 30035), _REGISTRATION)
    | dict.fromkeys((21408, 21612), _COUNTRY)
    | dict.fromkeys((30018, 30024, 30040), replace(_COUNTRY, words=_SENDER_ABROAD))
    | dict.fromkeys((21211, 21604, 30005), _PERMANENT)
    | dict.fromkeys((21614, 30006), replace(_PERMANENT, words=_LANDLINE))
    | dict.fromkeys((30004,), replace(_PERMANENT, words=_BLOCKED))
    | dict.fromkeys((30003, 30008, 30450), _TEMPORARY)
    | dict.fromkeys((21602, 21619), replace(_CONTENT, words=_EMPTY))
    | dict.fromkeys((21617,), replace(_CONTENT, words=_TOO_LONG))
    | dict.fromkeys((21618,), _CONTENT)
    | dict.fromkeys((30007,), replace(_CONTENT, words=_FILTERED))
    | dict.fromkeys((30036,), replace(_TIMING, words=_EXPIRED))
    | dict.fromkeys((30047, 30610), replace(_TIMING, words=_QUIET_HOURS))
    | dict.fromkeys((30045, 30409, 35114, 35115, 35118, 90007), _TIMING)
    | dict.fromkeys((21610,), _OPTED_OUT)
)

_NO_REASON = replace(
    _TEMPORARY,
    words=N_("The carrier could not deliver the text and gave no reason we know. Try again later, or call."),
    fault=Fault.CARRIER,
)


def outcome_of(code: int | None, http_status: int | None = None) -> Outcome:
    """What the carrier's error number means; an unknown one is judged by its HTTP status. Never raises.

    A server error is unknown whatever its code: the text may have been sent.
    """
    if code is not None and code < 600:
        # Clients put the HTTP status in the place of a code when the answer had none.
        code, http_status = None, http_status or code
    if http_status is not None and (http_status >= 500 or http_status == 408):
        return replace(_UNKNOWN, code=code)
    known = _CODES.get(code or 0)
    return replace(known or _by_status(http_status), code=code)


def _by_status(http_status: int | None) -> Outcome:
    if http_status is None or http_status == 400:
        return _NO_REASON
    if http_status == 429:
        return _RETRY
    if http_status in (401, 403):
        return _SHUT_OUT
    return _CONFIG if http_status > 400 else _UNKNOWN

"""Every sender of every club: whether the account has it, whether it can, and what takes weeks."""

from collections.abc import Iterator, Mapping, Sequence

from babel import Locale

from bot.carriers import CarrierError
from bot.carriers.account import Rented
from bot.doctor.asking import place
from bot.doctor.findings import Check, Finding, ok, skipped, waits, warning, wrong
from bot.doctor.needs import CONSOLE, WHERE
from bot.doctor.stored import Known, Stored, stored
from bot.doctor.twilio import is_active, numbers, refused
from bot.doctor.visit import Visit
from bot.rules import senders
from bot.rules.countries import Country, NameThere
from bot.rules.phones import mask
from bot.rules.senders import SenderRefusal
from storage.states import SenderKind

# https://www.twilio.com/help/faq/short-codes/what-happens-during-the-carrier-approval-process : 8 to 12 weeks.
SHORT_CODE_TAKES = "8 to 12 weeks"
# https://docs.aws.amazon.com/sms-voice/latest/userguide/registration-eta.html : 3 to 45 days, by country.
NAME_TAKES = "days to weeks"
# https://www.twilio.com/docs/messaging/compliance/a2p-10dlc : campaigns are looked at by people.
TEN_DLC, TEN_DLC_TAKES = frozenset({"US"}), "days to weeks"
REGISTER = f"Register it now, before anybody waits for it: {CONSOLE}, Messaging, Regulatory Compliance"
RENT = f"Order a short code now, it takes {SHORT_CODE_TAKES}: {CONSOLE}, Messaging, Senders, Short codes."
SETTING = "the setting TWILIO_NUMBER"
KINDS = {SenderKind.SHORT_CODE: "short code", SenderKind.LONG_CODE: "number", SenderKind.NAME: "name"}
PLACES = {
    SenderKind.SHORT_CODE: f"{CONSOLE}, Messaging, Senders, Short codes",
    SenderKind.LONG_CODE: f"{CONSOLE}, Phone Numbers, Manage, Active numbers",
}
REFUSALS = {
    SenderRefusal.LENGTH: f"it has not {senders.NAME_MIN} to {senders.NAME_MAX} characters",
    SenderRefusal.CHARACTERS: "it has others than plain letters and digits",
    SenderRefusal.NO_LETTER: "it has no letter",
    SenderRefusal.GENERIC: "it is a word that operators block, since anybody could be meant",
    SenderRefusal.COUNTRY: "no names are shown in {country}",
}
RENAME = f"Take another name, of {senders.NAME_MIN} to {senders.NAME_MAX} letters and digits that is the club's own."


async def every(visit: Visit) -> Sequence[Finding]:
    """How each sender stands."""
    known: Stored = await visit.once(stored)
    clubs = [*known.clubs, *_set_alone(visit, known)]
    if not clubs:
        return [_without_clubs(known)]
    return [*_nobody_answers(clubs), *await _numbers(visit, clubs), *_names(clubs)]


def _without_clubs(known: Stored) -> Finding:
    if not known.is_read:
        return skipped(Check.SENDERS, "Not looked at before database is green.")
    return wrong(
        Check.SENDERS,
        "TWILIO_NUMBER is not set, and no club has a sender: nothing can be sent.",
        f"Rent a number that can be answered, and name it: {WHERE['TWILIO_NUMBER']}. A short code takes {SHORT_CODE_TAKES}.",
    )


def _set_alone(visit: Visit, known: Stored) -> Sequence[Known]:
    """The number that is set and no club's yet: the next start makes a sender of it."""
    number = visit.given("TWILIO_NUMBER")
    if not number or any(number == value for club in known.clubs for _, value in club.senders):
        return ()
    kind = SenderKind.SHORT_CODE if len(number.lstrip("+")) <= 6 else SenderKind.LONG_CODE
    return [Known(SETTING, "", None, None, None, ((kind, number),))]


def _nobody_answers(clubs: Sequence[Known]) -> Iterator[Finding]:
    for club in clubs:
        country = club.country
        if not club.senders:
            yield wrong(
                Check.SENDERS,
                f"{club.name} has no sender: nothing can be sent.",
                f"Set TWILIO_NUMBER and start the bot again: {WHERE['TWILIO_NUMBER']}.",
            )
        elif country and country.answerable and not _is_answered(club, country):
            yield waits(
                Check.SENDERS,
                f"{club.name} has only senders that nobody can answer: no STOP by SMS, no replies.",
                RENT
                if SenderKind.SHORT_CODE in country.answerable
                else f"Rent a number: {WHERE['TWILIO_NUMBER']}.",
            )


def _is_answered(club: Known, country: Country) -> bool:
    return any(senders.is_answerable(kind, country) for kind, _ in club.senders)


async def _numbers(visit: Visit, clubs: Sequence[Known]) -> Sequence[Finding]:
    mine = [(club, kind, value) for club in clubs for kind, value in club.senders if kind != SenderKind.NAME]
    if not mine:
        return []
    if not await is_active(visit):
        return [skipped(Check.SENDERS, "Numbers are not looked at before twilio-account is green.")]
    found = await visit.once(numbers)
    if isinstance(found, CarrierError):
        return [refused(visit, Check.SENDERS, found)]
    of = {one.value: one for one in found}
    return [finding for club, kind, value in mine for finding in _number(visit, club, kind, value, of)]


def _number(
    visit: Visit, club: Known, kind: SenderKind, value: str, of: Mapping[str, Rented]
) -> Sequence[Finding]:
    whose = f"The {KINDS[kind]} of {club.name}" if club.name == SETTING else f"{club.name}'s {KINDS[kind]}"
    name = f"{whose} {mask(value)}"
    there = of.get(value)
    if there is None:
        return [
            wrong(
                Check.SENDERS,
                f"{name} does not belong to this Twilio account.",
                f"Compare it with what the account rents: {PLACES[kind]}.",
            )
        ]
    found = [*_unable(name, there), *_unheard(visit, name, kind, there), *_in_its_country(name, club, kind)]
    if found:
        return found
    replies = "its replies come here" if visit.settings.public_url else "Twilio is asked for its replies"
    return [ok(Check.SENDERS, f"{name} is the account's, can do SMS, and {replies}.")]


def _unable(name: str, there: Rented) -> Iterator[Finding]:
    if not there.sends_sms:
        yield wrong(
            Check.SENDERS,
            f"{name} can do no SMS.",
            f"Rent one with SMS among its capabilities: {CONSOLE}, Phone Numbers, Buy a number.",
        )


def _unheard(visit: Visit, name: str, kind: SenderKind, there: Rented) -> Iterator[Finding]:
    """What keeps replies from coming; without an address Twilio is asked for them."""
    if not visit.settings.public_url:
        return
    wanted = visit.settings.public_url.rstrip("/") + "/twilio/inbound"
    mending = (
        f"If PUBLIC_URL is right, set {wanted} with HTTP POST: {PLACES[kind]}, A message comes in, Webhook."
    )
    if there.application:
        yield wrong(Check.SENDERS, f"Replies to {name} go to a TwiML app, not to this bot.", mending)
    elif not there.sms_url:
        yield wrong(Check.SENDERS, f"Replies to {name} go nowhere: no address is set for them.", mending)
    # https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides : what follows a # is for Twilio itself.
    elif there.sms_url.partition("#")[0] != wanted:
        yield wrong(
            Check.SENDERS,
            f"Replies to {name} go to {place(there.sms_url)}, not to PUBLIC_URL/twilio/inbound.",
            mending,
        )
    elif there.sms_method != "POST":
        yield wrong(Check.SENDERS, f"Replies to {name} come by GET, which the bot does not take.", mending)


def _in_its_country(name: str, club: Known, kind: SenderKind) -> Iterator[Finding]:
    country = club.country
    if country is None:
        return
    if not senders.allowed(kind, country):
        yield wrong(
            Check.SENDERS,
            f"{name}: people in {named(country)} cannot be texted from a {KINDS[kind]}.",
            f"Text from a {' or a '.join(KINDS[one] for one in sorted(country.sender_kinds))}. {_takes(country)}".strip(),
        )
    elif kind is SenderKind.LONG_CODE and country.code in TEN_DLC:
        yield waits(
            Check.SENDERS,
            f"{name} texts the United States only once it is registered (A2P 10DLC, or toll-free); that takes {TEN_DLC_TAKES}, and the doctor cannot see it.",
            f"{REGISTER}, A2P 10DLC.",
        )


def _takes(country: Country) -> str:
    return RENT if senders.allowed(SenderKind.SHORT_CODE, country) else ""


def named(country: Country) -> str:
    """The country in English."""
    return str(Locale("en").territories.get(country.code, country.code))


def _names(clubs: Sequence[Known]) -> Iterator[Finding]:
    for club in clubs:
        for kind, value in club.senders:
            if kind is SenderKind.NAME and club.country:
                yield _name(f"{club.name}'s name {value}", value, club.country)


def _name(name: str, value: str, country: Country) -> Finding:
    refusal = senders.refuse_name(value, country)
    if refusal is SenderRefusal.COUNTRY or country.names is NameThere.IMPOSSIBLE:
        words = REFUSALS[SenderRefusal.COUNTRY].format(country=named(country))
        return wrong(
            Check.SENDERS,
            f"{name} cannot be used: {words}.",
            f"Text from a number. {_takes(country)}".strip(),
        )
    if refusal:
        return wrong(Check.SENDERS, f"{name} cannot be used: {REFUSALS[refusal]}.", RENAME)
    if country.names is NameThere.REGISTERED:
        return waits(
            Check.SENDERS,
            f"{name} is shown in {named(country)} only once it is registered; that takes {NAME_TAKES}, and the doctor cannot see it.",
            f"{REGISTER}, Alphanumeric Sender ID.",
        )
    if country.names is NameThere.UNCHECKED:
        return warning(
            Check.SENDERS,
            f"{name}: nobody has checked whether names are shown in {named(country)}.",
            "Ask Twilio (https://help.twilio.com, International support for Alphanumeric Sender ID), or text yourself.",
        )
    return ok(Check.SENDERS, f"{name} is shown in {named(country)}.")

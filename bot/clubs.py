"""The club itself: who may use the bot, its settings, and its first row."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import asdict
from datetime import datetime
from typing import ClassVar, cast
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.clubs
from bot import second_adult
from bot.campaigns import zones
from bot.campaigns.audience import ages_of
from bot.campaigns.facts import SettingsFacts
from bot.campaigns.values import Choice
from bot.campaigns.zones import Shifted
from bot.consents.facts import ConsentSettings
from bot.consents.optin import refuse_no_keyword
from bot.consents.wording import keep_wording, refuse_too_long, wording_of
from bot.delivery.hours import may_advertise
from bot.errors import BotError
from bot.i18n import words_for
from bot.my_phone import staff_row
from bot.people.find import choice
from bot.rules import hours, phones, retention
from bot.rules.countries import Country, Window
from bot.rules.families import OLDEST, Ages
from bot.rules.links import is_host
from bot.rules.regions import parts_of
from bot.runtime import Runtime, Who
from bot.slack.client import SlackError, SlackPerson, SlackRefused
from storage.db import add_if_new
from storage.models import Audit, Club, Sender, Staff
from storage.states import Role, SenderKind

log = structlog.get_logger()

# https://docs.slack.dev/reference/methods/auth.test
WRONG_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)


class AdminsOnly(BotError):
    """Only an admin of the workspace may change this."""


class NotAHost(BotError):
    """{written} is no domain. Write for example go.club.fr, several with commas between them."""

    field: ClassVar[str | None] = "link_hosts"


class NoSuchHours(BotError):
    """Advertising may leave here from {opens} to {closes} at most. Choose at least one day, and an end after the beginning."""

    field: ClassVar[str | None] = "ad_closes"


class NotAPart(BotError):
    """Choose among the parts of your country."""

    field: ClassVar[str | None] = "parts"


class NotAges(BotError):
    """From {most} years on at most, and not before members get texts themselves."""

    field: ClassVar[str | None] = "alone_from"


class NotMonths(BotError):
    """Keep them for {least} to {most} months."""

    field: ClassVar[str | None] = "keep_texts_months"


class NotAZone(BotError):
    """Choose one of your country's time zones."""

    field: ClassVar[str | None] = "zone"


async def at_the_door(rt: Runtime, slack_team_id: str, user_id: str) -> tuple[Club, Staff | None] | None:
    """The club of a workspace and what it knows of this user; None for a workspace without a club."""
    async with rt.db.read() as session:
        club = await storage.clubs.club_of_team(session, slack_team_id)
        if club is None:
            return None
        return club, await storage.clubs.member_of_staff(session, club.id, user_id)


def recognise(
    rt: Runtime, club: Club, staff: Staff | None, user_id: str, person: SlackPerson | None
) -> Who | None:
    """Who asks, when they may: an admin of the workspace, or staff an admin named. None for anybody else."""
    # An admin of another workspace, met in a shared channel, is none of this club's.
    is_admin = bool(person and person.is_admin and club.slack_team_id in person.team_ids)
    # An admin's own row only keeps their number: what admins may comes from Slack, and goes with it.
    if not is_admin and (staff is None or staff.role is not Role.COACH):
        return None
    role = Role.ADMIN if is_admin else Role.COACH
    words = words_for(person.locale if person else club.language, rt.catalogues)
    return Who(club, user_id, role, words, person.zone if person and person.zone else club.zone)


async def meet(rt: Runtime) -> None:
    """Learns from Slack whose workspace it is, so that there is a club.

    With a club from an earlier start the bot can do without: texts leave and STOPs come in while Slack is away. Without
    any, and for a token that Slack does not take, `SlackError` is raised.
    """
    try:
        team = await rt.slack.team()
    except SlackError as error:
        if isinstance(error, SlackRefused) and error.error in WRONG_TOKEN:
            raise
        async with rt.db.read() as session:
            if not await storage.clubs.is_any_known(session):
                raise
        log.warning("started_without_slack", error=str(error))
        return
    await ensure(rt, team.id, team.name)


async def ensure(rt: Runtime, slack_team_id: str, name: str) -> Club:
    """The club of the workspace the bot runs for, made on its first start, with the number replies come in at."""
    async with rt.db.begin() as session:
        club = await storage.clubs.club_of_team(session, slack_team_id)
        if club is None:
            club = Club(slack_team_id=slack_team_id, name=name, created_at=rt.clock.now())
            session.add(club)
            await session.flush()
        number = rt.settings.twilio_number
        if number and await storage.clubs.owner_of_sender(session, number) is None:
            kind = SenderKind.SHORT_CODE if len(number.lstrip("+")) <= 6 else SenderKind.LONG_CODE
            session.add(Sender(club_id=club.id, kind=kind, value=number, is_default=True))
    return club


async def settings(rt: Runtime, who: Who) -> SettingsFacts:
    """The club's settings, and this person's own number."""
    async with rt.db.read() as session:
        club = await storage.clubs.club(session, who.club.id)
        staff = await storage.clubs.staff(session, club.id)
        wording = await wording_of(session, club, rt.catalogues)
        second = await second_adult.of_club(session, club)
    country = rt.countries[club.country]
    own = next((row.e164 for row in staff if row.slack_user_id == who.slack_user_id), None)
    return SettingsFacts(
        coaches=tuple(row.slack_user_id for row in staff if row.role is Role.COACH),
        admins=tuple(row.slack_user_id for row in staff if row.role is Role.ADMIN),
        channel_id=club.channel_id,
        zone=club.zone,
        zones=zones.zones_of(rt.countries[club.country]),
        confirm_above=club.confirm_above,
        undo_seconds=club.undo_seconds,
        max_segments=club.max_segments,
        segments_a_day=club.segments_a_day,
        link_hosts=tuple(club.link_hosts),
        ages=ages_of(club),
        second_adult=choice(second, who.words) if second else None,
        marketing=_marketing(club, country) if may_advertise(country, club) else None,
        marketing_most=country.marketing_most,
        asks_rules=not country.hours_checked,
        rules_confirmed_by=club.rules_confirmed_by,
        rules_confirmed_at=club.rules_confirmed_at,
        parts=tuple(club.parts),
        parts_offered=tuple(Choice(code, name) for code, name in parts_of(country.code).items()),
        consent=ConsentSettings(
            wording, club.optin_keyword, club.keep_texts_months, club.keep_archived_months
        ),
        my_phone=phones.national(own) if own else None,
    )


async def change_settings(
    rt: Runtime, who: Who, changes: Mapping[str, object], coaches: Collection[str]
) -> Shifted | None:
    """Changes the club's settings and who may text; what that did to scheduled campaigns, if anything.

    Raises `AdminsOnly`, `NotAHost`, `NoSuchHours`, `NotAPart`, `NotAges`, `NotAZone`,
    `SecondAdultGone`, `NoSecondAdult`, `NotMonths`, `WordingTooLong`, `KeywordShape` or `KeywordTaken`.
    """
    if who.role is not Role.ADMIN:
        raise AdminsOnly
    country = rt.countries[who.club.country]
    _refuse_no_hosts(cast("Sequence[str]", changes.get("link_hosts", ())))
    _refuse_no_parts(cast("Sequence[str]", changes.get("parts", ())), country)
    _refuse_no_ages(changes, who.club)
    wording = str(changes.get("wording", ""))
    refuse_too_long(wording)
    _refuse_no_months(changes)
    refuse_no_keyword(str(changes.get("optin_keyword", "")))
    changes = {name: value for name, value in changes.items() if name != "wording"}
    changes = _with_rules(rt, who, _with_legal_hours(changes, country), country)
    zone = _zone(rt, who, changes)
    async with rt.db.begin() as session:
        changes = await second_adult.with_it(rt, session, who, changes)
        shifted = await zones.shift(rt, session, who.club.id, zone)
        await keep_wording(rt, session, who, wording)
        await _name_coaches(rt, session, who, set(coaches))
        channel = changes.get("channel_id")
        trouble = {"channel_trouble": None} if channel != who.club.channel_id else {}
        await storage.clubs.change(session, who.club.id, **changes, **trouble)
        line = Audit(
            club_id=who.club.id,
            at=rt.clock.now(),
            actor=who.slack_user_id,
            action="settings",
            subject="club",
            detail={"coaches": sorted(coaches), **_as_json(changes)},
        )
        await storage.audit.note(session, line)
    rt.due.set()
    return shifted


async def _name_coaches(rt: Runtime, session: AsyncSession, who: Who, coaches: Set[str]) -> None:
    """Makes these, and nobody else, the club's coaches."""
    staff = await storage.clubs.staff(session, who.club.id)
    named = {row.slack_user_id for row in staff if row.role is Role.COACH}
    await storage.clubs.dismiss(session, who.club.id, sorted(named - coaches), Role.COACH)
    for user_id in sorted(coaches - named):
        if not await storage.clubs.name_coach(session, who.club.id, user_id):
            await add_if_new(session, staff_row(rt, who, user_id, Role.COACH))


def _marketing(club: Club, country: Country) -> Window:
    return (
        hours.chosen(country, hours.read(club.marketing_hours), home=country)
        if club.marketing_hours
        else country.marketing
    )


def _with_legal_hours(changes: Mapping[str, object], country: Country) -> Mapping[str, object]:
    """The changes, hours that are the country's own left to the country."""
    wish = changes.get("marketing_hours")
    if not isinstance(wish, Mapping):
        return changes
    window, most = hours.read(wish), country.marketing_most
    if window.is_empty or hours.narrowed(most, window) != window:
        raise NoSuchHours(opens=f"{most.opens:%H:%M}", closes=f"{most.closes:%H:%M}")
    return {**changes, "marketing_hours": None if window == country.marketing else hours.written(window)}


def _with_rules(
    rt: Runtime, who: Who, changes: Mapping[str, object], country: Country
) -> Mapping[str, object]:
    """The changes, with who has read the rules of their country and when, where somebody must; read once, it stands."""
    rest = {name: value for name, value in changes.items() if name != "rules_read"}
    if "rules_read" not in changes or country.hours_checked:
        return rest
    if bool(changes["rules_read"]) is (who.club.rules_confirmed_at is not None):
        return rest
    now = rt.clock.now()
    by, at = (who.slack_user_id, now) if changes["rules_read"] else (None, None)
    return {**rest, "rules_confirmed_by": by, "rules_confirmed_at": at}


def _as_json(changes: Mapping[str, object]) -> dict[str, object]:
    return {
        name: str(value) if isinstance(value, datetime | UUID) else value for name, value in changes.items()
    }


def _refuse_no_parts(parts: Collection[str], country: Country) -> None:
    if not set(parts) <= parts_of(country.code).keys():
        raise NotAPart


def _refuse_no_ages(changes: Mapping[str, object], club: Club) -> None:
    known = asdict(ages_of(club))
    wished = Ages(**{name: cast("int", changes.get(name, years)) for name, years in known.items()})
    if not wished.are_possible:
        raise NotAges(most=OLDEST)


def _refuse_no_months(changes: Mapping[str, object]) -> None:
    for name in ("keep_texts_months", "keep_archived_months"):
        if not retention.is_possible(cast("int", changes.get(name, retention.LONGEST))):
            raise NotMonths(least=retention.SHORTEST, most=retention.LONGEST)


def _refuse_no_hosts(hosts: Collection[str]) -> None:
    for host in hosts:
        if not is_host(host):
            raise NotAHost(written=host)


def _zone(rt: Runtime, who: Who, changes: Mapping[str, object]) -> str:
    zone = str(changes.get("zone", who.club.zone))
    if zone != who.club.zone and zone not in zones.zones_of(rt.countries[who.club.country]):
        raise NotAZone
    return zone

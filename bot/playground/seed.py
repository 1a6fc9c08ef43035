"""A French club of some forty people, as the bot's database holds it: the playground's and the browser tests'."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import SQLModel

import storage.consent
from bot.rules import phones
from bot.rules.phones import Phone
from storage.conditions import Compared, Condition, Operator, Rule, to_json
from storage.db import Database
from storage.models import (
    Club,
    Consent,
    Contact,
    ContactField,
    Group,
    Guardianship,
    Membership,
    Sender,
    Staff,
)
from storage.states import ConsentHow, FieldKind, GroupKind, OptOutScope, Purpose, Role, SenderKind

TEAM_ID = "T0TILLEULS"
CLUB = "AS Les Tilleuls"
CHANNEL, GENERAL = "C0SMS", "C0GENERAL"
COACH, ADMIN, PARENT = "U0CAMILLE", "U0ALEX", "U0NADIA"
SHORT_CODE, NAME = "36123", "ASTilleuls"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the seeded club; `guardians` are the keys of their guardians' rows."""

    key: str
    first_name: str
    last_name: str
    mobile: str
    team: str = ""
    role: str = "joueur"
    guardians: tuple[str, ...] = ()
    likes_marketing: bool = False


MEMBERS: tuple[Member, ...] = (
    # U11: two siblings share one mother's number; one child has both parents; one has a phone of their own.
    Member("lea", "Léa", "Martin", "", "U11", guardians=("sophie",)),
    Member("tom", "Tom", "Martin", "", "U11", guardians=("sophie",)),
    Member("zoe", "Zoë", "Bernard", "", "U11", guardians=("karim", "helene")),
    Member("noel", "Noël", "Petit", "06 12 34 56 13", "U11", guardians=("francois",)),
    Member("ines", "Inès", "Roux", "", "U11", guardians=("gaelle",)),
    Member("adam", "Adam", "Nguyen", "", "U11", guardians=("minh",)),
    # U13
    Member("jade", "Jade", "Lefèvre", "06.12.34.56.21", "U13", guardians=("jerome",)),
    Member("loic", "Loïc", "Moreau", "0612345622", "U13"),
    Member("maelys", "Maëlys", "Garcia", "+33 6 12 34 56 23", "U13", guardians=("carla",)),
    Member("hugo", "Hugo", "Fontaine", "06 12 34 56 24", "U13"),
    Member("sacha", "Sacha", "Roux", "", "U13", guardians=("gaelle",)),
    Member("yanis", "Yanis", "Haddad", "01 42 68 53 00", "U13"),
    Member("lina", "Lina", "Costa", "06 12 34 56 26 (maman)", "U13"),
    Member("paul", "Paul", "Marchand", "", "U13"),
    # U15
    Member("manon", "Manon", "Dubois", "06 12 34 56 31", "U15"),
    Member("theo", "Théo", "Lambert", "06 12 34 56 32", "U15"),
    Member("chloe", "Chloé", "Faure", "06 12 34 56 33", "U15"),
    Member("nathan", "Nathan", "Girard", "06 12 34 56 34", "U15"),
    Member("eva", "Eva", "Ott", "+49 1512 3456789", "U15"),
    Member("kylian", "Kylian", "Hoarau", "0692 12 34 56", "U15"),
    Member("oscar", "Oscar", "Bonnet", "06 12 34 56 37 / 06 12 34 56 38", "U15"),
    # Seniors: a dynamic group, by their team.
    Member("julie", "Julie", "Mercier", "06 12 34 56 41", "Seniors", likes_marketing=True),
    Member("antoine", "Antoine", "Blanc", "06 12 34 56 42", "Seniors", likes_marketing=True),
    Member("fatou", "Fatou", "Diallo", "06 12 34 56 43", "Seniors"),
    Member("bruno", "Bruno", "Da Silva", "06 12 34 56 44", "Seniors"),
    Member("emma", "Emma", "Clark", "+44 7911 123456", "Seniors"),
    Member("marc", "Marc", "Weber", "06 12 34 56 46", "Seniors"),
    Member("celine", "Céline", "Prévost", "06 12 34 56 47", "Seniors"),
    # Parents and volunteers.
    Member("sophie", "Sophie", "Martin", "06 12 34 56 51", role="parent", likes_marketing=True),
    Member("karim", "Karim", "Bernard", "06 12 34 56 52", role="parent"),
    Member("helene", "Hélène", "Bernard", "06 12 34 56 53", role="parent"),
    Member("francois", "François", "Petit", "06 12 34 56 54", role="parent"),
    Member("gaelle", "Gaëlle", "Roux", "06 12 34 56 55", role="parent"),
    Member("minh", "Minh", "Nguyen", "06 12 34 56 56", role="parent"),
    Member("jerome", "Jérôme", "Lefèvre", "06 12 34 56 57", role="parent"),
    Member("carla", "Carla", "Garcia", "06 12 34 56 58", role="parent"),
    Member("denise", "Denise", "Leroy", "06 12 34 56 61", role="bénévole", likes_marketing=True),
    Member("roger", "Roger", "Colin", "06 12 34 56 62", role="bénévole"),
    Member("awa", "Awa", "Traoré", "06 12 34 56 63", role="bénévole"),
    Member("luc", "Luc", "Perrin", "", role="bénévole"),
)
FIXED = ("U11", "U13", "U15")
OPTED_OUT = "chloe"


async def plant(db: Database, now: datetime) -> Club:
    """Fills an empty database with the club."""
    club = Club(id=key("club"), slack_team_id=TEAM_ID, name=CLUB, channel_id=CHANNEL, created_at=now)
    async with db.begin() as session:
        for rows in _rows(club, now):
            session.add_all(rows)
            await session.flush()
        blocked = await storage.consent.history(session, club.id, number_of(OPTED_OUT))
        await storage.consent.opt_out(session, club.id, number_of(OPTED_OUT), OptOutScope.ALL, blocked[0].at)
    return club


def key(name: str) -> UUID:
    """The same id at every start."""
    return uuid5(NAMESPACE_URL, f"touchline playground {name}")


def number_of(member_key: str) -> str:
    """A member's number in E.164; raises for one whose number does not parse."""
    parsed = phones.parse(next(member.mobile for member in MEMBERS if member.key == member_key))
    if not isinstance(parsed, Phone):
        raise LookupError(f"{member_key} has no number: {parsed}")
    return parsed.e164


def handsets() -> list[tuple[Member, str]]:
    """Everybody who has a phone, with its number."""
    parsed = ((member, phones.parse(member.mobile)) for member in MEMBERS)
    return [(member, phone.e164) for member, phone in parsed if isinstance(phone, Phone)]


def _rows(club: Club, now: datetime) -> Iterable[Sequence[SQLModel]]:
    yield [club]
    yield [
        Sender(club_id=club.id, kind=SenderKind.SHORT_CODE, value=SHORT_CODE, is_default=True),
        Sender(club_id=club.id, kind=SenderKind.NAME, value=NAME),
        Staff(club_id=club.id, slack_user_id=COACH, role=Role.COACH, named_by=ADMIN, created_at=now),
    ]
    yield [_contact(club, member, now) for member in MEMBERS]
    yield [
        Guardianship(club_id=club.id, child_id=key(member.key), guardian_id=key(guardian))
        for member in MEMBERS
        for guardian in member.guardians
    ]
    yield [
        ContactField(id=key("field team"), club_id=club.id, name="team", kind=FieldKind.TEXT),
        ContactField(
            id=key("field licence"), club_id=club.id, name="licence", kind=FieldKind.DATE, position=1
        ),
    ]
    yield from _groups(club)
    yield [_agreed(club, member, now) for member in MEMBERS if member.likes_marketing]
    yield [_refused(club, now)]


def _contact(club: Club, member: Member, now: datetime) -> Contact:
    parsed = phones.parse(member.mobile)
    return Contact(
        id=key(member.key),
        club_id=club.id,
        first_name=member.first_name,
        last_name=member.last_name,
        mobile=member.mobile,
        e164=parsed.e164 if isinstance(parsed, Phone) else None,
        refusal=None if isinstance(parsed, Phone) else parsed.value,
        roles=[member.role],
        fields={"team": member.team} if member.team else {},
        created_at=now,
    )


def _groups(club: Club) -> Iterable[Sequence[SQLModel]]:
    fixed = [Group(id=key(name), club_id=club.id, name=name, kind=GroupKind.FIXED) for name in FIXED]
    rules = {
        "Seniors": Condition("fields.team", Compared.TEXT, Operator.IS, "Seniors"),
        "Parents": Condition("roles", Compared.SEVERAL, Operator.IS, "parent"),
        "Bénévoles": Condition("roles", Compared.SEVERAL, Operator.IS, "bénévole"),
    }
    dynamic = [
        Group(
            id=key(name),
            club_id=club.id,
            name=name,
            kind=GroupKind.DYNAMIC,
            rule=to_json(Rule(parts=(condition,))),
        )
        for name, condition in rules.items()
    ]
    yield [*fixed, *dynamic]
    yield [
        Membership(club_id=club.id, group_id=key(member.team), contact_id=key(member.key))
        for member in MEMBERS
        if member.team in FIXED
    ]


def _agreed(club: Club, member: Member, now: datetime) -> Consent:
    return Consent(
        club_id=club.id,
        e164=number_of(member.key),
        contact_id=key(member.key),
        purpose=Purpose.MARKETING,
        given=True,
        evidence="Paper form of the season, box ticked",
        recorded_by=ADMIN,
        at=now,
        recorded_at=now,
        how=ConsentHow.PAPER,
    )


def _refused(club: Club, now: datetime) -> Consent:
    return Consent(
        club_id=club.id,
        e164=number_of(OPTED_OUT),
        contact_id=key(OPTED_OUT),
        purpose=Purpose.ALERTS,
        given=False,
        evidence="SMS: STOP",
        recorded_by="member",
        at=now,
        recorded_at=now,
        how=ConsentHow.SMS,
    )

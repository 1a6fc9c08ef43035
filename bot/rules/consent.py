"""May this number get this kind of text now? Yes, or the reason why not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bot.rules.refusals import CARRIER, MEMBER, Line
from storage.states import ConsentHow, Kind, OptOutScope, Purpose


class LeftOut(StrEnum):
    """Why a contact gets no text."""

    NO_NUMBER = "no_number"
    BAD_NUMBER = "bad_number"
    OPTED_OUT = "opted_out"
    OPTED_OUT_MARKETING = "opted_out_marketing"
    NO_CONSENT = "no_consent"
    ABROAD = "abroad"
    SHORT_LINK = "short_link"
    NO_HOUR = "no_hour"
    UNCHECKED = "unchecked"
    TOO_YOUNG = "too_young"
    MINOR = "minor"


PURPOSES = {OptOutScope.ALL: tuple(Purpose), OptOutScope.MARKETING: (Purpose.MARKETING,)}
"""What a refusal of this reach speaks of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is on record for one number: how far it opted out, and whether it agreed to marketing."""

    opted_out: OptOutScope | None = None
    marketing_consent: bool = False


class Why(StrEnum):
    """What decides whether somebody is texted for a purpose."""

    AGREED = "agreed"
    WITHDRAWN = "withdrawn"
    NOTHING_SAID = "nothing_said"
    OPTED_OUT = "opted_out"
    OPTED_OUT_MARKETING = "opted_out_marketing"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class State:
    """How one person's number stands for one purpose: whether it gets such texts, why, and the line that says so."""

    purpose: Purpose
    may: bool
    why: Why
    line: Line | None = None


def may_text(kind: Kind, standing: Standing) -> LeftOut | None:
    """None when the number may get this kind of text, else the reason why not."""
    if standing.opted_out is OptOutScope.ALL:
        return LeftOut.OPTED_OUT
    if kind is Kind.ALERT:
        return None
    if standing.opted_out is OptOutScope.MARKETING:
        return LeftOut.OPTED_OUT_MARKETING
    return None if standing.marketing_consent else LeftOut.NO_CONSENT


def agreement(record: Sequence[Line], purpose: Purpose, holders: Collection[UUID]) -> Line | None:
    """The line by which a number agrees to this purpose, or None.

    The record is of this one number. What somebody agreed to counts while the number is theirs (`holders`), and what
    came from the number itself always. What was withdrawn, by whomever, beats all that was given before or at that moment.
    """
    about = [line for line in record if line.purpose is purpose]
    withdrawn_at = max((line.at for line in about if not line.given), default=None)
    given = (line for line in about if line.given and (line.contact_id is None or line.contact_id in holders))
    standing = [line for line in given if withdrawn_at is None or line.at > withdrawn_at]
    return max(standing, key=lambda line: line.at, default=None)


def state_of(
    purpose: Purpose,
    record: Sequence[Line],
    *,
    holders: Collection[UUID],
    opted_out: OptOutScope | None,
    is_minor: bool,
) -> State:
    """How the number stands for the purpose: an opt-out beats all, and no minor gets advertising, whatever was agreed to."""
    refusals = [line for line in record if line.purpose is purpose and not line.given]
    refused = max(refusals, key=lambda line: line.at, default=None)
    if opted_out is OptOutScope.ALL:
        return State(purpose, may=False, why=Why.OPTED_OUT, line=refused)
    agreed = agreement(record, purpose, holders)
    if purpose is Purpose.ALERTS:
        return State(purpose, may=True, why=Why.AGREED if agreed else Why.NOTHING_SAID, line=agreed)
    if opted_out is OptOutScope.MARKETING:
        return State(purpose, may=False, why=Why.OPTED_OUT_MARKETING, line=refused)
    if is_minor:
        return State(purpose, may=False, why=Why.MINOR)
    if agreed:
        return State(purpose, may=True, why=Why.AGREED, line=agreed)
    return State(purpose, may=False, why=Why.WITHDRAWN if refused else Why.NOTHING_SAID, line=refused)


def how_of(line: Line) -> ConsentHow:
    """How it was said; of lines that do not say so, by who recorded them."""
    if line.how:
        return line.how
    if line.recorded_by == CARRIER:
        return ConsentHow.CARRIER
    if line.recorded_by != MEMBER:
        return ConsentHow.STAFF
    return ConsentHow.PAGE if line.evidence.startswith("page") else ConsentHow.SMS


def kept_from_agreeing(
    purpose: Purpose, record: Sequence[Line], at: datetime, *, opted_out: OptOutScope | None, is_minor: bool
) -> Why | None:
    """Why nobody may record that the number agreed to this purpose at that moment; None when they may.

    Only members take back their own word, and what was withdrawn since, or at that moment, holds.
    """
    if opted_out is OptOutScope.ALL:
        return Why.OPTED_OUT
    if purpose is Purpose.MARKETING and opted_out:
        return Why.OPTED_OUT_MARKETING
    if purpose is Purpose.MARKETING and is_minor:
        return Why.MINOR
    about = (line for line in record if line.purpose is purpose and not line.given)
    return Why.WITHDRAWN if any(line.at >= at for line in about) else None

"""May this number get this kind of text now? Yes, or the reason why not."""

from dataclasses import dataclass
from enum import StrEnum

from storage.states import Kind, OptOutScope


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What is on record for one number: how far it opted out, and whether it agreed to marketing."""

    opted_out: OptOutScope | None = None
    marketing_consent: bool = False


def may_text(kind: Kind, standing: Standing) -> LeftOut | None:
    """None when the number may get this kind of text, else the reason why not."""
    if standing.opted_out is OptOutScope.ALL:
        return LeftOut.OPTED_OUT
    if kind is Kind.ALERT:
        return None
    if standing.opted_out is OptOutScope.MARKETING:
        return LeftOut.OPTED_OUT_MARKETING
    return None if standing.marketing_consent else LeftOut.NO_CONSENT

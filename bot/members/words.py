"""What the member's page says, in the reader's language."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

LAST_RESORT = "en"
_LOCALES = {"en": "en_GB", "pt": "pt_PT"}
"""Where a language is written in several ways, the one that `bot/data/pages.toml` is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """One row of `bot/data/pages.toml`."""

    language: str
    title: str
    said: str
    answer: str
    answer_note: str
    send: str
    answered: str
    empty: str
    too_long: str
    too_many: str
    stop_title: str
    stop_all: str
    stop_all_note: str
    stop_marketing: str
    stop_marketing_note: str
    stopped_all: str
    stopped_marketing: str
    start: str
    started: str
    expired: str
    own: str
    gone_title: str
    gone: str
    later_title: str
    too_often: str
    trouble: str

    def moment(self, at: datetime, zone: str) -> str:
        """'26 November 2026, 18:30' in the club's zone."""
        local = at.astimezone(ZoneInfo(zone))
        locale = Locale.parse(_LOCALES.get(self.language, self.language))
        return f"{format_date(local, 'long', locale=locale)}, {local:%H:%M}"


def language_of(known: Collection[str], *, own: str, accepted: str, club: str) -> str:
    """Which of the known languages somebody reads: their own by the club's contacts, else their browser's, else the club's.

    `accepted` is an Accept-Language header: https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
    """
    wishes = [own, *_by_preference(accepted), club]
    codes = (wish.strip().replace("_", "-").split("-")[0].lower() for wish in wishes)
    return next((code for code in codes if code in known), LAST_RESORT)


def _by_preference(accepted: str) -> list[str]:
    ranges = [part.partition(";") for part in accepted.split(",")[:20]]
    weighed = [(_weight(parameters), name) for name, _, parameters in ranges]
    return [name for weight, name in sorted(weighed, key=lambda one: -one[0]) if weight > 0]


def _weight(parameters: str) -> float:
    name, _, number = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0


def words_in(
    pages: Mapping[str, PageWords], *, own: str = "", accepted: str = "", club: str = ""
) -> PageWords:
    """The words for this reader."""
    return pages[language_of(pages, own=own, accepted=accepted, club=club)]

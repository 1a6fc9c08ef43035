"""The user's words: gettext catalogues, dates and numbers, by the Slack user's locale."""

import gettext
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

DEFAULT = "en"
FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks one language; calling it with an English sentence gives the sentence in that language."""

    language: str
    locale: Locale
    catalogue: gettext.NullTranslations

    def __call__(self, sentence: str, /, **values: object) -> str:
        """The sentence, its `{placeholders}` filled with the values."""
        return self.catalogue.gettext(sentence).format(**values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form that goes with `count`, which is also the value of `{count}`."""
        return self.catalogue.ngettext(one, many, count).format(count=self.number(count), **values)

    def number(self, number: int) -> str:
        """1234567 as people write it."""
        return str(format_decimal(number, locale=self.locale))

    def moment(self, at: datetime, zone: str) -> str:
        """'Sunday 22 November, 19:30' in the club's zone."""
        local = at.astimezone(ZoneInfo(zone))
        pattern = "EEEE d MMMM" if self.language == "fr" else "EEEE, MMMM d"
        day = format_date(local, pattern, locale=self.locale)
        return self("{day} at {time}", day=day, time=self.time(at, zone))

    def date(self, at: datetime, zone: str) -> str:
        """'22 November 2026' in the club's zone."""
        return format_date(at.astimezone(ZoneInfo(zone)), "long", locale=self.locale)

    def day(self, day: Day) -> str:
        """'22 November 2026'."""
        return format_date(day, "long", locale=self.locale)

    def time(self, at: datetime, zone: str) -> str:
        """'19:30' in the club's zone."""
        return format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", locale=self.locale)

    def duration(self, span: timedelta) -> str:
        """'2 hours and 25 minutes': to the minute, beyond ten to five minutes, and never none."""
        minutes = max(1, round(span / timedelta(minutes=1)))
        hours, rest = divmod(round(minutes / 5) * 5 if minutes > 10 else minutes, 60)
        parts = [timedelta(hours=hours), timedelta(minutes=rest)]
        return self.all_of(format_timedelta(part, threshold=1, locale=self.locale) for part in parts if part)

    def place(self, zone: str) -> str:
        """'Paris', or what else its zone is known by."""
        return str(get_timezone_location(zone, locale=self.locale, return_city=True))

    def country(self, code: str) -> str:
        """'Spain', by its ISO 3166 code, or the code where nobody knows it."""
        return str(self.locale.territories.get(code, code))

    def all_of(self, parts: Iterable[str]) -> str:
        """'Léa, Tom and Zoé'."""
        return format_list(list(parts), locale=self.locale)

    def any_of(self, parts: Iterable[str]) -> str:
        """'U13, U15 or U17'."""
        return format_list(list(parts), style="or", locale=self.locale)

    def tongue(self, code: str) -> str:
        """'French', by the letters of a language, or these where nobody knows it."""
        return str(self.locale.languages.get(code.lower(), code))


def load_catalogues(folder: Path = FOLDER) -> Mapping[str, Words]:
    """Every language the bot speaks, by its two letters; English needs no file, since its words are the keys."""
    english = Words(DEFAULT, Locale.parse("en_GB"), gettext.NullTranslations())
    return {DEFAULT: english} | {path.stem: _read(path) for path in sorted(folder.glob("*.po"))}


def words_for(locale: str | None, catalogues: Mapping[str, Words]) -> Words:
    """The words for a Slack locale such as `fr-FR`; English when we do not speak it."""
    language = (locale or DEFAULT).replace("_", "-").split("-")[0].lower()
    return catalogues.get(language, catalogues[DEFAULT])


def _read(path: Path) -> Words:
    compiled = io.BytesIO()
    with path.open("rb") as po:
        write_mo(compiled, read_po(po))
    compiled.seek(0)
    return Words(path.stem, Locale.parse(path.stem), gettext.GNUTranslations(compiled))


def N_(sentence: str) -> str:
    """The sentence itself, marked so that translators find it."""
    return sentence

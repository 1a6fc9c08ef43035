"""Tables of facts from outside, each row with its source, and the readers that load them at start."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.members.words import PageWords
from bot.rules.clause import Wording
from bot.rules.countries import Country, NameThere, Window
from bot.rules.links import Shorteners
from storage.states import SenderKind

_COUNTRIES = Path(__file__).with_name("countries.toml")
_CLAUSES = Path(__file__).with_name("clauses.toml")
_PAGES = Path(__file__).with_name("pages.toml")
_SHORTENERS = Path(__file__).with_name("shorteners.toml")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def load_countries(path: Path = _COUNTRIES) -> Mapping[str, Country]:
    """The countries by their ISO 3166 code, "ZZ" standing for every one without a row."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    generic = frozenset(table["names"]["generic"])
    rows: dict[str, dict[str, Any]] = table["countries"]
    return MappingProxyType({code: _country(code, row, generic) for code, row in rows.items()})


def load_clauses(path: Path = _CLAUSES) -> Mapping[str, Wording]:
    """The wordings of the STOP clause by language."""
    languages = tomllib.loads(path.read_text(encoding="utf-8"))["languages"]
    return MappingProxyType({code: Wording(**wording) for code, wording in languages.items()})


def load_pages(path: Path = _PAGES) -> Mapping[str, PageWords]:
    """The words of the member's page by language."""
    languages = tomllib.loads(path.read_text(encoding="utf-8"))["languages"]
    return MappingProxyType({code: PageWords(language=code, **words) for code, words in languages.items()})


def load_shorteners(path: Path = _SHORTENERS) -> Shorteners:
    """The hosts of short links."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Shorteners(frozenset(table["refused"]["hosts"]), frozenset(table["warned"]["hosts"]))


def _country(code: str, row: dict[str, Any], generic: frozenset[str]) -> Country:
    return Country(
        code=code,
        prefixes=tuple(row["prefixes"]),
        domestic_regions=frozenset(row["domestic_regions"]),
        sender_kinds=frozenset(map(SenderKind, row["sender_kinds"])),
        answerable=frozenset(map(SenderKind, row["answerable"])),
        zone=row["zone"],
        language=row["language"],
        marketing=_window(row["marketing"]["usual"]),
        marketing_most=_window(row["marketing"]["most"]),
        hours_checked=row["marketing"].get("hours_checked", True),
        names=NameThere(row["names"]["shown"]),
        credits_abroad=row["credits_abroad"],
        generic_names=generic,
        segments_per_second=_rates(row),
    )


def _window(row: dict[str, Any]) -> Window:
    first, last = map(_WEEK.index, row["days"].split("-"))
    return Window(
        days=frozenset(range(first, last + 1)),
        opens=row["opens"],
        closes=row["closes"],
        on_holidays=row["on_holidays"],
    )


def _rates(row: dict[str, Any]) -> Mapping[SenderKind, float]:
    rates = row.get("segments_per_second", {})
    return MappingProxyType({kind: float(rates[kind]) for kind in SenderKind if kind in rates})

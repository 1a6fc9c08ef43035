"""What differs by country, and the table it is read from."""

import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

import bot.data
from bot.data import load_countries
from bot.rules.countries import ANYWHERE, Country, country_of, credits_per_segment
from storage.states import SenderKind

COUNTRIES = load_countries()
ROWS = tomllib.loads(Path(bot.data.__file__).with_name("countries.toml").read_text(encoding="utf-8"))[
    "countries"
]


@pytest.mark.parametrize("code", ROWS)
def test_a_row_names_its_source_and_the_day_it_was_checked(code: str) -> None:
    assert ROWS[code]["source"]
    assert ROWS[code]["checked"].year >= 2026
    assert "estimate" in ROWS[code]["source"]


@pytest.mark.parametrize("code", [code for code in ROWS if "segments_per_second" in ROWS[code]])
def test_a_rate_of_a_country_names_its_source_and_the_day_it_was_checked(code: str) -> None:
    rates = ROWS[code]["segments_per_second"]
    assert rates.keys() <= {"source", "checked", *SenderKind}
    assert rates["source"].startswith("https://")
    assert rates["checked"].year >= 2026
    assert COUNTRIES[code].segments_per_second.keys() <= COUNTRIES[code].sender_kinds


@pytest.mark.parametrize("code", ROWS)
def test_a_row_makes_sense(code: str) -> None:
    country = COUNTRIES[code]
    assert country.code == code
    assert country.answerable <= country.sender_kinds
    assert SenderKind.NAME not in country.answerable
    assert country.credits_abroad >= 1
    assert ZoneInfo(country.zone)
    assert "ALERT" in country.generic_names
    assert all(name == name.upper() for name in country.generic_names)


@pytest.mark.parametrize("code", [code for code in ROWS if code != ANYWHERE])
def test_a_countrys_regions_have_its_prefixes(code: str) -> None:
    country = COUNTRIES[code]
    codes = {phonenumbers.country_code_for_region(region) for region in country.domestic_regions}
    assert code in country.domestic_regions
    assert codes == set(country.prefixes)


def test_a_table_is_read_from_a_file(tmp_path: Path) -> None:
    row = """prefixes = [1]\ndomestic_regions = ["CA"]\nsender_kinds = ["name", "long_code"]\nanswerable = ["long_code"]
        zone = "America/Toronto"\nlanguage = "fr"\ncredits_abroad = 4
        segments_per_second = { short_code = 30 }"""
    table = tmp_path / "countries.toml"
    table.write_text(f'[names]\ngeneric = ["ÉTÉ"]\n[countries.QC]\n{row}\n', encoding="utf-8")
    assert load_countries(table) == {
        "QC": Country(
            code="QC",
            prefixes=(1,),
            domestic_regions=frozenset({"CA"}),
            sender_kinds=frozenset({SenderKind.NAME, SenderKind.LONG_CODE}),
            answerable=frozenset({SenderKind.LONG_CODE}),
            zone="America/Toronto",
            language="fr",
            credits_abroad=4,
            generic_names=frozenset({"ÉTÉ"}),
            segments_per_second={SenderKind.SHORT_CODE: 30.0},
        )
    }


def test_no_region_belongs_to_two_countries() -> None:
    regions = [region for country in COUNTRIES.values() for region in country.domestic_regions]
    assert len(regions) == len(set(regions))


def test_a_french_club_sends_by_name_or_short_code_and_only_the_latter_is_answered() -> None:
    france = COUNTRIES["FR"]
    assert france.sender_kinds == {SenderKind.NAME, SenderKind.SHORT_CODE}
    assert france.answerable == {SenderKind.SHORT_CODE}
    assert france.sender_names_allowed
    assert (france.zone, france.language) == ("Europe/Paris", "fr")
    assert france.prefixes == (33, 262, 590, 594, 596, 508, 687, 689, 681)
    assert not COUNTRIES["US"].sender_names_allowed


@pytest.mark.parametrize(
    ("region", "code", "reason"),
    [("FR", "FR", "itself"), ("RE", "FR", "overseas"), ("VA", "IT", "within"), ("BR", ANYWHERE, "no row"), ("ZZ", ANYWHERE, "no region")],
)  # fmt: skip
def test_a_region_belongs_to_a_country(region: str, code: str, reason: str) -> None:
    assert country_of(region, COUNTRIES) is COUNTRIES[code], reason


@pytest.mark.parametrize(
    ("region", "home", "credits", "reason"),
    [
        ("FR", "FR", 1, "at home"),
        ("NC", "FR", 1, "overseas is home"),
        ("BE", "FR", 2, "a neighbour, by its row"),
        ("FR", "BE", 2, "and back"),
        ("US", "FR", 1, "cheap abroad, by its row"),
        ("BR", "FR", 3, "anywhere else"),
    ],
)
def test_a_segment_costs(region: str, home: str, credits: int, reason: str) -> None:
    assert credits_per_segment(region, COUNTRIES[home], COUNTRIES) == credits, reason

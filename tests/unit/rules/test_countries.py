"""What differs by country, and the table it is read from."""

import tomllib
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

import bot.data
from bot.data import load_countries
from bot.rules.countries import ANYWHERE, Country, NameThere, Window, country_of, credits_per_segment
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
def test_the_hours_of_a_country_name_their_source_and_the_day_they_were_checked(code: str) -> None:
    hours = ROWS[code]["marketing"]
    assert hours.keys() <= {"usual", "most", "hours_checked", "source", "checked"}
    assert hours["checked"].year >= 2026
    assert "https://" in hours["source"] or "product defaults" in hours["source"]


@pytest.mark.parametrize("code", ROWS)
def test_what_becomes_of_names_in_a_country_names_its_source_and_the_day_it_was_checked(code: str) -> None:
    names = ROWS[code]["names"]
    assert names.keys() == {"shown", "source", "checked"}
    assert names["checked"].year >= 2026
    assert "https://" in names["source"] or code == ANYWHERE


@pytest.mark.parametrize("code", [code for code in ROWS if code != ANYWHERE])
def test_a_club_appears_by_name_where_names_are_possible(code: str) -> None:
    country = COUNTRIES[code]
    assert country.names is not NameThere.UNCHECKED
    assert country.sender_names_allowed is (country.names is not NameThere.IMPOSSIBLE)


@pytest.mark.parametrize(
    ("code", "names", "reason"),
    [
        ("FR", NameThere.SHOWN, "no register"),
        ("ES", NameThere.REGISTERED, "the register of the CNMC, since 15 September 2026"),
        ("IE", NameThere.REGISTERED, "ComReg's register, else Likely Scam"),
        ("IT", NameThere.REGISTERED, "AGCOM's register of aliases"),
        ("US", NameThere.IMPOSSIBLE, "numbers alone"),
        ("CA", NameThere.IMPOSSIBLE, "numbers alone"),
        ("BE", NameThere.IMPOSSIBLE, "numbers alone"),
        (ANYWHERE, NameThere.UNCHECKED, "nobody has looked"),
    ],
)
def test_a_name_in_a_country(code: str, names: NameThere, reason: str) -> None:
    assert COUNTRIES[code].names is names, reason


@pytest.mark.parametrize("code", ROWS)
def test_a_club_starts_with_hours_in_daytime_that_the_law_allows(code: str) -> None:
    usual, most = COUNTRIES[code].marketing, COUNTRIES[code].marketing_most
    assert usual.days == set(range(6))
    assert not usual.on_holidays
    assert usual.days <= most.days
    assert most.opens <= usual.opens < usual.closes <= most.closes
    assert time(8) <= most.opens
    assert most.closes <= time(21, 30)


DAILY, WORKING = frozenset(range(7)), frozenset(range(6))


@pytest.mark.parametrize(
    ("code", "usual", "days", "opens", "closes", "on_holidays", "reason"),
    [
        ("FR", (time(8), time(20)), DAILY, time(8), time(21, 30), True, "the operators' charter of 2026"),
        (
            "US",
            (time(9), time(20)),
            WORKING,
            time(8),
            time(21),
            False,
            "federal hours, on every state's days",
        ),
        ("IT", (time(9), time(20)), WORKING, time(8), time(21), True, "no Sundays: the carriers' rule"),
        ("GB", (time(9), time(20)), DAILY, time(8), time(21), True, "no hours in law: not at night"),
        (ANYWHERE, (time(9), time(20)), WORKING, time(9), time(20), False, "not checked: no wider"),
    ],
)
def test_the_hours_of_a_country_are(
    code: str,
    usual: tuple[time, time],
    days: frozenset[int],
    opens: time,
    closes: time,
    on_holidays: bool,
    reason: str,
) -> None:
    country = COUNTRIES[code]
    assert (country.marketing.opens, country.marketing.closes) == usual, reason
    assert country.marketing_most == Window(days=days, opens=opens, closes=closes, on_holidays=on_holidays), (
        reason
    )


def test_the_hours_of_every_country_with_a_row_were_checked() -> None:
    assert [code for code, country in COUNTRIES.items() if not country.hours_checked] == [ANYWHERE]


@pytest.mark.parametrize(
    ("days", "opens", "closes", "is_empty", "reason"),
    [
        ({5}, time(8), time(8, 1), False, "a minute on Saturdays"),
        (set(), time(8), time(20), True, "no day"),
        ({5}, time(8), time(8), True, "over as it begins"),
        ({5}, time(20), time(8), True, "not through the night"),
    ],
)
def test_a_window_without_a_minute_is_empty(
    days: set[int], opens: time, closes: time, is_empty: bool, reason: str
) -> None:
    window = Window(days=frozenset(days), opens=opens, closes=closes, on_holidays=True)
    assert window.is_empty is is_empty, reason


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
        segments_per_second = { short_code = 30 }
        marketing.usual = { days = "tue-fri", opens = 10:00:00, closes = 18:30:00, on_holidays = false }
        marketing.most = { days = "mon-sun", opens = 07:00:00, closes = 22:00:00, on_holidays = true }
        marketing.hours_checked = false
        names.shown = 'registered'"""
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
            marketing=Window(
                days=frozenset({1, 2, 3, 4}), opens=time(10), closes=time(18, 30), on_holidays=False
            ),
            marketing_most=Window(days=DAILY, opens=time(7), closes=time(22), on_holidays=True),
            hours_checked=False,
            names=NameThere.REGISTERED,
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

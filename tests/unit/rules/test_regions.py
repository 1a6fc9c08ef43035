"""Where the phone of a number may be, and the days off there."""

import sys
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from random import Random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from bot.data import load_countries
from bot.rules import phones, regions
from bot.rules.countries import ANYWHERE, country_of
from bot.rules.hours import next_legal
from bot.rules.regions import is_holiday, parts_of, subdivisions_of, zones_of
from tests.unit.rules.numbers import NUMBERS

COUNTRIES = load_countries()
PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("region", "subdivision", "day", "reason"),
    [
        ("GP", "", date(2027, 5, 27), "Guadeloupe, 971"),
        ("MQ", "", date(2027, 5, 22), "Martinique, 972"),
        ("GF", "", date(2027, 6, 10), "Guyane, 973"),
        ("RE", "", date(2027, 12, 20), "La Réunion, 974"),
        ("YT", "", date(2027, 4, 27), "Mayotte, 976"),
        ("BL", "", date(2027, 10, 9), "Saint-Barthélemy"),
        ("MF", "", date(2027, 5, 28), "Saint-Martin"),
        ("NC", "", date(2027, 9, 24), "Nouvelle-Calédonie"),
        ("PF", "", date(2027, 11, 20), "Polynésie"),
        ("WF", "", date(2027, 7, 29), "Wallis-et-Futuna"),
        ("FR", "FR-974", date(2027, 12, 20), "a club of La Réunion, for numbers of the mainland"),
        ("RE", "FR-57", date(2027, 3, 26), "a club of Moselle, for numbers of La Réunion"),
        ("GB", "GB-NIR", date(2027, 7, 12), "Northern Ireland, Battle of the Boyne"),
        ("GB", "GB-SCT", date(2027, 11, 30), "Scotland, Saint Andrew"),
        ("CH", "CH-GE", date(2027, 12, 31), "Geneva, restoration of the republic"),
        ("CA", "CA-QC", date(2027, 6, 24), "Québec"),
        ("US", "US-TX", date(2027, 3, 2), "Texas independence"),
        ("GG", "", date(2027, 5, 9), "Guernsey, liberation, by its own region"),
        ("PR", "", date(2027, 1, 6), "Puerto Rico, Epiphany"),
    ],
)  # fmt: skip
def test_a_part_of_a_country_has_a_holiday_that_the_whole_has_not(
    region: str, subdivision: str, day: date, reason: str
) -> None:
    country = country_of(region, COUNTRIES).code
    assert is_holiday(day, country=country, region=region, subdivisions=frozenset({subdivision})), reason
    assert not is_holiday(day, country=country, region=country), reason


def test_a_part_of_a_country_keeps_the_holidays_of_the_whole() -> None:
    for region in COUNTRIES["FR"].domestic_regions:
        assert is_holiday(date(2027, 5, 17), country="FR", region=region), region
        assert not is_holiday(date(2027, 5, 18), country="FR", region=region), region


def test_a_place_without_a_row_has_the_holidays_of_its_own_region() -> None:
    assert is_holiday(date(2027, 9, 7), country=ANYWHERE, region="BR")
    assert is_holiday(date(2027, 7, 9), country=ANYWHERE, region="BR", subdivisions=frozenset({"BR-SP"}))
    assert not is_holiday(date(2027, 7, 9), country=ANYWHERE, region="BR")
    assert not is_holiday(date(2027, 1, 1), country=ANYWHERE, region="001")


def test_a_club_may_name_the_parts_that_have_holidays_of_their_own() -> None:
    assert subdivisions_of("FR") >= {f"FR-{part}" for part in ("57", "6AE", "971", "974", "MF", "WF")}
    assert subdivisions_of("GB") == {"GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"}
    assert subdivisions_of("LU") == subdivisions_of("BE") == subdivisions_of("001") == set()
    assert not any(" " in code for code in subdivisions_of("FR"))


def test_what_knows_the_holidays_is_not_imported_before_the_first_question() -> None:
    assert "holidays" not in vars(regions)


@pytest.mark.parametrize(
    ("number", "zones", "reason"),
    [
        (NUMBERS["Paris"], (PARIS,), "one"),
        (NUMBERS["La Réunion"], ("Indian/Mayotte", "Indian/Reunion"), "+262 is both islands'"),
        (NUMBERS["Mayotte"], ("Indian/Mayotte", "Indian/Reunion"), "whatever comes after it"),
        (NUMBERS["Madrid"], ("Atlantic/Canary", "Europe/Madrid"), "a mobile may live in the Canaries"),
        (NUMBERS["New York"], ("America/New_York",), "by its area"),
        ("+16045550123", ("America/Vancouver",), "by its area, in Canada"),
        ("+18762101234", ("America/Jamaica",), "a mobile by its area too"),
        ("+16847331234", ("Pacific/Pago_Pago",), "on the far side of the date line"),
        ("+18005550199", ("Pacific/Noumea",), "toll-free, anywhere in +1: the club's"),
        ("+883510012345", ("Pacific/Noumea",), "of no country: the club's"),
        ("+33639981234", ("Pacific/Noumea",), "not a number in use: the club's"),
        ("36173", ("Pacific/Noumea",), "not even a number: the club's"),
    ],
)
def test_a_number_may_be_in_these_zones(number: str, zones: tuple[str, ...], reason: str) -> None:
    assert zones_of(number, "Pacific/Noumea") == zones, reason


def example(region: str) -> str:
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    number = number or phonenumbers.example_number(region)
    assert number
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def test_a_mobile_of_plus_one_is_in_its_own_country() -> None:
    # https://data.iana.org/time-zones/tzdb/zone.tab names the country of each zone, without the library's help.
    rows = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    country = {row.split("\t")[2]: row.split("\t")[0] for row in rows if not row.startswith("#")}
    shared = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]
    assert len(shared) == 25
    for region in shared:
        assert {country[zone] for zone in zones_of(example(region), PARIS)} == {region}


def test_a_number_of_any_country_finds_a_legal_minute_within_three_days() -> None:
    anywhere = COUNTRIES[ANYWHERE].marketing
    for region in phonenumbers.SUPPORTED_REGIONS:
        zones = zones_of(example(region), PARIS)
        for now in (datetime(2027, 1, 2, 3, tzinfo=UTC), datetime(2027, 7, 3, 3, tzinfo=UTC)):
            leaves_at = next_legal(now, zones, anywhere, lambda _: False)
            assert isinstance(leaves_at, datetime), region
            assert leaves_at - now < timedelta(days=3), region


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("FR-57", "Moselle", "Good Friday and 26 December"),
        ("FR-6AE", "Alsace", "likewise"),
        ("FR-971", "Guadeloupe", "the name among its short forms"),
        ("CH-BE", "Bern / Berne", "in each language of the place"),
        ("CA-QC", "Québec", "once, whatever its accents"),
        ("CA-NB", "New Brunswick / Nouveau-Brunswick", "in two languages"),
        ("CH-UR", "Uri", "as short as a code"),
        ("IT-BZ", "Bolzano", "a province"),
        ("GB-WLS", "Wales", "a nation"),
    ],
)
def test_a_part_is_called_as_people_there_call_it(code: str, name: str, reason: str) -> None:
    assert parts_of(code.partition("-")[0])[code] == name, reason


@pytest.mark.parametrize("country", [code for code in COUNTRIES if code != ANYWHERE])
def test_every_part_of_a_country_has_a_name_that_a_menu_can_show(country: str) -> None:
    parts = parts_of(country)
    assert parts.keys() == subdivisions_of(country)
    assert all(name != code and 0 < len(name) <= 75 for code, name in parts.items())
    assert list(parts.values()) == sorted(parts.values())


@pytest.mark.parametrize("country", ["BE", "LU", "IE", ANYWHERE])
def test_where_holidays_are_the_same_everywhere_no_part_is_asked_for(country: str) -> None:
    assert not parts_of(country)


@pytest.mark.parametrize("start", phones.DECIDING)
def test_the_digits_of_a_number_that_are_forgotten_decide_nothing(start: str) -> None:
    draw, deciding = Random(start), phones.DECIDING[start]
    for _ in range(100):
        number = f"+{start}" + "".join(draw.choices("0123456789", k=_rest(start, draw)))
        same = phones.alike(number)
        assert same == number[: deciding + 1].ljust(len(number), "0")
        assert phones._region_of.__wrapped__(same) == phones._region_of.__wrapped__(number), number
        assert regions._zones_of.__wrapped__(same) == regions._zones_of.__wrapped__(number), number


def _rest(start: str, draw: Random) -> int:
    """How many digits follow: now and then one more or less than such numbers have."""
    usual = {"49": 13, "39": 12, "44": 12, "26": 12, "59": 12}.get(start[:2], 11)
    return usual - len(start) + draw.choice((0, 0, 0, 0, 0, 0, 1, -1))


def test_the_holidays_can_be_learnt_before_anybody_asks() -> None:
    regions.learn()
    assert "holidays.countries" in sys.modules

"""Numbers as people type them."""

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data import load_countries
from bot.rules.phones import Phone, PhoneRefusal, by_place, is_domestic, mask, national, parse, region_of

LEA = Phone("+33612345678", "FR")
COUNTRIES = load_countries()


@pytest.mark.parametrize(
    ("typed", "phone", "reason"),
    [
        ("0612345678", LEA, "ten digits"),
        ("06 12 34 56 78", LEA, "in pairs"),
        ("06.12.34.56.78", LEA, "with dots"),
        ("06-12-34-56-78", LEA, "with hyphens"),
        ("06 - 12 - 34 - 56 - 78", LEA, "with dashes: pieces of one number"),
        ("06/12/34/56/78", LEA, "with slashes: pieces of one number"),
        ("06,12,34,56,78", LEA, "with commas"),
        ("+33612345678", LEA, "E.164"),
        ("+33 6 12 34 56 78", LEA, "as phones show it"),
        ("(+33) 6 12 34 56 78", LEA, "the plus in brackets"),
        ("+33 (0)6 12 34 56 78", LEA, "the zero that is not dialled"),
        ("(+33) (0) 6 12 34 56 78", LEA, "both in brackets"),
        ("+330612345678", LEA, "the zero that should not be there"),
        ("0033 6 12 34 56 78", LEA, "dialled from France"),
        ("0033 (0)6 12 34 56 78", LEA, "with the zero"),
        ("(0)6 12 34 56 78", LEA, "a zero in brackets that is dialled"),
        ("33612345678", LEA, "the plus forgotten: no other number is meant"),
        ("612345678", LEA, "a spreadsheet ate the zero"),
        ("０６１２３４５６７８", LEA, "full-width digits"),
        ("\u202a+33\u00a06\u00a012\u00a034\u00a056\u00a078\u202c", LEA, "copied from contacts, with marks that do not show"),
        ("  0612345678\n", LEA, "spaces around"),
        ("Tél. : 06 12 34 56 78", LEA, "a label"),
        ("tel:+33612345678", LEA, "a link"),
        ("TELEPHONE 0612345678", LEA, "a label in capitals"),
        ("téléphone 0612345678", LEA, "with accents"),
        ("Mobile: 0612345678", LEA, "a label"),
        ("mob 0612345678", LEA, "a short one"),
        ("Portable 0612345678", LEA, "a French one"),
        ("port. 0612345678", LEA, "a short French one"),
        ("GSM 0612345678", LEA, "a Belgian one"),
        ("cell 0612345678", LEA, "an American one"),
        ("Phone: 0612345678", LEA, "an English one"),
        ("SMS 0612345678", LEA, "what it is for"),
        ("0712345678", PhoneRefusal.INVALID, "07 12 is not given out"),
        ("0755123456", Phone("+33755123456", "FR"), "07"),
        ("0692123456", Phone("+262692123456", "RE"), "Réunion"),
        ("0690123456", Phone("+590690123456", "GP"), "Guadeloupe"),
        ("0696123456", Phone("+596696123456", "MQ"), "Martinique"),
        ("0694123456", Phone("+594694123456", "GF"), "Guyane"),
        ("0639012345", Phone("+262639012345", "YT"), "Mayotte"),
        ("+508 55 12 34", Phone("+508551234", "PM"), "Saint-Pierre in its international form"),
        ("+687 75 12 34", Phone("+687751234", "NC"), "Nouvelle-Calédonie in its international form"),
        ("+32 470 12 34 56", Phone("+32470123456", "BE"), "Belgium"),
        ("+49 (0)1512 3456789", Phone("+4915123456789", "DE"), "Germany, with the zero"),
        ("0049 (0) 1512 3456789", Phone("+4915123456789", "DE"), "sixteen digits, one of them not dialled"),
        ("+1 415 555 2671", Phone("+14155552671", "US"), "where mobiles look like landlines"),
        ("00 1 415 555 2671", Phone("+14155552671", "US"), "dialled from France"),
        ("(+1) 415 555 2671", Phone("+14155552671", "US"), "the plus in brackets, from abroad"),
        ("", PhoneRefusal.EMPTY, "nothing"),
        (" \t\u200b", PhoneRefusal.EMPTY, "nothing that shows"),
        ("Tél. :", PhoneRefusal.EMPTY, "a label alone"),
        ("0612345678 (maman)", PhoneRefusal.LETTERS, "letters would be read as digits"),
        ("O6 12 34 56 78", PhoneRefusal.LETTERS, "the letter O"),
        ("0612345678 Alex 3", PhoneRefusal.LETTERS, "the x of a name is no extension"),
        ("0612345678x", PhoneRefusal.LETTERS, "an x without digits is no extension"),
        ("à demander", PhoneRefusal.LETTERS, "a note"),
        ("telmo", PhoneRefusal.LETTERS, "a name that begins like a label"),
        ("0612345678 / 0698765432", PhoneRefusal.TWO_NUMBERS, "a slash"),
        ("0612345678,0698765432", PhoneRefusal.TWO_NUMBERS, "a comma"),
        ("0612345678;0698765432", PhoneRefusal.TWO_NUMBERS, "a semicolon"),
        ("0612345678|0698765432", PhoneRefusal.TWO_NUMBERS, "a bar"),
        ("0612345678\\0698765432", PhoneRefusal.TWO_NUMBERS, "a backslash"),
        ("0612345678 & 0698765432", PhoneRefusal.TWO_NUMBERS, "an ampersand"),
        ("0612345678 ou 0698765432", PhoneRefusal.TWO_NUMBERS, "a word"),
        ("0612345678\n0698765432", PhoneRefusal.TWO_NUMBERS, "two lines"),
        ("06 12 34 56 78 - 06 98 76 54 32", PhoneRefusal.TWO_NUMBERS, "a dash"),
        ("06 12 34 56 78  06 98 76 54 32", PhoneRefusal.TWO_NUMBERS, "more digits than any number has"),
        ("+33612345678+33698765432", PhoneRefusal.TWO_NUMBERS, "two plus signs"),
        ("+33612345678 +33698765432", PhoneRefusal.TWO_NUMBERS, "with a space"),
        ("0612345678 (maman) 0698765432 (papa)", PhoneRefusal.TWO_NUMBERS, "two numbers say more than letters"),
        ("12345678/12345678", PhoneRefusal.TWO_NUMBERS, "eight digits are a number"),
        ("1234567/1234567", PhoneRefusal.INVALID, "seven are not"),
        ("12345678 ou 12345678", PhoneRefusal.TWO_NUMBERS, "eight digits, with a word"),
        ("1234567 ou 1234567", PhoneRefusal.LETTERS, "seven, with a word"),
        ("0612345678 ext 3", PhoneRefusal.EXTENSION, "an extension cannot be texted"),
        ("0612345678 ext. 3", PhoneRefusal.EXTENSION, "with a dot"),
        ("0612345678;ext=3", PhoneRefusal.EXTENSION, "in a link"),
        ("0612345678 extension 12", PhoneRefusal.EXTENSION, "written out"),
        ("0612345678 poste 12", PhoneRefusal.EXTENSION, "in French"),
        ("0612345678x3", PhoneRefusal.EXTENSION, "in short"),
        ("0612345678 #1234567", PhoneRefusal.EXTENSION, "seven digits at most"),
        ("0612345678 #12345678", PhoneRefusal.TWO_NUMBERS, "eight are no extension"),
        ("0142345678", PhoneRefusal.LANDLINE, "Paris"),
        ("0262123456", PhoneRefusal.LANDLINE, "Réunion"),
        ("+44 20 7946 0958", PhoneRefusal.LANDLINE, "London"),
        ("0892123456", PhoneRefusal.PREMIUM, "paid by the caller"),
        ("0884012345", PhoneRefusal.PREMIUM, "its cost is shared"),
        ("0800123456", PhoneRefusal.PREMIUM, "free to call is no mobile either"),
        ("+800 1234 5678", PhoneRefusal.PREMIUM, "free to call everywhere"),
        ("0912345678", PhoneRefusal.VOIP, "a box at home"),
        ("+44 7012 345678", PhoneRefusal.INVALID, "a personal number of Britain, paid like a premium one"),
        ("112", PhoneRefusal.SHORT, "emergency"),
        ("3637", PhoneRefusal.SHORT, "a service"),
        ("36173", PhoneRefusal.SHORT, "a short code"),
        ("118218", PhoneRefusal.SHORT, "directory enquiries"),
        ("447911123456", PhoneRefusal.COUNTRY_MISSING, "a number somewhere else, had it a plus"),
        ("1 415 555 2671", PhoneRefusal.COUNTRY_MISSING, "nor does a French club text the United States by mistake"),
        ("4155552671", PhoneRefusal.INVALID, "never +1"),
        ("061234567", PhoneRefusal.INVALID, "a digit too few"),
        ("06123456789", PhoneRefusal.INVALID, "a digit too many"),
        ("0639981234", PhoneRefusal.INVALID, "set aside for fiction"),
        ("+33692123456", PhoneRefusal.INVALID, "Réunion under the wrong country code"),
        ("+", PhoneRefusal.INVALID, "a plus alone"),
        ("-", PhoneRefusal.INVALID, "a dash for none"),
        ("7", PhoneRefusal.INVALID, "a digit"),
        ("123456789012345", PhoneRefusal.INVALID, "fifteen digits may be one number"),
        ("1234567890123456", PhoneRefusal.TWO_NUMBERS, "sixteen may not"),
        ("²³", PhoneRefusal.INVALID, "raised digits are digits"),
    ],
)  # fmt: skip
def test_what_is_typed_for_a_french_club_means(typed: str, phone: Phone | PhoneRefusal, reason: str) -> None:
    assert parse(typed) == phone, reason


@pytest.mark.parametrize(
    ("typed", "country", "phone", "reason"),
    [
        ("(415) 555-2671", "US", Phone("+14155552671", "US"), "an American club"),
        ("07400 123456", "GB", Phone("+447400123456", "GB"), "a British club"),
        ("0470 12 34 56", "BE", Phone("+32470123456", "BE"), "a Belgian club"),
        ("0692123456", "BE", PhoneRefusal.INVALID, "only French clubs try overseas"),
        ("0612345678", "", PhoneRefusal.COUNTRY_MISSING, "no country, no guess"),
        ("0612345678", "XX", PhoneRefusal.COUNTRY_MISSING, "nor with one that does not exist"),
        ("+33612345678", "XX", LEA, "a plus says it all"),
        ("+33692123456", "XX", PhoneRefusal.INVALID, "a plus says it all, wrong as it is"),
        ("112", "XX", PhoneRefusal.COUNTRY_MISSING, "short where?"),
        ("911", "US", PhoneRefusal.SHORT, "emergency in the United States"),
    ],
)
def test_a_clubs_country_reads_its_own_numbers(
    typed: str, country: str, phone: Phone | PhoneRefusal, reason: str
) -> None:
    assert parse(typed, country) == phone, reason


@pytest.mark.parametrize(
    "region", ["FR", "RE", "BE", "CH", "DE", "ES", "IT", "GB", "US", "SN", "MA", "BR", "JP"]
)
def test_an_example_mobile_of_the_world_is_read_from_france(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    shown = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    assert parse(shown) == Phone(e164, region)
    assert region_of(e164) == region
    assert national(e164) == shown


@given(st.text(), st.sampled_from(["FR", "US", "", "ZZ"]))
def test_any_text_has_an_answer(typed: str, country: str) -> None:
    assert isinstance(parse(typed, country), Phone | PhoneRefusal)


@given(st.from_regex(r"\A[0-9+() .-]{6,20}\Z"))
def test_a_number_that_is_accepted_is_accepted_again_as_the_same(typed: str) -> None:
    phone = parse(typed)
    if isinstance(phone, Phone):
        assert parse(phone.e164) == phone
        assert parse(national(phone.e164)) == phone


@pytest.mark.parametrize(
    ("e164", "masked", "reason"),
    [
        ("+33612345678", "+33 •••• •• 78", "its country and its last two digits"),
        ("+14155552671", "+1 •••• •• 71", "a country code of one digit"),
        ("+262692123456", "+262 •••• •• 56", "of three digits"),
        ("36173", "•••• •• 73", "a number without a country"),
        ("+999123", "•••• •• 23", "a country code that is none"),
        ("ASValmont", "•••• •• nt", "a name"),
        ("", "•••• ••", "nothing"),
        ("+", "•••• ••", "nearly nothing"),
    ],
)
def test_a_masked_number_never_wraps(e164: str, masked: str, reason: str) -> None:
    assert mask(e164) == masked.replace(" ", "\u00a0"), reason


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+33612345678", "+33 6 12 34 56 78"),
        ("+262692123456", "+262 692 12 34 56"),
        ("36173", "36173"),
        ("", ""),
    ],
)
def test_a_number_is_shown_as_people_read_it(e164: str, shown: str) -> None:
    assert national(e164) == shown


@pytest.mark.parametrize(
    ("e164", "region"),
    [("+33612345678", "FR"), ("+262692123456", "RE"), ("+262639012345", "YT"), ("36173", "ZZ"), ("+999123", "ZZ"), ("+14", "ZZ"), ("", "ZZ"), ("+1234567890123", "ZZ")],
)  # fmt: skip
def test_a_number_has_its_region(e164: str, region: str) -> None:
    assert region_of(e164) == region


@pytest.mark.parametrize(
    ("e164", "country", "domestic", "reason"),
    [
        ("+33612345678", "FR", True, "mainland France"),
        ("+262692123456", "FR", True, "Réunion is the club's own country"),
        ("+687751234", "FR", True, "so is Nouvelle-Calédonie"),
        ("+32470123456", "FR", False, "Belgium is not"),
        ("+14155552671", "US", True, "the United States"),
        ("+14165550123", "US", False, "Canada has the same code and is another country"),
        ("nonsense", "FR", False, "what is no number is nobody's"),
    ],
)
def test_a_number_is_the_countrys_own(e164: str, country: str, domestic: bool, reason: str) -> None:
    assert is_domestic(e164, COUNTRIES[country]) is domestic, reason


def test_the_heavy_part_of_phonenumbers_is_never_loaded() -> None:
    code = "import sys, bot.rules.phones; sys.exit('phonenumbers.geocoder' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_numbers_go_by_one_of_their_region() -> None:
    numbers = ["+33612345678", "+262692123456", "+33612999999", "+447400123456", "not a number"]
    found = by_place(numbers)
    assert sorted(number for some in found.values() for number in some) == sorted(numbers)
    assert {region_of(place): list(some) for place, some in found.items()} == {
        "FR": ["+33612345678", "+33612999999"],
        "RE": ["+262692123456"],
        "GB": ["+447400123456"],
        "ZZ": ["not a number"],
    }

"""The signature of webhooks, against the validator that Twilio ships."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from bot.carriers.signature import is_signed, sign

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
# https://www.twilio.com/docs/usage/webhooks/webhooks-security : the worked example.
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    "fields", [FIELDS, FIELDS[::-1], dict(FIELDS)], ids=["pairs", "other order", "mapping"]
)
def test_twilios_worked_example_is_accepted(fields: list[tuple[str, str]] | dict[str, str]) -> None:
    assert is_signed(TOKEN, URL, fields, SIGNATURE)
    assert sign(TOKEN, URL, fields) == SIGNATURE


FORGERIES = [
    ("12346", URL, FIELDS, SIGNATURE, "another token"),
    (TOKEN, URL.replace("https", "http"), FIELDS, SIGNATURE, "another scheme"),
    (TOKEN, URL + "/", FIELDS, SIGNATURE, "one character more in the URL"),
    (TOKEN, "https://mycompany.com/myapp.php?bar=2&foo=1", FIELDS, SIGNATURE, "another order in the query"),
    (TOKEN, "https://mycompany.com:8443/myapp.php?foo=1&bar=2", FIELDS[:4], SIGNATURE, "a field left out"),
    (TOKEN, URL, [*FIELDS, ("x", "y")], SIGNATURE, "a field more"),
    (TOKEN, URL, [*FIELDS[:4], ("To", "+18005551213")], SIGNATURE, "another number"),
    (TOKEN, URL, FIELDS, SIGNATURE[:-1], "a signature cut short"),
    (TOKEN, URL, FIELDS, SIGNATURE.lower(), "base64 knows its case"),
    (TOKEN, URL, FIELDS, "é", "not ASCII"),
    (TOKEN, URL, FIELDS, "", "an empty header"),
    (TOKEN, URL, FIELDS, None, "no header"),
]


@pytest.mark.parametrize(
    ("token", "url", "fields", "signature", "reason"), FORGERIES, ids=[row[4] for row in FORGERIES]
)
def test_a_forgery_is_not_accepted(
    token: str, url: str, fields: list[tuple[str, str]], signature: str | None, reason: str
) -> None:
    assert not is_signed(token, url, fields, signature), reason


SPELLINGS = [
    ("https://club.example/s", "https://club.example:443/s", "Twilio signed with the port"),
    ("https://club.example:443/s", "https://club.example/s", "Twilio signed without the port"),
    ("http://club.example/s", "http://club.example:80/s", "the port of http"),
    ("https://club.example:8443/s", "https://club.example/s", "an unusual port left out"),
    ("https://[::1]:8443/s", "https://[::1]/s", "an IPv6 host"),
    ("https://club.example/s#rc=3", "https://club.example/s", "without the fragment for retries"),
    ("https://club.example/s#rc=3", "https://club.example/s#rc=3", "with the fragment"),
]


@pytest.mark.parametrize(("given_url", "signed_url", "reason"), SPELLINGS, ids=[row[2] for row in SPELLINGS])
def test_both_spellings_of_a_url_are_accepted(given_url: str, signed_url: str, reason: str) -> None:
    assert is_signed(TOKEN, given_url, FIELDS, sign(TOKEN, signed_url, FIELDS)), reason
    assert not is_signed(TOKEN, given_url, FIELDS, sign(TOKEN, signed_url + "x", FIELDS))


KEPT = [
    ([("Body", ""), ("From", "+33612345678")], "a blank value is kept"),
    ([("Body", "  Oui \n")], "nothing is trimmed"),
    ([("Body", "œuf 👍"), ("Été", "1")], "letters beyond ASCII"),
    (
        [("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b")],
        "a name given thrice: sorted, each value once",
    ),
    ([], "no field at all"),
]


@pytest.mark.parametrize(("fields", "reason"), KEPT, ids=[row[1] for row in KEPT])
def test_fields_are_joined_as_twilios_validator_joins_them(
    fields: list[tuple[str, str]], reason: str
) -> None:
    theirs = RequestValidator(TOKEN).compute_signature(URL, MultiDict(fields))
    assert sign(TOKEN, URL, fields) == theirs, reason
    assert is_signed(TOKEN, URL, fields, theirs)


names = st.text("ABCDEFGabcdefg0123456789", min_size=1, max_size=8)
values = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(fields=st.lists(st.tuples(names, values), max_size=12), seed=st.integers())
def test_any_fields_in_any_order_are_signed_as_twilio_signs_them(
    fields: list[tuple[str, str]], seed: int
) -> None:
    theirs = RequestValidator(TOKEN).compute_signature(URL, MultiDict(fields))
    shuffled = list(fields)
    random.Random(seed).shuffle(shuffled)
    assert is_signed(TOKEN, URL, shuffled, theirs)


def test_a_lone_surrogate_is_refused_without_an_error() -> None:
    assert not is_signed(TOKEN, URL, [("Body", "\ud83d")], SIGNATURE)
    assert not is_signed(TOKEN, URL, FIELDS, "\ud83d")

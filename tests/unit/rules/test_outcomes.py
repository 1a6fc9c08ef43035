"""The carrier's error numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import outcomes
from bot.rules.outcomes import Fault, Outcome, OutcomeClass, outcome_of

O = OutcomeClass  # noqa: E741 - a table reads better with one letter

# By class: the codes, whose fault, whether to try again, whether the campaign waits.
CLASSES = [
    (O.RETRY, [20429], Fault.NETWORK, True, False),
    (O.BACK_PRESSURE, [14107, 21611, 30001, 30017, 30022, 63017, 63018], Fault.CARRIER, True, False),
    (O.DAILY_CAP, [30023, 30027, 63038], Fault.CLUB, True, True),
    (O.UNKNOWN, [20500, 30410], Fault.NETWORK, False, False),
    (O.CONFIG, [10001, 20003, 20005, 20403, 20404, 21212, 21603, 21606, 21608, 21609, 21657, 21659, 21660, 21661, 21701, 21702,
                21703, 21704, 21705, 21709, 30002, 30032, 30033, 30034, 30035, 90010], Fault.CLUB, False, True),
    (O.COUNTRY, [21408, 21612, 30018, 30024, 30040], Fault.CLUB, False, False),
    (O.RECIPIENT_PERMANENT, [21211, 21604, 21614, 30004, 30005, 30006], Fault.RECIPIENT, False, False),
    (O.RECIPIENT_TEMPORARY, [30003, 30008, 30450], Fault.RECIPIENT, False, False),
    (O.CONTENT, [21602, 21617, 21618, 21619, 30007], Fault.TEXT, False, False),
    (O.TIMING, [30036, 30045, 30047, 30409, 30610, 35114, 35115, 35118, 90007], Fault.CARRIER, False, False),
    (O.OPTED_OUT, [21610], Fault.RECIPIENT, False, False),
]  # fmt: skip
ROWS = [(code, *row[:1], *row[2:]) for row in CLASSES for code in row[1]]


@pytest.mark.parametrize(("code", "key", "fault", "retry", "pauses"), ROWS)
def test_a_code_has_its_class(code: int, key: OutcomeClass, fault: Fault, retry: bool, pauses: bool) -> None:
    outcome = outcome_of(code, 400)
    assert (outcome.code, outcome.key, outcome.fault) == (code, key, fault)
    assert (outcome.retry, outcome.pauses) == (retry, pauses)
    assert outcome_of(code) == outcome


def test_no_other_code_is_known() -> None:
    unknown = outcome_of(600).words
    known = {code for code in range(600, 100_000) if outcome_of(code).words != unknown}
    assert known == {row[0] for row in ROWS}


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ([20429], "too busy to take"),
        ([21611, 30001, 30022], "dropped this one"),
        ([30017], "overloaded"),
        ([14107], "in a short time"),
        ([63038, 30023], "Send it again tomorrow"),
        ([20500, 30410], "may have arrived"),
        ([20404, 21608, 21609], "account's settings"),
        ([20003], "token is wrong, or the account is suspended"),
        ([10001, 20005, 20403, 30002, 90010], "money has run out"),
        ([21212, 21606, 21657, 21660], "this sender"),
        ([21701, 21703, 21704], "messaging service"),
        ([30032, 30034], "not registered"),
        ([21408, 21612], "may not text this country"),
        ([30018, 30040], "asks senders to register"),
        ([21211, 21604, 30005], "does not exist"),
        ([21614, 30006], "landline"),
        ([30004], "blocks texts"),
        ([30003, 30008, 30450], "could not be reached"),
        ([21602, 21619], "is empty"),
        ([21617], "too long"),
        ([21618], "Change its words"),
        ([30007], "spam"),
        ([30036], "too old"),
        ([30047, 30610], "at this hour"),
        ([35114, 90007], "Choose another time"),
        ([21610], "START"),
    ],
)
def test_the_words_say_what_happened(codes: list[int], says: str) -> None:
    assert all(says in outcome_of(code).words for code in codes)


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ([63038, 30023, 30027], "Press Resume tomorrow, or once an admin has got a higher limit"),
        ([10001, 20005, 20403, 30002, 90010], "topped it up or had it opened again, wait ten minutes"),
        ([20003], "token is wrong, or the account is suspended"),
        ([20404, 21608, 21609], "account's settings"),
        ([21212, 21606, 21660], "Stop here and use another one"),
        ([21701, 21703], "messaging service"),
        ([30032, 30034], "registered it at the carrier"),
    ],
)
def test_a_campaign_that_waits_says_who_lets_it_go_on_and_when(codes: list[int], says: str) -> None:
    for code in codes:
        assert says in outcome_of(code).pause_words
        assert outcome_of(code).pause_words.count("ress Resume") == 1


@pytest.mark.parametrize("code", [row[0] for row in ROWS])
def test_the_words_are_whole_sentences_that_say_what_to_do(code: int) -> None:
    outcome = outcome_of(code)
    for words in filter(None, (outcome.words, outcome.pause_words)):
        assert words.count(". ") >= 1
        assert words.endswith(".")
        assert not any(char.isdigit() for char in words)


@pytest.mark.parametrize("code", [row[0] for row in ROWS] + [401, 403, 408, 429, 503, 39999])
def test_the_words_of_a_text_that_is_over_promise_nothing_of_the_bot(code: int) -> None:
    words = outcome_of(code).words
    assert "by itself" not in words
    assert "Resume" not in words


@pytest.mark.parametrize(
    ("code", "http_status", "key", "fault", "reason"),
    [
        (None, None, O.RECIPIENT_TEMPORARY, Fault.CARRIER, "a receipt without a reason"),
        (39999, None, O.RECIPIENT_TEMPORARY, Fault.CARRIER, "a receipt with a number of tomorrow"),
        (29999, 400, O.RECIPIENT_TEMPORARY, Fault.CARRIER, "a refusal with a number of tomorrow"),
        (None, 429, O.RETRY, Fault.NETWORK, "too many requests"),
        (29999, 429, O.RETRY, Fault.NETWORK, "too many requests, whatever the number"),
        (63038, 429, O.DAILY_CAP, Fault.CLUB, "the other too many"),
        (None, 401, O.CONFIG, Fault.CLUB, "the token is wrong"),
        (None, 403, O.CONFIG, Fault.CLUB, "the account may not"),
        (None, 404, O.CONFIG, Fault.CLUB, "the account is not there"),
        (None, 499, O.CONFIG, Fault.CLUB, "the last of its family"),
        (None, 408, O.UNKNOWN, Fault.NETWORK, "the carrier waited too long, having read who knows what"),
        (None, 500, O.UNKNOWN, Fault.NETWORK, "it may have been sent"),
        (None, 503, O.UNKNOWN, Fault.NETWORK, "it may have been sent"),
        (21211, 500, O.UNKNOWN, Fault.NETWORK, "a broken carrier is not believed"),
        (21211, 408, O.UNKNOWN, Fault.NETWORK, "nor a slow one"),
        (21211, 499, O.RECIPIENT_PERMANENT, Fault.RECIPIENT, "a known number before an odd status"),
        (None, 200, O.UNKNOWN, Fault.NETWORK, "accepted, yet the answer cannot be read"),
        (None, 302, O.UNKNOWN, Fault.NETWORK, "neither yes nor no"),
        (None, 399, O.UNKNOWN, Fault.NETWORK, "neither yes nor no"),
        (429, None, O.RETRY, Fault.NETWORK, "clients put the status in the code's place"),
        (401, None, O.CONFIG, Fault.CLUB, "clients put the status in the code's place"),
        (503, None, O.UNKNOWN, Fault.NETWORK, "clients put the status in the code's place"),
        (599, None, O.UNKNOWN, Fault.NETWORK, "the last status there is"),
        (600, None, O.RECIPIENT_TEMPORARY, Fault.CARRIER, "the first number that is none"),
        (400, 429, O.RETRY, Fault.NETWORK, "the true status wins"),
    ],
)
def test_an_unknown_code_is_judged_by_its_status(
    code: int | None, http_status: int | None, key: OutcomeClass, fault: Fault, reason: str
) -> None:
    outcome = outcome_of(code, http_status)
    assert (outcome.key, outcome.fault) == (key, fault), reason


def test_an_outcome_keeps_the_code_it_was_asked_for() -> None:
    assert outcome_of(39999).code == 39999
    assert outcome_of(20003, 503).code == 20003
    assert outcome_of(429).code is None
    assert outcome_of(None, 429).code is None


@pytest.mark.parametrize(
    ("http_status", "says", "reason"),
    [
        (401, "does not let the bot in", "who we are is not believed"),
        (403, "does not let the bot in", "we are known, and may not"),
        (402, "account's settings", "between them"),
        (404, "account's settings", "the account is not there"),
    ],
)
def test_a_closed_door_says_so(http_status: int, says: str, reason: str) -> None:
    assert says in outcome_of(None, http_status).words, reason


def test_what_gives_no_reason_says_so() -> None:
    assert "no reason we know" in outcome_of(None).words
    assert "no reason we know" in outcome_of(29999, 400).words


@given(st.integers() | st.none(), st.integers() | st.none())
def test_any_number_has_an_outcome(code: int | None, http_status: int | None) -> None:
    outcome = outcome_of(code, http_status)
    assert isinstance(outcome, Outcome)
    assert not (outcome.retry and outcome.key is O.UNKNOWN)


def test_what_may_have_been_sent_is_never_sent_again_by_itself() -> None:
    for status in (408, 500, 502, 503, 504, 200):
        assert not outcome_of(None, status).retry


def test_the_words_of_the_table_are_marked_for_translators() -> None:
    assert outcomes.N_("as it is") == "as it is"

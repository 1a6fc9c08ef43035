"""What Twilio posts, read strictly; and the XML that answers it."""

from collections.abc import Callable, Iterator, Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.messaging_response import MessagingResponse

from bot.carriers import Inbound
from bot.carriers.signature import is_signed, sign
from bot.carriers.webhooks import Malformed, StatusReport, parse_inbound, parse_status, twiml

SID = "SM" + "5d" * 16
ACCOUNT = "AC" + "0f" * 16
STATUS = {
    "MessageSid": SID,
    "SmsSid": SID,
    "MessageStatus": "undelivered",
    "SmsStatus": "undelivered",
    "ErrorCode": "30003",
    "To": "+33612345678",
    "From": "36123",
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
}
INBOUND = {
    "MessageSid": SID,
    "SmsSid": SID,
    "SmsStatus": "received",
    "AccountSid": ACCOUNT,
    "From": "+33612345678",
    "To": "36123",
    "Body": " Oui\n",
    "NumMedia": "0",
    "NumSegments": "1",
    "FromCity": "",
}


def test_a_status_report_is_read() -> None:
    assert parse_status(STATUS) == StatusReport(SID, "undelivered", 30003, "+33612345678", ACCOUNT)


def test_an_inbound_text_is_read_with_its_body_untouched() -> None:
    assert parse_inbound(list(INBOUND.items())) == Inbound(
        SID, "+33612345678", "36123", " Oui\n", ACCOUNT, 1, None
    )


READABLE = [
    ({"ErrorCode": ""}, "error_code", None, "a blank number is none"),
    ({"ErrorCode": None}, "error_code", None, "no number"),
    ({"MessageStatus": "sent", "SmsStatus": None}, "status", "sent", "the older name may be missing"),
    (
        {"MessageStatus": "partially_delivered", "SmsStatus": None},
        "status",
        "partially_delivered",
        "a rare state",
    ),
    (
        {"MessageStatus": "teleported", "SmsStatus": None},
        "status",
        "teleported",
        "a state of tomorrow is kept",
    ),
    ({"MessageSid": "MM" + "5D" * 16, "SmsSid": None}, "sid", "MM" + "5D" * 16, "a message with a picture"),
    ({"RawDlrDoneDate": "2611221015", "Tomorrow": "1"}, "sid", SID, "fields are added without notice"),
]


@pytest.mark.parametrize(("changes", "name", "value", "reason"), READABLE, ids=[row[3] for row in READABLE])
def test_a_report_may_differ_and_still_be_read(
    changes: dict[str, str | None], name: str, value: object, reason: str
) -> None:
    assert getattr(parse_status(changed(STATUS, changes)), name) == value, reason


MALFORMED_REPORTS = [
    ({"MessageSid": None}, "no sid"),
    ({"MessageSid": "SM" + "5d" * 15, "SmsSid": None}, "a sid too short"),
    ({"MessageSid": SID + "5", "SmsSid": None}, "a sid too long"),
    ({"MessageSid": SID + "\n", "SmsSid": None}, "a line end behind it"),
    ({"MessageSid": "IM" + "5d" * 16, "SmsSid": None}, "something else's sid"),
    ({"SmsSid": "SM" + "00" * 16}, "two sids that differ"),
    ({"SmsStatus": "delivered"}, "two states that differ"),
    ({"MessageStatus": None}, "no state"),
    ({"MessageStatus": "DELIVERED", "SmsStatus": None}, "a state in capitals"),
    ({"MessageStatus": "delivered; drop", "SmsStatus": None}, "more than a word"),
    ({"ErrorCode": "30003x"}, "a number with a letter"),
    ({"ErrorCode": "٣"}, "digits of another script"),
    ({"To": "whatsapp:+33612345678"}, "not an SMS"),
    ({"To": "+33612345678From36123"}, "re-cut: the next field's name is in the value"),
    ({"AccountSid": None}, "no account"),
    ({"AccountSid": "AC"}, "an account cut short"),
]


@pytest.mark.parametrize(("changes", "reason"), MALFORMED_REPORTS, ids=[row[1] for row in MALFORMED_REPORTS])
def test_a_malformed_report_is_refused(changes: dict[str, str | None], reason: str) -> None:
    with pytest.raises(Malformed):
        parse_status(changed(STATUS, changes))


MALFORMED_TEXTS = [
    ({"Body": None}, "no text"),
    ({"From": ""}, "nobody wrote it"),
    ({"From": "x" * 12}, "a name too long"),
    ({"To": "USPESSAC"}, "a name cannot be written to"),
    ({"NumSegments": "-1"}, "fewer than none"),
    ({"OptOutType": "MAYBE"}, "no such word"),
    ({"SmsSid": "SM" + "00" * 16}, "two sids that differ"),
]


@pytest.mark.parametrize(("changes", "reason"), MALFORMED_TEXTS, ids=[row[1] for row in MALFORMED_TEXTS])
def test_a_malformed_text_is_refused(changes: dict[str, str | None], reason: str) -> None:
    with pytest.raises(Malformed):
        parse_inbound(changed(INBOUND, changes))


def test_an_empty_body_and_a_name_as_writer_are_read() -> None:
    inbound = parse_inbound(changed(INBOUND, {"Body": "", "From": "Orange", "OptOutType": "STOP"}))
    assert (inbound.body, inbound.from_, inbound.opt_out_type) == ("", "Orange", "STOP")


def test_a_field_given_twice_is_refused() -> None:
    with pytest.raises(Malformed, match="twice"):
        parse_status([*STATUS.items(), ("MessageSid", SID)])


def recuts(fields: dict[str, str]) -> Iterator[list[tuple[str, str]]]:
    """Every other cut of the same signed characters in which one field's border moved, or one was swallowed."""
    pairs = sorted(fields.items())
    for turn, (name, value) in enumerate(pairs):
        joined = name + value
        yield from (
            [*pairs[:turn], (joined[:cut], joined[cut:]), *pairs[turn + 1 :]] for cut in range(1, len(joined))
        )
        if turn:
            before, its_value = pairs[turn - 1]
            for cut in range(1, len(joined) + 1):
                rest = [(joined[cut : cut + 4], joined[cut + 4 :])] if joined[cut:] else []
                yield [*pairs[: turn - 1], (before, its_value + joined[:cut]), *rest, *pairs[turn + 1 :]]


READERS = [(parse_status, STATUS, "a report"), (parse_inbound, INBOUND | {"OptOutType": "STOP"}, "a text")]


@pytest.mark.parametrize(("parse", "fields", "reason"), READERS, ids=[row[2] for row in READERS])
def test_no_other_cut_of_the_signed_characters_is_read_as_something_else(
    parse: Callable[[Sequence[tuple[str, str]]], object], fields: dict[str, str], reason: str
) -> None:
    true, signature, cuts = parse(sorted(fields.items())), sign("token", "https://b.example/", fields), 0
    for recut in recuts(fields):
        if not is_signed("token", "https://b.example/", recut, signature):
            continue
        cuts += 1
        try:
            assert parse(recut) == true, recut
        except Malformed:
            continue
    assert cuts > 100, reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"Body": "STOP", "Do call me": ""}, "its end became a field behind it"),
        ({"Body": "STOP", "Do": " call me"}, "its end became a name and a value"),
        ({"ApiVersion": "2010-04-01BodyAnd: ", "Body": "STOP"}, "its beginning became a value before it"),
    ],
)
def test_a_text_cut_in_two_is_refused_though_its_signature_fits(fields: dict[str, str], reason: str) -> None:
    version = {"ApiVersion": "2010-04-01"}
    whole = "And: BodySTOP" if "ApiVersion" in fields else "STOPDo call me"
    genuine = INBOUND | version | {"Body": whole}
    signature = sign("token", "https://club.example/twilio/inbound", genuine)
    posted = INBOUND | version | fields
    assert is_signed("token", "https://club.example/twilio/inbound", posted, signature), reason
    with pytest.raises(Malformed):
        parse_inbound(posted)
    assert parse_inbound(genuine).body == whole


def test_a_member_cannot_write_himself_another_number() -> None:
    # As signed: Body=OuiFrom+33699999999FromA and From=+33612345678; cut anew, as if from another member.
    forged = [("Body", "Oui"), ("From", "+33699999999"), ("FromA", "From+33612345678")]
    others = [(name, value) for name, value in INBOUND.items() if name not in ("Body", "From")]
    with pytest.raises(Malformed, match="From"):
        parse_inbound([*forged, *others])


def test_a_body_may_look_like_a_field() -> None:
    body = "From+33612345678 ErrorCode30003 OptOutTypeSTOP"
    assert parse_inbound(INBOUND | {"Body": body}).body == body


def test_twiml_says_the_text_and_nothing_when_there_is_none() -> None:
    assert ElementTree.fromstring(twiml(None)).findall("Message") == []
    assert ElementTree.fromstring(twiml("")).findall("Message") == []
    [message] = ElementTree.fromstring(twiml("Vous ne recevrez plus rien.")).findall("Message")
    assert message.text == "Vous ne recevrez plus rien."


def test_twiml_is_what_twilios_own_builder_makes() -> None:
    theirs = MessagingResponse()
    theirs.message("L'été & <l'hiver>")
    assert ElementTree.canonicalize(twiml("L'été & <l'hiver>")) == ElementTree.canonicalize(str(theirs))


@given(st.text())
def test_any_text_makes_readable_xml(text: str) -> None:
    root = ElementTree.fromstring(twiml(text).encode())
    assert root.tag == "Response"
    assert len(root) == (1 if text else 0)


def changed(fields: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in (fields | changes).items() if value is not None}

"""What staff record of a consent: seen at the person, kept with its words, and never against a member's own word."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bot.consents.facts import Told
from bot.consents.record import record
from bot.playground import seed
from bot.playground.workspace import View
from storage.models import Audit, Consent, ConsentWording, OptOut
from storage.states import ConsentHow, Kind, OptOutScope, Purpose
from tests.club import ADMIN, COACH, Club, block_of, text_of
from tests.integration.bot.test_contacts import theirs
from tests.integration.bot.test_opt_outs import coach, note
from tests.integration.bot.test_person import open_person, person_of

HUGO, JULIE = seed.number_of("hugo"), seed.number_of("julie")


async def ask(club: Club, key: str = "hugo", *, user: str = COACH) -> View:
    view = await open_person(club, key, user=user)
    await club.click(view, "consent", user=user)
    return await club.modal("consent", user=user)


async def tell(club: Club, key: str = "hugo", **fields: Any) -> View:
    """What staff say of a consent of this person: what is on top then."""
    view = await ask(club, key)
    await club.fill(view, **{"evidence": "Form in the office"} | fields)
    return await club.submit(view)


async def record_of(club: Club, e164: str = HUGO) -> list[Consent]:
    return sorted(await club.rows(Consent, e164=e164), key=lambda line: line.at)


def today(club: Club) -> date:
    return club.clock.now().date()


async def reword(club: Club, words: str) -> View:
    view = await club.open("/sms-settings", user=ADMIN)
    await club.fill(view, wording=words)
    return await club.submit(view)


async def test_a_consent_is_recorded_with_its_proof_and_stands_at_the_person(club: Club) -> None:
    before = await open_person(club, "hugo")
    assert "*Advertising*: no, nobody has agreed to it" in text_of(before)
    assert "*Alerts*: yes" in text_of(before)
    day = today(club) - timedelta(days=3)
    person = await tell(club, on=day.isoformat(), how="form")
    assert not person.errors, person.errors
    await club.until(lambda: "*Advertising*: yes, agreed on" in text_of(person))
    assert "by a form · “Form in the office” · <@U0CAMILLE>" in text_of(person).replace(
        "· version 0 of the words ", ""
    )
    (line,) = await record_of(club)
    assert (line.purpose, line.given, line.how, line.recorded_by) == (
        Purpose.MARKETING,
        True,
        ConsentHow.FORM,
        COACH,
    )
    assert (line.contact_id, line.words_version) == (seed.key("hugo"), 0)
    assert (
        line.words
        == "I agree to get news and offers of AS Les Tilleuls by SMS. I can stop them at any time by answering STOP ADS."
    )
    assert line.at.astimezone(ZoneInfo("Europe/Paris")).isoformat()[:19] == f"{day}T00:00:00"
    assert line.recorded_at
    assert line.recorded_at > line.at
    (audit,) = await club.rows(Audit, action="consent")
    assert (audit.actor, audit.subject) == (COACH, f"contact {seed.key('hugo')}: marketing given")
    assert "Hugo" not in str(audit.detail)


async def test_what_is_typed_in_the_persons_window_survives_a_consent_recorded_from_it(club: Club) -> None:
    view = await open_person(club, "hugo")
    await club.fill(view, tags="typed")
    await club.click(view, "consent")
    asked = await club.modal("consent")
    await club.fill(asked, evidence="Form")
    person = await club.submit(asked)
    await club.until(lambda: "*Advertising*: yes" in text_of(person))
    await club.submit(person)
    assert (await person_of(club, "hugo")).tags == ["typed"]


async def test_whoever_agreed_is_advertised_to_and_who_withdrew_is_not(club_by_day: Club) -> None:
    club = club_by_day
    await tell(club)
    preview = await club.compose(
        audience="contacts", contacts="Hugo", kind=Kind.MARKETING.value, message="Tombola !"
    )
    assert "1 recipient" in text_of(preview)
    await tell(club, given="withdrawn", how="spoken", evidence="at the desk")
    preview = await club.compose(
        audience="contacts", contacts="Hugo", kind=Kind.MARKETING.value, message="Tombola !"
    )
    assert "1 recipient" not in text_of(preview)
    assert [(line.given, line.evidence) for line in await record_of(club)] == [
        (True, "Form in the office"),
        (False, "noted by staff: at the desk"),
    ]
    assert await club.rows(OptOut, e164=HUGO) == []


async def test_who_withdraws_alerts_gets_nothing_and_staff_may_take_that_back(club: Club) -> None:
    await tell(club, purpose="alerts", given="withdrawn", evidence="")
    (blocked,) = await club.rows(OptOut, e164=HUGO)
    assert blocked.scope is OptOutScope.ALL
    assert {(line.purpose, line.given, line.evidence) for line in await record_of(club)} == {
        (purpose, False, "noted by staff: paper") for purpose in Purpose
    }
    listed = await club.open("/sms stops")
    await club.click(listed, "take_back", block_value(listed, "Hugo"))
    await club.until(lambda: "Hugo" not in text_of(listed))
    assert await club.rows(OptOut, e164=HUGO) == []


def block_value(view: View, name: str) -> str:
    block = next(block for block in view.blocks if name in str(block))
    return str(block["accessory"]["value"])


REFUSED = [
    ({"evidence": " "}, "evidence", "Say what shows it", "without proof"),
    ({"on": "tomorrow"}, "on", "This day is still to come.", "a day to come"),
    ({"on": "1890-01-01"}, "on", "Say on which day that was.", "before there were SMS"),
]


@pytest.mark.parametrize(("typed", "field", "said", "why"), REFUSED, ids=[case[-1] for case in REFUSED])
async def test_what_cannot_be_recorded_is_said_under_its_field(
    club: Club, typed: dict[str, str], field: str, said: str, why: str
) -> None:
    if typed.get("on") == "tomorrow":
        typed = typed | {"on": (today(club) + timedelta(days=2)).isoformat()}
    view = await tell(club, **typed)
    assert said in view.errors[block_of(view, field)], why
    assert await record_of(club) == []


async def test_nobody_records_that_a_minor_agreed_to_advertising(club: Club) -> None:
    row = await person_of(club, "hugo")
    row.birth_date = today(club) - timedelta(days=365 * 12)
    await club.keep(row)
    view = await tell(club)
    assert "Hugo Fontaine is a minor." in view.errors[block_of(view, "purpose")]
    assert "*Advertising*: no, minors get none" in text_of(view)
    assert await record_of(club) == []
    await club.fill(view, purpose="alerts")
    await club.submit(view)
    assert [line.purpose for line in await record_of(club)] == [Purpose.ALERTS]


@pytest.mark.parametrize("word", ["STOP", "STOP PUB"])
async def test_staff_never_record_consent_against_a_members_own_word(club: Club, word: str) -> None:
    await club.text("hugo", word)
    assert await club.rows(OptOut, e164=HUGO)
    view = await tell(club)
    assert "Only they can ask for it again" in view.errors[block_of(view, "given")]
    assert not any(line.given for line in await record_of(club))


async def test_after_a_start_only_what_was_agreed_to_on_a_later_day_counts(club: Club) -> None:
    for word in ("STOP", "START"):
        await club.text("hugo", word)
    view = await tell(club)
    assert "This was withdrawn on" in view.errors[block_of(view, "on")]
    club.skip(timedelta(days=1))
    await club.fill(view, on=(today(club)).isoformat())
    person = await club.submit(view)
    await club.until(lambda: "*Advertising*: yes" in text_of(person))


async def test_where_staff_noted_an_opt_out_they_take_that_back_first(club: Club) -> None:
    await note(club, "Hugo")
    view = await tell(club)
    assert "take it back in the list of opt-outs first" in view.errors[block_of(view, "given")]


async def test_each_change_of_the_words_is_a_version_and_the_line_keeps_the_words_that_were_chosen(
    club: Club,
) -> None:
    for words in ("I agree to offers.", " I agree to\noffers. ", "I agree to offers and news."):
        await reword(club, words)
    rows = sorted(await club.rows(ConsentWording), key=lambda row: row.version)
    assert [(row.version, row.body, row.changed_by) for row in rows] == [
        (1, "I agree to offers.", ADMIN),
        (2, "I agree to offers and news.", ADMIN),
    ]
    await tell(club, wording="1", on=(today(club) - timedelta(days=2)).isoformat())
    await tell(club, on=(today(club) - timedelta(days=1)).isoformat())
    await tell(club, wording="other")
    assert [(line.words, line.words_version) for line in await record_of(club)] == [
        ("I agree to offers.", 1),
        ("I agree to offers and news.", 2),
        (None, None),
    ]
    view = await reword(club, "x" * 300)
    assert not view.errors
    payload = club.submission(await club.open("/sms-settings", user=ADMIN))
    forged = payload["view"]["state"]["values"]["wording"]["wording"]
    forged["value"] = "x" * 301
    _, answer = await club.post_payload(payload)
    assert "more than 300 characters" in answer


@pytest.mark.both
async def test_submitted_many_times_at_once_it_is_one_line(club: Club) -> None:
    assert club.bot
    rt, who = club.bot.rt, await coach(club)
    told = Told(Purpose.ALERTS, False, ConsentHow.PAPER, today(club).isoformat(), None, "letter")
    tries = [record(rt, who, seed.key("hugo"), told, submission_id="V1") for _ in range(5)]
    assert await asyncio.gather(*tries) == ["Hugo Fontaine"] * 5
    assert sorted(line.purpose for line in await record_of(club)) == sorted(Purpose)
    assert len(await club.rows(Audit, action="consent")) == 1


async def test_consent_stays_with_who_gave_it_when_the_number_goes_to_somebody_else(club: Club) -> None:
    julie, hugo = await person_of(club, "julie"), await person_of(club, "hugo")
    julie.e164, hugo.e164 = None, julie.e164
    await club.keep(julie, hugo)
    view = await open_person(club, "hugo")
    assert "*Advertising*: no, nobody has agreed to it" in text_of(view)
    assert "agreed · on paper" in text_of(view), "the record is of the number"


def press(club: Club, view: View, action_id: str, value: str) -> dict[str, Any]:
    """A button of this window as Slack tells of it, with any value."""
    action = {"type": "button", "action_id": action_id, "block_id": "standing", "value": value}
    return club.submission(view) | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "actions": [action | {"action_ts": "9999999999.1"}],
    }


@pytest.mark.turns
async def test_no_id_of_another_club_is_shown_or_recorded(club: Club) -> None:
    person = await theirs(club)
    view = await open_person(club, "hugo")
    for contact_id in (person.id, uuid4()):
        await club.post_payload(press(club, view, "consent", str(contact_id)))
        await club.until(
            lambda: any("no longer there" in text_of(one) for one in club.workspace.views(COACH))
        )
        assert "Zacharie" not in str([one.blocks for one in club.workspace.views(COACH)])
        view = await open_person(club, "hugo")
    asked = await ask(club)
    await club.fill(asked, evidence="Form")
    payload = club.submission(asked)
    metadata = payload["view"]["private_metadata"]
    payload["view"]["private_metadata"] = metadata.replace(str(seed.key("hugo")), str(person.id))
    _, answer = await club.post_payload(payload)
    assert "no longer there" in answer
    assert await club.rows(Consent, contact_id=person.id) == []


async def test_another_clubs_wording_is_not_taken(club: Club) -> None:
    person = await theirs(club)
    row = ConsentWording(
        club_id=person.club_id, version=7, body="Theirs", changed_by="U0", at=club.clock.now()
    )
    await club.keep(row)
    asked = await ask(club)
    assert "Theirs" not in str(asked.blocks)
    await club.fill(asked, evidence="Form")
    payload = club.submission(asked)
    payload["view"]["state"]["values"]["wording"]["wording"]["selected_option"]["value"] = "7"
    _, answer = await club.post_payload(payload)
    assert "Choose the words they agreed to." in answer
    assert await record_of(club) == []


async def test_without_a_number_there_is_nothing_to_record(club: Club) -> None:
    view = await open_person(club, "lea")
    assert "Record consent" not in str(view.blocks)

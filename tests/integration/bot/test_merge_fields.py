"""What stands in a text for each: counted, shown and sent alike, in the language of whoever reads it."""

from bot.playground import seed
from bot.playground.seed import COACH
from bot.playground.workspace import View
from storage.models import Contact, ContactField, Message, Sender, Staff
from storage.states import FieldKind
from tests.club import Club, block_of, has_field, text_of

DUE = "Bonjour, {amount} euros pour le {day}."


async def test_dates_and_numbers_leave_as_they_were_shown_in_each_readers_language(club: Club) -> None:
    for name, kind in (("amount", FieldKind.NUMBER), ("day", FieldKind.DATE)):
        await club.keep(ContactField(club_id=seed.key("club"), name=name, kind=kind))
    for name, amount, language in (("Manon", "12.50", ""), ("Théo", "1234.5", "fr"), ("Antoine", "8", "xx")):
        fields = {"amount": amount, "day": "2027-03-27"}
        await club.change(Contact, {"fields": fields, "language": language}, first_name=name)
    view = await club.open("/sms")
    await club.fill(view, audience="contacts", contacts=("Manon", "Théo", "Antoine"), message=DUE)
    longest = "Bonjour, 1234,5 euros pour le 27/03/2027."
    await club.until(lambda: f"{len(longest)} characters" in text_of(view))
    preview = await club.submit(view)
    assert "Bonjour, 8 euros pour le 27 Mar 2027." in text_of(preview)
    await club.confirm(preview)
    await club.until(lambda: len(club.carrier.posts) == 3)
    said = {longest, "Bonjour, 12.50 euros pour le 27 Mar 2027.", "Bonjour, 8 euros pour le 27 Mar 2027."}
    assert {message.body for message in await club.rows(Message)} == said
    assert {post.body for post in club.carrier.posts} == said


async def readers(club: Club, preview: View, typed: str) -> list[tuple[str, str]]:
    found = await club.workspace.options(COACH, preview, block_of(preview, "reader"), "reader", typed)
    return [(one["text"]["text"], one.get("description", {}).get("text", "")) for one in found.flat]


async def see_as(club: Club, preview: View, typed: str) -> None:
    block_id = block_of(preview, "reader")
    found = await club.workspace.options(COACH, preview, block_id, "reader", typed)
    await club.workspace.set_value(preview, block_id, "reader", found.flat[0]["value"])


async def test_the_text_can_be_seen_as_anybody_gets_it_who_is_found_by_name(club: Club) -> None:
    preview = await club.compose(audience="fixed", groups="U11", message="Bonjour {first_name} !")
    assert sorted(await readers(club, preview, "zoe bern")) == [
        ("Hélène Bernard", "for Zoë Bernard"),
        ("Karim Bernard", "for Zoë Bernard"),
    ]
    assert await readers(club, preview, "martin") == [("Sophie Martin", "for Léa Martin and Tom Martin")]
    assert await readers(club, preview, "noel") == [("Noël Petit", ""), ("François Petit", "for Noël Petit")]
    assert await readers(club, preview, "dubois") == []
    everybody = await readers(club, preview, "")
    assert f"{len(everybody)} recipients" in text_of(preview)
    await see_as(club, preview, "martin")
    await club.until(
        lambda: "Longest: Sophie Martin reads (1 SMS):\nBonjour Léa and Tom !" in text_of(preview)
    )
    assert preview.form.value("reader", "reader")["value"] == str(seed.key("sophie"))


async def test_the_longest_and_the_shortest_text_are_shown_and_named(club: Club) -> None:
    preview = await club.compose(
        audience="contacts", contacts=("Manon", "Théo", "Julie", "Nathan"), message="Bonjour {first_name} !"
    )
    await see_as(club, preview, "julie")
    shown = (
        "Julie Mercier reads (1 SMS):\nBonjour Julie !",
        "Longest: Nathan Girard reads (1 SMS):\nBonjour Nathan !",
        "Shortest: Théo Lambert reads (1 SMS):\nBonjour Théo !",
    )
    await club.until(lambda: shown[0] in text_of(preview))
    assert all(said in text_of(preview) for said in shown)


async def test_a_text_that_is_the_same_for_all_offers_nobody(club: Club) -> None:
    preview = await club.compose(audience="fixed", groups="U11", message="Bonjour !")
    assert not has_field(preview, "reader")


async def test_who_gets_it_no_more_is_said_and_somebody_elses_text_is_shown(club: Club) -> None:
    preview = await club.compose(audience="contacts", contacts=("Manon", "Julie"), message="Oh {first_name}!")
    block_id = block_of(preview, "reader")
    found = await club.workspace.options(COACH, preview, block_id, "reader", "manon")
    await club.change(Contact, {"e164": None, "refusal": "empty"}, first_name="Manon")
    await club.workspace.set_value(preview, block_id, "reader", found.flat[0]["value"])
    gone = "The person you chose no longer gets this text: here is what somebody else gets."
    await club.until(lambda: gone in text_of(preview))
    assert "Julie Mercier reads (1 SMS):\nOh Julie!" in text_of(preview)
    assert "Manon" not in text_of(preview).partition("left out")[0].partition(gone)[2]


async def test_a_test_is_the_text_that_is_shown(club: Club) -> None:
    await club.change(Staff, {"e164": "+33612345699"}, slack_user_id=COACH)
    preview = await club.compose(audience="contacts", contacts=("Manon", "Julie"), message="Oh {first_name}!")
    await see_as(club, preview, "julie")
    await club.until(lambda: "Julie Mercier reads" in text_of(preview))
    await club.click(preview, "test")
    await club.until(lambda: "Sent to" in text_of(preview))
    assert "Julie Mercier reads" in text_of(preview)
    await club.until(lambda: [post.body for post in club.carrier.posts] == ["Oh Julie!"])


async def test_a_test_of_a_text_that_its_person_gets_no_more_is_not_sent(club: Club) -> None:
    await club.change(Staff, {"e164": "+33612345699"}, slack_user_id=COACH)
    preview = await club.compose(audience="contacts", contacts=("Manon", "Julie"), message="Oh {first_name}!")
    await see_as(club, preview, "julie")
    await club.until(lambda: "Julie Mercier reads" in text_of(preview))
    await club.change(Contact, {"e164": None, "refusal": "empty"}, first_name="Julie")
    await club.click(preview, "test")
    await club.until(lambda: "The person whose text you saw no longer gets it." in text_of(preview))
    assert await club.rows(Message) == []


async def test_a_phone_given_meanwhile_leaves_the_person_picked(club: Club) -> None:
    preview = await club.compose(audience="contacts", contacts=("Manon", "Julie"), message="Oh {first_name}!")
    await see_as(club, preview, "julie")
    await club.until(lambda: "Julie Mercier reads" in text_of(preview))
    await club.click(preview, "my_phone")
    asked = await club.modal("my_phone")
    await club.fill(asked, my_phone="06 12 34 56 99")
    await club.submit(asked)
    await club.until(lambda: "Your phone:" in text_of(preview))
    assert "Julie Mercier reads" in text_of(preview)


async def test_a_draft_that_cannot_be_sent_any_more_offers_nobody(club: Club) -> None:
    preview = await club.compose(audience="fixed", groups="U11", message="Bonjour {first_name} !")
    await club.change(Sender, {"value": "36999"}, value="36123")
    assert await readers(club, preview, "") == []

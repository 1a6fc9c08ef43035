"""What stands in a text for each: counted, shown and sent alike, in the language of whoever reads it."""

from storage.models import Contact, Message
from tests.club import Club, text_of

DUE = "Bonjour, {amount} euros pour le {day}."


async def test_dates_and_numbers_leave_as_they_were_shown_in_each_readers_language(club: Club) -> None:
    for name, amount, language in (("Manon", "12.50", ""), ("Théo", "1234.5", "fr"), ("Antoine", "8", "xx")):
        fields = {"amount": amount, "day": "2027-03-27", "language": language}
        await club.change(Contact, {"fields": fields}, first_name=name)
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

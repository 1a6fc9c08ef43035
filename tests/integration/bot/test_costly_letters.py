"""One dear letter triples the bill: the composer says so, and spells the text cheaply when asked."""

from bot.playground.workspace import View
from storage.models import Message
from tests.club import COACH, Club, block_of, text_of

DEAR = (
    "Le gymnase est fermé ce soir : pas d'entraînement pour les U13. Rendez-vous samedi 9h au stade, "
    "prévenez-nous si absent. Merci, ASC Judo"
)
CHEAP = DEAR.replace("î", "i")


def typed(view: View) -> str:
    return str(view.form.value(block_of(view, "message"), "message") or "")


async def test_the_button_puts_the_cheap_spelling_in_the_place_of_the_text_and_that_leaves(
    club: Club,
) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13", message=DEAR)
    await club.until(lambda: "Because of “î”: 3 SMS instead of 1" in text_of(view))
    await club.click(view, "spell")
    await club.until(lambda: typed(view) == CHEAP)
    await club.until(lambda: "Because of" not in text_of(view))
    await club.confirm(await club.submit(view))
    await club.until(lambda: club.carrier.posts)
    assert {message.body for message in await club.rows(Message)} == {CHEAP}
    assert {post.body for post in club.carrier.posts} == {CHEAP}


async def test_what_is_typed_on_while_the_text_is_replaced_is_not_lost(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13", message=DEAR)
    await club.until(lambda: "Because of “î”" in text_of(view))
    club.workspace.faults.slow("views.update", 0.3)
    await club.click(view, "spell")
    await club.workspace.set_value(view, block_of(view, "message"), "message", DEAR + "!", wait=False)
    await club.workspace.settled()
    club.workspace.faults.clear()
    await club.until(lambda: typed(view) == DEAR + "!" and block_of(view, "message") == "message.3")
    again = await club.open("/sms")
    assert typed(again) == DEAR + "!"


async def test_typing_after_the_text_was_replaced_goes_on_in_the_new_one(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13", message=DEAR)
    await club.until(lambda: "Because of “î”" in text_of(view))
    await club.click(view, "spell")
    await club.until(lambda: typed(view) == CHEAP)
    await club.fill(view, message=CHEAP + " :)")
    await club.until(lambda: f"{len(CHEAP) + 3} characters" in text_of(view))
    assert typed(view) == CHEAP + " :)"
    assert len(club.workspace.views(COACH)) == 1

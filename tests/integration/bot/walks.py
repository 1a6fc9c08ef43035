"""Ways through the windows of texts: what staff do there once, so that each of their requests was made."""

from datetime import timedelta

from bot.playground import seed
from bot.playground.workspace import View
from storage.models import Campaign
from tests.club import ADMIN, COACH, Club, block_of, has_field, text_of
from tests.club.slack import Message

DEAR = "Le maître-nageur est malade : pas de bassin ce soir, ni demain. " * 2


async def everywhere(club: Club) -> None:
    """Every window and button of texts but for those that `partings` presses."""
    for walk in (composing, explaining, campaigns, replies, opt_outs, settings, previewing):
        await walk(club)


async def partings(club: Club) -> None:
    """What can be done once only: a text leaves, others are called off, a note is taken back, a wish is heeded."""
    await club.stands(await club.confirm(club.workspace.top_view(COACH)), "done")
    await club.click(await club.card(await _sent(club, "Later")), "cancel")
    await club.stands(await _sent(club, "Later"), "cancelled")
    paused = await _sent(club, "Paused")
    club.carrier.scenario(refuse=20404)
    await club.click(await club.card(paused, "press Resume"), "resume")
    await club.stands(paused, "paused")
    await club.click(await club.card(paused, "press Resume"), "stop")
    await club.stands(paused, "stopped")
    listed = await club.open("/sms stops")
    await club.click(listed, "take_back")
    await club.until(lambda: "Loïc Moreau" not in text_of(listed) or "taken back" in text_of(listed))
    await club.click(await _posted(club, "ne plus m'envoyer"), "opt_out")
    await club.until(lambda: any("gets no more SMS" in text_of(one) for one in _all_posts(club)))


async def composing(club: Club) -> None:
    """A text is written, spelt cheaply, and left for later."""
    await club.workspace.run_shortcut(COACH, "send_sms")
    view = await club.modal("compose")
    await club.fill(view, audience="contacts", contacts="Loïc")
    await club.fill(view, audience="dynamic", groups="Bénévoles")
    await club.fill(view, kind="marketing", route="world", sender=_other_option(view, "sender"))
    await club.fill(view, when="later")
    await club.fill(view, when="now", kind="alert", sender="36123")
    await club.fill(view, audience="fixed", groups="U13", message=DEAR)
    await club.until(lambda: "Because of “î”: 2 SMS instead of 1" in text_of(view))
    await club.click(view, "spell")
    await club.until(lambda: block_of(view, "message") == "message.2")
    await club.click(await club.home(), "open_compose")
    await club.modal("compose")


async def previewing(club: Club) -> None:
    """A text is looked at as somebody else gets it, and tried on one's own phone."""
    preview = await club.compose(groups=("U11", "U13"), message="Hello {first_name}")
    block_id = block_of(preview, "reader")
    found = await club.workspace.options(COACH, preview, block_id, "reader", "hugo")
    await club.workspace.set_value(preview, block_id, "reader", found.flat[0]["value"])
    await club.until(lambda: "Hello Hugo" in text_of(preview))
    await club.click(preview, "my_phone")
    asked = await club.modal("my_phone")
    await club.fill(asked, my_phone="06 12 34 56 78")
    await club.submit(asked)
    await club.until(lambda: "Send it to my phone first" in text_of(preview))
    await club.click(preview, "test")
    await club.until(lambda: club.carrier.posts)


async def explaining(club: Club) -> None:
    """Who gets a text and why is asked for before it leaves and after, and somebody is mended from there."""
    preview = await club.compose(groups="U13", message="Hello everybody")
    await club.click(preview, "why")
    await _look_through(club, await club.modal("why"))
    campaign = await club.send("U13", "Hello parents")
    await club.stands(campaign, "done")
    await club.click(await club.card(campaign, "Sent to"), "why")
    await _look_through(club, await club.modal("why"))


async def _look_through(club: Club, view: View) -> None:
    await club.click(view, "page")
    await club.until(lambda: "Page 2" in text_of(view))
    await club.workspace.set_value(view, "why_search", "why_search", "car")
    await club.until(lambda: "Page" not in text_of(view))
    show = next(block["block_id"] for block in view.blocks if block["block_id"].startswith("why_show"))
    await club.workspace.click(COACH, view, show, "why_show", "in")
    await club.click(view, "why_file")
    await club.until(lambda: "The file is in your messages" in text_of(view))
    person = str(seed.key("carla"))
    await club.click(view, "why_person", person)
    await club.until(lambda: has_field(view, "first_name"))
    await club.click(view, "why_back")
    await club.until(lambda: has_field(view, "why_search"))
    await club.click(view, "why_person", person)
    await club.until(lambda: has_field(view, "first_name"))
    await club.fill(view, tags="buvette")
    await club.submit(view)
    await club.until(lambda: "Carla Garcia is saved" in text_of(view))
    await club.submit(view)


async def campaigns(club: Club) -> None:
    """One that waits is moved, one is held up, and one is over."""
    in_spring = (club.clock.now() + timedelta(days=150)).date().isoformat()
    later = {"when": "later", "at_date": in_spring, "at_time": "18:30"}
    waiting = await club.confirm(await club.compose(groups="U13", message="Later", **later))
    await club.click(await club.card(waiting), "reschedule")
    moved = await club.modal("reschedule")
    await club.fill(moved, at_time="20:00")
    await club.submit(moved)
    await club.command("/sms scheduled")
    await club.until(lambda: club.whispers())
    await club.click(club.whispers()[-1], "row", f"reschedule:{waiting.id}")
    await club.modal("reschedule")
    club.carrier.scenario(refuse=20404)
    await club.stands(await club.send("U13", "Paused"), "paused")
    club.carrier.heal()
    done = await club.send("Bénévoles", "Thanks")
    await club.stands(done, "done")
    await club.click(await club.card(done, "Sent to 3"), "details")
    await club.modal("details")


async def replies(club: Club) -> None:
    """A member answers, staff answer back, and somebody wishes for no more SMS."""
    await club.text("hugo", "OK thanks coach")
    post = await _posted(club, "OK thanks coach")
    await club.click(post, "answer")
    answer = await club.modal("answer")
    await club.fill(answer, message="See you")
    await club.submit(answer)
    await club.text("jade", "merci de ne plus m'envoyer de SMS")
    await _posted(club, "ne plus m'envoyer")


async def opt_outs(club: Club) -> None:
    """What somebody said on the phone is noted."""
    await club.click(await club.home(), "open_stops")
    listed = await club.modal()
    await club.click(listed, "note_stop")
    view = await club.modal("note_stop")
    await club.fill(view, contacts="Loïc", how="by phone")
    listed = await club.submit(view)
    await club.until(lambda: "Loïc" in text_of(listed))


async def settings(club: Club) -> None:
    """An admin looks at the settings and keeps them as they are."""
    await club.click(await club.home(user=ADMIN), "open_settings", user=ADMIN)
    await club.modal("settings", user=ADMIN)
    await club.submit(await club.open("/sms-settings", user=ADMIN))
    await club.click(await club.home(user=ADMIN), "open_audit", user=ADMIN)
    log = await club.modal("audit", user=ADMIN)
    await club.click(log, "audit_file", user=ADMIN)
    await club.until(lambda: "The file is in your messages" in text_of(log))


async def _sent(club: Club, body: str) -> Campaign:
    (campaign,) = await club.rows(Campaign, body=body)
    return campaign


def _other_option(view: View, name: str) -> str:
    block = next(block for block in view.blocks if block["block_id"] == block_of(view, name))
    return str(block["element"]["options"][-1]["value"])


def _all_posts(club: Club) -> list[Message]:
    return [post for channel in club.workspace.channels.values() for post in channel.by_ts.values()]


async def _posted(club: Club, words: str) -> Message:
    def found() -> Message | None:
        return next((post for post in _all_posts(club) if words in text_of(post)), None)

    post: Message = await club.until(found)
    return post

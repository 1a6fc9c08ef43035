"""Ways through every window: what staff do there once, so that each of their requests was made."""

from datetime import timedelta

from bot.playground import seed
from bot.playground.workspace import View
from tests.club import ADMIN, COACH, Club, block_of, text_of
from tests.club.slack import Message

DEAR = "Le maître-nageur est malade : pas de bassin ce soir, ni demain. " * 2


async def everywhere(club: Club) -> None:
    """Every window and button that the bot has."""
    for walk in (composing, previewing, campaigns, replies, opt_outs, people, groups, settings):
        await walk(club)


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
    """A text is looked at as somebody else gets it, tried on one's own phone, and sent."""
    preview = await club.compose(groups="U13", message="Hello {first_name}")
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
    campaign = await club.confirm(preview)
    await club.stands(campaign, "done")


async def campaigns(club: Club) -> None:
    """One that waits is moved and called off, and one that leaves is stopped and let go on."""
    in_spring = (club.clock.now() + timedelta(days=150)).date().isoformat()
    later = {"when": "later", "at_date": in_spring, "at_time": "18:30"}
    preview = await club.compose(groups="U13", message="Later", **later)
    waiting = await club.confirm(preview)
    card = await club.card(waiting)
    await club.click(card, "reschedule")
    moved = await club.modal("reschedule")
    await club.fill(moved, at_time="20:00")
    await club.submit(moved)
    await club.command("/sms scheduled")
    await club.until(lambda: club.whispers())
    await club.click(club.whispers()[-1], "row", f"reschedule:{waiting.id}")
    await club.click(card, "cancel")
    await club.stands(waiting, "cancelled")
    await club.confirm(await club.compose(groups="U15", message="Stays", **later))
    club.carrier.scenario(refuse=20404)
    paused = await club.send("U13", "Paused")
    await club.stands(paused, "paused")
    await club.click(await club.card(paused, "press Resume"), "resume")
    await club.stands(paused, "paused")
    await club.click(await club.card(paused, "press Resume"), "stop")
    await club.stands(paused, "stopped")
    club.carrier.heal()
    done = await club.send("Bénévoles", "Thanks")
    await club.stands(done, "done")
    await club.click(await club.card(done, "Sent to 3"), "details")
    await club.modal("details")


async def replies(club: Club) -> None:
    """A member answers, staff answer back, and heed a wish for no more SMS."""
    await club.text("hugo", "OK thanks coach")
    post = await _posted(club, "OK thanks coach")
    await club.click(post, "answer")
    answer = await club.modal("answer")
    await club.fill(answer, message="See you")
    await club.submit(answer)
    await club.text("jade", "merci de ne plus m'envoyer de SMS")
    await club.click(await _posted(club, "ne plus m'envoyer"), "opt_out")
    await club.until(lambda: any("gets no more SMS" in text_of(one) for one in _all_posts(club)))


async def opt_outs(club: Club) -> None:
    """What somebody said on the phone is noted, and taken back."""
    await club.click(await club.home(), "open_stops")
    listed = await club.modal()
    await club.click(listed, "note_stop")
    view = await club.modal("note_stop")
    await club.fill(view, contacts="Loïc", how="by phone")
    listed = await club.submit(view)
    await club.until(lambda: "Loïc" in text_of(listed))
    await club.click(listed, "take_back")
    await club.until(lambda: "Loïc Moreau" not in text_of(listed) or "taken back" in text_of(listed))


async def people(club: Club) -> None:
    """Somebody is added, found, changed, archived and taken back."""
    await club.click(await club.home(), "open_contacts")
    listed = await club.modal("people")
    await club.click(listed, "page")
    await club.until(lambda: "Page 2" in text_of(listed))
    await club.click(listed, "person_add")
    view = await club.modal("person")
    await club.fill(view, first_name="Ana", last_name="Sol", guardians="Sophie", wards="Hugo")
    await club.submit(view)
    listed = await club.open("/contacts ana sol")
    person = str(seed.key("hugo"))
    await club.fill(listed, search="hugo fontaine")
    await club.until(lambda: "*Hugo Fontaine*" in text_of(listed))
    await club.workspace.click(COACH, listed, f"person.{person}", "person", f"change:{person}")
    view = await club.modal("person")
    await club.fill(view, tags="gardien")
    await club.submit(view)
    await club.until(lambda: "Hugo Fontaine is saved." in text_of(listed))
    await club.workspace.click(COACH, listed, f"person.{person}", "person", f"archive:{person}")
    await club.until(lambda: "is archived" in text_of(listed))
    listed = await club.open("/contacts")
    await club.click(listed, "people_archived")
    await club.until(lambda: "*Hugo Fontaine*" in text_of(listed))
    await club.workspace.click(COACH, listed, f"person.{person}", "person", f"back:{person}")
    await club.until(lambda: "is taken back" in text_of(listed))
    await club.fill(listed, search="hugo")
    await club.submit(listed)


async def groups(club: Club) -> None:
    """A fixed group is made, looked into and changed, a dynamic one is built, and one is taken away."""
    listed = await club.open("/groups")
    await club.click(listed, "fixed_add")
    view = await club.modal("fixed_group")
    await club.fill(view, name="Winners", joiners="Loïc")
    found = await club.workspace.options(COACH, view, block_of(view, "subgroups"), "subgroups", "U15")
    await club.workspace.set_value(view, block_of(view, "subgroups"), "subgroups", [found.flat[0]["value"]])
    await club.submit(view)
    await club.until(lambda: "Winners" in text_of(listed))
    await _in_menu(club, listed, "U15", "change")
    await club.submit(await club.modal("fixed_group"))
    await _in_menu(club, listed, "U15", "members")
    members = await club.modal("members")
    await club.fill(members, member_search="a")
    await club.submit(members)
    members = await club.modal("members")
    await club.click(members, "member_off")
    await club.until(lambda: "Put back" in text_of(members))
    await club.click(members, "member_back")
    await club.until(lambda: "Put back" not in text_of(members))
    listed = await club.open("/groups")
    await club.click(listed, "rule_add")
    view = await club.modal("rule")
    await club.submit(view)
    listed = await club.open("/groups")
    await _in_menu(club, listed, "Bénévoles", "change")
    await club.submit(await club.modal("rule"))
    listed = await club.open("/groups")
    await _in_menu(club, listed, "Bénévoles", "remove")
    await club.submit(await club.modal("group_removal"))
    await club.until(lambda: "Bénévoles" not in text_of(listed))


async def _in_menu(club: Club, listed: View, group: str, verb: str) -> None:
    block_id = f"group.{seed.key(group)}"
    row = next(block for block in listed.blocks if block["block_id"] == block_id)
    menu = row["accessory"]["action_id"]
    await club.workspace.click(COACH, listed, block_id, menu, f"{verb}:{seed.key(group)}")


async def settings(club: Club) -> None:
    """An admin looks at the settings and keeps them as they are."""
    await club.click(await club.home(user=ADMIN), "open_settings", user=ADMIN)
    await club.modal("settings", user=ADMIN)
    await club.submit(await club.open("/sms-settings", user=ADMIN))


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

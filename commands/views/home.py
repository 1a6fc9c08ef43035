"""The App Home: one button to text, what will leave, what left, and how the club stands."""

from bot.campaigns.facts import HomeFacts
from bot.i18n import Words
from bot.slack import labels
from bot.slack.blocks import Json, actions, button, context, cut, divider, escape, header, section
from commands.views import lists
from storage.states import Role


def view(facts: HomeFacts, words: Words) -> Json:
    """The Home of one member of staff; who may not use the bot is told who can change that."""
    blocks = _of_staff(facts, words) if facts.role else _of_others(facts, words)
    return {"type": "home", "blocks": blocks}


def _of_others(facts: HomeFacts, words: Words) -> list[Json]:
    return [
        header(cut(facts.club_name, 150)),
        section(words("Only the club's coaches can text members.")),
        context(words("An admin of the workspace adds you in /sms-settings.")),
    ]


def _of_staff(facts: HomeFacts, words: Words) -> list[Json]:
    return [
        header(cut(facts.club_name, 150)),
        *_channel(facts, words),
        actions(*_buttons(facts, words)),
        *_waiting(facts, words),
        *_scheduled(facts, words),
        divider(),
        section(f"*{words('Sent SMS')}*"),
        *lists.sent_rows(facts.sent, words, facts.zone),
        *lists.pager(words, page=facts.page, pages=facts.pages, which="home"),
        context(*_small_print(facts, words)),
    ]


def _buttons(facts: HomeFacts, words: Words) -> list[Json]:
    log = [button(words("Audit log"), "open_audit", "home")] if facts.role is Role.ADMIN else []
    return [
        button(words("Send an SMS"), "open_compose", "home", style="primary"),
        button(words("Contacts"), "open_contacts", "home"),
        button(words("Settings"), "open_settings", "home"),
        button(words("Opt-outs"), "open_stops", "home"),
        *log,
    ]


def _channel(facts: HomeFacts, words: Words) -> list[Json]:
    if facts.channel_id is None:
        return [section(":warning: " + _no_channel(facts, words))]
    if facts.channel_trouble:
        return [section(f":warning: <#{facts.channel_id}> · {words(facts.channel_trouble)}")]
    return []


def _no_channel(facts: HomeFacts, words: Words) -> str:
    if facts.role is Role.ADMIN:
        return words("*Choose the channel* where cards and replies are posted, in Settings.")
    return words("*No channel yet* for cards and replies: an admin chooses it in Settings.")


def _waiting(facts: HomeFacts, words: Words) -> list[Json]:
    if not facts.waiting_replies:
        return []
    waiting = words.plural(
        "{count} reply without an answer", "{count} replies without an answer", facts.waiting_replies
    )
    where = f" · <#{facts.channel_id}>" if facts.channel_id else ""
    return [section(f":speech_balloon: *{waiting}*{where}")]


def _scheduled(facts: HomeFacts, words: Words) -> list[Json]:
    if not facts.scheduled:
        return []
    title = section(f"*{words('Scheduled SMS')}*")
    return [divider(), title, *lists.scheduled_rows(facts.scheduled, words, facts.zone)]


def _small_print(facts: HomeFacts, words: Words) -> list[str]:
    used = words(
        "Today: {used} of {limit}",
        used=words.number(facts.segments_today),
        limit=labels.sms(facts.segments_a_day, words),
    )
    if facts.my_phone is None:
        return [used, words("Your phone is not known: give its number in Settings to try SMS on it.")]
    return [used, words("Your phone: {number}", number=escape(facts.my_phone))]

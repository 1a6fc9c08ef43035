"""A whole Slack workspace over HTTP, without any page: for tests, benchmarks and the playground.

It has people, channels, messages, threads, modals and Homes; it answers the Web API, and it posts signed commands,
interactions and events to one app, with Slack's deadlines, retries, limits and error names.

    app = AppConfig(signing_secret="s3cret", bot_token="xoxb-1", commands={"/sms": Command(usage_hint="[help]")})
    async with Workspace("T0CLUB", "FC Example", app) as workspace:
        workspace.add_user("U0COACH", "coach", "Camille Coach", locale="fr-FR")
        workspace.add_channel("C0TEAM", "team", ["U0COACH"])
        ...start the bot with SLACK_API_URL=workspace.api_url, then say where it listens...
        workspace.connect("http://127.0.0.1:3000/slack/events")

        await workspace.run_command("U0COACH", "C0TEAM", "/sms")
        view = workspace.top_view("U0COACH")
        await workspace.set_value(view, "message", "message", "Training is off tonight")
        await workspace.submit(view)

An app with `is_on_socket` and an `app_token` is told over the web sockets it opens (Socket Mode), and nothing is posted to its
address; `sockets.refresh()`, `silence()` and `cut()` end them as Slack does, or as no one would wish.

A page reads `users`, `channels_of(user)`, `channel.messages(user)`, `channel.thread(ts, user)`, `views(user)` (a stack,
the last is on top), `home(user)`, `banners(user)`, and draws again on what `subscribe()` tells. `view.form.state(block_id,
action_id)` is what a field holds, `view.errors[block_id]` what stands under it, `view.trouble` what stands over all.
Each act is awaited until the app has answered or missed its deadline; `wait=False` gives back control at once.

`faults` makes things go wrong (slow, fail, rate_limit, lose_answer, down, enforce_tiers), `calls(method)` tells what the
app asked, `log` keeps every exchange. A `ManualClock` turns triggers, deadlines and retries without waiting.

Slack cannot be looked into. Second-hand, from issues and samples rather than from its reference, are: the words of
banners and of field errors, what becomes of a modal when views.open is called over it (here: it is replaced), that a
command's text is not escaped, the error of a thread_ts that is unknown or a reply's, the wording of json-pointer
messages where no log showed it, what a socket with a used ticket is answered, whether an ack is taken over another
connection than its envelope's (here: yes), when events come again over a socket (here: as over HTTP), what an upload of another length than announced is answered, and when `on_character_entered` fires (here: at each call, or after `debounce_seconds`).
"""

from bot.playground.workspace.clock import Clock, ManualClock, SystemClock
from bot.playground.workspace.config import AppConfig, Command, Shortcut
from bot.playground.workspace.elements import NoSuchOptionError
from bot.playground.workspace.faults import Call, Faults
from bot.playground.workspace.files import File, NoSuchFileError
from bot.playground.workspace.forms import Form
from bot.playground.workspace.letters import Ack, Miss
from bot.playground.workspace.sockets import Farewell
from bot.playground.workspace.state import (
    Banner,
    Change,
    ChangeKind,
    Channel,
    Message,
    OptionList,
    User,
    View,
    ViewKind,
)
from bot.playground.workspace.web_api.server import SlackServer
from bot.playground.workspace.workspace import Workspace

__all__ = [
    "Ack",
    "AppConfig",
    "Banner",
    "Call",
    "Change",
    "ChangeKind",
    "Channel",
    "Clock",
    "Command",
    "Farewell",
    "Faults",
    "File",
    "Form",
    "ManualClock",
    "Message",
    "Miss",
    "NoSuchFileError",
    "NoSuchOptionError",
    "OptionList",
    "Shortcut",
    "SlackServer",
    "SystemClock",
    "User",
    "View",
    "ViewKind",
    "Workspace",
]

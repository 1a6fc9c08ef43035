"""Where one browser tab looks: who its user is, which channel, thread and phone are open, what was read."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.playground.web.blocks import Names
from bot.playground.web.handset import Handset, senders_of, unread_of
from bot.playground.web.messages import Reader
from bot.playground.web.stage import Person, Stage
from bot.playground.web.words import slack_words
from bot.playground.workspace.state import Channel, User

HOME = "home"


@dataclass(slots=True)
class Look:
    """What one tab looks at; the tab's acts change it."""

    stage: Stage
    user_id: str
    place: str = ""
    """A channel's id, or `home`."""
    thread_ts: str = ""
    number: str = ""
    """Whose phone is open; empty: the list of all."""
    wanted_sender: str = ""
    is_log_open: bool = False
    opened: set[str] = field(default_factory=set)
    """The exchanges whose bodies are shown."""
    read: dict[str, int] = field(default_factory=dict)
    """How many messages of a channel, or texts of a phone, were seen."""

    def __post_init__(self) -> None:
        for channel in self.stage.workspace.channels_of(self.user_id):
            self.mark_read(channel)
        self.place = next((channel.id for channel in self.channels()), HOME)

    @property
    def names(self) -> Names:
        """The names of everybody and of the channels this user is in, and the user's zone and language."""
        workspace = self.stage.workspace
        user = workspace.users[self.user_id]
        return Names(
            users={one.id: one.real_name for one in workspace.users.values()},
            channels={channel.id: channel.name for channel in self.channels()},
            zone=ZoneInfo(user.tz),
            slack=slack_words(user.locale),
        )

    @property
    def channel(self) -> Channel | None:
        """The channel looked at, or None at the app's Home."""
        channel = self.stage.workspace.channels.get(self.place)
        return channel if channel and self.user_id in channel.members else None

    @property
    def person(self) -> Person | None:
        """Whose phone is open."""
        return next((one for one in self.stage.people if one.number == self.number), None)

    @property
    def sender(self) -> str:
        """Whom the open phone talks with: the one chosen, else the newest, else nobody."""
        senders = senders_of(self.stage.texts(self.number))
        return self.wanted_sender if self.wanted_sender in senders else (senders or [""])[0]

    def channels(self) -> list[Channel]:
        """Give back the channels this user is in."""
        return [one for one in self.stage.workspace.channels_of(self.user_id) if not one.is_im]

    def app_messages(self) -> Channel | None:
        """Give back the user's direct conversation with the app, once there is one."""
        return next((one for one in self.stage.workspace.channels_of(self.user_id) if one.is_im), None)

    def staff(self) -> list[User]:
        """Give back whom one can act as."""
        return [user for user in self.stage.workspace.users.values() if not user.is_bot and not user.deleted]

    def mark_read(self, channel: Channel) -> None:
        """Note that everything in the channel was seen."""
        self.read[channel.id] = len(channel.messages(self.user_id))

    def unread(self, channel: Channel) -> int:
        """Give back how many messages of the channel came since it was seen."""
        return max(len(channel.messages(self.user_id)) - self.read.get(channel.id, 0), 0)

    def reader(self, *, in_thread: bool = False) -> Reader:
        """Give back who reads the messages."""
        workspace = self.stage.workspace
        return Reader(self.user_id, self.names, workspace.app.bot_user_id, workspace.files, in_thread)

    def handset(self, person: Person) -> Handset:
        """Give back somebody's phone as the list shows it."""
        texts = self.stage.texts(person.number)
        return Handset(person, texts, unread_of(texts, self.read, person.number))

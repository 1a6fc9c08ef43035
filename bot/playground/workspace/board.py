"""The workspace's memory: who and what there is, and who wants to be told when it changes."""

from collections.abc import Callable, Iterator

from bot.playground.workspace.clock import Clock, SystemClock
from bot.playground.workspace.config import AppConfig
from bot.playground.workspace.files import Files
from bot.playground.workspace.ids import Ids
from bot.playground.workspace.state import Banner, Change, ChangeKind, Channel, Message, User, View

Listener = Callable[[Change], None]


class Board:
    """People, channels, messages, view stacks, Homes and banners of one workspace; no I/O."""

    def __init__(self, team_id: str, name: str, app: AppConfig, *, clock: Clock | None = None) -> None:
        self.team_id = team_id
        self.name = name
        self.domain = "-".join(name.lower().split()) or team_id.lower()
        self.app = app
        self.clock = clock or SystemClock()
        self.ids = Ids(team_id)
        self.files = Files(self)
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._banners: dict[str, Banner] = {}
        self._listeners: list[Listener] = []
        self.add_user(app.bot_user_id, app.name.lower(), app.name, is_bot=True)

    def add_user(self, user_id: str, name: str, real_name: str, **facts: object) -> User:
        """The new member; `facts` are the other fields of `User` (locale, tz, is_admin, is_restricted...)."""
        user = User(id=user_id, name=name, real_name=real_name, updated=self.now_s())
        for field_name, value in facts.items():
            setattr(user, field_name, value)
        self.users[user_id] = user
        self.tell(ChangeKind.USERS)
        return user

    def add_channel(
        self,
        channel_id: str,
        name: str,
        members: list[str] | tuple[str, ...] = (),
        *,
        is_private: bool = False,
        archived: bool = False,
        with_app: bool = True,
    ) -> Channel:
        """The new channel; the app's bot is a member unless `with_app` is False."""
        everyone = dict.fromkeys([*members, *([self.app.bot_user_id] if with_app else [])])
        channel = Channel(
            id=channel_id,
            name=name,
            members=list(everyone),
            is_private=is_private,
            is_archived=archived,
            created=self.now_s(),
            creator=next(iter(everyone), ""),
        )
        self.channels[channel_id] = channel
        self.tell(ChangeKind.CHANNELS)
        return channel

    def direct(self, user_id: str) -> Channel:
        """The direct conversation between the app and the user, made when it is not there yet."""
        for channel in self.channels.values():
            if channel.im_with == user_id:
                return channel
        channel = Channel(
            id=self.ids.entity("D"),
            name="",
            members=[user_id, self.app.bot_user_id],
            im_with=user_id,
            created=self.now_s(),
        )
        self.channels[channel.id] = channel
        self.tell(ChangeKind.CHANNELS, user=user_id)
        return channel

    def channels_of(self, user_id: str) -> list[Channel]:
        """The channels this user is in, direct conversations with the app included."""
        return [channel for channel in self.channels.values() if user_id in channel.members]

    def message(self, channel_id: str, ts: str) -> Message:
        """The message; raises KeyError when it is not there."""
        return self.channels[channel_id].by_ts[ts]

    def keep_message(self, message: Message) -> None:
        """Put the message into its channel, count it in its thread, and tell the listeners."""
        channel = self.channels[message.channel]
        channel.by_ts[message.ts] = message
        parent = channel.by_ts.get(message.thread_ts or "")
        if parent is not None and parent is not message and not message.is_ephemeral:
            parent.thread_ts = parent.ts
            parent.replies.append((message.user, message.ts))
        self.tell(ChangeKind.CHANNEL, channel=message.channel)

    def drop_message(self, message: Message) -> None:
        """Take the message out; a parent with answers stays as a tombstone, as in Slack."""
        channel = self.channels[message.channel]
        parent = channel.by_ts.get(message.thread_ts or "")
        if parent is not None and parent is not message:
            parent.replies = [reply for reply in parent.replies if reply[1] != message.ts]
        if message.replies:
            message.text, message.blocks, message.subtype = "This message was deleted.", [], "tombstone"
        else:
            channel.by_ts.pop(message.ts, None)
        self.tell(ChangeKind.CHANNEL, channel=message.channel)

    def views(self, user_id: str) -> list[View]:
        """The user's open modals, the lowest first; the last one is what the user sees."""
        return list(self._stacks.get(user_id, ()))

    def home(self, user_id: str) -> View | None:
        """What the app published on the user's Home, or None before that."""
        return self._homes.get(user_id)

    def view(self, view_id: str) -> View:
        """An open modal or a Home by its id; raises KeyError when it is closed or never was."""
        for view in self.open_views():
            if view.id == view_id:
                return view
        raise KeyError(view_id)

    def open_views(self) -> Iterator[View]:
        """Every open modal and every Home."""
        for stack in self._stacks.values():
            yield from stack
        yield from self._homes.values()

    def is_open(self, view: View) -> bool:
        """Whether the user still has the view before them or under another one."""
        return any(view is one for one in self.open_views())

    def set_stack(self, user_id: str, stack: list[View]) -> None:
        """Replace the user's stack of modals."""
        self._stacks[user_id] = stack
        self.tell(ChangeKind.VIEWS, user=user_id)

    def set_home(self, view: View) -> None:
        """Replace the user's Home."""
        self._homes[view.user] = view
        self.tell(ChangeKind.HOME, user=view.user)

    def tell_view(self, view: View) -> None:
        """Tell the listeners that the view looks different now."""
        self.tell(ChangeKind.HOME if view.kind == "home" else ChangeKind.VIEWS, user=view.user)

    def banners(self, user_id: str) -> list[Banner]:
        """The errors this user has before them, oldest first."""
        return [banner for banner in self._banners.values() if banner.user == user_id]

    def show_banner(self, user_id: str, text: str, channel: str | None = None) -> Banner:
        """The banner, now before the user."""
        banner = Banner(id=self.ids.short(), user=user_id, text=text, channel=channel)
        self._banners[banner.id] = banner
        self.tell(ChangeKind.BANNERS, user=user_id)
        return banner

    def dismiss_banner(self, banner_id: str) -> None:
        """Take the banner away; nothing happens when it is gone already."""
        banner = self._banners.pop(banner_id, None)
        if banner is not None:
            self.tell(ChangeKind.BANNERS, user=banner.user)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with each small change; gives back the function that ends it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def tell(self, kind: ChangeKind, *, channel: str | None = None, user: str | None = None) -> None:
        """Tell each listener of one change."""
        change = Change(kind=kind, channel=channel, user=user)
        for listener in tuple(self._listeners):
            listener(change)

    def now_s(self) -> int:
        """The instant in whole seconds since 1970, as Slack writes it."""
        return int(self.clock.now().timestamp())

    def next_ts(self) -> str:
        """A new ts, greater than each before."""
        return self.ids.ts(self.clock.now())

"""Files of the workspace: those that people choose in a modal, and those that the app uploads."""

import mimetypes
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from bot.playground.workspace.board import Board

Json = dict[str, Any]

# https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
MOST_INPUT_BYTES = 10 * 1024 * 1024


class NoSuchFileError(ValueError):
    """Nobody has uploaded a file of this id."""


@dataclass(slots=True, kw_only=True)
class File:
    """One file, with what is in it."""

    id: str
    name: str
    user: str
    """Who uploaded it; the bot's user where the app did."""
    content: bytes
    created: int
    title: str = ""
    channels: list[str] = field(default_factory=list)
    """Where it is shared, direct conversations included."""

    @property
    def mimetype(self) -> str:
        """What kind of file its name says it is."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that the app has announced, until it has told where to share it."""

    file_id: str
    name: str
    length: int


class Files:
    """Keeps every file, and those that are announced and on their way."""

    def __init__(self, board: "Board") -> None:
        self._board = board
        self.url = ""
        """Where they are fetched from, once the workspace is started."""
        self._kept: dict[str, File] = {}
        self._announced: dict[str, Upload] = {}
        self._arrived: dict[str, File] = {}

    def keep(self, user_id: str, name: str, content: bytes) -> File:
        """The new file of this person."""
        file = self._new(self._board.ids.entity("F"), user_id, name, content)
        self._kept[file.id] = file
        return file

    def get(self, file_id: str) -> File:
        """The file; raises NoSuchFileError."""
        if file_id not in self._kept:
            raise NoSuchFileError(file_id)
        return self._kept[file_id]

    def forget(self, file_id: str) -> None:
        """Deletes the file, as whoever uploaded it may."""
        self._kept.pop(file_id, None)

    def announce(self, name: str, length: int) -> tuple[str, Upload]:
        """A secret that its bytes may be posted to, and the file it will be."""
        secret, file_id = self._board.ids.secret(), self._board.ids.entity("F")
        self._announced[secret] = Upload(file_id=file_id, name=name, length=length)
        return secret, self._announced[secret]

    def announced(self, secret: str) -> Upload | None:
        """What was announced under this secret."""
        return self._announced.get(secret)

    def receive(self, secret: str, content: bytes) -> None:
        """The bytes of what was announced."""
        upload = self._announced.pop(secret)
        bot = self._board.app.bot_user_id
        self._arrived[upload.file_id] = self._new(upload.file_id, bot, upload.name, content)

    def complete(self, file_id: str, title: str) -> File:
        """The file from now on, once its bytes are here; raises NoSuchFileError, and so at a second call."""
        if file_id not in self._arrived:
            raise NoSuchFileError(file_id)
        file = self._kept[file_id] = self._arrived.pop(file_id)
        file.title = title or file.title
        return file

    def _new(self, file_id: str, user_id: str, name: str, content: bytes) -> File:
        created = self._board.now_s()
        return File(id=file_id, name=name, user=user_id, content=content, created=created, title=name)


def told(board: "Board", file_id: str) -> Json:
    """A file of a message, or what is left of one that was deleted."""
    try:
        return body_of(board, board.files.get(file_id))
    except NoSuchFileError:
        return {"id": file_id, "mode": "tombstone"}


def body_of(board: "Board", file: File) -> Json:
    """A file as payloads and answers carry it: https://docs.slack.dev/reference/objects/file-object."""
    kind = PurePosixPath(file.name).suffix.lstrip(".").lower() or "binary"
    slug = quote(file.name.lower().replace(" ", "_"))
    private = f"{board.files.url}/files-pri/{board.team_id}-{file.id}"
    kinds = {"C": "channels", "D": "ims"}
    shared: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for channel in file.channels:
        shared[kinds.get(channel[0], "groups")].append(channel)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": file.user,
        "user_team": board.team_id,
        "editable": False,
        "size": len(file.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{slug}",
        "url_private_download": f"{private}/download/{slug}",
        "permalink": f"https://{board.domain}.slack.com/files/{file.user}/{file.id}/{slug}",
        "comments_count": 0,
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
        **shared,
    }

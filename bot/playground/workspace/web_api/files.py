"""files.*: what a file is, and the three steps of an upload."""

import re
from typing import TYPE_CHECKING, Any

from bot.playground.workspace import files, posting
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.files import File, NoSuchFileError
from bot.playground.workspace.posting import Content
from bot.playground.workspace.web_api import places
from bot.playground.workspace.web_api.arguments import Arguments

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

# slackapi/bolt-js#2115: a user's id is refused, unlike by chat.postMessage.
_CONVERSATION = re.compile(r"[CGDZ][A-Z0-9]+")


def info(workspace: "Workspace", given: Arguments) -> Json:
    """files.info: the file, wherever it is from."""
    file = _file(workspace, given.required("file", "file_not_found"))
    return {
        "file": files.body_of(workspace, file),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def get_upload_url(workspace: "Workspace", given: Arguments) -> Json:
    """files.getUploadURLExternal: where to post the bytes."""
    name, length = given.required("filename"), given.number("length", 0)
    if length < 1:
        raise SlackError("invalid_arguments", ["must be at least 1 [json-pointer:/length]"])
    secret, upload = workspace.files.announce(name, length)
    return {
        "upload_url": f"{workspace.url}/upload/v1/{workspace.team_id}/{secret}",
        "file_id": upload.file_id,
    }


def complete_upload(workspace: "Workspace", given: Arguments) -> Json:
    """files.completeUploadExternal: the files are there from now on, and shared where a conversation is named."""
    listed = given.structure("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed:
        raise SlackError("invalid_arguments", ["missing required field: files [json-pointer:/files]"])
    channel_id = given.text("channel_id")
    if channel_id and not _CONVERSATION.fullmatch(channel_id):
        raise SlackError(
            "invalid_arguments",
            ["input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$ [json-pointer:/channel_id]"],
        )
    channel = places.channel_to_post_in(workspace, channel_id) if channel_id else None
    completed = [_completed(workspace, one) for one in listed]
    if channel is not None:
        content = Content(text=given.text("initial_comment"), files=completed)
        posting.post(workspace, channel.id, content, thread_ts=given.text("thread_ts") or None)
    return {"files": [files.body_of(workspace, file) for file in completed]}


def _completed(workspace: "Workspace", told: Any) -> File:
    told = told if isinstance(told, dict) else {}
    try:
        return workspace.files.complete(str(told.get("id")), str(told.get("title") or ""))
    except NoSuchFileError as error:
        raise SlackError("file_not_found") from error


def _file(workspace: "Workspace", file_id: str) -> File:
    try:
        return workspace.files.get(file_id)
    except NoSuchFileError as error:
        raise SlackError("file_not_found") from error

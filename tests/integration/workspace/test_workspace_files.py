"""Files: chosen in a modal, fetched with the token, uploaded in three steps, and shared in a message."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.workspace import NoSuchFileError, Workspace
from tests.integration.workspace.forms import field, modal
from tests.integration.workspace.house import COACH, TEAM, TOKEN, RawApp, call, config, furnish, open_modal

CSV = "Prénom;Nom\nZoé;Roy\n".encode("cp1252")
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}
INPUT = modal(
    field("file", {"type": "file_input", "action_id": "file", "filetypes": ["csv"], "max_files": 1})
)


async def fetched(url: str, **beside: Any) -> tuple[int, str, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url, **beside) as answer:
        return answer.status, answer.content_type, await answer.read()


async def posted(url: str, **beside: Any) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, **beside) as answer:
        return answer.status


async def test_a_chosen_file_is_told_at_the_submit_and_fetched_with_the_token(
    workspace: Workspace, raw: RawApp
) -> None:
    view = await open_modal(workspace, INPUT)
    file = workspace.upload(COACH, "Les membres.csv", CSV)
    await workspace.set_value(view, "file", "file", [file.id])
    await workspace.submit(view)
    (told,) = raw.payload()["view"]["state"]["values"]["file"]["file"]["files"]
    assert (told["id"], told["name"], told["size"], told["user"]) == (
        file.id,
        "Les membres.csv",
        len(CSV),
        COACH,
    )
    known = (await call(workspace, "files.info", file=file.id))["file"]
    assert known == told
    for url in (told["url_private"], told["url_private_download"]):
        assert await fetched(url, headers=AUTHORISED) == (200, "text/csv", CSV)


async def test_without_the_right_token_one_gets_a_page_for_people(workspace: Workspace) -> None:
    file = workspace.upload(COACH, "people.csv", CSV)
    url = (await call(workspace, "files.info", file=file.id))["file"]["url_private_download"]
    for headers in ({}, {"Authorization": "Bearer xoxb-other"}):
        status, kind, content = await fetched(url, headers=headers)
        assert (status, kind) == (200, "text/html")
        assert CSV not in content


async def test_without_the_scope_neither_the_file_nor_what_it_is_can_be_had() -> None:
    app = config(scopes=frozenset({"chat:write"}))
    async with furnish(Workspace("T0CLUB", "FC Example", app)) as workspace:
        file = workspace.upload(COACH, "people.csv", CSV)
        assert (await call(workspace, "files.info", file=file.id))["error"] == "missing_scope"
        url = f"{workspace.url}/files-pri/T0CLUB-{file.id}/download/people.csv"
        assert (await fetched(url, headers=AUTHORISED))[1] == "text/html"


@pytest.mark.parametrize(
    ("name", "words"),
    [("people.pdf", "Choose a file of these kinds: csv."), ("many.csv", "Files may have 10 MB at most.")],
)
async def test_the_client_refuses_other_kinds_and_what_is_too_large(
    workspace: Workspace, raw: RawApp, name: str, words: str
) -> None:
    view = await open_modal(workspace, INPUT)
    content = CSV if name.endswith("pdf") else b"x" * (10 * 2**20 + 1)
    await workspace.set_value(view, "file", "file", [workspace.upload(COACH, name, content).id])
    assert await workspace.submit(view) is None
    assert view.errors == {"file": words}


async def test_no_more_files_than_asked_for_and_only_such_as_were_uploaded(workspace: Workspace) -> None:
    view = await open_modal(workspace, INPUT)
    two = [workspace.upload(COACH, f"{n}.csv", CSV).id for n in range(2)]
    await workspace.set_value(view, "file", "file", two)
    await workspace.submit(view)
    assert view.errors == {"file": "Choose no more than 1."}
    with pytest.raises(NoSuchFileError):
        await workspace.set_value(view, "file", "file", ["F0NOBODY"])


async def test_an_upload_is_announced_posted_completed_and_shared(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    direct = workspace.direct(COACH)
    announced = await client.files_getUploadURLExternal(filename="refused.csv", length=len(CSV))
    assert await posted(announced["upload_url"], data=CSV) == 200
    named = [{"id": announced["file_id"], "title": "Refused"}]
    answer = await client.files_completeUploadExternal(
        files=named, channel_id=direct.id, initial_comment="To correct"
    )
    (file,) = answer["files"]
    assert (file["title"], file["ims"]) == ("Refused", [direct.id])
    (message,) = direct.messages(COACH)
    assert (message.text, message.files, message.subtype) == ("To correct", [file["id"]], "file_share")
    assert workspace.files.get(file["id"]).content == CSV
    again = await call(workspace, "files.completeUploadExternal", files=json.dumps(named))
    assert again["error"] == "file_not_found", "it can be called once"


async def test_a_form_is_an_upload_too_as_the_sdk_sends_it(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await client.files_upload_v2(filename="refused.csv", content=CSV.decode("cp1252"), channel=TEAM)
    (message,) = workspace.channels[TEAM].messages(COACH)
    assert workspace.files.get(message.files[0]).content.decode() == "Prénom;Nom\nZoé;Roy\n"


async def test_an_upload_of_another_length_or_to_a_person_is_refused(workspace: Workspace) -> None:
    announced = await call(workspace, "files.getUploadURLExternal", filename="refused.csv", length=3)
    assert await posted(announced["upload_url"], data=b"1234") == 400
    assert await posted(announced["upload_url"], data=b"123") == 200
    named = json.dumps([{"id": announced["file_id"]}])
    answer = await call(workspace, "files.completeUploadExternal", files=named, channel_id=COACH)
    assert "channel_id" in str(answer)
    assert (await call(workspace, "files.getUploadURLExternal", filename="x", length=0))["ok"] is False


async def test_a_deleted_file_is_gone_and_leaves_a_mark_in_its_message(workspace: Workspace) -> None:
    file = workspace.upload(COACH, "people.csv", CSV)
    await workspace.post_message(COACH, TEAM, "Here", files=[file])
    history = await call(workspace, "conversations.history", channel=TEAM)
    assert history["messages"][0]["files"][0]["name"] == "people.csv"
    workspace.files.forget(file.id)
    history = await call(workspace, "conversations.history", channel=TEAM)
    assert history["messages"][0]["files"] == [{"id": file.id, "mode": "tombstone"}]
    assert (await call(workspace, "files.info", file=file.id))["error"] == "file_not_found"
